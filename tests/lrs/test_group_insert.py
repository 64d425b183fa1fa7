"""Inserts that come together: each is stored or refused for itself."""

import asyncio
from types import NoneType
from typing import Any

import pytest
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DocumentTooLarge, DuplicateKeyError, InvalidDocument

from lrs.group_insert import GroupInsert

Database = AsyncDatabase[dict[str, Any]]


async def test_inserts_that_come_together_are_all_stored(database: Database) -> None:
    inserts = GroupInsert(database.things)
    await asyncio.gather(*(inserts.insert({"_id": number}) for number in range(500)))
    assert await database.things.count_documents({}) == 500


async def test_what_a_unique_index_refuses_is_told_to_its_own_caller_alone(
    reindexed: Database,
) -> None:
    await reindexed.things.create_index("name", unique=True)
    inserts = GroupInsert(reindexed.things)
    outcomes = await asyncio.gather(
        *(inserts.insert({"name": name}) for name in ("a", "b", "a", "c")), return_exceptions=True
    )
    first, second, third, fourth = outcomes
    assert (first, second, fourth) == (None, None, None)
    assert isinstance(third, DuplicateKeyError)
    assert third.details is not None
    assert third.details["keyPattern"] == {"name": 1}
    assert await reindexed.things.count_documents({}) == 3


async def test_what_cannot_be_stored_holds_up_nobody_else(database: Database) -> None:
    inserts = GroupInsert(database.things)
    outcomes = await asyncio.gather(
        inserts.insert({"_id": 1}),
        inserts.insert({"_id": 2, "what": object()}),
        inserts.insert({"_id": 3, "what": "x" * 2**24}),
        inserts.insert({"_id": 4}),
        return_exceptions=True,
    )
    assert [type(each) for each in outcomes] == [
        NoneType,
        InvalidDocument,
        DocumentTooLarge,
        NoneType,
    ]
    assert [each["_id"] async for each in database.things.find()] == [1, 4]


async def test_a_client_that_leaves_takes_nobody_along(database: Database) -> None:
    inserts = GroupInsert(database.things)
    leaving, staying = (asyncio.create_task(inserts.insert({"_id": each})) for each in (1, 2))
    await asyncio.sleep(0)
    leaving.cancel()
    await staying
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert await database.things.count_documents({}) == 2
