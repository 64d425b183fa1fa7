"""The `erasures` collection: requests to erase a person, and how far each has come.

_id              also the name of the pseudonym that takes the person's place
organization_id
asked_by         a person's id
asked_at, erased_at
state            running, settling or done
counts           how much was erased, by kind

Only until it is done:
person_id, home_page, agents, registrations    who is to be erased
due_at           when something is to be done next
holder, until    the server that works on it, and how long unless it is heard of
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument
from pymongo.errors import DuplicateKeyError
from pymongo.write_concern import WriteConcern

from api.store import Database, Fields, now

_COLLECTION = "erasures"
_LEASE = timedelta(minutes=1)
_DUE = "by_due_at"
_PERSONAL = ("person_id", "home_page", "agents", "registrations", "due_at", "holder", "until")


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it may be shown: it does not say who is or was erased."""

    id: str
    organization_id: str
    asked_by: str
    asked_at: datetime
    erased_at: datetime | None
    state: str
    counts: Mapping[str, int]


class ErasureJob(msgspec.Struct, frozen=True, kw_only=True):
    """What a server needs to work on a request."""

    erasure: Erasure
    person_id: str
    home_page: str
    agents: tuple[str, ...]
    registrations: tuple[str, ...]
    holder: str


class LeaseLost(Exception):
    """Another server works on it now."""


async def prepare(database: Database) -> None:
    """Make the indexes; harmless when they are there."""
    due = {"due_at": {"$exists": True}}
    first = ("organization_id", ASCENDING)
    await database[_COLLECTION].create_indexes(
        [
            IndexModel([first, ("asked_at", DESCENDING), ("_id", DESCENDING)]),
            IndexModel([first, ("due_at", ASCENDING)], partialFilterExpression=due, name=_DUE),
            IndexModel(
                [first, ("person_id", ASCENDING)],
                unique=True,
                partialFilterExpression={"person_id": {"$exists": True}},
            ),
        ]
    )


class ErasureStore:
    """Reads and writes erasures; every acknowledged write is on a majority's journal."""

    def __init__(self, database: Database) -> None:
        self._erasures = database.get_collection(
            _COLLECTION, write_concern=WriteConcern(w="majority", j=True)
        )

    async def add(
        self, erasure: Erasure, person_id: str, home_page: str, agents: Sequence[str]
    ) -> Erasure:
        """Keep a request; where one for the same person is under way already, return that."""
        fields = msgspec.structs.asdict(erasure)
        identity = {"person_id": person_id, "home_page": home_page, "agents": list(agents)}
        fresh = {"registrations": [], "due_at": now(), "holder": None, "until": now()}
        try:
            await self._erasures.insert_one(
                {"_id": fields.pop("id"), **fields, **identity, **fresh}
            )
        except DuplicateKeyError:
            ours = {"organization_id": erasure.organization_id, "person_id": person_id}
            present = await self._erasures.find_one(ours)
            if present is None:
                raise
            return _erasure(present)
        return erasure

    async def get(self, organization_id: str, erasure_id: str) -> Erasure | None:
        """One request."""
        found = await self._erasures.find_one(
            {"organization_id": organization_id, "_id": erasure_id}
        )
        return _erasure(found) if found else None

    async def page(self, organization_id: str, start: int, size: int) -> tuple[list[Erasure], int]:
        """The requests behind the first so many, the newest first, and how many there are."""
        ours = {"organization_id": organization_id}
        order = [("asked_at", DESCENDING), ("_id", DESCENDING)]
        found = self._erasures.find(ours, sort=order, skip=start, limit=size)
        total = await self._erasures.count_documents(ours)
        return [_erasure(each) async for each in found], total

    async def take(self, holder: str) -> ErasureJob | None:
        """Take on a request that is due and that no other server works on."""
        found = await self._erasures.find_one_and_update(
            {"due_at": {"$exists": True, "$lte": now()}, "until": {"$lte": now()}},
            {"$set": {"holder": holder, "until": now() + _LEASE}},
            hint=_DUE,
            return_document=ReturnDocument.AFTER,
        )
        return _job(found) if found else None

    async def count(self, job: ErasureJob, counts: Mapping[str, int]) -> None:
        """Add to the counts, and hold the request for longer. Raises LeaseLost."""
        grown = {f"counts.{kind}": count for kind, count in counts.items()}
        await self._update(job, {"$inc": grown, "$set": {"until": now() + _LEASE}})

    async def add_registrations(self, job: ErasureJob, registrations: Sequence[str]) -> ErasureJob:
        """Remember the registrations before their enrollments go. Raises LeaseLost."""
        return _job(
            await self._update(
                job, {"$addToSet": {"registrations": {"$each": list(registrations)}}}
            )
        )

    async def settle(self, job: ErasureJob, due_at: datetime) -> Erasure:
        """The person is erased; look again later for what comes late. Raises LeaseLost."""
        later = {"state": "settling", "erased_at": now(), "due_at": due_at, "until": now()}
        return _erasure(await self._update(job, {"$set": later}))

    async def finish(self, job: ErasureJob) -> Erasure:
        """Forget who was erased. Raises LeaseLost."""
        forget = dict.fromkeys(_PERSONAL, "")
        return _erasure(await self._update(job, {"$set": {"state": "done"}, "$unset": forget}))

    async def pseudonymise(self, organization_id: str, person_id: str, pseudonym: str) -> None:
        """Put a pseudonym in the place of somebody who asked for erasures."""
        await self._erasures.update_many(
            {"organization_id": organization_id, "asked_by": person_id},
            {"$set": {"asked_by": pseudonym}},
        )

    async def _update(self, job: ErasureJob, change: Mapping[str, Any]) -> Fields:
        ours = {
            "organization_id": job.erasure.organization_id,
            "_id": job.erasure.id,
            "holder": job.holder,
        }
        changed = await self._erasures.find_one_and_update(
            ours, change, return_document=ReturnDocument.AFTER
        )
        if changed is None:
            raise LeaseLost
        return changed


def _erasure(document: Fields) -> Erasure:
    return msgspec.convert({**document, "id": document["_id"]}, Erasure)


def _job(document: Fields) -> ErasureJob:
    return msgspec.convert({**document, "erasure": {**document, "id": document["_id"]}}, ErasureJob)
