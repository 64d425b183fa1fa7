"""The keys and secrets of xAPI clients: HTTP Basic authentication (Communication 4.0)."""

import asyncio
import base64
import binascii
import hashlib
import secrets
import time
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from lrs.errors import Finding, Unauthorized
from lrs.scopes import ALL, expand
from lrs.store import CredentialStore, Database

_MOST_REMEMBERED = 10_000
_AT_ONCE = 2


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """Who speaks: an xAPI client of an organization, and what it may do.

    `authority` is the agent that its statements are recorded under.
    """

    organization_id: str
    name: str
    key: str
    scopes: frozenset[str]
    authority: Mapping[str, Any]


class IssuedCredential(msgspec.Struct, frozen=True):
    """A new key and its secret, which can be shown only now."""

    key: str
    secret: str


class Credentials:
    """The credentials of every organization.

    A verified header is remembered for `remember_seconds`, under its hash: argon2 is slow on
    purpose. So long a revoked credential may live on in another server.
    """

    def __init__(
        self, database: Database, *, home_page: str, remember_seconds: float = 30.0
    ) -> None:
        self._store = CredentialStore(database)
        self._home_page = home_page
        self._remember_seconds = remember_seconds
        self._hasher = PasswordHasher()
        self._verified: dict[bytes, tuple[float, Credential]] = {}
        self._verifying = asyncio.Semaphore(_AT_ONCE)

    async def create(
        self,
        organization_id: str,
        name: str,
        *,
        scopes: Collection[str] = (ALL,),
        key: str | None = None,
        secret: str | None = None,
    ) -> IssuedCredential:
        """Make a credential; the key and secret are made up unless they are given.

        Raises:
            ValueError: a scope is unknown.
            DuplicateIds: the key is taken.
        """
        expand(scopes)
        issued = IssuedCredential(key or secrets.token_hex(16), secret or secrets.token_hex(32))
        await self._store.add(
            {
                "organization_id": organization_id,
                "name": name,
                "key": issued.key,
                "secret": await asyncio.to_thread(self._hasher.hash, issued.secret),
                "scopes": sorted(scopes),
                "created_at": datetime.now(UTC),
            }
        )
        return issued

    async def all(self, organization_id: str) -> list[Credential]:
        """Return an organization's credentials, by name."""
        return [self._credential(each) for each in await self._store.all(organization_id)]

    async def revoke(self, organization_id: str, key: str) -> bool:
        """End a credential, here at once; say whether it was there."""
        self._verified.clear()
        return await self._store.remove(organization_id, key)

    def remembered(self, header: str | None) -> Credential | None:
        """Return whose header this is when it was verified a short while ago."""
        if header is None:
            return None
        known = self._verified.get(_digest(header))
        return known[1] if known and known[0] > time.monotonic() else None

    async def authenticate(self, header: str | None) -> Credential:
        """Return whose `Authorization` header this is.

        Raises:
            Unauthorized: it is missing, no Basic credential, or not a valid one.
        """
        credential = self.remembered(header)
        if credential:
            return credential
        key, secret = _read(header)
        async with self._verifying:
            credential = self.remembered(header) or await self._verify(key, secret)
        self._remember(header or "", credential)
        return credential

    async def _verify(self, key: str, secret: str) -> Credential:
        document = await self._store.by_key(key)
        try:
            if document is None:
                raise VerificationError
            await asyncio.to_thread(self._hasher.verify, document["secret"], secret)
        except VerificationError as error:
            raise _unauthorized("The key or the secret is not right.") from error
        return self._credential(document)

    def _credential(self, document: Mapping[str, Any]) -> Credential:
        return Credential(
            organization_id=document["organization_id"],
            name=document["name"],
            key=document["key"],
            scopes=expand(document["scopes"]),
            authority={
                "objectType": "Agent",
                "name": document["name"],
                "account": {"homePage": self._home_page, "name": document["key"]},
            },
        )

    def _remember(self, header: str, credential: Credential) -> None:
        if len(self._verified) >= _MOST_REMEMBERED:
            self._verified.clear()
        self._verified[_digest(header)] = (time.monotonic() + self._remember_seconds, credential)


def _digest(header: str) -> bytes:
    return hashlib.blake2b(header.encode(), digest_size=16).digest()


def _read(header: str | None) -> tuple[str, str]:
    """Return key and secret of a Basic header."""
    kind, _, encoded = (header or "").partition(" ")
    if kind.lower() != "basic":
        raise _unauthorized("Send HTTP Basic authentication with a key and a secret.")
    try:
        key, colon, secret = (
            base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
        )
    except (binascii.Error, UnicodeDecodeError) as error:
        raise _unauthorized("The credential is not base64 of key:secret.") from error
    if not colon:
        raise _unauthorized("The credential is not base64 of key:secret.")
    return key, secret


def _unauthorized(detail: str) -> Unauthorized:
    return Unauthorized(
        [
            Finding(
                detail=detail,
                where="Authorization",
                kind="header",
                rule="authentication",
                requirement="XAPI-00334",
            )
        ]
    )
