"""The statements page in a browser: the filters, copying, and the live tail."""

import asyncio
import json
import os
import uuid
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest_asyncio
from aiohttp import ClientSession
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.pages import check
from tests.process import ADMIN_EMAIL, ADMIN_PASSWORD, LRS_KEY, LRS_SECRET
from tests.rest import XAPI
from tests.served import Lyceum

ADL = "http://adlnet.gov/expapi/verbs/"
ADA = {"name": "Ada Lovelace", "mbox": "mailto:ada@example.org"}
GRACE = {
    "name": "Grace Hopper",
    "account": {"homePage": "https://lms.example.org", "name": "o'grace"},
}
GOLF = {"id": "https://example.org/golf?a=1&b=2", "definition": {"name": {"en": "Golf Explained"}}}
OTHER = "https://example.org/other?a=1&b=c%20d+e"
MOST_ROWS = 200


class Room:
    """A server with an administrator's browser before its statements."""

    def __init__(self, lyceum: Lyceum, session: ClientSession, registration: str) -> None:
        self.url = lyceum.url
        self.registration = registration
        self._xapi, self._session = lyceum.xapi, session

    async def post(self, *statements: dict[str, Any]) -> list[str]:
        """Send statements as an xAPI client does."""
        context = {"registration": self.registration}
        sent = [{**each, "context": context} for each in statements]
        address = f"{self._xapi}/statements"
        async with self._session.post(address, json=sent, headers=XAPI) as answer:
            assert answer.status == 200, await answer.text()
            ids: list[str] = await answer.json()
            return ids

    def path(self, **fields: str) -> str:
        """The page of what was recorded here, with more fields."""
        return f"/statements?{urlencode({'registration': self.registration, **fields})}"

    async def open(self, page: Page, **fields: str) -> None:
        """Sign in and come to the page."""
        await page.goto(f"{self.url}/sign-in?{urlencode({'next': self.path(**fields)})}")
        await page.fill("#email", ADMIN_EMAIL)
        await page.fill("#password", ADMIN_PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("heading", name="Statements")).to_be_visible()


@pytest_asyncio.fixture(loop_scope="session")
async def room(lyceum: Lyceum) -> AsyncIterator[Room]:
    """The server; what each test records has a registration of its own."""
    async with ClientSession() as session:
        yield Room(lyceum, session, str(uuid.uuid4()))


def a_statement(word: str = "completed", **parts: Any) -> dict[str, Any]:
    """A statement with an id; `parts` replace its own."""
    spoken = {"id": ADL + word, "display": {"en": word}}
    return {"id": str(uuid.uuid4()), "actor": ADA, "verb": spoken, "object": GOLF, **parts}


def row(page: Page, statement_id: str) -> Locator:
    """A statement's row."""
    return page.locator(f"li[data-statement='{statement_id}']")


def rows(page: Page) -> Locator:
    """Every statement's row."""
    return page.locator("li[data-statement]")


async def test_the_filters_are_in_the_address_and_the_way_back_works(
    room: Room, page: Page
) -> None:
    first, second = await room.post(a_statement(), a_statement("passed", actor=GRACE))
    await room.open(page)
    await expect(rows(page)).to_have_count(2)
    await page.get_by_label("Actor", exact=True).fill("ada@example.org")
    await page.get_by_role("button", name="Show").click()
    await expect(rows(page)).to_have_count(1)
    await expect(row(page, first)).to_be_visible()
    assert dict(parse_qsl(urlsplit(page.url).query)) == {
        "actor": "ada@example.org",
        "registration": room.registration,
    }
    await page.get_by_label("Activity", exact=True).fill(OTHER)
    await page.get_by_role("button", name="Show").click()
    await expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    await page.go_back()
    await expect(row(page, first)).to_be_visible()
    await page.go_back()
    await row(page, second).get_by_role("link", name="Grace Hopper").click()
    await expect(rows(page)).to_have_count(1)
    await expect(page.get_by_label("Actor", exact=True)).to_have_value("o'grace")
    await expect(page.get_by_label("Account home page")).to_have_value("https://lms.example.org")


async def test_without_a_script_all_but_tail_and_copying_works(
    room: Room, browser: Browser
) -> None:
    (statement_id,) = await room.post(a_statement())
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await room.open(page)
    await page.get_by_label("Verb", exact=True).fill(ADL + "completed")
    await page.get_by_role("button", name="Show").click()
    found = row(page, statement_id)
    await found.locator("summary").click()
    await expect(found.locator("pre.json")).to_contain_text('"id": "' + statement_id)
    for name in ("Copy JSON", "Copy as curl", "Follow live"):
        await expect(page.get_by_role("button", name=name)).to_have_count(0)
    await context.close()


async def test_what_is_copied_is_the_record_and_a_command_that_runs(
    room: Room, context: BrowserContext, page: Page
) -> None:
    await context.grant_permissions(["clipboard-read", "clipboard-write"], origin=room.url)
    kept, gone = await room.post(a_statement(actor=GRACE), a_statement())
    await room.post(a_statement("voided", object={"objectType": "StatementRef", "id": gone}))
    await room.open(page, voided="any")
    for statement_id in (kept, gone):
        found = row(page, statement_id)
        await found.locator("summary").click()
        await found.get_by_role("button", name="Copy JSON").click()
        record = json.loads(await _copied(page))
        await found.get_by_role("button", name="Copy as curl").click()
        assert await _run(await _copied(page)) == record
        assert record["id"] == statement_id
    await page.goto(room.url + room.path())
    await row(page, kept).get_by_role("link", name="Grace Hopper").click()
    await row(page, kept).get_by_role("link", name="Golf Explained").click()
    await page.wait_for_url("**activity=**")
    await page.get_by_role("button", name="Copy as curl", exact=True).first.click()
    answer = await _run(await _copied(page))
    assert [each["id"] for each in answer["statements"]] == [kept]


async def test_the_tail_shows_what_is_posted_now_and_only_what_matches(
    room: Room, page: Page
) -> None:
    await room.open(page, verb=ADL + "passed")
    await page.get_by_role("button", name="Follow live").click()
    await expect(page.get_by_role("status")).to_have_text("Live")
    _, passed = await room.post(a_statement(), a_statement("passed"))
    await expect(row(page, passed)).to_be_visible()
    await expect(rows(page)).to_have_count(1)
    await expect(page.get_by_role("status")).to_have_text("Live: 1 new statement")
    await expect(page.get_by_role("heading", name="Nothing matches")).to_have_count(0)
    assert "live=1" in page.url


async def test_a_pause_loses_nothing(room: Room, page: Page) -> None:
    await room.open(page, live="1")
    await expect(page.get_by_role("status")).to_have_text("Live")
    await page.get_by_role("button", name="Pause").click()
    waiting = await room.post(a_statement(), a_statement())
    await expect(page.get_by_role("status")).to_contain_text("Paused")
    await expect(rows(page)).to_have_count(0)
    await page.get_by_role("button", name="Resume").click()
    await expect(rows(page)).to_have_count(2)
    shown = await rows(page).evaluate_all("rows => rows.map((row) => row.dataset.statement)")
    assert shown == waiting[::-1]


async def test_a_statement_that_is_voided_meanwhile_is_marked(room: Room, page: Page) -> None:
    (gone,) = await room.post(a_statement())
    await room.open(page, live="1")
    await expect(row(page, gone).get_by_text("Voided")).to_be_hidden()
    await room.post(a_statement("voided", object={"objectType": "StatementRef", "id": gone}))
    await expect(row(page, gone).get_by_text("Voided")).to_be_visible()


async def test_a_burst_leaves_a_bounded_page_that_says_where_the_others_are(
    room: Room, page: Page
) -> None:
    (read,) = await room.post(a_statement())
    await room.open(page, live="1")
    await row(page, read).locator("summary").click()
    await expect(page.get_by_role("status")).to_have_text("Live")
    last = ""
    for _ in range(10):
        last = (await room.post(*(a_statement() for _ in range(200))))[-1]
    await expect(row(page, last)).to_be_visible()
    assert await page.locator("#statements > li").count() <= MOST_ROWS
    await expect(row(page, read).locator("pre.json")).to_be_visible()
    await page.locator(".gap a").first.click()
    await expect(page.get_by_label("Stored since")).not_to_have_value("")
    assert await rows(page).count() > 0


async def test_a_tab_that_nobody_sees_keeps_no_connection(room: Room, page: Page) -> None:
    await room.open(page, live="1")
    await expect(page.get_by_role("status")).to_have_text("Live")
    await _show(page, hidden=True)
    (waiting,) = await room.post(a_statement())
    await _show(page, hidden=False)
    await expect(row(page, waiting)).to_be_visible()


async def test_every_state_is_for_everybody(room: Room, page: Page) -> None:
    long = {"id": "https://example.org/" + "x" * 200}
    reference = {"objectType": "StatementRef", "id": str(uuid.uuid4())}
    await room.post(a_statement(object=long), a_statement(object=reference))
    await room.open(page, registration="x")
    await check(page, "statements-wrong")
    await page.goto(room.url + room.path(verb=f"{ADL}never"))
    await check(page, "statements-none")
    await page.goto(room.url + room.path(voided="any"))
    await rows(page).first.locator("summary").click()
    await check(page, "statements")
    await rows(page).first.locator(".when").click()
    await check(page, "statement")


async def _show(page: Page, *, hidden: bool) -> None:
    """Let the page believe that its tab is hidden, or seen."""
    await page.evaluate(
        """(hidden) => {
            Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


async def _copied(page: Page) -> str:
    await expect(page.get_by_role("status")).to_have_text("Copied")
    await page.evaluate("document.getElementById('status').textContent = ''")
    text: str = await page.evaluate("navigator.clipboard.readText()")
    return text


async def _run(command: str) -> Any:
    """The JSON that a command prints, in a shell that knows the credential."""
    assert command.startswith("curl ")
    environment = {**os.environ, "LRS_KEY": LRS_KEY, "LRS_SECRET": LRS_SECRET}
    shell = await asyncio.create_subprocess_shell(
        command, stdout=asyncio.subprocess.PIPE, env=environment
    )
    printed, _ = await shell.communicate()
    assert shell.returncode == 0
    return json.loads(printed)
