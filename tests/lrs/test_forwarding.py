"""Forwarding: in the order of the log, everything once acknowledged, nothing lost."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet

from lrs.errors import NotFound, PreconditionFailed
from lrs.forwarding import forwarder as forwarding
from lrs.forwarding.forwarder import Forwarder
from lrs.forwarding.store import now
from lrs.forwarding.target import (
    MOST_REFUSALS,
    Filter,
    Target,
    Verdict,
    batches,
    check_endpoint,
    judge,
    pause,
)
from lrs.forwarding.targets import Status, TargetDraft, Targets
from lrs.log import Heartbeat, StatementLog
from lrs.query import StatementQuery
from lrs.timestamps import EPOCH
from tests.lrs.conftest import ORGANIZATION, Statement, a_statement, voiding
from tests.lrs.receiver import Receiver
from tests.tasks import beside, until

AUTHORITY = {"objectType": "Agent", "mbox": "mailto:lms@example.com"}
CIPHER = Fernet(Fernet.generate_key())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forwarding, "LOOK_EVERY_SECONDS", 0.02)


@pytest.fixture
async def log(database: Any) -> AsyncIterator[StatementLog]:
    log = StatementLog(database, heartbeat=Heartbeat(every_seconds=0.1))
    await log.start()
    yield log
    await log.stop()


@pytest.fixture
def targets(database: Any, log: StatementLog) -> Targets:
    return Targets(database, log, CIPHER)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    yield receiver
    await receiver.stop()


def running(database: Any, log: StatementLog) -> AbstractAsyncContextManager[None]:
    return beside(Forwarder(database, log, CIPHER).run())


@pytest.fixture
async def forwarder(database: Any, log: StatementLog) -> AsyncIterator[None]:
    async with running(database, log):
        yield


async def begin(targets: Targets, endpoint: str, **options: Any) -> Target:
    given = {"name": "Other", "key": "key", "secret": "secret", "since": EPOCH, **options}
    return await targets.create(
        ORGANIZATION, TargetDraft(endpoint=check_endpoint(endpoint), **given)
    )


async def record(log: StatementLog, *statements: Statement) -> list[str]:
    for each in statements:
        await log.record(ORGANIZATION, [each], authority=AUTHORITY)
    return [each["id"] for each in statements]


async def reached(targets: Targets, target: Target, state: str) -> Status:
    found: list[Status] = []

    async def has_reached() -> bool:
        found.append(await targets.status(target))
        return found[-1].state == state

    await until(has_reached)
    return found[-1]


async def letters(targets: Targets, target: Target) -> list[tuple[str, int | None]]:
    found, total = await targets.dead_letters(ORGANIZATION, target.id, 0, 100)
    assert len(found) == total
    return [(each.statement_id, each.status) for each in found]


async def test_everything_arrives_in_the_order_of_the_log(
    log: StatementLog, targets: Targets, receiver: Receiver, forwarder: None
) -> None:
    before = await record(log, *(a_statement() for _ in range(120)))
    target = await begin(targets, await receiver.start())
    status = await reached(targets, target, "caught_up")
    assert receiver.ids == before
    assert max(receiver.requests) == 50
    assert (status.position.delivered, status.dead_letters) == (120, 0)
    after = await record(log, a_statement())

    async def arrived() -> bool:
        return receiver.ids == before + after

    await until(arrived)
    header = receiver.headers[0]
    assert header["Authorization"] == "Basic a2V5OnNlY3JldA=="
    assert header["X-Experience-API-Version"] == "1.0.3"


async def test_a_new_target_gets_what_comes_from_now_on(
    log: StatementLog, targets: Targets, receiver: Receiver, forwarder: None
) -> None:
    await record(log, a_statement())
    first = (await log.find(ORGANIZATION, StatementQuery())).statements[0]

    async def promised() -> bool:
        return log.consistent_through > int(first.stored.timestamp() * 1_000_000)

    await until(promised)
    await begin(targets, await receiver.start(), since=None)
    new = await record(log, a_statement())

    async def arrived() -> bool:
        return receiver.ids == new

    await until(arrived)


async def test_only_what_the_filter_takes_and_what_voids_it(
    log: StatementLog, targets: Targets, receiver: Receiver, forwarder: None
) -> None:
    verb = {"id": "http://adlnet.gov/expapi/verbs/passed"}
    wanted, other = a_statement(verb=verb), a_statement()
    elsewhere = a_statement(verb=verb, object={"id": "https://example.com/activities/2"})
    void, other_void = voiding(wanted["id"]), voiding(other["id"])
    await record(log, wanted, other, elsewhere, void, other_void)
    chosen = Filter(verbs=(verb["id"],), activities=(wanted["object"]["id"],))
    target = await begin(targets, await receiver.start(), filter=chosen)
    await reached(targets, target, "caught_up")
    assert receiver.ids == [wanted["id"], void["id"]]


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_what_is_refused_is_a_dead_letter_and_the_rest_arrives(
    log: StatementLog, targets: Targets, receiver: Receiver, forwarder: None, status: int
) -> None:
    ids = await record(log, *(a_statement() for _ in range(20)))
    receiver.refused = {ids[7]: status, ids[19]: status}
    target = await begin(targets, await receiver.start())
    shown = await reached(targets, target, "caught_up")
    assert receiver.ids == [each for each in ids if each not in receiver.refused]
    assert await letters(targets, target) == [(ids[7], status), (ids[19], status)]
    assert (shown.position.delivered, shown.dead_letters) == (18, 2)
    (first, _), _ = await targets.dead_letters(ORGANIZATION, target.id, 0, 100)
    assert first.reason == f"no: {status}"


async def test_what_is_there_already_is_delivered(
    log: StatementLog, targets: Targets, receiver: Receiver, forwarder: None
) -> None:
    ids = await record(log, *(a_statement() for _ in range(5)))
    receiver.refused = {ids[2]: 409}
    target = await begin(targets, await receiver.start())
    shown = await reached(targets, target, "caught_up")
    assert receiver.ids == [*ids[:2], *ids[3:]]
    assert (shown.position.delivered, shown.dead_letters) == (5, 0)


async def test_dead_letters_are_retried_one_by_one_or_all_and_dismissed(
    log: StatementLog, targets: Targets, receiver: Receiver, forwarder: None
) -> None:
    ids = await record(log, *(a_statement() for _ in range(4)))
    receiver.refused = dict.fromkeys(ids, 400)
    target = await begin(targets, await receiver.start())
    assert (await reached(targets, target, "caught_up")).dead_letters == 4

    async def left(expected: list[str]) -> None:
        async def are_left() -> bool:
            found, _ = await targets.dead_letters(ORGANIZATION, target.id, 0, 100)
            return [each.statement_id for each in found if not each.retry] == expected and all(
                not each.retry for each in found
            )

        await until(are_left)

    await targets.dismiss(ORGANIZATION, target.id, ids[0])
    await left(ids[1:])
    del receiver.refused[ids[1]]
    await targets.retry(ORGANIZATION, target.id, ids[1])
    await left(ids[2:])
    assert receiver.ids == [ids[1]]
    del receiver.refused[ids[2]]
    assert await targets.retry(ORGANIZATION, target.id) == 2
    await left([ids[3]])
    assert receiver.ids == [ids[1], ids[2]]
    for missing in (targets.retry, targets.dismiss):
        with pytest.raises(NotFound):
            await missing(ORGANIZATION, target.id, ids[0])


async def test_a_target_that_refuses_everything_is_stalled_until_it_is_corrected(
    log: StatementLog, targets: Targets, receiver: Receiver, forwarder: None
) -> None:
    ids = await record(log, *(a_statement() for _ in range(MOST_REFUSALS + 30)))
    receiver.status = 400
    target = await begin(targets, await receiver.start())
    stalled = await reached(targets, target, "stalled")
    assert stalled.dead_letters == MOST_REFUSALS
    assert stalled.behind == 30
    assert stalled.position.failed is not None
    assert (stalled.position.failed.status, stalled.position.failed.reason) == (400, "no: 400")
    receiver.status = None
    assert await targets.retry(ORGANIZATION, target.id) == MOST_REFUSALS
    shown = await reached(targets, target, "caught_up")
    assert sorted(receiver.ids) == sorted(ids)
    assert (shown.dead_letters, shown.position.failed) == (0, None)


async def test_refusals_here_and_there_stall_nothing(
    log: StatementLog, targets: Targets, receiver: Receiver, forwarder: None
) -> None:
    ids = await record(log, *(a_statement() for _ in range(MOST_REFUSALS * 2)))
    receiver.refused = dict.fromkeys(ids[::2] + ids[1 : MOST_REFUSALS - 2 : 2], 400)
    target = await begin(targets, await receiver.start())
    shown = await reached(targets, target, "caught_up")
    assert shown.dead_letters == len(receiver.refused)
    target = await targets.update(ORGANIZATION, target.id, {"name": "New"}, None)
    assert (await targets.status(target)).position.refusals == 0


@pytest.mark.parametrize("status", [301, 401, 403, 404, 429, 500, 503])
async def test_what_is_not_the_statements_fault_waits(
    log: StatementLog, targets: Targets, receiver: Receiver, forwarder: None, status: int
) -> None:
    ids = await record(log, a_statement(), a_statement())
    receiver.status, receiver.answer_headers = status, {"Location": "/elsewhere"}
    target = await begin(targets, await receiver.start())
    failed = (await reached(targets, target, "retrying")).position.failed
    assert failed is not None
    assert (failed.status, failed.reason) == (status, f"no: {status}")
    receiver.status = None
    await targets.update(ORGANIZATION, target.id, {"secret": "right"}, None)
    shown = await reached(targets, target, "caught_up")
    assert receiver.ids == ids
    assert (shown.position.failed, shown.dead_letters) == (None, 0)


async def test_nobody_there_is_waited_for_and_as_long_as_asked(
    log: StatementLog, targets: Targets, receiver: Receiver, forwarder: None
) -> None:
    await record(log, a_statement())
    receiver.status, receiver.answer_headers = 503, {"Retry-After": "1200"}
    busy = await begin(targets, await receiver.start())
    asked = (await reached(targets, busy, "retrying")).position.due_at - now()
    assert timedelta(minutes=15) < asked <= timedelta(minutes=20)
    nobody = await begin(targets, "http://127.0.0.1:9/xapi")
    failed = (await reached(targets, nobody, "retrying")).position.failed
    assert failed is not None
    assert failed.status is None


async def test_a_paused_target_gets_nothing_and_goes_on_where_it_was(
    log: StatementLog, targets: Targets, receiver: Receiver, forwarder: None
) -> None:
    target = await begin(targets, await receiver.start(), enabled=False)
    other = await begin(targets, "http://127.0.0.1:9/xapi")
    ids = await record(log, a_statement())
    await reached(targets, other, "retrying")
    assert (await targets.status(target)).state == "paused"
    assert receiver.ids == []
    with pytest.raises(PreconditionFailed):
        await targets.update(ORGANIZATION, target.id, {"enabled": True}, 7)
    target = await targets.update(ORGANIZATION, target.id, {"enabled": True}, 1)
    await reached(targets, target, "caught_up")
    assert receiver.ids == ids


async def test_two_servers_share_the_work_and_one_goes_on_for_the_other(
    database: Any, log: StatementLog, targets: Targets, receiver: Receiver
) -> None:
    target = await begin(targets, await receiver.start())
    async with running(database, log):
        async with running(database, log):
            ids = await record(log, *(a_statement() for _ in range(30)))
            await reached(targets, target, "caught_up")
        ids += await record(log, a_statement())
        await reached(targets, target, "caught_up")
    ids += await record(log, a_statement())
    async with running(database, log):
        await reached(targets, target, "caught_up")
    assert receiver.ids == ids


async def test_organizations_do_not_see_each_others(
    log: StatementLog, targets: Targets, receiver: Receiver, forwarder: None
) -> None:
    target = await begin(targets, await receiver.start())
    await log.record("organization-2", [a_statement()], authority=AUTHORITY)
    ids = await record(log, a_statement())
    await reached(targets, target, "caught_up")
    assert receiver.ids == ids
    assert await targets.every("organization-2") == []
    with pytest.raises(NotFound):
        await targets.get("organization-2", target.id)


async def test_a_removed_target_leaves_nothing(
    database: Any, log: StatementLog, targets: Targets, receiver: Receiver, forwarder: None
) -> None:
    ids = await record(log, a_statement())
    receiver.refused = {ids[0]: 400}
    target = await begin(targets, await receiver.start())
    assert (await reached(targets, target, "caught_up")).dead_letters == 1
    await targets.remove(ORGANIZATION, target.id)
    for name in ("targets", "positions", "dead_letters"):
        assert await database[f"forwarding_{name}"].count_documents({}) == 0


async def test_secrets_are_kept_encrypted(database: Any, targets: Targets) -> None:
    await begin(targets, "http://127.0.0.1:9/xapi", secret="open sesame")
    assert "open sesame" not in str(await database.forwarding_targets.find().to_list())


async def test_an_erased_person_is_taken_out_of_what_was_said(
    database: Any, log: StatementLog, targets: Targets, receiver: Receiver, forwarder: None
) -> None:
    ids = await record(log, a_statement(), a_statement())
    receiver.refused = dict.fromkeys(ids, 400)
    target = await begin(targets, await receiver.start())
    assert (await reached(targets, target, "caught_up")).dead_letters == 2
    await database.statements.delete_one({"_id": f"{ORGANIZATION}/{ids[0]}"})
    await targets.forget(ORGANIZATION, ["mbox:mailto:ada@example.com"])
    (left,), _ = await targets.dead_letters(ORGANIZATION, target.id, 0, 100)
    assert (left.statement_id, left.reason) == (ids[1], "")


def test_each_answer_means_one_thing() -> None:
    assert {
        status: (judge(status, alone=True), judge(status, alone=False)) for status in (200, 204)
    } == {
        200: (Verdict.DELIVERED, Verdict.DELIVERED),
        204: (Verdict.DELIVERED, Verdict.DELIVERED),
    }
    assert judge(409, alone=True) is Verdict.DELIVERED
    assert judge(409, alone=False) is Verdict.SPLIT
    for status in (None, 302, 401, 403, 404, 405, 408, 415, 429, 500, 502, 503):
        assert judge(status, alone=True) is judge(status, alone=False) is Verdict.LATER


def test_pauses_grow_and_end() -> None:
    assert [pause(n, None) for n in (1, 2, 3, 9, 10, 1000)] == [1, 2, 4, 256, 300, 300]
    assert [pause(1, asked) for asked in (0.0, 60.0, 1e9)] == [1, 60, 3600]


def test_batches_are_bounded_in_count_and_bytes() -> None:
    sizes = [10, 10, 10, 50, 5, 200, 5]
    documents = [{"raw": b"x" * size} for size in sizes]
    found = [[len(each["raw"]) for each in run] for run in batches(documents, 2, 40, {})]
    assert found == [[10, 10], [10], [50], [5], [200], [5]]
    along = [{"raw": b"x", "attachments": [each]} for each in ("small", "large", "small", "lost")]
    runs = batches(along, 3, 40, {"small": 10, "large": 90})
    assert [len(run) for run in runs] == [1, 1, 2]


@pytest.mark.parametrize(
    "endpoint",
    ["ftp://x/xapi", "/xapi", "http://", "http://a:b@x/xapi", "https://x/xapi?a=1", "https://x#y"],
)
def test_an_endpoint_is_a_plain_address(endpoint: str) -> None:
    with pytest.raises(ValueError, match="http"):
        check_endpoint(endpoint)
