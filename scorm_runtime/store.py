"""The runtime's collections: `attempts`, one document for each attempt.

A document is written whole in one atomic update: the attempt, the values of the item that runs
(`current`), those of the other items (`values`, by position), and the statements still to be sent
(`outbox`). `version` makes two writers take turns. `moves` are the latest navigation requests of a
SCORM 2004 course, `shared` what it wrote for the learner's other courses.
"""

from collections.abc import AsyncIterator, Mapping, Sequence, Set
from datetime import datetime
from typing import Any, Final

import msgspec
from bson.binary import Binary
from msgspec.structs import replace
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError, OperationFailure
from pymongo.write_concern import WriteConcern

from scorm_runtime.clearing import Clearing
from scorm_runtime.errors import AttemptTooLarge
from scorm_runtime.group_write import GroupWrite
from scorm_runtime.held import Held, Holder, Recent
from scorm_runtime.launch import Launch
from scorm_runtime.navigation import Move
from scorm_runtime.sessions import Attempt, Turn
from scorm_runtime.shared import Shared

Document = dict[str, Any]
Values = dict[str, str]

UNSENT_INDEX: Final = "unsent"
SHARED_INDEX: Final = "shared"
MOVES_KEPT: Final = 50
MOST_KEPT: Final = 2_000
LARGEST_KEPT: Final = 16_384
LARGEST: Final = 12 * 2**20
_WITHOUT: Final = {"values": 0, "moves": 0, "shared": 0}
_TOO_LARGE: Final = frozenset({10334, 17419, 17420})
_ATTEMPT = msgspec.json.Decoder(Attempt)
_VALUES = msgspec.json.Decoder(dict[str, str])
_SHARED = msgspec.json.Decoder(Shared)
_MOVE = msgspec.json.Decoder(Move)


async def prepare(database: AsyncDatabase[Document]) -> None:
    """Make the indexes."""
    collection = database["attempts"]
    await collection.create_index(
        [
            ("organization_id", 1),
            ("registration", 1),
            ("lesson_id", 1),
            ("mode", 1),
            ("number", -1),
        ],
        unique=True,
        name="attempt",
    )
    await collection.create_index(
        [("organization_id", 1), ("_id", 1)],
        partialFilterExpression={"outbox.id": {"$exists": True}},
        name=UNSENT_INDEX,
    )
    await collection.create_index(
        [("organization_id", 1), ("learner_id", 1)],
        partialFilterExpression={"shared": {"$exists": True}},
        name=SHARED_INDEX,
    )


class AttemptStore:
    """Reads and writes attempts; every acknowledged write is on a majority's journal."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        """Use the `attempts` collection of a prepared database."""
        self._recent = Recent(MOST_KEPT)
        durable = WriteConcern(w="majority", j=True)
        self._attempts: AsyncCollection[Document] = database.get_collection(
            "attempts", write_concern=durable
        )
        self._writes = GroupWrite(self._attempts)
        self._clearing = Clearing(self._writes)

    def recent(self, launch: Launch, session_id: str) -> Held | None:
        """The attempt as this server wrote it last, while that session of the launch runs."""
        held = self._recent.of_session(session_id)
        return held if held is not None and _key(held.attempt.launch) == _key(launch) else None

    async def latest(self, launch: Launch, mode: str | None = None) -> Held | None:
        """The learner's newest attempt on the lesson in the launch's mode."""
        document = await self._attempts.find_one(
            _key(launch, mode), _WITHOUT, sort=[("number", -1)]
        )
        return _held(document) if document else None

    async def of_lesson(
        self, organization_id: str, registration: str, lesson_id: str
    ) -> list[Held]:
        """The attempts of one registration on one lesson; no reviews."""
        which = {"registration": registration, "lesson_id": lesson_id, "mode": "normal"}
        found = self._attempts.find({"organization_id": organization_id, **which}, _WITHOUT)
        return [_held(document) async for document in found]

    async def get(self, organization_id: str, attempt_id: str) -> Held | None:
        """An attempt by its id."""
        document = await self._attempts.find_one(
            {"organization_id": organization_id, "_id": attempt_id}, _WITHOUT
        )
        return _held(document) if document else None

    async def of_registrations(
        self, organization_id: str, registrations: Sequence[str]
    ) -> list[Attempt]:
        """The attempts of some registrations; no reviews."""
        which = {"organization_id": organization_id, "registration": {"$in": list(registrations)}}
        found = self._attempts.find({**which, "mode": "normal"}, {"attempt": 1})
        return [_ATTEMPT.decode(document["attempt"]) async for document in found]

    async def values(self, organization_id: str, attempt_id: str) -> dict[int, Values]:
        """The stored values of the items that do not run, by position."""
        document = await self._attempts.find_one(
            {"organization_id": organization_id, "_id": attempt_id}, {"values": 1}
        )
        found = document["values"] if document else {}
        return {int(position): _VALUES.decode(packed) for position, packed in found.items()}

    async def insert(self, attempt: Attempt, values: Mapping[int, Values], now: datetime) -> bool:
        """Store a new attempt; False if another server stored one of the same number first."""
        document = {
            "_id": attempt.id,
            **_key(attempt.launch),
            "package_id": attempt.launch.package_id,
            "learner_id": attempt.launch.learner_id,
            "number": attempt.number,
            "version": 0,
            "attempt": _pack(attempt),
            "current": _pack({}),
            "values": {str(position): _pack(held) for position, held in values.items()},
            "holder": None,
            "session_id": None,
            "outbox": [],
            "created_at": now,
            "updated_at": now,
        }
        try:
            await self._attempts.insert_one(document)
        except DuplicateKeyError:
            return False
        return True

    async def keep_only(self, attempt: Attempt) -> None:
        """Remove the browsings or reviews before this one: nothing in them counts."""
        await self._attempts.delete_many(
            {**_key(attempt.launch), "number": {"$lt": attempt.number}}
        )

    async def save(
        self,
        held: Held,
        turn: Turn,
        now: datetime,
    ) -> tuple[Document, ...] | None:
        """Write what `held` is to be now, over the version that it was read at.

        The turn says what else there is to write: statements, parked values, moves. The answer is
        every statement that waits in the outbox, None if another writer was first. Raises
        AttemptTooLarge.
        """
        session = held.attempt.session
        changes: Document = {
            "attempt": _pack(held.attempt),
            "current": _pack(held.current),
            "holder": msgspec.structs.asdict(held.holder) if held.holder else None,
            "session_id": session.id if session else None,
            "updated_at": now,
            **{f"values.{position}": _pack(values) for position, values in turn.parked.items()},
        }
        if sum(len(value) for value in changes.values() if isinstance(value, bytes)) > LARGEST:
            raise AttemptTooLarge("The attempt holds more than can be stored.")
        if held.attempt.shared:
            changes["shared"] = _pack(held.attempt.shared)
        waiting = (*held.unsent, *turn.statements)
        changes["outbox"] = [{"id": one["id"], "statement": _pack(one)} for one in waiting]
        update: Document = {"$set": changes, "$inc": {"version": 1}}
        if turn.moves:
            made = [_pack(move) for move in turn.moves]
            update["$push"] = {"moves": {"$each": made, "$slice": -MOVES_KEPT}}
        organization_id = held.attempt.launch.organization_id
        where = {
            "organization_id": organization_id,
            "_id": held.attempt.id,
            "version": held.version,
        }
        self._recent.drop(held.attempt.id)
        try:
            if not await self._writes.write(where, update):
                return None
        except OperationFailure as error:
            if error.code not in _TOO_LARGE:
                raise
            raise AttemptTooLarge("The attempt holds more than can be stored.") from error
        self._clearing.written(organization_id, held.attempt.id)
        if len(changes["current"]) <= LARGEST_KEPT:
            self._recent.put(replace(held, version=held.version + 1, unsent=waiting))
        return waiting

    async def renew(self, launch: Launch, session_id: str, until: datetime) -> Held | None:
        """Keep a session's player the holder; None if the session no longer runs."""
        document = await self._attempts.find_one_and_update(
            {**_key(launch), "session_id": session_id},
            {"$set": {"holder.until": until}},
            _WITHOUT,
            sort=[("number", -1)],
        )
        return _held(document) if document else None

    async def hold_until(self, held: Held, until: datetime) -> None:
        """Let the holder's time end then, unless it was heard of since `held` was read."""
        if held.holder is not None:
            where = {"organization_id": held.attempt.launch.organization_id, "_id": held.attempt.id}
            await self._attempts.update_one(
                {**where, "holder.until": held.holder.until}, {"$set": {"holder.until": until}}
            )

    async def shared(self, organization_id: str, learner_id: str) -> list[Shared]:
        """What each of a learner's attempts wrote for the others."""
        found = self._attempts.find(
            {
                "organization_id": organization_id,
                "learner_id": learner_id,
                "shared": {"$exists": True},
            },
            {"shared": 1},
        ).hint(SHARED_INDEX)
        return [_SHARED.decode(document["shared"]) async for document in found]

    async def unshare(self, organization_id: str, attempt_id: str) -> None:
        """Let the learner's other attempts see no more what this one wrote for them."""
        which = {"organization_id": organization_id, "_id": attempt_id}
        await self._attempts.update_one(which, {"$unset": {"shared": ""}})

    async def moves(self, organization_id: str, attempt_id: str) -> list[Move]:
        """The latest moves of an attempt, oldest first."""
        document = await self._attempts.find_one(
            {"organization_id": organization_id, "_id": attempt_id}, {"moves": 1}
        )
        return [_MOVE.decode(one) for one in document.get("moves", ())] if document else []

    def sent(self, organization_id: str, attempt_id: str, ids: Set[str]) -> None:
        """Take statements that were recorded out of the outbox, soon."""
        self._recent.sent(attempt_id, ids)
        self._clearing.add(organization_id, attempt_id, ids)

    async def clear(self) -> None:
        """Take every statement that was recorded out of the outboxes now."""
        await self._clearing.now()

    async def remove(self, organization_id: str, registrations: Sequence[str]) -> int:
        """Remove every attempt of some registrations; return how many there were."""
        which = {"organization_id": organization_id, "registration": {"$in": list(registrations)}}
        return (await self._attempts.delete_many(which)).deleted_count

    async def unsent(self) -> AsyncIterator[tuple[str, str, list[dict[str, Any]]]]:
        """Every attempt with statements to send: (organization, attempt, statements)."""
        found = self._attempts.find(
            {"outbox.id": {"$exists": True}}, {"organization_id": 1, "outbox": 1}
        ).hint(UNSENT_INDEX)
        async for document in found:
            yield document["organization_id"], document["_id"], _outbox(document)


def _key(launch: Launch, mode: str | None = None) -> Document:
    return {
        "organization_id": launch.organization_id,
        "registration": launch.registration,
        "lesson_id": launch.lesson_id,
        "mode": mode or _mode(launch),
    }


def _mode(launch: Launch) -> str:
    """Each reviewer has a review of their own, beside the learner's."""
    return f"{launch.mode} by {launch.reviewer}" if launch.reviewer else launch.mode


def _outbox(document: Document) -> list[dict[str, Any]]:
    return [msgspec.json.decode(one["statement"]) for one in document["outbox"]]


def _pack(value: object) -> Binary:
    return Binary(msgspec.json.encode(value))


def _held(document: Document) -> Held:
    holder = document["holder"]
    return Held(
        attempt=_ATTEMPT.decode(document["attempt"]),
        current=_VALUES.decode(document["current"]),
        holder=Holder(**holder) if holder else None,
        version=document["version"],
        unsent=tuple(_outbox(document)),
    )
