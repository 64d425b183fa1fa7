"""Updates that are sent together are answered each for itself."""

import asyncio
from typing import Any, cast

import pytest
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import OperationFailure

from scorm_runtime.group_write import GroupWrite

Database = AsyncDatabase[dict[str, Any]]


@pytest.fixture
async def things(database: Database) -> Any:
    """Three hundred documents at version 0."""
    collection = database["things"]
    made = [{"_id": str(n), "organization_id": "o", "version": 0} for n in range(300)]
    await collection.insert_many(made)
    return collection


def at(identifier: str, version: int) -> dict[str, Any]:
    return {"organization_id": "o", "_id": identifier, "version": version}


async def test_each_of_many_updates_knows_whether_it_was_made(things: Any) -> None:
    group = GroupWrite(things)
    bump = {"$inc": {"version": 1}}
    wanted = [at(str(n), 0 if n % 3 else 7) for n in range(300)]
    made = await asyncio.gather(*(group.write(where, bump) for where in wanted))
    assert made == [n % 3 > 0 for n in range(300)]
    assert await things.count_documents({"version": 1}) == 200


async def test_of_two_writers_of_one_version_one_is_told_that_it_was_late(things: Any) -> None:
    group = GroupWrite(things)
    bump = {"$inc": {"version": 1}}
    made = await asyncio.gather(*(group.write(at("1", 0), bump) for _ in range(8)))
    assert sum(made) == 1
    assert (await things.find_one({"_id": "1"}))["version"] == 1


async def test_an_update_that_the_server_refuses_fails_alone(things: Any) -> None:
    group = GroupWrite(things)
    wrong = {"$inc": {"organization_id": 1}}
    results = await asyncio.gather(
        group.write(at("1", 0), {"$inc": {"version": 1}}),
        group.write(at("2", 0), wrong),
        group.write(at("3", 0), {"$inc": {"version": 1}}),
        return_exceptions=True,
    )
    assert results[0] is True
    assert isinstance(results[1], OperationFailure)
    assert results[2] is True


async def test_who_goes_away_does_not_disturb_the_others(things: Any) -> None:
    group = GroupWrite(things)
    bump = {"$inc": {"version": 1}}
    gone = asyncio.create_task(group.write(at("1", 0), bump))
    stays = asyncio.create_task(group.write(at("2", 0), bump))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays is True
    with pytest.raises(asyncio.CancelledError):
        await gone


class HeldBack:
    """A collection whose bulk writes wait until they are let go."""

    def __init__(self, collection: Any) -> None:
        self.collection, self.gate, self.begun = collection, asyncio.Event(), 0

    async def bulk_write(self, *asked: Any, **options: Any) -> Any:
        self.begun += 1
        await self.gate.wait()
        return await self.collection.bulk_write(*asked, **options)


async def test_who_writes_again_when_all_groups_end_at_once_is_answered(things: Any) -> None:
    held = HeldBack(things)
    group = GroupWrite(cast(Any, held))

    async def write_twice(identifier: str) -> list[bool]:
        bump = {"$inc": {"version": 1}}
        return [await group.write(at(identifier, version), bump) for version in range(2)]

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        writing = []
        for each in ("1", "2"):
            writing.append(tasks.create_task(write_twice(each)))
            while held.begun < len(writing):  # noqa: ASYNC110
                await asyncio.sleep(0)
        held.gate.set()
    assert [each.result() for each in writing] == [[True, True], [True, True]]
