"""The audit log: who changed what, and when. Entries are added and never changed.

A person is named by the id alone. Once they are erased a pseudonym takes the id's place, and what
an entry says of them besides (from where they came, what they were before and after) is taken out
of it: the one exception to "never" (api.audit_chain).
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import orjson
from bson import ObjectId
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.write_concern import WriteConcern

from api.store import Database, now
from lrs.group_insert import GroupInsert

COLLECTION = "audit_log"
WRITTEN_WITHIN = 60.0
"""Seconds: an entry is written by then, or not at all."""
_FILTERS = ("who", "action", "subjects")


class Whence(msgspec.Struct, frozen=True, kw_only=True):
    """From where a change came: network address, user agent, and the session or API key."""

    address: str
    user_agent: str
    credential: str | None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What was before and after, of what differs; None where there was nothing, or is not any more.

    `mentions` are the ids of the people that this says something of.
    """

    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    mentions: frozenset[str] = frozenset()


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One change: `who` is a person's or an API key's id, None for the server itself.

    `action` is the operation ("PATCH /users/{user_id}") or what the server did; `subjects` are
    the ids of what it concerns, outermost first; `counts` say how much.
    """

    id: str
    at: datetime
    who: str | None
    action: str
    subjects: tuple[str, ...]
    counts: Mapping[str, int]
    address: str | None = None
    user_agent: str | None = None
    credential: str | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


class AuditQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries: all that is given must hold. `after` is the id of the last one seen."""

    who: str | None = None
    action: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: str | None = None


async def prepare(database: Database) -> None:
    """Make the indexes; harmless when they are there."""
    order = [("at", DESCENDING), ("_id", DESCENDING)]
    prefixes = [[], *([(name, ASCENDING)] for name in _FILTERS)]
    mentioned = IndexModel(
        [("organization_id", ASCENDING), ("mentions", ASCENDING)],
        partialFilterExpression={"mentions": {"$exists": True}},
    )
    found = [IndexModel([("organization_id", ASCENDING), *each, *order]) for each in prefixes]
    await database[COLLECTION].create_indexes([*found, mentioned])


class AuditLog:
    """The `audit_log` collection: organization_id, at, who, action, subjects, counts, and where
    known address, user_agent, credential, before and after (as JSON), mentions."""

    def __init__(self, database: Database) -> None:
        self._entries = database.get_collection(
            COLLECTION, write_concern=WriteConcern(w="majority", j=True)
        )
        self._inserts = GroupInsert(self._entries, seconds=WRITTEN_WITHIN)

    async def append(
        self,
        organization_id: str,
        who: str | None,
        action: str,
        subjects: Sequence[str],
        counts: Mapping[str, int] | None = None,
        *,
        whence: Whence | None = None,
        change: Change | None = None,
    ) -> None:
        """Add an entry; durable on return."""
        await self._inserts.insert(
            {
                "organization_id": organization_id,
                "at": now(),
                "who": who,
                "action": action,
                "subjects": list(subjects),
                "counts": dict(counts or {}),
                **(msgspec.structs.asdict(whence) if whence else {}),
                **(_kept(change, subjects) if change else {}),
            }
        )

    async def find(
        self, organization_id: str, query: AuditQuery, size: int
    ) -> tuple[list[AuditEntry], bool]:
        """Return at most `size` entries, the newest first, and whether there are more."""
        found = self._entries.find(
            {"organization_id": organization_id, **await self._where(organization_id, query)},
            sort=[("at", DESCENDING), ("_id", DESCENDING)],
            limit=size + 1,
        )
        entries = [_entry(each) async for each in found]
        return entries[:size], len(entries) > size

    async def each(self, organization_id: str, query: AuditQuery) -> AsyncIterator[AuditEntry]:
        """All entries that match, the newest first, as the cursor brings them."""
        where = {"organization_id": organization_id, **await self._where(organization_id, query)}
        async for each in self._entries.find(where, sort=[("at", DESCENDING), ("_id", DESCENDING)]):
            yield _entry(each)

    async def _where(self, organization_id: str, query: AuditQuery) -> dict[str, Any]:
        given = {"who": query.who, "action": query.action, "subjects": query.subject}
        where: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        bounds = {"$gte": query.since, "$lt": query.until}
        within = {operator: moment for operator, moment in bounds.items() if moment is not None}
        if within:
            where["at"] = within
        if query.after is not None:
            where["$or"] = await self._older(organization_id, query.after)
        return where

    async def _older(self, organization_id: str, entry_id: str) -> list[dict[str, Any]]:
        """What comes after an entry; nothing, where there is no such entry."""
        sought = ObjectId(entry_id) if ObjectId.is_valid(entry_id) else None
        last = await self._entries.find_one({"organization_id": organization_id, "_id": sought})
        if last is None:
            return [{"_id": None}]
        return [{"at": {"$lt": last["at"]}}, {"at": last["at"], "_id": {"$lt": last["_id"]}}]


def _kept(change: Change, subjects: Sequence[str]) -> dict[str, Any]:
    """A change as it is kept: as JSON, since its names may be of any kind."""
    people = {each for each in subjects if each.startswith("user_")}
    kept: dict[str, Any] = {"mentions": sorted(change.mentions | people)}
    for name, said in (("before", change.before), ("after", change.after)):
        if said is not None:
            kept[name] = orjson.dumps(said).decode()
    return kept


def _said(document: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    written = document.get(name)
    return None if written is None else orjson.loads(written)


def _entry(document: Mapping[str, Any]) -> AuditEntry:
    return AuditEntry(
        id=str(document["_id"]),
        at=document["at"],
        who=document["who"],
        action=document["action"],
        subjects=tuple(document["subjects"]),
        counts=document["counts"],
        address=document.get("address"),
        user_agent=document.get("user_agent"),
        credential=document.get("credential"),
        before=_said(document, "before"),
        after=_said(document, "after"),
    )
