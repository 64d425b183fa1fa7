"""Forwarding's collections.

forwarding_targets: one document per target, the fields of `target.Target`.

forwarding_positions: how far each target is; apart, so that progress is no change of the target.
    _id              the target's
    organization_id
    position         `stored` of the last statement that is done with
    delivered        how many were taken
    delivered_at
    attempts         failures in a row
    refusals         statements refused in a row
    due_at           nothing is sent before
    failed           the last failure or refusal: {at, status, reason}; None after a success
    holder, until    the server that sends, and how long unless it is heard of

forwarding_dead_letters: what a target refused.
    _id              "TARGET/STATEMENT ID"
    organization_id, target_id, statement_id, stored
    keys             the statement's, so that what is said of an erased person is found
    status, reason, refused_at
    retry            it is to be sent once more
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from pymongo import ASCENDING, ReturnDocument

from lrs.forwarding.target import MOST_REFUSALS, Answer, Target
from lrs.store import (
    DEAD_LETTERS,
    DURABLE,
    FORWARDING_POSITIONS,
    FORWARDING_TARGETS,
    Database,
    Document,
)

LEASE = timedelta(minutes=2)


class LeaseLost(Exception):
    """Another server sends to this target now, or it was removed."""


class Failure(msgspec.Struct, frozen=True):
    """The last failure of a target."""

    at: datetime
    status: int | None
    reason: str


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """How far a target is."""

    position: int
    delivered: int
    delivered_at: datetime | None
    attempts: int
    refusals: int = 0
    due_at: datetime
    failed: Failure | None

    @property
    def is_stalled(self) -> bool:
        """Say whether the target refuses whatever it gets."""
        return self.refusals >= MOST_REFUSALS


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A statement that a target refused."""

    target_id: str
    statement_id: str
    status: int | None
    reason: str
    refused_at: datetime
    retry: bool


def now() -> datetime:
    """The present in UTC, in the milliseconds that BSON keeps."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class ForwardingStore:
    """Targets, positions and dead letters; every write is durable on return."""

    def __init__(self, database: Database) -> None:
        self._targets = database.get_collection(FORWARDING_TARGETS, write_concern=DURABLE)
        self._positions = database.get_collection(FORWARDING_POSITIONS, write_concern=DURABLE)
        self._letters = database.get_collection(DEAD_LETTERS, write_concern=DURABLE)

    async def add(self, target: Target, position: int) -> None:
        """Keep a new target; it gets what was stored after `position`."""
        fields = msgspec.to_builtins(target, builtin_types=(bytes,))
        await self._positions.insert_one(
            {
                "_id": target.id,
                "organization_id": target.organization_id,
                "position": position,
                "delivered": 0,
                "delivered_at": None,
                "attempts": 0,
                "refusals": 0,
                "due_at": now(),
                "failed": None,
                "holder": None,
                "until": now(),
            }
        )
        await self._targets.insert_one({"_id": fields.pop("id"), **fields})

    async def get(self, organization_id: str, target_id: str) -> Target | None:
        """One target."""
        found = await self._targets.find_one(_is(organization_id, target_id))
        return _target(found) if found else None

    async def targets(self, organization_id: str) -> list[Target]:
        """An organization's targets, the oldest first."""
        found = self._targets.find({"organization_id": organization_id}, sort=[("_id", ASCENDING)])
        return [_target(each) async for each in found]

    async def every(self) -> list[Target]:
        """Every organization's targets that are enabled."""
        return [_target(each) async for each in self._targets.find({"enabled": True})]

    async def replace(self, target: Target, expected: int) -> bool:
        """Put a target in the place of its version `expected`, and try it at once."""
        fields = msgspec.to_builtins(target, builtin_types=(bytes,))
        where = {**_is(target.organization_id, fields.pop("id")), "version": expected}
        replaced = await self._targets.update_one(where, {"$set": fields})
        await self.hurry(target)
        return replaced.matched_count == 1

    async def remove(self, target: Target) -> None:
        """Remove a target with all that belongs to it."""
        await self._targets.delete_one(_is(target.organization_id, target.id))
        await self._positions.delete_one(_is(target.organization_id, target.id))
        await self._letters.delete_many(_of(target))

    async def position(self, target: Target) -> Position:
        """How far a target is. Raises LeaseLost where it was removed."""
        found = await self._positions.find_one(_is(target.organization_id, target.id))
        if found is None:
            raise LeaseLost
        return _position(found)

    async def hurry(self, target: Target) -> None:
        """Wait no longer for the next attempt."""
        at_once = {"$set": {"due_at": now(), "attempts": 0, "refusals": 0}}
        await self._positions.update_one(_is(target.organization_id, target.id), at_once)

    async def take(self, target: Target, holder: str) -> Position | None:
        """Take on a target that is due and that no other server sends to."""
        found = await self._positions.find_one_and_update(
            {
                **_is(target.organization_id, target.id),
                "due_at": {"$lte": now()},
                "$or": [{"until": {"$lte": now()}}, {"holder": holder}],
            },
            {"$set": {"holder": holder, "until": now() + LEASE}},
            return_document=ReturnDocument.AFTER,
        )
        return _position(found) if found else None

    async def keep(self, target: Target, holder: str) -> None:
        """Hold a target for longer. Raises LeaseLost."""
        await self._change(target, holder, {"$set": {"until": now() + LEASE}})

    async def advance(self, target: Target, holder: str, position: int, delivered: int) -> None:
        """All up to `position` is done with, so many of it delivered. Raises LeaseLost."""
        change: Document = {"$max": {"position": position}, "$inc": {"delivered": delivered}}
        change["$set"] = {"until": now() + LEASE}
        if delivered:
            change["$set"] |= {
                "delivered_at": now(),
                "attempts": 0,
                "refusals": 0,
                "failed": None,
            }
        await self._change(target, holder, change)

    async def fail(
        self, target: Target, holder: str, answer: Answer, attempts: int, seconds: float
    ) -> None:
        """Try again after so many seconds. Raises LeaseLost."""
        again = {"attempts": attempts, "due_at": now() + timedelta(seconds=seconds)}
        await self._change(target, holder, {"$set": {**again, "failed": _failed(answer)}})

    async def pass_over(
        self, target: Target, holder: str, document: Document, answer: Answer
    ) -> None:
        """Keep what the target refused, and go on behind it. Raises LeaseLost."""
        await self.refuse(target, document, answer)
        change = {
            "$max": {"position": document["stored"]},
            "$inc": {"refusals": 1},
            "$set": {"until": now() + LEASE, "failed": _failed(answer)},
        }
        await self._change(target, holder, change)

    async def release(self, target: Target, holder: str) -> None:
        """Let any server take the target on."""
        held = {**_is(target.organization_id, target.id), "holder": holder}
        await self._positions.update_one(held, {"$set": {"until": now()}})

    async def refuse(self, target: Target, document: Document, answer: Answer) -> None:
        """Keep what the target refused, with the reason."""
        statement_id = document["_id"].rpartition("/")[2]
        letter = {
            "organization_id": target.organization_id,
            "target_id": target.id,
            "statement_id": statement_id,
            "stored": document["stored"],
            "keys": document["keys"],
            "status": answer.status,
            "reason": answer.reason,
            "refused_at": now(),
            "retry": False,
        }
        await self._letters.replace_one({"_id": f"{target.id}/{statement_id}"}, letter, upsert=True)

    async def letters(self, target: Target, skip: int, limit: int) -> list[DeadLetter]:
        """Some of a target's dead letters, in the order of the log."""
        order = [("stored", ASCENDING)]
        found = self._letters.find(_of(target), sort=order, skip=skip, limit=limit)
        return [msgspec.convert(each, DeadLetter) async for each in found]

    async def count_letters(self, target: Target) -> int:
        """How many dead letters a target has."""
        return await self._letters.count_documents(_of(target))

    async def to_retry(self, target: Target, limit: int) -> list[str]:
        """The ids of statements that are to be sent once more."""
        wanted = {**_of(target), "retry": True}
        found = self._letters.find(wanted, sort=[("stored", ASCENDING)], limit=limit)
        return [each["statement_id"] async for each in found]

    async def retry(self, target: Target, statement_id: str | None) -> int:
        """Send a dead letter, or all of them, once more; return how many."""
        which = _of(target) if statement_id is None else _letter(target, statement_id)
        marked = await self._letters.update_many(which, {"$set": {"retry": True}})
        if marked.matched_count:
            await self.hurry(target)
        return marked.matched_count

    async def dismiss(self, target: Target, statement_id: str) -> bool:
        """Remove a dead letter; say whether there was one."""
        return (await self._letters.delete_one(_letter(target, statement_id))).deleted_count == 1

    async def forget(
        self, organization_id: str, keys: Sequence[int], erased: Collection[str]
    ) -> None:
        """Remove the letters of erased statements, and what was said of those with these keys."""
        ours = {"organization_id": organization_id}
        await self._letters.delete_many({**ours, "statement_id": {"$in": list(erased)}})
        await self._letters.update_many(
            {**ours, "keys": {"$in": list(keys)}}, {"$set": {"reason": "", "keys": []}}
        )

    async def lettered(self, organization_id: str, keys: Sequence[int]) -> list[str]:
        """The ids of statements in dead letters that have one of these keys."""
        which = {"organization_id": organization_id, "keys": {"$in": list(keys)}}
        return await self._letters.distinct("statement_id", which)

    async def _change(self, target: Target, holder: str, change: Mapping[str, Any]) -> None:
        held = {**_is(target.organization_id, target.id), "holder": holder}
        if not (await self._positions.update_one(held, change)).matched_count:
            raise LeaseLost


def _failed(answer: Answer) -> Document:
    return {"at": now(), "status": answer.status, "reason": answer.reason}


def _is(organization_id: str, target_id: str) -> Document:
    return {"organization_id": organization_id, "_id": target_id}


def _of(target: Target) -> Document:
    return {"organization_id": target.organization_id, "target_id": target.id}


def _letter(target: Target, statement_id: str) -> Document:
    return {**_of(target), "_id": f"{target.id}/{statement_id}"}


def _target(document: Document) -> Target:
    return msgspec.convert({**document, "id": document["_id"]}, Target)


def _position(document: Document) -> Position:
    return msgspec.convert(document, Position)
