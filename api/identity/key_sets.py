"""The public keys of outside issuers (JWK Set, RFC 7517), fetched with care and kept for a while.

An unknown key id means that the issuer has rotated its keys: the set is fetched anew, but at most
once a minute, so that forged ids make no traffic. While an issuer can't be reached, what is known
of it goes on being good.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from api.errors import InvalidToken, IssuerUnavailable
from api.identity.issuer_client import TIMEOUT, UNREACHED, IssuerClient

ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
)
SMALLEST_RSA_BITS = 2048
REFETCH_SECONDS = 60.0
FRESH_SECONDS = 3600.0

log = structlog.get_logger("lyceum.key_sets")


@dataclass(slots=True)
class KeySet:
    """What is known of one issuer's keys, and when it was asked for last."""

    keys: list[Mapping[str, Any]] = field(default_factory=list)
    asked_at: float | None = None
    fetched_at: float | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class KeySets:
    """The keys of every issuer that this server has asked.

    `public_only` keeps it to https and addresses of the public Internet; `clock` counts seconds.
    """

    def __init__(self, *, public_only: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = IssuerClient(public_only=public_only)
        self._clock = clock
        self._sets: dict[tuple[str, str | None], KeySet] = {}

    async def key(self, issuer: str, jwks_url: str | None, header: Mapping[str, Any]) -> jwt.PyJWK:
        """The key that a token's header names; `jwks_url` None means that it is discovered.

        Raises:
            InvalidToken: the issuer has no such key, or it does not go with the algorithm.
            IssuerUnavailable: the issuer could not be asked, and is not known.
        """
        known = self._sets.setdefault((issuer, jwks_url), KeySet())
        found = _named(known.keys, header)
        if found is None or self._is_stale(known):
            async with known.lock:
                await self._refresh(known, issuer, jwks_url, header)
            found = _named(known.keys, header)
        if found is None:
            raise InvalidToken("The token is signed by a key that its issuer does not have.")
        return _usable(found, header["alg"])

    async def look(self, issuer: str, jwks_url: str | None) -> list[Mapping[str, Any]]:
        """The keys that an issuer has now, for whoever sets it up.

        Raises:
            ValueError: it can't be asked, or its answer is not right; the message says why.
        """
        try:
            return await self._fetch(issuer, jwks_url)
        except TimeoutError:
            raise ValueError(f"{issuer} does not answer within {TIMEOUT.total:g} s") from None
        except UNREACHED as error:
            raise ValueError(str(error) or type(error).__name__) from None

    def _is_stale(self, known: KeySet) -> bool:
        return known.fetched_at is None or self._clock() - known.fetched_at > FRESH_SECONDS

    async def _refresh(
        self, known: KeySet, issuer: str, jwks_url: str | None, header: Mapping[str, Any]
    ) -> None:
        """Ask the issuer, unless somebody just did."""
        if _named(known.keys, header) is not None and not self._is_stale(known):
            return
        if known.asked_at is not None and self._clock() - known.asked_at < REFETCH_SECONDS:
            if known.fetched_at is None:
                raise IssuerUnavailable(issuer)
            return
        known.asked_at = self._clock()
        try:
            known.keys = await self._fetch(issuer, jwks_url)
        except UNREACHED as error:
            log.warning("an issuer's keys were not fetched", issuer=issuer, reason=str(error))
            if known.fetched_at is None:
                raise IssuerUnavailable(issuer) from error
            return
        known.fetched_at = self._clock()

    async def _fetch(self, issuer: str, jwks_url: str | None) -> list[Mapping[str, Any]]:
        if jwks_url is None:
            found = (await self._client.discovery(issuer)).get("jwks_uri")
            if not isinstance(found, str):
                raise ValueError("the discovery document names no keys")
            jwks_url = found
        keys = (await self._client.get(jwks_url)).get("keys")
        if not isinstance(keys, list):
            raise ValueError("the key set has no keys")
        return [each for each in keys if isinstance(each, dict)]


def _named(keys: list[Mapping[str, Any]], header: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The key of the header's id; without one, the only one there is."""
    signing = [each for each in keys if each.get("use", "sig") == "sig"]
    if header.get("kid") is None:
        return signing[0] if len(signing) == 1 else None
    return next((each for each in signing if each.get("kid") == header["kid"]), None)


def _usable(found: Mapping[str, Any], algorithm: str) -> jwt.PyJWK:
    if found.get("alg", algorithm) != algorithm:
        raise InvalidToken("The token is signed by another algorithm than its key's.")
    try:
        key = jwt.PyJWK(dict(found), algorithm)
    except jwt.PyJWTError:
        raise InvalidToken("The token's key does not go with its algorithm.") from None
    if isinstance(key.key, RSAPublicKey) and key.key.key_size < SMALLEST_RSA_BITS:
        raise InvalidToken(f"The token's key has less than {SMALLEST_RSA_BITS} bits.")
    return key
