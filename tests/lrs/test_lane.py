"""What MongoDB and its driver promise to a lane's writes."""

import asyncio
import uuid
from typing import Any

import pytest
from pymongo import WriteConcern

from lrs.errors import DifferentUser, LeaseLost
from lrs.writing.lane import HIGHEST, write_in_lane
from lrs.writing.store import Slot, WriterStore, lane_id


@pytest.fixture
def writer() -> str:
    """A new writer's name; of two lanes."""
    return uuid.uuid4().hex


@pytest.fixture
async def store(database: Any, writer: str) -> WriterStore:
    """The writers' store, in which the writer has opened its lanes."""
    store = WriterStore(database, lanes=2)
    await store.prepare(slots=1)
    await store.open_lanes(writer)
    return store


async def insert(database: Any, lane: str, number: int, *ids: int) -> Any:
    """Insert documents in a lane."""
    documents = [{"_id": each} for each in ids]
    command = {"insert": "things", "documents": documents, "ordered": False}
    return await write_in_lane(database, lane, number, command)


async def things(database: Any) -> set[int]:
    """The ids of what was inserted."""
    return {each["_id"] async for each in database.things.find()}


async def forget_sessions(database: Any) -> None:
    """Do what MongoDB does to sessions that nobody uses for 30 minutes."""
    sessions = database.client.config.transactions
    query = {"txnNum": HIGHEST}
    await sessions.with_options(write_concern=WriteConcern(w=0)).delete_many(query)
    while await sessions.count_documents(query):  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def test_a_number_is_written_once_however_often_it_is_sent(
    database: Any, writer: str
) -> None:
    lane = lane_id(writer, 0)
    await insert(database, lane, 1, 1)
    for _ in range(2):
        answer = await insert(database, lane, 2, 1, 2)
        assert answer["n"] == 1
        assert [each["index"] for each in answer["writeErrors"]] == [0]
    await database.things.delete_many({})
    await insert(database, lane, 2, 1, 2)
    assert await things(database) == {1}


async def test_what_arrives_in_a_lane_after_it_was_closed_is_refused(
    database: Any, writer: str, store: WriterStore
) -> None:
    lanes = [lane_id(writer, each) for each in range(2)]
    await insert(database, lanes[0], 10, 1)
    await store.close_lanes(Slot(0, writer, 1, 0, lanes=2))
    for lane in lanes:
        for number in (9, 10, 11, 2**61):
            with pytest.raises(LeaseLost):
                await insert(database, lane, number, 2)
    await store.settle(lanes[0], 12)
    await insert(database, lane_id(uuid.uuid4().hex, 0), 12, 3)
    assert await things(database) == {1, 3}


async def test_the_drivers_own_sessions_are_as_before(
    database: Any, writer: str, store: WriterStore
) -> None:
    """A closed lane's session that came back into use would refuse every write."""
    await store.close_lanes(Slot(0, writer, 1, 0, lanes=2))
    await asyncio.gather(*(database.things.insert_one({"_id": each}) for each in range(10)))
    assert await things(database) == set(range(10))


async def test_a_lane_stays_closed_although_mongodb_forgets_its_session(
    database: Any, writer: str, store: WriterStore
) -> None:
    await store.close_lanes(Slot(0, writer, 1, 0, lanes=2))
    await store.close_again()
    assert await database.lrs_lanes.count_documents({"closings": 1}) == 2
    await forget_sessions(database)
    await store.close_again()
    assert await database.lrs_lanes.count_documents({"closings": 2}) == 2
    with pytest.raises(LeaseLost):
        await insert(database, lane_id(writer, 0), 11, 1)


async def test_sessions_of_another_user_are_not_taken_for_closed(
    writer: str, store: WriterStore
) -> None:
    users = [{"user": "another", "db": "admin"}]
    with pytest.raises(DifferentUser):
        await store.close_lanes(Slot(0, writer, 1, 0, lanes=2, users=users))
