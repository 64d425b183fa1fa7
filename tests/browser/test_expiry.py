"""An expired sign-in loses nothing: what was done is still taken, or kept and sent later."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest_asyncio
from playwright.async_api import BrowserContext, Page, Route, expect
from pymongo.asynchronous.database import AsyncDatabase

from tests.browser.player import Course, saved, sets
from tests.scorm_runtime.courses import sco

LOCATION = "cmi.core.lesson_location"


class Ahead:
    """A clock that a test sets forward."""

    def __init__(self) -> None:
        self.by = timedelta(0)

    def __call__(self) -> datetime:
        """Now."""
        return datetime.now(UTC) + self.by


@pytest_asyncio.fixture(loop_scope="session")
async def clock() -> Ahead:
    return Ahead()


@pytest_asyncio.fixture(loop_scope="session")
async def course(
    database: AsyncDatabase[dict[str, Any]], tmp_path: Path, clock: Ahead
) -> AsyncIterator[Course]:
    made = Course(database, tmp_path, sco("one"), sco("two"), clock=clock)
    await made.start()
    yield made
    await made.stop()


async def _says_soon(route: Route) -> None:
    """The player's page, as if its launch were to expire in a second."""
    page = await route.fetch()
    text = re.sub(r'"expiresIn": [\d.]+', '"expiresIn": 1', await page.text())
    await route.fulfill(response=page, body=text)


async def test_the_learner_is_told_and_may_finish_what_is_open(
    course: Course, page: Page, clock: Ahead
) -> None:
    """The launch is good for twelve hours."""
    await page.route("**/runtime/launch/*", _says_soon)
    frame = await course.enter(page)
    clock.by = timedelta(hours=13)
    await expect(page.locator("#notice")).to_contain_text("What you do here is still saved")
    await sets(frame, (LOCATION, "7"), ("cmi.core.lesson_status", "completed"))
    await saved(page)
    assert "completed one" in course.sink.said()
    await page.click("[data-nav=continue]")
    await expect(page.locator("body")).to_have_attribute("data-session", "ended")
    await expect(page.locator("#notice")).to_contain_text("Your sign-in to this course has expired")
    await page.get_by_role("button", name="Start again").click()
    await page.wait_for_url("**/courses/c1")


async def test_what_no_server_takes_any_more_is_kept_and_sent_by_the_next_launch(
    course: Course, page: Page, context: BrowserContext, clock: Ahead
) -> None:
    """Two days at a page, and the last of it was never sent."""
    frame = await course.enter(page)
    await saved(page)
    clock.by = timedelta(days=2)
    await sets(frame, (LOCATION, "8"), ("cmi.comments", "kept"))
    await expect(page.locator("body")).to_have_attribute("data-session", "ended")
    await expect(page.locator("#notice")).to_contain_text("kept here and sent when you start")
    frame = await course.enter(await context.new_page())
    assert await frame.inner_text("#entry") == "8"
    assert await frame.evaluate("API.LMSGetValue('cmi.comments')") == "kept"
