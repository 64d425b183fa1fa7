"""Signing in at an identity provider: the authorization code flow (OpenID Connect Core 1.0, 3.1)
of a public client with PKCE (RFC 7636).

What is to be known again when the browser comes back is in a token that only it holds: `state`
binds the answer to this browser, `nonce` the provider's token to this answer.
"""

import base64
import hashlib
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt

from api.errors import InvalidToken, IssuerUnavailable
from api.identity.identity_providers import IdentityProvider
from api.identity.issuer_client import UNREACHED, IssuerClient
from api.identity.principal import Principal
from api.store import now

PATH = "/sign-in/callback"
LIFETIME = timedelta(minutes=10)
SCOPE = "openid profile email"

_AUDIENCE = "lyceum-sign-in"
_ALGORITHM = "HS256"
_WAY_BACK = ("issuer", "client", "org", "state", "nonce", "verifier", "next", "confirms", "session")
SKEW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes to sign in, and what it is to hold until it comes back."""

    url: str
    held: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who came back, and the page to go on to.

    Where they went to show once more who they are, `session` is the id of the session in which
    they do, and `signed_in_at` when the provider has asked them.
    """

    principal: Principal
    onward: str
    session: str = ""
    signed_in_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CodeFlow:
    """The way to identity providers and back to `origin`. `key` signs what browsers hold;
    `read` verifies a provider's token.
    """

    client: IssuerClient
    read: Callable[[str], Awaitable[Principal]]
    key: bytes
    origin: str

    async def depart(
        self, provider: IdentityProvider, onward: str, confirming: Principal | None = None
    ) -> Departure:
        """Begin to sign in, or to confirm who one is: then the provider has to ask, whatever
        session it has (3.1.2.1: prompt, max_age). Raises IssuerUnavailable.
        """
        verifier, state, nonce = (secrets.token_urlsafe(32) for _ in range(3))
        address = await self._endpoint(provider.issuer, "authorization_endpoint")
        asked = {
            "response_type": "code",
            "scope": SCOPE,
            "client_id": provider.audience,
            "redirect_uri": self._back,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
        }
        person, session = "", ""
        if confirming is not None:
            asked |= {"prompt": "login", "max_age": "0"}
            person, session = confirming.person.id, confirming.session_id or ""
        told = (provider.issuer, provider.audience, provider.organization_id)
        way = (*told, state, nonce, verifier, onward, person, session)
        said = dict(zip(_WAY_BACK, way, strict=True))
        claims = {**said, "aud": _AUDIENCE, "iat": now(), "exp": now() + LIFETIME}
        held = jwt.encode(claims, self.key, algorithm=_ALGORITHM)
        joint = "&" if urlsplit(address).query else "?"
        return Departure(f"{address}{joint}{urlencode(asked)}", held)

    async def arrive(self, held: str, state: str, code: str) -> Arrival:
        """Who comes back with a code.

        Raises:
            InvalidToken: this browser did not leave from here, or the provider's token is not good.
            IssuerUnavailable: the provider can't be asked, or does not take the code.
        """
        way = self._held(held)
        if not secrets.compare_digest(way["state"].encode(), state.encode()):
            raise InvalidToken("This is not the answer to where you signed in from. Try again.")
        token = await self._token(way, code)
        principal = await self.read(token)
        # Its signature is verified by now.
        claims = jwt.decode(token, options={"verify_signature": False})
        named = claims.get("aud")
        known = way["client"] in (named if isinstance(named, list) else [named])
        same = claims.get("nonce") == way["nonce"] and claims.get("iss") == way["issuer"]
        if not (known and same and principal.organization_id == way["org"]):
            raise InvalidToken("The identity provider's token is not for this sign-in.")
        if not way["confirms"]:
            return Arrival(principal, way["next"])
        if principal.person.id != way["confirms"]:
            raise InvalidToken("You signed in as somebody else: nothing is confirmed.")
        return Arrival(principal, way["next"], way["session"], _asked_at(claims, way))

    @property
    def _back(self) -> str:
        return f"{self.origin}{PATH}"

    def _held(self, held: str) -> Mapping[str, Any]:
        options: Any = {"require": ["exp", "iat", *_WAY_BACK]}
        try:
            return jwt.decode(held, self.key, [_ALGORITHM], audience=_AUDIENCE, options=options)
        except jwt.InvalidTokenError:
            raise InvalidToken("Signing in took too long, or began elsewhere. Try again.") from None

    async def _token(self, way: Mapping[str, Any], code: str) -> str:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "client_id": way["client"],
            "code_verifier": way["verifier"],
        }
        address = await self._endpoint(way["issuer"], "token_endpoint")
        try:
            token = (await self.client.post(address, fields)).get("id_token")
        except UNREACHED as error:
            raise IssuerUnavailable(way["issuer"]) from error
        if not isinstance(token, str):
            raise InvalidToken("The identity provider sent no id_token.")
        return token

    async def _endpoint(self, issuer: str, name: str) -> str:
        try:
            found = (await self.client.discovery(issuer)).get(name)
            if not isinstance(found, str):
                raise ValueError(f"the discovery document has no {name}")
            self.client.check(found)
        except UNREACHED as error:
            raise IssuerUnavailable(issuer) from error
        return found


def _asked_at(claims: Mapping[str, Any], way: Mapping[str, Any]) -> datetime:
    """When the provider has asked the person; since they left, give or take a minute.

    Raises InvalidToken: it does not say (2: auth_time), or has not asked.
    """
    said = claims.get("auth_time")
    if isinstance(said, bool) or not isinstance(said, int | float):
        raise InvalidToken("The identity provider does not say when you signed in (auth_time).")
    if not -SKEW.total_seconds() <= said - way["iat"] <= (LIFETIME + SKEW).total_seconds():
        raise InvalidToken("The identity provider did not ask you who you are.")
    return min(datetime.fromtimestamp(said, UTC), now())


def challenge(verifier: str) -> str:
    """S256 (RFC 7636, 4.2)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
