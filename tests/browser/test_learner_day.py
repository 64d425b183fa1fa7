"""A learner's first day: from signing in to the certificate; every page in each of its states."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from aiohttp import ClientSession
from playwright.async_api import Page, expect

from tests.browser.learning import LEARNER, School, school
from tests.browser.pages import check, sign_in
from tests.process import LyceumProcess
from tests.rest import PASSWORD, administrator

KINDS = ("How to press", "The handbook", "A film elsewhere", "Your own plan", "Test yourself")


@pytest_asyncio.fixture(loop_scope="session")
async def place(mongodb_uri: str, database: Any, tmp_path: Path) -> AsyncIterator[School]:
    """A school on a server process of its own."""
    with LyceumProcess(mongodb_uri, tmp_path, "--mongodb-database", database.name) as process:
        async with ClientSession() as session:
            yield await school(await administrator(session, process), process.url)


async def test_a_learners_first_day(place: School, page: Page) -> None:
    url = place.url
    await sign_in(page, url, LEARNER, PASSWORD)
    await check(page, "learner-home-due")

    await page.get_by_role("link", name="Catalogue", exact=True).click()
    await check(page, "catalogue")
    await page.get_by_label("Words").fill("nothing of this name")
    await page.get_by_role("button", name="Search").click()
    await check(page, "catalogue-none")
    await page.goto(f"{url}/catalogue/{place.others['fire']}")
    await page.get_by_label("Why you need it").fill("I look after the ovens.")
    await page.get_by_role("button", name="Ask to be enrolled").click()
    await expect(page.get_by_text("You asked for this course")).to_be_visible()
    await check(page, "about-asked")
    await page.goto(f"{url}/catalogue/{place.others['advanced']}")
    await expect(page.get_by_text("once you have completed First aid")).to_be_visible()
    await check(page, "about-closed")

    await page.goto(f"{url}/catalogue")
    await page.get_by_role("link", name="First aid", exact=True).click()
    await check(page, "about")
    await page.get_by_role("button", name="Enrol and begin").click()
    await expect(page.get_by_text("You are enrolled.")).to_be_visible()
    await check(page, "course")
    for name in KINDS:
        await page.goto(f"{url}/learn/{place.course_id}/{place.lessons[name]}")
        await check(page, "lesson-" + name.lower().replace(" ", "-"))
    await page.goto(f"{url}/learn/{place.course_id}/{place.lessons['Look and call']}")
    await check(page, "lesson-text")
    await page.get_by_role("button", name="Mark as completed").click()
    await expect(page.get_by_role("heading", name="Test yourself").first).to_be_visible()
    await check(page, "lesson-quiz")
    await page.goto(url)
    await check(page, "learner-home")
