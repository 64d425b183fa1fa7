"""The live tail: nothing falls between two rounds, and a burst is bounded."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientResponse
from lxml import html

from api.pages.statements import PLACES, tail
from api.pages.statements import browser as pages
from api.pages.statements.tail import Round, rounds
from api.services import Services
from lrs.log import MOST_PER_PAGE
from lrs.query import StatementQuery
from lrs.statement import StoredStatement
from lrs.timestamps import as_microseconds
from tests.api.callers import Client
from tests.api.statement_room import ADL, Browser, a_statement, record, verb


@pytest.fixture
async def browser(client: Client) -> Browser:
    """The administrator's browser."""
    return await Browser.of(client)


def following(services: Services, after: int, **query: str) -> AsyncIterator[Round]:
    """The rounds of a tail."""
    organization_id = services.sessions.organization_id
    return rounds(services.log, organization_id, StatementQuery(**query), after)  # type: ignore[arg-type]


async def left_out(services: Services, found: Round) -> list[StoredStatement]:
    """The statements in a round's gap, oldest first."""
    if found.gap is None:
        return []
    query = StatementQuery(
        since=found.gap.since, until=found.gap.until, ascending=True, limit=MOST_PER_PAGE
    )
    page = await services.log.find(services.sessions.organization_id, query)
    assert page.cursor is None
    return page.statements


async def settled(services: Services, *statements: dict[str, Any]) -> list[str]:
    """Record statements and wait until the log is consistent through them."""
    ids = await record(services, *statements)
    last = await services.log.get(services.sessions.organization_id, ids[-1])
    assert last is not None
    async for each in following(services, as_microseconds(last.stored) - 1, verb="u:none"):
        if each.through >= as_microseconds(last.stored):
            break
    return ids


async def test_what_is_written_meanwhile_is_told_once_and_in_order(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "ROUND_SECONDS", 0)
    written: set[str] = set()

    async def write() -> None:
        for _ in range(20):
            written.update(await record(services, a_statement(), a_statement()))

    writers = [asyncio.create_task(write()) for _ in range(4)]
    told: list[str] = []
    stored = []
    async for each in following(services, 0):
        oldest_first = [*await left_out(services, each), *each.statements[::-1]]
        told += [one.statement_id for one in oldest_first]
        stored += [one.stored for one in oldest_first]
        if all(writer.done() for writer in writers) and len(told) >= 160:
            break
    assert sorted(told) == sorted(written)
    assert stored == sorted(stored)


async def test_a_round_of_a_burst_brings_the_newest_and_says_where_the_others_are(
    services: Services,
) -> None:
    ids = await settled(services, *(a_statement() for _ in range(tail.MOST_A_ROUND + 30)))
    first = await anext(following(services, 0))
    shown = [each.statement_id for each in first.statements]
    assert shown == ids[::-1][: tail.MOST_A_ROUND]
    missed = await left_out(services, first)
    assert [each.statement_id for each in missed] == ids[:30]


async def test_a_tail_has_the_filters_of_its_page(services: Services) -> None:
    await record(services, a_statement())
    (passed,) = await settled(services, a_statement(verb=verb("passed")))
    found = await anext(following(services, 0, verb=ADL + "passed"))
    assert [each.statement_id for each in found.statements] == [passed]


async def test_the_stream_brings_rows_and_goes_on_after_the_last_one(
    services: Services, browser: Browser
) -> None:
    after = services.log.consistent_through
    await record(services, a_statement(), tenant="organization-2")
    (first,) = await settled(services, a_statement())
    stream = await browser.get(f"/statements/tail?after={after}")
    assert stream.headers["Content-Type"].startswith("text/event-stream")
    through, ids = await _event(stream)
    assert ids == [first]
    stream.close()
    (second,) = await settled(services, a_statement())
    again = await browser.get("/statements/tail?after=0", headers={"Last-Event-ID": through})
    assert (await _event(again))[1] == [second]
    again.close()


async def test_a_gap_is_a_row_that_links_to_what_it_leaves_out(
    services: Services, browser: Browser
) -> None:
    ids = await settled(services, *(a_statement() for _ in range(tail.MOST_A_ROUND + 3)))
    stream = await browser.get("/statements/tail?after=0")
    _, data = await _data(stream)
    stream.close()
    (link,) = html.fragment_fromstring(data, create_parent=True).xpath("//li[@class='gap']/a/@href")
    assert (await browser.page(str(link))).ids == ids[:3][::-1]


async def test_a_quiet_tail_says_how_far_it_came(services: Services, browser: Browser) -> None:
    stream = await browser.get("/statements/tail?after=0&verb=u:v")
    through, data = await _data(stream)
    stream.close()
    assert through == data
    assert 0 < int(through) <= services.log.consistent_through


async def test_a_tail_ends_with_the_server(services: Services, browser: Browser) -> None:
    stream = await browser.get("/statements/tail?after=0")
    services.lifecycle.stopping = True
    async with asyncio.timeout(30):
        await stream.read()


async def test_a_tail_ends_with_the_session_while_statements_come(
    services: Services, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "CHECK_SECONDS", 0)
    monkeypatch.setattr(tail, "ROUND_SECONDS", 0.01)
    stream = await browser.get("/statements/tail?after=0")
    await _data(stream)
    await services.database.sessions.delete_many({})

    async def write() -> None:
        while True:
            await record(services, a_statement())

    writing = asyncio.create_task(write())
    async with asyncio.timeout(30):
        await stream.read()
    writing.cancel()


async def test_a_server_keeps_a_bounded_number_of_tails(
    services: Services, browser: Browser, client: Client
) -> None:
    app = client.server.app  # type: ignore[attr-defined]
    app[PLACES].free = 1
    first = await browser.get("/statements/tail?after=0")
    await _data(first)
    second = await browser.get("/statements/tail?after=7")
    number, message = await _data(second)
    assert (number, message) == ("7", pages.FULL)
    assert await second.read() == b""
    first.close()
    async with asyncio.timeout(30):
        while app[PLACES].free == 0:
            await settled(services, a_statement())
    third = await browser.get("/statements/tail?after=0")
    assert (await _data(third))[1] != pages.FULL
    third.close()


@pytest.mark.parametrize("query", ["", "?after=x", "?after=1&verb=x", f"?after={'9' * 30}"])
async def test_a_tail_of_wrong_filters_is_refused(browser: Browser, query: str) -> None:
    assert (await browser.get(f"/statements/tail{query}")).status == 400


async def _event(stream: ClientResponse) -> tuple[str, list[str]]:
    """The id of the next event, and the statements that it brings."""
    number, data = await _data(stream)
    rows = html.fragment_fromstring(data, create_parent=True)
    return number, [str(each) for each in rows.xpath("//li/@data-statement")]


async def _data(stream: ClientResponse) -> tuple[str, str]:
    lines = (await stream.content.readuntil(b"\n\n")).decode().splitlines()
    fields = [line.partition(": ") for line in lines if line]
    (number,) = (value for name, _, value in fields if name == "id")
    return number, "\n".join(value for name, _, value in fields if name == "data")
