"""API keys: a program of the organization, or a person's own token, with the scopes it was given.

A key is 256 random bits that are shown once; the hash alone is kept. Nothing is remembered
between requests, so that a revoked key is refused everywhere at once.
"""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import ClassVar

from msgspec import Struct
from pymongo import ASCENDING, IndexModel
from pymongo.write_concern import WriteConcern

from api.errors import InvalidToken
from api.identity.principal import Principal
from api.permissions import Permission, permissions_of
from api.store import Database, now
from content import findings, organizations
from content import store as content_store
from content.documents import Document, Documents, Page, Paging
from content.errors import NotFound, RuleBroken
from content.findings import Finding
from content.identity import new_id
from content.people import people
from content.people.people import Person

PREFIX = "lyk_"
_COLLECTION = "api_keys"
_SHOWN = 12
_USE_NOTED_EVERY = timedelta(minutes=1)


class ApiKey(Document, frozen=True, kw_only=True):
    """A key as it is kept. `person_id` is whose token it is, None for a program's key.

    `prefix` is how the key begins, so that people can tell keys apart; `home_page` names a
    program in statements. `last_used_at` is right to about a minute.
    """

    kind: ClassVar[str] = "api_key"
    sortable: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "name")

    name: str
    person_id: str | None
    created_by: str
    home_page: str
    prefix: str
    hash: str
    scopes: tuple[str, ...]
    expires_at: datetime | None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None

    def status(self, at: datetime) -> str:
        """active, expired or revoked."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= at else "active"


class ApiKeyDraft(Struct, frozen=True, kw_only=True):
    """What is needed for a new key; without scopes it may do whatever its maker may."""

    name: str
    scopes: tuple[str, ...] | None = None
    expires_at: datetime | None = None


async def prepare(database: Database) -> None:
    """Make the indexes; harmless when they are there. A hash tells the organization, too."""
    order = [("organization_id", ASCENDING), ("person_id", ASCENDING), ("created_at", ASCENDING)]
    await database[_COLLECTION].create_indexes(
        [IndexModel([("hash", ASCENDING)], unique=True), IndexModel([*order, ("_id", ASCENDING)])]
    )


def is_api_key(token: str) -> bool:
    """Say whether this looks like a key rather than an access token."""
    return token.startswith(PREFIX)


class ApiKeys:
    """The keys of all organizations. `owner` is whose tokens are meant, None for programs' keys."""

    def __init__(self, database: Database, content: content_store.Store) -> None:
        self._keys = Documents(database[_COLLECTION], ApiKey)
        unanswered = WriteConcern(w=0)
        self._uses = database.get_collection(_COLLECTION, write_concern=unanswered)
        self._content = content

    async def create(
        self, maker: Principal, draft: ApiKeyDraft, *, owner: str | None
    ) -> tuple[ApiKey, str]:
        """Make a key; return it and what is shown once. Raises RuleBroken."""
        if broken := _broken(draft, maker.permissions):
            raise RuleBroken(broken)
        organization = await organizations.get(self._content, maker.organization_id)
        given = maker.permissions if draft.scopes is None else draft.scopes
        token, moment = f"{PREFIX}{secrets.token_urlsafe(32)}", now()
        key = ApiKey(
            id=new_id("api_key"),
            organization_id=maker.organization_id,
            created_at=moment,
            updated_at=moment,
            name=draft.name.strip(),
            person_id=owner,
            created_by=maker.person.id,
            home_page=organization.public_url,
            prefix=token[:_SHOWN],
            hash=_hash(token),
            scopes=tuple(sorted({*given} - {Permission.SESSION})),
            expires_at=draft.expires_at,
        )
        return await self._keys.insert(key), token

    async def page(self, organization_id: str, owner: str | None, paging: Paging) -> Page[ApiKey]:
        """One page of keys, the ended ones too. Raises RuleBroken for a wrong sort."""
        return await self._keys.page(organization_id, {"person_id": owner}, paging)

    async def get(self, organization_id: str, owner: str | None, key_id: str) -> ApiKey:
        """A key. Raises NotFound."""
        found = await self._keys.first(organization_id, {"_id": key_id, "person_id": owner})
        if found is None:
            raise NotFound(ApiKey.kind, key_id)
        return found

    async def rename(self, key: ApiKey, name: str, expected: int | None) -> ApiKey:
        """Give a key another name. Raises RuleBroken, VersionMismatch."""
        if broken := findings.title("name", name):
            raise RuleBroken(broken)
        changes = {"name": name.strip()}
        return await self._keys.change(key.organization_id, key.id, changes, expected)

    async def revoke(self, key: ApiKey) -> ApiKey:
        """End a key for good, at once and everywhere."""
        changes = {"revoked_at": key.revoked_at or now()}
        return await self._keys.change(key.organization_id, key.id, changes)

    async def remove(self, key: ApiKey) -> None:
        """Forget a key, and end it thereby."""
        mine = {"organization_id": key.organization_id, "_id": key.id}
        await self._keys.collection.delete_one(mine)

    async def remove_all_of(self, organization_id: str, person_id: str) -> None:
        """Forget every token of a person."""
        mine = {"organization_id": organization_id, "person_id": person_id}
        await self._keys.collection.delete_many(mine)

    async def principal(self, token: str) -> Principal:
        """Whom a key acts for.

        Raises:
            InvalidToken: unknown, expired or revoked, or of a person who is not active.
        """
        fields = await self._keys.collection.find_one({"hash": _hash(token)})
        if fields is None:
            raise InvalidToken("The API key is not known here.")
        key, moment = self._keys.decode(fields), now()
        if (status := key.status(moment)) != "active":
            raise InvalidToken(f"The API key is {status}.")
        principal = await self._principal(key)
        await self._note_use(key, moment)
        return principal

    async def _principal(self, key: ApiKey) -> Principal:
        scopes = frozenset(map(Permission, known_scopes(key.scopes))) | {Permission.SESSION}
        if key.person_id is None:
            return Principal(_program(key), key_id=key.id, granted=scopes)
        person = await self._owner(key.organization_id, key.person_id)
        granted = scopes & permissions_of(frozenset(person.roles))
        return Principal(person, key_id=key.id, granted=granted)

    async def _owner(self, organization_id: str, person_id: str) -> Person:
        try:
            person = await people.get(self._content, organization_id, person_id)
        except NotFound:
            raise InvalidToken("The person of this token is not there any more.") from None
        if person.status != "active":
            raise InvalidToken("The person of this token is inactive.")
        return person

    async def _note_use(self, key: ApiKey, at: datetime) -> None:
        if key.last_used_at is None or at - key.last_used_at > _USE_NOTED_EVERY:
            mine = {"organization_id": key.organization_id, "_id": key.id}
            await self._uses.update_one(mine, {"$max": {"last_used_at": at}})


def known_scopes(scopes: Collection[str]) -> list[str]:
    """The scopes that are permissions still; one that a later release dropped allows nothing."""
    return [each for each in scopes if each in set(Permission)]


def _program(key: ApiKey) -> Person:
    return Person(
        id=key.id,
        organization_id=key.organization_id,
        version=key.version,
        created_at=key.created_at,
        updated_at=key.updated_at,
        name=key.name,
        email="",
        roles=(),
        status="active",
        home_page=key.home_page,
        agents=(),
    )


def _broken(draft: ApiKeyDraft, allowed: frozenset[Permission]) -> list[Finding]:
    broken = findings.title("name", draft.name) + findings.moment("expires_at", draft.expires_at)
    if not broken and draft.expires_at is not None and draft.expires_at <= now():
        broken.append(Finding(where="expires_at", detail="must be in the future"))
    if draft.scopes is not None and not draft.scopes:
        broken.append(Finding(where="scopes", detail="must name at least one permission"))
    for position, scope in enumerate(draft.scopes or ()):
        broken += findings.one_of(f"scopes/{position}", scope, [each.value for each in allowed])
    return broken


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
