"""The audit log as a log that is chained (lrs.ledger), and what erasing a person does to it."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, Final

import orjson
from bson import ObjectId
from pymongo import ASCENDING
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.read_concern import ReadConcern

from api.audit import COLLECTION, WRITTEN_WITHIN
from api.store import Database, Fields
from lrs.ledger.ledger import Change, Ledger
from lrs.ledger.source import Entry, Portion, json_digest
from lrs.store import DURABLE
from lrs.timestamps import as_datetime, as_microseconds, now

AUDIT: Final = "audit"
PORTION = 100

_WHENCE = ("address", "user_agent", "credential")
_SAID = ("before", "after", "mentions")
_NOT_SIGNED = frozenset({"_id", "organization_id", "mentions"})
_ORDER = [("at", ASCENDING), ("_id", ASCENDING)]
SETTLED = timedelta(seconds=3 * WRITTEN_WITHIN)
"""Within this an entry is written, were another server's clock a little behind."""


class AuditSource:
    """The audit log in the order of its moments; entries of one moment in that of their ids."""

    log = AUDIT

    def __init__(self, database: Database) -> None:
        self._entries = database.get_collection(COLLECTION, read_concern=ReadConcern("majority"))

    def through(self) -> int:
        """A while before now: what is written later than that is refused."""
        return now() - SETTLED // timedelta(microseconds=1)

    async def following(self, organization_id: str, after: int, through: int, size: int) -> Portion:
        """The next entries."""
        within = {"$gt": as_datetime(after), "$lte": as_datetime(through)}
        found = await self._find({"organization_id": organization_id, "at": within}, size)
        if len(found) < size:
            return Portion([audit_entry(each) for each in found], through)
        last = found[-1]
        beside = {"at": last["at"], "_id": {"$gt": last["_id"]}}
        found += await self._find({"organization_id": organization_id, **beside}, 0)
        return Portion([audit_entry(each) for each in found], as_microseconds(last["at"]))

    async def waiting(self, organization_id: str, after: int, most: int) -> int:
        """How many are settled and follow a moment."""
        within = {"$gt": as_datetime(after), "$lte": as_datetime(self.through())}
        where = {"organization_id": organization_id, "at": within}
        return await self._entries.count_documents(where, limit=most)

    async def named(self, organization_id: str, ids: Collection[str]) -> Mapping[str, Entry]:
        """The entries with these ids."""
        wanted = [ObjectId(each) for each in ids if ObjectId.is_valid(each)]
        where = {"organization_id": organization_id, "_id": {"$in": wanted}}
        return {str(each["_id"]): audit_entry(each) for each in await self._find(where, 0)}

    async def _find(self, where: Mapping[str, Any], size: int) -> list[Fields]:
        return await self._entries.find(where, sort=_ORDER, limit=size).to_list()


def audit_entry(document: Mapping[str, Any]) -> Entry:
    """An entry of the audit log as the ledger knows it: all that it says."""
    return Entry(
        str(document["_id"]), as_microseconds(document["at"]), json_digest(_said(document))
    )


async def entries_about(
    database: Database, organization_id: str, subjects: Collection[str]
) -> list[tuple[Entry, bytes]]:
    """The entries whose subjects are among some ids: each as the chain knows it, and as JSON."""
    entries = database.get_collection(COLLECTION, read_concern=ReadConcern("majority"))
    about = {"organization_id": organization_id, "subjects": {"$in": list(subjects)}}
    found = await entries.find(about, sort=_ORDER).to_list()
    return [(audit_entry(each), _line(each)) for each in found]


def _line(document: Mapping[str, Any]) -> bytes:
    said = {"id": str(document["_id"]), "entry": _said(document)}
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)


def _said(document: Mapping[str, Any]) -> Fields:
    """All that an entry says; the moment as JSON has it."""
    said = {name: value for name, value in document.items() if name not in _NOT_SIGNED}
    return {**said, "at": document["at"].isoformat()}


async def pseudonymise(
    database: Database, ledger: Ledger, organization_id: str, person_id: str, pseudonym: str
) -> None:
    """Put a pseudonym in the place of a person, in everything they did or were subject to; each
    change is noted in the ledger."""
    entries = database.get_collection(COLLECTION, write_concern=DURABLE)
    naming = [{name: person_id} for name in ("who", "mentions", "subjects")]
    where = {"organization_id": organization_id, "$or": naming}

    async def work(session: AsyncClientSession) -> int:
        found = await entries.find(where, limit=PORTION, session=session).to_list()
        changes: list[Change] = []
        for before in found:
            after = without(before, person_id, pseudonym)
            await entries.replace_one(
                {"organization_id": organization_id, "_id": before["_id"]}, after, session=session
            )
            changes.append(Change(audit_entry(before), audit_entry(after)))
        reason = f"a person was erased: {pseudonym}"
        await ledger.amend(session, organization_id, AUDIT, reason, changes)
        return len(found)

    while await ledger.store.transact(work) == PORTION:
        pass


def without(entry: Mapping[str, Any], person_id: str, pseudonym: str) -> Fields:
    """An entry that does not name a person any more, nor says anything of them."""
    gone: list[str] = []
    if entry["who"] == person_id:
        gone += _WHENCE
    if person_id in entry.get("mentions", ()):
        gone += _SAID
    kept = {name: value for name, value in entry.items() if name not in gone}
    subjects = [pseudonym if each == person_id else each for each in entry["subjects"]]
    who = pseudonym if entry["who"] == person_id else entry["who"]
    return {**kept, "who": who, "subjects": subjects}
