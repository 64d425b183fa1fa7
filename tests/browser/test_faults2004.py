"""SCORM 2004 in a real Chromium: crashes, cuts and jumps in the middle of navigation."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import (
    BrowserContext,
    Error,
    Frame,
    Page,
    Route,
    async_playwright,
    expect,
)
from pymongo.asynchronous.database import AsyncDatabase

from scorm_runtime.sessions import Attempt
from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.browser.player import Course, saved
from tests.scorm_runtime.courses import a_launch
from tests.scorm_runtime.courses2004 import PASSED, disagreements, manifest2004

SCO = """<!doctype html><meta charset="utf-8"><title>SCO</title><p>A page</p><script>
  let win = window;
  while (!win.API_1484_11 && win.parent !== win) win = win.parent;
  const api = win.API_1484_11;
  window.initialized = api.Initialize("");
  window.sets = (changes) => changes.every(([name, value]) => api.SetValue(name, value) === "true");
  window.ends = (request) => {
    sets([["adl.nav.request", request]]);
    api.Terminate("");
  };
</script>"""
LONGEST = "\u00e9" * 63_999 + "!"


class Sequenced(Course):
    """A course of two SCOs in a row, on a clock that a test sets."""

    def __init__(self, database: AsyncDatabase[dict[str, Any]], folder: Path) -> None:
        self.ahead = timedelta(0)
        super().__init__(
            database,
            folder,
            package=manifest2004("one", "two"),
            clock=lambda: datetime.now(UTC) + self.ahead,
        )
        (folder / "sco.html").write_text(SCO)

    async def play(self, page: Page, item: str = "one") -> Frame:
        """Launch in a tab; the frame of the SCO that is then played."""
        await page.goto(self.url())
        return await playing(page, item)

    async def attempt(self) -> Attempt:
        """The attempt, which must agree with the statements."""
        found = await self.runtime.history.current(a_launch())
        assert found is not None
        assert disagreements(found, list(self.sink.statements.values())) == []
        return found

    async def moves(self) -> list[str]:
        """The requests that sequencing met."""
        attempt = await self.attempt()
        moves = await self.runtime.history.moves("org1", attempt.id)
        return [move.request for move in moves]


@pytest_asyncio.fixture(loop_scope="session")
async def course(
    database: AsyncDatabase[dict[str, Any]], tmp_path: Path
) -> AsyncIterator[Sequenced]:
    made = Sequenced(database, tmp_path)
    await made.start()
    yield made
    await made.stop()


async def playing(page: Page, item: str) -> Frame:
    """The frame of this item, once its SCO has spoken to the API."""
    await expect(page.locator("body[data-session=active]:not([data-busy])")).to_have_count(1)
    await expect(page.locator(f"iframe[data-sco={item}]")).to_have_count(1)
    handle = await page.query_selector("iframe[data-sco]")
    frame = handle and await handle.content_frame()
    assert frame
    await frame.wait_for_url("**/content/**")
    await frame.wait_for_function("() => window.initialized === 'true'")
    return frame


async def sets(frame: Frame, *changes: tuple[str, str]) -> None:
    """The SCO sets elements and commits."""
    assert await frame.evaluate("changes => sets(changes)", changes)
    assert await frame.evaluate("api.Commit('')") == "true"


async def value_of(frame: Frame, element: str) -> str:
    """What GetValue answers."""
    found: str = await frame.evaluate("element => api.GetValue(element)", element)
    return found


async def test_a_request_whose_answer_never_came_is_carried_out_once(
    course: Sequenced, page: Page
) -> None:
    frame = await course.play(page)
    await sets(frame, *PASSED)
    await saved(page)
    lost = 0

    async def lose(route: Route) -> None:
        nonlocal lost
        lost += 1
        if lost > 2:
            await route.continue_()
            return
        await route.fetch()
        await route.abort("connectionreset")

    await page.route("**/commits", lose)
    await frame.evaluate("ends('continue')")
    await playing(page, "two")
    assert lost >= 2
    assert await course.moves() == ["start", "continue"]
    assert course.sink.said().count("terminated one") == 1


async def test_a_tab_that_dies_before_the_answer_finds_the_next_sco(
    course: Sequenced, page: Page, context: BrowserContext
) -> None:
    frame = await course.play(page)
    await sets(frame, *PASSED)
    await saved(page)
    answered, gone = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        await route.fetch()
        answered.set()
        await gone.wait()
        with contextlib.suppress(Error):
            await route.abort()

    await page.route("**/commits", hold)
    await frame.evaluate("ends('continue')")
    await answered.wait()
    await page.close()
    gone.set()
    await course.play(await context.new_page(), "two")
    assert await course.moves() == ["start", "continue"]
    assert course.sink.said().count("terminated one") == 1


async def test_a_renderer_that_crashes_is_resumed_where_it_was(
    course: Sequenced, page: Page, context: BrowserContext
) -> None:
    frame = await course.play(page)
    await sets(frame, ("cmi.location", "7"), ("cmi.exit", "suspend"))
    await saved(page)
    await frame.evaluate("changes => sets(changes)", [["cmi.suspend_data", "kept"]])
    async with page.expect_event("crash"):
        await crash(page, context)
    await page.close()
    frame = await course.play(await context.new_page())
    assert await value_of(frame, "cmi.entry") == "resume"
    assert await value_of(frame, "cmi.location") == "7"
    assert await value_of(frame, "cmi.suspend_data") == "kept"
    await course.attempt()


async def crash(page: Page, context: BrowserContext) -> None:
    """End the page's process."""
    devtools = await context.new_cdp_session(page)
    with contextlib.suppress(Error, TimeoutError):
        await asyncio.wait_for(devtools.send("Page.crash"), 1)


async def test_a_browser_that_is_killed_keeps_what_was_acknowledged(
    course: Sequenced, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    async with async_playwright() as playwright:
        for visit in range(2):
            context = await playwright.chromium.launch_persistent_context(
                profile, executable_path=CHROMIUM, args=ARGUMENTS
            )
            page = context.pages[0]
            frame = await course.play(page)
            if visit:
                assert await value_of(frame, "cmi.location") == "7"
                assert await value_of(frame, "cmi.entry") == "resume"
                await sets(frame, *PASSED)
                await frame.evaluate("ends('continue')")
                await playing(page, "two")
                await context.close()
            else:
                await sets(frame, ("cmi.location", "7"))
                await saved(page)
                os.kill(browser_of(profile), signal.SIGKILL)
                with contextlib.suppress(Error):
                    await context.close()
                course.ahead += course.runtime.lease
    requests = [each for each in await course.moves() if each not in ("suspendAll", "resumeAll")]
    assert requests == ["start", "continue"]


def browser_of(profile: Path) -> int:
    """The process of the browser that was started with this profile."""
    wanted = f"--user-data-dir={profile}"
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (process / "cmdline").read_text().split("\0")
            if wanted in words and not any(word.startswith("--type=") for word in words):
                return int(process.name)
    raise AssertionError(f"no browser has {profile}")


async def test_ten_minutes_without_a_network_are_sent_as_they_were(
    course: Sequenced, page: Page, context: BrowserContext
) -> None:
    await page.clock.install()
    frame = await course.play(page)
    await saved(page)
    await context.set_offline(True)
    await sets(frame, *PASSED)
    await expect(page.locator("body[data-saving=offline]")).to_have_count(1)
    course.ahead = timedelta(minutes=10)
    await page.clock.fast_forward("10:00")
    await sets(frame, ("cmi.location", "9"))
    await context.set_offline(False)
    await saved(page)
    (answered,) = course.sink.of("answered")
    behind = datetime.now(UTC) + course.ahead - datetime.fromisoformat(answered["timestamp"])
    assert timedelta(minutes=10) <= behind < timedelta(minutes=12)
    await frame.evaluate("ends('continue')")
    await playing(page, "two")
    assert await course.moves() == ["start", "continue"]


@pytest.mark.parametrize("jump", [timedelta(days=-3), timedelta(days=3)])
async def test_a_clock_that_jumps_on_the_learners_side_harms_nothing(
    course: Sequenced, page: Page, context: BrowserContext, jump: timedelta
) -> None:
    began = datetime.now(UTC)
    frame = await course.play(page)
    await saved(page)
    await context.set_offline(True)
    await sets(frame, *PASSED)
    await page.clock.set_system_time(datetime.now() + jump)
    await context.set_offline(False)
    await frame.evaluate("ends('continue')")
    await playing(page, "two")
    ended = datetime.now(UTC)
    for statement in course.sink.statements.values():
        assert began <= datetime.fromisoformat(statement["timestamp"]) <= ended
    assert await course.moves() == ["start", "continue"]


async def test_64000_characters_of_suspend_data_come_back(course: Sequenced, page: Page) -> None:
    frame = await course.play(page)
    await sets(frame, ("cmi.suspend_data", LONGEST), ("cmi.exit", "suspend"))
    await saved(page)
    await page.click("[data-nav=suspendAll]")
    await expect(page.locator("body[data-session=suspended]")).to_have_count(1)
    frame = await course.play(page)
    assert await value_of(frame, "cmi.suspend_data") == LONGEST


async def test_64000_characters_that_a_closing_tab_could_not_send_come_back(
    course: Sequenced, page: Page, context: BrowserContext
) -> None:
    frame = await course.play(page)
    await saved(page)
    await page.route("**/commits", lambda route: route.abort())
    await frame.evaluate("changes => sets(changes)", [["cmi.suspend_data", LONGEST]])
    await page.close(run_before_unload=True)
    frame = await course.play(await context.new_page())
    assert await value_of(frame, "cmi.suspend_data") == LONGEST
    await course.attempt()
