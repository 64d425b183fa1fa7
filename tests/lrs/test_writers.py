"""Several servers over one database: slots, floors, leases, and what is promised meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pymongo.errors import PyMongoError

from lrs.errors import StatementConflict, TooLarge
from lrs.log import Heartbeat, Limits, StatementLog, StatementQuery
from lrs.statement import StoredStatement
from lrs.statements.document import document_id
from lrs.store import is_passing
from lrs.timestamps import as_microseconds, now
from lrs.writing.store import Slot
from lrs.writing.writers import SLOTS, Watch, consistent_through
from tests.lrs.conftest import ORGANIZATION, Statement, a_statement, voiding
from tests.lrs.test_log import record
from tests.lrs.wire import over_a_wire
from tests.tasks import until

QUICK = Heartbeat(every_seconds=0.02, dead_after_seconds=30)
MUTE = Heartbeat(every_seconds=3600, dead_after_seconds=3600)
IMPATIENT = Heartbeat(every_seconds=0.02, dead_after_seconds=0.3)


@asynccontextmanager
async def server(
    database: Any, heartbeat: Heartbeat = QUICK, limits: Limits | None = None
) -> AsyncIterator[StatementLog]:
    """A started log, as each server has one."""
    log = StatementLog(database, heartbeat=heartbeat, limits=limits)
    await log.start()
    yield log
    await log.stop()


async def stored(log: StatementLog, statement_id: str) -> int:
    """When a statement was stored, in microseconds."""
    statement = await log.get(ORGANIZATION, statement_id)
    assert statement is not None
    return as_microseconds(statement.stored)


@asynccontextmanager
async def in_the_way(database: Any, statement_id: str) -> AsyncIterator[None]:
    """Hold back whoever writes this statement: an open transaction has its id."""
    async with database.client.start_session() as session:
        await session.start_transaction()
        place = {"_id": document_id(ORGANIZATION, statement_id), "awaited": True}
        await database.statements.insert_one(place, session=session)
        yield
        await session.abort_transaction()


def test_what_is_promised_is_the_least_floor_of_the_living() -> None:
    slots = [Slot(0, "a", 1, 70), Slot(1, None, 9, 10), Slot(2, "b", 1, 50)]
    assert consistent_through(slots) == 50
    assert consistent_through(slots[1:2]) == 0


def test_a_writer_is_silent_by_the_watchers_own_clock() -> None:
    time = 0.0
    watch = Watch(10, lambda: time)
    alive, dead = Slot(0, "a", 1, 0), Slot(1, "b", 1, 0)
    assert watch.silent([alive, dead]) == []
    time = 9.9
    assert watch.silent([Slot(0, "a", 2, 0), dead]) == []
    time = 10.0
    assert watch.silent([Slot(0, "a", 3, 0), dead]) == [dead]
    assert watch.silent([Slot(0, "a", 3, 0), Slot(1, None, 1, 0)]) == []
    assert watch.silent([Slot(1, "c", 1, 0)]) == []


async def test_stored_is_never_given_twice_and_idle_servers_hold_nobody_back(database: Any) -> None:
    async with server(database) as one, server(database) as other:
        began = now()
        await asyncio.gather(
            *(record(log, a_statement()) for log in (one, other) for _ in range(100))
        )
        page = await one.find(ORGANIZATION, StatementQuery(limit=500))
        assert len({each.stored for each in page.statements}) == 200
        last = max(as_microseconds(each.stored) for each in page.statements)
        await until(lambda: min(one.consistent_through, other.consistent_through) > last)
        assert last > began


async def test_a_delayed_write_is_never_behind_what_another_server_promised(database: Any) -> None:
    late = a_statement()
    async with server(database) as slow, server(database) as other:
        await until(lambda: other.consistent_through > 0)
        promised = []
        async with in_the_way(database, late["id"]):
            writing = asyncio.create_task(record(slow, late))
            for _ in range(5):
                (quick,) = await record(other, a_statement())
                await asyncio.sleep(0.05)
                promised.append(max(slow.consistent_through, other.consistent_through))
            assert not writing.done()
        await writing
        assert max(promised) < await stored(other, late["id"]) < await stored(other, quick)
        assert promised == sorted(promised)
        await until(lambda: other.consistent_through > now() - 10_000_000)


@pytest.mark.parametrize("count", [1, 2], ids=["alone", "batch"])
async def test_a_group_that_arrives_after_its_server_was_buried_is_refused_and_written_anew(
    database: Any, mongodb_uri: str, count: int
) -> None:
    """Its bytes left before the burial and reach MongoDB after it."""
    late, *others = [a_statement() for _ in range(count)]
    async with (
        server(database, IMPATIENT) as other,
        over_a_wire(mongodb_uri) as (wire, client),
        server(client[database.name], MUTE) as buried,
    ):
        wire.arm()
        writing = asyncio.create_task(record(buried, late, *others))
        await until(lambda: wire.cut)
        began = now()
        await until(lambda: other.consistent_through > began)
        promised = other.consistent_through
        await wire.mend()
        await writing
        assert await stored(other, late["id"]) > promised
        assert await database.lrs_lanes.count_documents({"closings": 1}) == Limits().lanes


async def test_a_server_that_was_taken_for_dead_writes_nothing_behind_the_promise(
    database: Any,
) -> None:
    """It was paused with a group in flight; nothing of it lands, and it is written anew."""
    late = a_statement()
    async with server(database, MUTE) as paused, server(database, IMPATIENT) as other:
        async with in_the_way(database, late["id"]):
            writing = asyncio.create_task(record(paused, late))
            began = now()
            await until(lambda: other.consistent_through > began + 500_000)
            assert not writing.done()
        promised = other.consistent_through
        await writing
        assert await stored(other, late["id"]) > promised
        (again,) = await record(paused, a_statement())
        assert await stored(other, again) > promised


async def test_a_new_server_starts_above_every_promise_though_its_clock_is_behind(
    database: Any,
) -> None:
    async with server(database):
        pass
    ahead = now() + 3_600_000_000
    await database.lrs_writers.update_one({"_id": 7}, {"$set": {"floor": ahead}})
    async with server(database) as log:
        (statement_id,) = await record(log, a_statement())
        assert await stored(log, statement_id) > ahead
        assert log.consistent_through >= ahead


async def test_a_server_that_was_killed_gives_its_slot_to_the_next(database: Any) -> None:
    async with server(database):
        pass
    killed = {"writer": "killed", "floor": now()}
    await database.lrs_writers.update_many({}, {"$set": killed})
    async with server(database, IMPATIENT) as log:
        (statement_id,) = await record(log, a_statement())
        at = await stored(log, statement_id)
        assert at > killed["floor"]
        while await database.lrs_writers.count_documents({"writer": "killed"}):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await until(lambda: log.consistent_through >= at)
    assert await database.lrs_writers.count_documents({"writer": None}) == SLOTS
    assert await database.lrs_lanes.count_documents({}) == 0


async def test_one_id_through_two_servers_has_one_winner(database: Any) -> None:
    async with server(database) as one, server(database) as other:
        for _ in range(10):
            statement = a_statement()
            same = [record(log, statement) for log in (one, other) for _ in range(4)]
            assert await asyncio.gather(*same) == [[statement["id"]]] * 8
            rivals = _rivals(a_statement()["id"], 8)
            outcomes = await asyncio.gather(
                *(record((one, other)[n % 2], each) for n, each in enumerate(rivals)),
                return_exceptions=True,
            )
            assert sum(isinstance(each, list) for each in outcomes) == 1
            assert sum(isinstance(each, StatementConflict) for each in outcomes) == 7


def _rivals(statement_id: str, count: int) -> list[Statement]:
    return [
        a_statement(id=statement_id, actor={"mbox": f"mailto:{n}@example.com"})
        for n in range(count)
    ]


async def test_voids_that_race_with_what_they_void_take_effect(database: Any) -> None:
    async with server(database) as one, server(database) as other:
        targets = [a_statement() for _ in range(40)]
        voids = [voiding(each["id"]) for each in targets]
        both = zip(targets, voids, strict=True)
        await asyncio.gather(
            *(asyncio.gather(record(one, each), record(other, void)) for each, void in both)
        )
        for target in targets:
            found = await one.get(ORGANIZATION, target["id"])
            assert isinstance(found, StoredStatement)
            assert found.voided
        page = await other.find(ORGANIZATION, StatementQuery(limit=500))
        assert {each.statement_id for each in page.statements} == {each["id"] for each in voids}


async def test_batches_that_share_ids_are_whole_or_not_there(database: Any) -> None:
    async with server(database) as one, server(database) as other:
        shared = [a_statement() for _ in range(3)]
        batches = [
            [a_statement(), {**shared[n % 3], "actor": {"mbox": f"mailto:{n}@example.com"}}]
            for n in range(18)
        ]
        outcomes = await asyncio.gather(
            *(record((one, other)[n % 2], *batch) for n, batch in enumerate(batches)),
            return_exceptions=True,
        )
        kept = [
            batch for batch, answer in zip(batches, outcomes, strict=True) if answer == _ids(batch)
        ]
        assert len(kept) == 3
        page = await one.find(ORGANIZATION, StatementQuery(limit=500))
        assert {each.statement_id for each in page.statements} == {
            statement_id for batch in kept for statement_id in _ids(batch)
        }


def _ids(batch: list[Statement]) -> list[str]:
    return [each["id"] for each in batch]


async def test_a_statement_that_no_document_can_hold_is_refused_and_harms_no_other(
    database: Any,
) -> None:
    huge = a_statement(result={"response": "x" * (16 * 2**20 - 500)})
    large = a_statement(result={"response": "x" * (15 * 2**20)})
    async with server(database) as log:
        refusal, *others = await asyncio.gather(
            record(log, huge),
            record(log, a_statement()),
            record(log, large),
            return_exceptions=True,
        )
        assert isinstance(refusal, TooLarge)
        assert all(isinstance(each, list) for each in others)
        with pytest.raises(TooLarge) as batch:
            await record(log, a_statement(), huge)
        assert [finding.where for finding in batch.value.findings] == ["/1"]


@pytest.mark.parametrize("count", [1, 2], ids=["alone", "batch"])
async def test_a_commit_of_unknown_outcome_holds_the_promise_back(
    database: Any, mongodb_uri: str, count: int
) -> None:
    late, *others = [a_statement() for _ in range(count)]
    limits = Limits(write_seconds=1.0)
    async with (
        server(database) as other,
        over_a_wire(mongodb_uri) as (wire, client),
        server(client[database.name], QUICK, limits) as log,
    ):
        await record(log, a_statement())
        wire.arm()
        writing = asyncio.create_task(record(log, late, *others))
        await until(lambda: wire.cut)
        with pytest.raises(PyMongoError) as lost:
            await writing
        assert is_passing(lost.value)
        await record(other, a_statement())
        promised = other.consistent_through
        await wire.mend()
        while await other.get(ORGANIZATION, late["id"]) is None:
            promised = max(promised, other.consistent_through)
            await asyncio.sleep(0)
        assert promised < await stored(other, late["id"])
        await until(lambda: other.consistent_through > now() - 10_000_000)
        await record(log, a_statement())
