"""Real SCORM 2004 content, from its first page to its end."""

import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from playwright.async_api import BrowserContext, Dialog, Frame, FrameLocator, Page, expect
from pymongo.asynchronous.database import AsyncDatabase

from scorm_runtime.manifest.reader import read_package
from tests.browser.player import Course, saved
from tests.browser.test_golf import sample, shown

PAGES = 15


@pytest_asyncio.fixture(loop_scope="session")
async def golf(database: AsyncDatabase[dict[str, Any]], tmp_path: Path) -> AsyncIterator[Course]:
    with zipfile.ZipFile(sample("RuntimeBasicCalls_SCORM20043rdEdition.zip")) as archive:
        archive.extractall(tmp_path)
        reading = read_package(archive.namelist(), archive.read)
    course = Course(database, tmp_path, package=reading.manifest)
    await course.start()
    yield course
    await course.stop()


async def enter(course: Course, page: Page) -> tuple[Frame, FrameLocator]:
    """Launch; the SCO's frame, and that of its page."""
    await page.goto(course.url())
    frame = await shown(page)
    return frame, frame.frame_locator("#contentFrame")


async def agree(dialog: Dialog) -> None:
    """Answer the SCO's questions with yes."""
    await dialog.accept()


async def session(page: Page, state: str) -> None:
    await expect(page.locator(f"body[data-session={state}]:not([data-busy])")).to_have_count(1)


async def answer_all(inner: FrameLocator) -> None:
    """Tick or write every right answer of the quiz, and hand it in."""
    choices = inner.locator(".correctAnswer input[type=radio]")
    await choices.first.wait_for()
    for place in range(await choices.count()):
        await choices.nth(place).check()
    numbers = inner.locator(".correctAnswer:has(input[type=text])")
    for place in range(await numbers.count()):
        text = await numbers.nth(place).inner_text()
        await numbers.nth(place).locator("input").fill(text.strip("() \n"))
    await inner.locator("input[value='Submit Answers']").click()


async def test_golf_is_suspended_resumed_at_its_bookmark_and_passed(
    golf: Course, page: Page
) -> None:
    page.on("dialog", agree)
    frame, _ = await enter(golf, page)
    for _ in range(3):
        await frame.click("#butNext")
    await page.click("[data-nav=suspendAll]")
    await session(page, "suspended")
    await expect(page.locator("#notice")).to_contain_text("progress is saved")
    assert golf.sink.said() == ["initialized item_1", "suspended item_1"]

    frame, inner = await enter(golf, page)
    await expect(inner.locator("h1")).to_contain_text("Other")
    for _ in range(PAGES - 4):
        await frame.click("#butNext")
    await answer_all(inner)
    await expect(inner.locator("#test h3").first).to_have_text("Score: 100")
    await frame.click("#butExit")
    await session(page, "ended")
    said = golf.sink.said()
    assert said[2] == "resumed item_1"
    assert {"completed item_1", "passed item_1", "completed lesson", "passed lesson"} <= {*said}
    assert said[-1] == "terminated item_1"
    (_, of_lesson) = golf.sink.of("passed")
    assert of_lesson["result"]["score"]["scaled"] == 1.0


async def test_a_closed_tab_is_resumed_at_its_bookmark(
    golf: Course, page: Page, context: BrowserContext
) -> None:
    frame, _ = await enter(golf, page)
    for _ in range(5):
        await frame.click("#butNext")
    await page.close(run_before_unload=True)
    other = await context.new_page()
    other.on("dialog", agree)
    frame, inner = await enter(golf, other)
    await expect(inner.locator("h1")).to_contain_text("Course")
    assert await frame.evaluate("API.GetValue('cmi.entry')") == "resume"
    assert golf.sink.said().count("suspended item_1") == 1


async def test_a_tab_killed_at_the_quiz_has_lost_nothing(
    golf: Course, page: Page, context: BrowserContext
) -> None:
    frame, inner = await enter(golf, page)
    for _ in range(PAGES - 1):
        await frame.click("#butNext")
    await answer_all(inner)
    await saved(page)
    await frame.evaluate("terminateCalled = processedUnload = true")
    await page.close()
    assert "passed lesson" in golf.sink.said()
    other = await context.new_page()
    other.on("dialog", agree)
    frame, _ = await enter(golf, other)
    assert await frame.evaluate("API.GetValue('cmi.success_status')") == "passed"
    await other.click("[data-nav=exitAll]")
    await session(other, "ended")
    assert golf.sink.said().count("passed lesson") == 1


async def test_the_controls_are_those_that_the_course_allows(golf: Course, page: Page) -> None:
    await enter(golf, page)
    for control, disabled in {
        "continue": "false",
        "previous": "true",
        "exit": "false",
        "exitAll": "false",
        "suspendAll": "false",
        "abandon": "false",
        "abandonAll": "false",
    }.items():
        await expect(page.locator(f"[data-nav={control}]")).to_have_attribute(
            "aria-disabled", disabled
        )
    await expect(page.locator("[data-item=item_1]")).to_have_attribute("aria-current", "true")
    await expect(page.locator("iframe[data-sco=item_1]")).to_have_count(1)


async def test_the_debug_panel_tells_how_sequencing_decided(golf: Course, page: Page) -> None:
    page.on("dialog", agree)
    await enter(golf, page)
    await expect(page.locator("#trace")).to_be_hidden()
    await page.evaluate("location.hash = '#trace'")
    await expect(page.locator("#trace")).to_contain_text("start: launches item_1")
    await expect(page.locator("#trace details[open]")).to_contain_text("DB.2 delivered item_1")
