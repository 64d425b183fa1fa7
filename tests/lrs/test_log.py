"""The statement log without HTTP: recording, observers, following, limits, indexes."""

import asyncio
import itertools
from collections.abc import Sequence
from typing import Any

import pytest

from lrs.agents import agent_key
from lrs.errors import InvalidStatements, Overloaded, StatementConflict
from lrs.log import Limits, StatementLog, StatementQuery
from lrs.statement import PROGRESS_EXTENSION, Result, StoredStatement
from lrs.timestamps import as_microseconds
from tests.lrs.conftest import AUTHORITY, ORGANIZATION, Statement, a_statement, voiding


async def record(log: StatementLog, *statements: Statement) -> list[str]:
    """Record statements for the test's organization."""
    return await log.record(ORGANIZATION, statements, authority=AUTHORITY)


async def test_a_recorded_statement_is_told_to_observers_before_the_answer(
    log: StatementLog,
) -> None:
    told: list[StoredStatement] = []

    async def observe(statements: Sequence[StoredStatement]) -> None:
        told.extend(statements)

    async def fail(_: Sequence[StoredStatement]) -> None:
        raise RuntimeError("an observer broke")

    log.subscribe(fail)
    log.subscribe(observe)
    registration = "01234567-89ab-4def-8123-456789abcdef"
    (statement_id,) = await record(
        log,
        a_statement(
            context={"registration": registration},
            result={
                "success": True,
                "score": {"scaled": 0.5},
                "duration": "PT1M",
                "extensions": {PROGRESS_EXTENSION: 40},
            },
        ),
    )
    (seen,) = told
    assert seen == (await log.find(ORGANIZATION, StatementQuery())).statements[0]
    assert seen.statement_id == statement_id
    assert seen.actor == "mbox:mailto:ada@example.com"
    assert seen.registration == registration
    assert seen.result == Result(success=True, scaled=0.5, duration=60.0, progress=40.0)
    assert seen.timestamp == seen.stored


async def test_a_voiding_arrives_as_the_voiding_statement(log: StatementLog) -> None:
    told: list[StoredStatement] = []

    async def observe(statements: Sequence[StoredStatement]) -> None:
        told.extend(statements)

    log.subscribe(observe)
    (target,) = await record(log, a_statement())
    await record(log, voiding(target))
    late = a_statement()
    await record(log, voiding(late["id"]))
    await record(log, late)
    assert [(each.target, each.voided) for each in told] == [
        (None, False),
        (target, False),
        (late["id"], False),
        (None, True),
    ]


async def test_refusals_write_nothing(log: StatementLog) -> None:
    taken = a_statement()
    await record(log, taken)
    with pytest.raises(InvalidStatements) as invalid:
        await record(log, a_statement(), a_statement(verb=None))
    assert [finding.where for finding in invalid.value.findings] == ["/1"]
    with pytest.raises(StatementConflict):
        await record(log, a_statement(), {**taken, "actor": {"mbox": "mailto:b@example.com"}})
    assert len((await log.find(ORGANIZATION, StatementQuery())).statements) == 1


async def test_many_at_once_are_each_there_once_in_the_order_of_stored(log: StatementLog) -> None:
    statements = [a_statement() for _ in range(200)]
    twice = [record(log, each) for each in [*statements, *statements]]
    answers = await asyncio.gather(*twice)
    assert [ids[0] for ids in answers[:200]] == [each["id"] for each in statements]
    page = await log.find(ORGANIZATION, StatementQuery(limit=500, ascending=True))
    stored = [each.stored for each in page.statements]
    assert sorted(each.statement_id for each in page.statements) == sorted(
        each["id"] for each in statements
    )
    assert stored == sorted(set(stored))


async def test_different_statements_racing_for_one_id_have_one_winner(log: StatementLog) -> None:
    one = a_statement()
    rivals = [{**one, "actor": {"mbox": f"mailto:{n}@example.com"}} for n in range(20)]
    outcomes = await asyncio.gather(
        *(record(log, rival) for rival in rivals), return_exceptions=True
    )
    assert sum(isinstance(each, list) for each in outcomes) == 1
    assert sum(isinstance(each, StatementConflict) for each in outcomes) == 19


async def test_a_full_queue_refuses_and_writes_nothing_of_it(database: Any) -> None:
    log = StatementLog(database, limits=Limits(waiting_statements=10))
    await log.start()
    outcomes = await asyncio.gather(
        *(record(log, a_statement()) for _ in range(50)), return_exceptions=True
    )
    await log.stop()
    refused = [each for each in outcomes if isinstance(each, Overloaded)]
    page = await log.find(ORGANIZATION, StatementQuery())
    assert refused
    assert len(page.statements) == 50 - len(refused)


async def test_a_stopped_log_has_written_all_that_it_took(database: Any) -> None:
    log = StatementLog(database)
    await log.start()
    taken = [asyncio.create_task(record(log, a_statement())) for _ in range(30)]
    await asyncio.sleep(0)
    await log.stop()
    await asyncio.gather(*taken)
    with pytest.raises(Overloaded):
        await record(log, a_statement())
    assert len((await log.find(ORGANIZATION, StatementQuery())).statements) == 30


async def test_a_follower_sees_each_statement_and_goes_on_where_it_stopped(
    log: StatementLog, database: Any
) -> None:
    first = log.follow(None)
    waiting = asyncio.ensure_future(anext(first))
    marks = 0
    while not waiting.done():
        marks += 1
        await record(log, a_statement())
    (seen, *_), token = await waiting
    await first.aclose()  # type: ignore[attr-defined]
    late = a_statement()
    await record(log, voiding(late["id"]))
    await record(log, late)
    again = log.follow(token)
    ids: list[str] = []
    async for statements, _ in again:
        ids += [each.statement_id for each in statements]
        if late["id"] in ids:
            assert statements[ids.index(late["id"]) - len(ids)].voided
            break
    assert seen.statement_id not in ids


async def test_a_follower_is_spared_what_the_same_servers_observers_were_given(
    log: StatementLog, database: Any
) -> None:
    """What another server wrote, or an observer failed on, it is given."""
    fails = {"now": False}

    async def observer(_: Sequence[StoredStatement]) -> None:
        if fails["now"]:
            raise RuntimeError

    log.subscribe(observer)
    other = StatementLog(database)
    await other.start()
    async with await database["statements"].watch() as present:
        following = log.follow(present.resume_token)
    await record(log, a_statement())
    (elsewhere,) = await record(other, a_statement())
    fails["now"] = True
    (failed,) = await record(log, a_statement())
    given: list[str] = []
    async for statements, _ in following:
        given += [each.statement_id for each in statements]
        if failed in given:
            break
    assert given == [elsewhere, failed]
    await other.stop()


async def test_consistent_through_waits_for_what_is_in_flight(log: StatementLog) -> None:
    (statement_id,) = await record(log, a_statement())
    stored = (await log.get(ORGANIZATION, statement_id)).stored  # type: ignore[union-attr]
    while log.consistent_through < as_microseconds(stored):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    writing = asyncio.create_task(record(log, a_statement()))
    floors = []
    while not writing.done():
        floors.append(log.consistent_through)
        await asyncio.sleep(0)
    (written,) = await writing
    late = (await log.get(ORGANIZATION, written)).stored  # type: ignore[union-attr]
    assert floors[-2] < as_microseconds(late)
    assert floors == sorted(floors)


async def test_voided_statements_are_found_by_who_asks_for_them(log: StatementLog) -> None:
    gone, stays = await record(log, a_statement(), a_statement())
    (void,) = await record(log, voiding(gone))

    async def found(voided: bool | None) -> list[str]:
        page = await log.find(ORGANIZATION, StatementQuery(voided=voided))
        return [each.statement_id for each in page.statements]

    assert await found(False) == [void, stays]
    assert await found(True) == [gone]
    assert await found(None) == [void, stays, gone]


async def test_the_voided_among_many_are_read_from_an_index_of_their_own(
    log: StatementLog, database: Any
) -> None:
    await record(log, *(a_statement() for _ in range(50)))
    gone = (await record(log, a_statement()))[0]
    await record(log, voiding(gone))
    await database.command("profile", 2)
    await log.find_raw(ORGANIZATION, StatementQuery(voided=True, limit=10))
    await database.command("profile", 0)
    (ran,) = await database["system.profile"].find({"command.find": "statements"}).to_list()
    assert ran["docsExamined"] == 1


FILTERS: dict[str, dict[str, Any]] = {
    "agent": {"agent": "mbox:mailto:ada@example.com"},
    "related agent": {"agent": "mbox:mailto:ada@example.com", "related_agents": True},
    "activity": {"activity": "https://example.com/activities/1"},
    "related activity": {
        "activity": "https://example.com/activities/1",
        "related_activities": True,
    },
    "verb": {"verb": "http://adlnet.gov/expapi/verbs/completed"},
    "registration": {"registration": "01234567-89ab-4def-8123-456789abcdef"},
    "authority": {"authority": agent_key(AUTHORITY)},
    "range": {"since": 1, "until": 2**52},
    "cursor": {"cursor": 2**51},
    "voided or not": {"voided": None},
}


@pytest.mark.parametrize(
    "names",
    [
        names
        for count in range(3)
        for names in itertools.combinations(FILTERS, count)
        if {*names} not in ({"agent", "related agent"}, {"activity", "related activity"})
    ],
    ids=" and ".join,
)
async def test_every_filter_is_served_by_an_index_in_order(
    log: StatementLog, database: Any, names: tuple[str, ...]
) -> None:
    given = {name: value for each in names for name, value in FILTERS[each].items()}
    registration = FILTERS["registration"]["registration"]
    await record(log, *(a_statement(context={"registration": registration}) for _ in range(30)))
    await database.command("profile", 2)
    for ascending in (False, True):
        await log.find_raw(ORGANIZATION, StatementQuery(ascending=ascending, limit=10, **given))
    await database.command("profile", 0)
    ran = await database["system.profile"].find({"command.find": "statements"}).to_list()
    index = "keys: 1, stored: 1" if {*names} - {"range", "cursor", "voided or not"} else "stored: 1"
    plan = f"IXSCAN {{ organization_id: 1, {index} }}"
    assert len(ran) == 2
    for each in ran:
        assert set(each["planSummary"].split(", IXSCAN")) <= {plan, plan.removeprefix("IXSCAN")}
        assert "hasSortStage" not in each
        assert each["docsExamined"] <= 11


async def test_a_page_is_bounded_in_count(log: StatementLog) -> None:
    await record(log, *(a_statement() for _ in range(501)))
    for limit in (0, 500, 100_000):
        page = await log.find_raw(ORGANIZATION, StatementQuery(limit=limit))
        assert len(page.statements) == (100 if limit == 0 else 500)
        assert page.cursor is not None
