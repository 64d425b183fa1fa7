"""The keys and secrets of xAPI clients, and who speaks with them (Communication 4.0)."""

import asyncio
import hashlib
import secrets
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from lrs.credentials.authority import BY_KEY, AuthorityTemplate
from lrs.credentials.authorization import ForeignToken, read_authorization, unauthorized
from lrs.credentials.credential import (
    Credential,
    CredentialRecord,
    IssuedCredential,
    ending,
    findings_of,
    in_force,
    now,
    to_record,
)
from lrs.credentials.scopes import ALL, SCOPES, expand
from lrs.credentials.store import CredentialStore
from lrs.errors import Finding, NotFound, RuleBroken
from lrs.store import Database, Document

_MOST_REMEMBERED = 10_000
_AT_ONCE = 2
_USE_NOTED_EVERY = timedelta(minutes=1)


ReadToken = Callable[[str], Awaitable[Credential]]


class Credentials:
    """The credentials of every organization.

    Who a header is gets remembered for `remember_seconds`, under its hash: so long a credential
    that is revoked on one server may live on in another. argon2 is slow on purpose, so it is asked
    once per header; after that, whether the secret that matched is still in force.

    `authority` makes the authority of a new credential that is given none; `home_page` is a
    variable of it.

    `read_token` says who a Bearer token is that no credential here has made; it raises
    Unauthorized for nobody. Without it there are no such tokens.
    """

    def __init__(
        self,
        database: Database,
        *,
        home_page: str,
        authority: AuthorityTemplate = BY_KEY,
        remember_seconds: float = 5.0,
        read_token: ReadToken | None = None,
    ) -> None:
        self._store = CredentialStore(database)
        self._home_page, self._authority = home_page, authority
        self._remember_seconds = remember_seconds
        self._read_token = read_token
        self._hasher = PasswordHasher()
        self._hashing = asyncio.Semaphore(_AT_ONCE)
        self._known: dict[bytes, tuple[float, Credential]] = {}
        self._matched: dict[bytes, str] = {}
        self._asking: dict[bytes, asyncio.Task[Credential]] = {}
        self._changes = 0

    async def create(
        self,
        organization_id: str,
        name: str,
        *,
        scopes: Collection[str] = (ALL,),
        authority: Mapping[str, Any] | None = None,
        expires_at: datetime | None = None,
        key: str | None = None,
        secret: str | None = None,
    ) -> IssuedCredential:
        """Make a credential; the key and secret are made up unless they are given.

        `authority` is an identified Agent; by default what the template makes.

        Raises:
            RuleBroken: the name, a scope, the authority or the date is not right; all are told.
            DuplicateIds: the key is taken.
        """
        issued = IssuedCredential(
            key or secrets.token_hex(16),
            secret or secrets.token_urlsafe(32),
            f"credential_{secrets.token_hex(12)}",
        )
        if authority is None:
            authority = self._made_authority(name.strip(), issued)
        findings = findings_of(name, scopes, authority, expires_at)
        if findings:
            raise RuleBroken(findings)
        at = now()
        await self._store.add(
            {
                "_id": issued.id,
                "organization_id": organization_id,
                "key": issued.key,
                "name": name.strip(),
                "scopes": [scope for scope in SCOPES if scope in scopes],
                "authority": orjson.dumps(authority),
                "secrets": [await self._hashed(issued.secret, at)],
                "created_at": at,
                "expires_at": expires_at,
                "revoked_at": None,
                "last_used_at": None,
                "version": 1,
            }
        )
        return issued

    async def all(self, organization_id: str) -> list[CredentialRecord]:
        """Return an organization's credentials, the ended ones too, by name."""
        return [to_record(each) for each in await self._store.all(organization_id)]

    async def get(self, organization_id: str, credential_id: str) -> CredentialRecord:
        """Return a credential.

        Raises:
            NotFound: the organization has none with this id.
        """
        return to_record(await self._get(organization_id, credential_id))

    async def rotate(
        self, organization_id: str, credential_id: str, *, overlap: timedelta = timedelta(0)
    ) -> IssuedCredential:
        """Give a credential a new secret; the present ones end after `overlap`.

        Raises:
            NotFound: the organization has none with this id.
            RuleBroken: it is revoked.
        """
        secret = secrets.token_urlsafe(32)
        while True:
            document = await self._get(organization_id, credential_id)
            if document["revoked_at"] is not None:
                raise RuleBroken([Finding(detail="is revoked; make a new one", where="/id")])
            at = now()
            kept = ending(document["secrets"], at, overlap)
            changed = {"secrets": [await self._hashed(secret, at), *kept]}
            if await self._change(document, changed):
                return IssuedCredential(document["key"], secret, credential_id)

    async def revoke(self, organization_id: str, credential_id: str) -> CredentialRecord:
        """End a credential, here at once; its record stays.

        Raises:
            NotFound: the organization has none with this id.
        """
        while True:
            document = await self._get(organization_id, credential_id)
            if document["revoked_at"] is not None:
                return to_record(document)
            revoked = await self._change(document, {"revoked_at": now(), "secrets": []})
            if revoked:
                return to_record(revoked)

    async def remove(self, organization_id: str, key: str) -> bool:
        """Remove a credential and its record by its key; say whether it was there."""
        self._forget()
        return await self._store.remove(organization_id, key)

    def remembered(self, header: str | None) -> Credential | None:
        """Return whose header this is when that was found out a short while ago."""
        if header is None:
            return None
        known = self._known.get(_digest(header))
        return known[1] if known and known[0] > time.monotonic() else None

    async def authenticate(self, header: str | None) -> Credential:
        """Return whose `Authorization` header this is.

        Raises:
            Unauthorized: it is missing, malformed, or not of a credential in force.
        """
        credential = self.remembered(header)
        if credential:
            return credential
        header = header or ""
        digest = _digest(header)
        asking = self._asking.get(digest)
        if asking is None:
            asking = asyncio.create_task(self._ask(header, digest))
            self._asking[digest] = asking
            asking.add_done_callback(lambda _: self._asking.pop(digest, None))
        return await asyncio.shield(asking)

    async def _ask(self, header: str, digest: bytes) -> Credential:
        changes = self._changes
        proof = read_authorization(header)
        if isinstance(proof, ForeignToken):
            if self._read_token is None:
                raise unauthorized("The token is not of a credential here.")
            credential = await self._read_token(proof.token)
        else:
            document = await self._store.by_key(proof.key)
            credential = await self._verify(document, proof.secret, digest)
        if changes == self._changes:
            self._remember(digest, credential)
        return credential

    async def _verify(self, document: Document | None, secret: str, digest: bytes) -> Credential:
        at = now()
        hashes = in_force(document, at)
        if document is None or self._matched.get(digest) not in hashes:
            self._matched[digest] = await self._matching(hashes, secret)
        if document is None or to_record(document).status(at) != "active":
            raise unauthorized("The credential is revoked or has expired.")
        await self._note_use(document, at)
        return Credential(
            organization_id=document["organization_id"],
            name=document["name"],
            key=document["key"],
            scopes=expand(document["scopes"]),
            authority=orjson.loads(document["authority"]),
        )

    async def _matching(self, hashes: Sequence[str], secret: str) -> str:
        async with self._hashing:
            for hashed in hashes:
                try:
                    await asyncio.to_thread(self._hasher.verify, hashed, secret)
                except VerificationError:
                    continue
                return hashed
        raise unauthorized("The key or the secret is not right.")

    async def _note_use(self, document: Document, at: datetime) -> None:
        last = document["last_used_at"]
        if last is None or at - last >= _USE_NOTED_EVERY:
            await self._store.used(document["organization_id"], document["_id"], at)

    async def _get(self, organization_id: str, credential_id: str) -> Document:
        document = await self._store.get(organization_id, credential_id)
        if document is None:
            raise NotFound(f"There is no credential {credential_id}.")
        return document

    async def _change(self, document: Document, changes: Mapping[str, Any]) -> Document | None:
        """Change a credential unless somebody was faster; what was remembered is not to be."""
        changed = await self._store.change(
            document["organization_id"], document["_id"], document["version"], changes
        )
        self._forget()
        return changed

    async def _hashed(self, secret: str, at: datetime) -> Document:
        hashed = await asyncio.to_thread(self._hasher.hash, secret)
        return {"hash": hashed, "created_at": at, "ends_at": None}

    def _made_authority(self, name: str, issued: IssuedCredential) -> dict[str, Any]:
        variables = {"name": name, "key": issued.key, "id": issued.id}
        return self._authority.fill({**variables, "home_page": self._home_page})

    def _forget(self) -> None:
        self._changes += 1
        self._known.clear()

    def _remember(self, digest: bytes, credential: Credential) -> None:
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        if len(self._matched) >= _MOST_REMEMBERED:
            self._matched.clear()
        self._known[digest] = (time.monotonic() + self._remember_seconds, credential)


def _digest(header: str) -> bytes:
    return hashlib.blake2b(header.encode(), digest_size=16).digest()
