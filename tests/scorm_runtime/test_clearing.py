"""Recorded statements leave the outboxes later, and together."""

from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from scorm_runtime.clearing import Clearing
from scorm_runtime.group_write import GroupWrite


async def _outboxes(database: AsyncDatabase[dict[str, Any]]) -> dict[str, list[str]]:
    found = database["attempts"].find({})
    return {one["_id"]: [each["id"] for each in one["outbox"]] async for one in found}


async def test_only_what_was_recorded_and_not_written_anew_is_taken_out(
    database: AsyncDatabase[dict[str, Any]],
) -> None:
    kept = [{"id": "s1"}, {"id": "s2"}]
    for name in ("a", "b"):
        await database["attempts"].insert_one({"_id": name, "organization_id": "o", "outbox": kept})
    clearing = Clearing(GroupWrite(database["attempts"]))
    clearing.add("o", "a", {"s1"})
    clearing.add("o", "b", {"s1"})
    clearing.add("other", "b", {"s2"})
    clearing.written("o", "b")
    await clearing.now()
    assert await _outboxes(database) == {"a": ["s2"], "b": ["s1", "s2"]}


async def test_nobody_needs_to_ask_for_it(database: AsyncDatabase[dict[str, Any]]) -> None:
    made = {"_id": "a", "organization_id": "o", "outbox": [{"id": "s1"}]}
    await database["attempts"].insert_one(made)
    async with await database["attempts"].watch() as changes:
        Clearing(GroupWrite(database["attempts"])).add("o", "a", {"s1"})
        await changes.next()
    assert await _outboxes(database) == {"a": []}
