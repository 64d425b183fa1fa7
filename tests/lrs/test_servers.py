"""Several servers over one database, as xAPI clients see them."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest
from aiohttp import ClientResponse, encode_basic_auth
from aiohttp.test_utils import TestClient

from lrs.credentials import Credentials, IssuedCredential
from lrs.http import HTTPLimits
from lrs.log import Heartbeat, Limits, StatementLog
from lrs.statements.document import document_id
from tests.lrs.conftest import ORGANIZATION, Statement, a_statement, serving, voiding
from tests.lrs.messages import MULTIPART, body_of
from tests.lrs.wire import over_a_wire

PATH = "/xapi/statements"
THROUGH = "X-Experience-API-Consistent-Through"
QUICK = Heartbeat(every_seconds=0.02, dead_after_seconds=60)
SEED = 20261122
MEBIBYTE = 2**20

Client = TestClient[Any, Any]
Start = Callable[..., Awaitable[Client]]


@pytest.fixture
async def start(
    database: Any, credentials: Credentials, issued: IssuedCredential, aiohttp_client: Any
) -> AsyncIterator[Start]:
    """Start one more server over the database; return its client."""
    logs = []
    headers = {
        "X-Experience-API-Version": "1.0.3",
        "Authorization": encode_basic_auth(issued.key, issued.secret),
    }

    async def start(
        limits: Limits | None = None, http: HTTPLimits | None = None, over: Any = None
    ) -> Client:
        reached = over if over is not None else database
        log = StatementLog(reached, limits=limits, heartbeat=QUICK)
        await log.start()
        logs.append(log)
        application = serving(reached, log, credentials, http)
        client: Client = await aiohttp_client(application, headers=headers)
        return client

    yield start
    for log in logs:
        await log.stop()


async def put(client: Client, statement: Statement) -> ClientResponse:
    """PUT a statement; return the answer."""
    answer: ClientResponse = await client.put(
        PATH, params={"statementId": statement["id"]}, json=statement
    )
    return answer


async def got(client: Client, **parameters: str) -> tuple[int, Any]:
    """Return the status and JSON of a GET."""
    answer = await client.get(PATH, params=parameters)
    return answer.status, await answer.json()


async def told(answer: ClientResponse) -> Any:
    """Return the one error that an answer tells."""
    (error,) = (await answer.json())["errors"]
    return error


async def test_rivals_for_one_id_have_one_winner_that_both_servers_show(start: Start) -> None:
    """XAPI-00142: a different statement under the same id changes nothing and is refused."""
    both = [await start(), await start()]
    for _ in range(5):
        one = a_statement()
        rivals = [{**one, "actor": {"mbox": f"mailto:{n}@example.com"}} for n in range(6)]
        answers = await asyncio.gather(*(put(both[n % 2], each) for n, each in enumerate(rivals)))
        statuses = [each.status for each in answers]
        assert sorted(statuses) == [204, *[409] * 5]
        shown = [await got(client, statementId=one["id"]) for client in both]
        assert shown[0] == shown[1]
        assert shown[0][1]["actor"]["mbox"] == rivals[statuses.index(204)]["actor"]["mbox"]


async def test_one_statement_through_both_servers_is_recorded_once(start: Start) -> None:
    both = [await start(), await start()]
    one = a_statement()
    answers = await asyncio.gather(*(put(client, one) for client in both * 4))
    assert {each.status for each in answers} == {204}
    _, page = await got(both[0])
    assert [each["id"] for each in page["statements"]] == [one["id"]]


async def test_a_void_that_races_with_its_target_takes_effect_on_both_servers(start: Start) -> None:
    one, other = await start(), await start()
    for _ in range(10):
        target = a_statement()
        answers = await asyncio.gather(put(one, target), put(other, voiding(target["id"])))
        assert [each.status for each in answers] == [204, 204]
        for client in (one, other):
            assert (await got(client, statementId=target["id"]))[0] == 404
            assert (await got(client, voidedStatementId=target["id"]))[0] == 200


async def test_nothing_appears_behind_a_consistent_through_that_a_client_was_told(
    start: Start, database: Any
) -> None:
    """XAPI-00321: all that is stored up to the header's time can be read, on every server.

    Writes are held back at random by open transactions that have their ids.
    """
    both = [await start(), await start()]
    drawn = random.Random(SEED)
    seen: list[tuple[datetime, set[str]]] = []
    writers = [
        asyncio.create_task(_write_with_delays(both[n % 2], database, drawn)) for n in range(6)
    ]
    while not all(each.done() for each in writers):
        seen += [await _seen(client) for client in both]
    await asyncio.gather(*writers)
    _, page = await got(both[0], limit="500")
    stored = {each["id"]: datetime.fromisoformat(each["stored"]) for each in page["statements"]}
    assert len(stored) == 6 * 8
    for through, ids in seen:
        assert ids >= {each for each, at in stored.items() if at <= through}
    assert any(ids for _, ids in seen)


async def _write_with_delays(client: Client, database: Any, drawn: random.Random) -> None:
    for _ in range(8):
        statement = a_statement()
        async with database.client.start_session() as session:
            await session.start_transaction()
            place = {"_id": document_id(ORGANIZATION, statement["id"]), "awaited": True}
            await database.statements.insert_one(place, session=session)
            writing = asyncio.create_task(put(client, statement))
            await asyncio.sleep(drawn.random() / 20)
            await session.abort_transaction()
        assert (await writing).status == 204


async def _seen(client: Client) -> tuple[datetime, set[str]]:
    answer = await client.get(PATH, params={"limit": "500"})
    page = await answer.json()
    through = datetime.fromisoformat(answer.headers[THROUGH])
    return through, {each["id"] for each in page["statements"]}


async def test_a_commit_whose_answer_was_lost_is_asked_for_again_and_answered(
    start: Start, mongodb_uri: str, database: Any
) -> None:
    async with over_a_wire(mongodb_uri) as (wire, relayed):
        client = await start(over=relayed[database.name])
        alone, batch = a_statement(), [a_statement(), a_statement()]
        wire.deafen()
        assert (await put(client, alone)).status == 204
        assert not wire.deaf
        wire.deafen()
        answer = await client.post(PATH, json=batch)
        assert answer.status == 200
        assert not wire.deaf
        _, page = await got(client)
        ids = [each["id"] for each in page["statements"]]
        assert sorted(ids) == sorted(each["id"] for each in [alone, *batch])


async def test_a_commit_that_is_never_answered_is_told_as_503_and_can_be_sent_again(
    start: Start, mongodb_uri: str, database: Any
) -> None:
    async with over_a_wire(mongodb_uri) as (wire, relayed):
        client = await start(Limits(write_seconds=1.0), over=relayed[database.name])
        one = a_statement()
        wire.arm()
        answer = await put(client, one)
        assert answer.status == 503
        assert answer.headers["Retry-After"] == "5"
        assert "the same ids are recorded once" in (await told(answer))["detail"]
        await wire.mend()
        assert (await put(client, one)).status == 204
        _, page = await got(client)
        assert [each["id"] for each in page["statements"]] == [one["id"]]


async def test_a_statement_that_no_document_can_hold_is_413_and_says_how_large_it_may_be(
    start: Start,
) -> None:
    client = await start()
    huge = a_statement(result={"response": "x" * 16 * MEBIBYTE})
    for answer in (await put(client, huge), await client.post(PATH, json=huge)):
        error = await told(answer)
        assert answer.status == 413
        assert error["code"] == "too_large"
        assert "is too large to be stored" in error["detail"]
    answer = await client.post(PATH, json=[a_statement(), huge])
    assert (await told(answer))["source"] == {"pointer": "/1"}
    assert (await got(client))[1]["statements"] == []


async def test_a_body_past_the_limit_is_413_however_it_is_sent(start: Start) -> None:
    client = await start(http=HTTPLimits(body=100_000))
    whole = b"[%b]" % (b" " * 200_000)

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield whole[:10_000]

    for body in (whole, chunks()):
        answer = await client.post(PATH, data=body, headers={"Content-Type": "application/json"})
        assert answer.status == 413
        assert "100000 bytes" in (await told(answer))["detail"]


async def test_a_full_queue_is_503_with_retry_after_and_loses_nothing_it_took(
    start: Start,
) -> None:
    client = await start(Limits(waiting_statements=5))
    statements = [a_statement() for _ in range(60)]
    answers = await asyncio.gather(*(put(client, each) for each in statements))
    refused = [each for each in answers if each.status != 204]
    assert {(each.status, each.headers["Retry-After"]) for each in refused} == {(503, "1")}
    taken = {
        each["id"] for each, answer in zip(statements, answers, strict=True) if answer.status == 204
    }
    _, page = await got(client, limit="500")
    assert {each["id"] for each in page["statements"]} == taken


async def test_a_page_of_large_statements_is_cut_short_and_goes_on(start: Start) -> None:
    client = await start()
    large = [a_statement(result={"response": "x" * 6 * MEBIBYTE}) for _ in range(5)]
    for each in large:
        assert (await put(client, each)).status == 204
    ids, sizes, more = [], [], PATH
    while more:
        answer = await client.get(more)
        sizes.append(len(await answer.read()))
        page = await answer.json()
        ids += [each["id"] for each in page["statements"]]
        more = page["more"]
    assert ids == [each["id"] for each in reversed(large)]
    assert max(sizes) < 16 * MEBIBYTE


BODIES = [
    ("application/json", b""),
    (MULTIPART, body_of([]).partition(b"[]")[0]),
]


class Dribble:
    """A client that sends the head of a request and part of its statements, and then no more."""

    def __init__(
        self, client: Client, issued: IssuedCredential, content_type: str, opening: bytes
    ) -> None:
        self._address = client.host, client.port
        self._content_type, self._opening = content_type, opening
        self._credential = encode_basic_auth(issued.key, issued.secret)

    async def __aenter__(self) -> asyncio.StreamReader:
        reader, self._writer = await asyncio.open_connection(*self._address)
        head = (
            f"POST {PATH} HTTP/1.1\r\nHost: lrs\r\nX-Experience-API-Version: 1.0.3\r\n"
            f"Authorization: {self._credential}\r\nContent-Type: {self._content_type}\r\n"
            f"Content-Length: {MEBIBYTE}\r\n\r\n"
        )
        self._writer.write(head.encode() + self._opening + b"[" + b" " * 700_000)
        await self._writer.drain()
        return reader

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()


@pytest.mark.parametrize("body", BODIES)
async def test_slow_clients_pin_no_more_memory_than_is_set_aside_for_bodies(
    start: Start, issued: IssuedCredential, body: tuple[str, bytes]
) -> None:
    client = await start(http=HTTPLimits(receiving=MEBIBYTE))
    async with Dribble(client, issued, *body) as first, Dribble(client, issued, *body) as second:
        lines = [asyncio.create_task(each.readuntil(b"\r\n\r\n")) for each in (first, second)]
        done, waiting = await asyncio.wait(lines, return_when=asyncio.FIRST_COMPLETED)
        answer = done.pop().result()
        assert answer.startswith(b"HTTP/1.1 503")
        assert b"Retry-After: 1" in answer
        assert (await put(client, a_statement())).status == 204
        for each in waiting:
            each.cancel()


@pytest.mark.parametrize("body", BODIES)
async def test_a_body_that_does_not_arrive_in_time_is_408(
    start: Start, issued: IssuedCredential, body: tuple[str, bytes]
) -> None:
    client = await start(http=HTTPLimits(receive_seconds=0.2))
    async with Dribble(client, issued, *body) as slow:
        assert (await slow.readline()).startswith(b"HTTP/1.1 408")
    assert (await put(client, a_statement())).status == 204
