"""Real SCORM 1.2 content, from its first page to its end."""

import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Frame, Page, expect
from pymongo.asynchronous.database import AsyncDatabase

from scorm_runtime.manifest.tree import Item
from tests.browser.player import Course, saved
from tests.scorm_runtime.courses import sco


def sample(name: str) -> Path:
    """A sample package from the folder `shared` beside the checkout."""
    for parent in Path(__file__).resolve().parents:
        found = parent / "shared" / "packages" / name
        if found.exists():
            return found
    pytest.skip(f"../shared/packages/{name} is not here")


async def unpacked(
    database: AsyncDatabase[dict[str, Any]], folder: Path, name: str, *items: Item
) -> Course:
    """A sample package on a content origin."""
    with zipfile.ZipFile(sample(name)) as archive:
        archive.extractall(folder)
    course = Course(database, folder, *items)
    await course.start()
    return course


@pytest_asyncio.fixture(loop_scope="session")
async def single(database: AsyncDatabase[dict[str, Any]], tmp_path: Path) -> AsyncIterator[Course]:
    golf = sco("item_1", title="Golf Explained", href="shared/launchpage.html")
    course = await unpacked(database, tmp_path, "singlescobasic.zip", golf)
    yield course
    await course.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def minimum(database: AsyncDatabase[dict[str, Any]], tmp_path: Path) -> AsyncIterator[Course]:
    course = await unpacked(
        database,
        tmp_path,
        "RuntimeMinimumCalls_SCORM12.zip",
        sco("playing", title="How to Play", href="Playing/Playing.html"),
        sco("par", title="Par?", href="Playing/Par.html"),
        sco("quiz", title="Quiz", href="shared/assessmenttemplate.html?questions=Playing"),
    )
    yield course
    await course.stop()


async def shown(page: Page) -> Frame:
    """The SCO's frame, once its page has been loaded."""
    await expect(page.locator("body[data-session=active]:not([data-busy])")).to_have_count(1)
    handle = await page.query_selector("iframe[data-sco]")
    assert handle is not None
    frame = await handle.content_frame()
    assert frame is not None
    await frame.wait_for_url("**/content/**")
    await frame.wait_for_load_state()
    return frame


async def test_golf_is_left_resumed_at_its_bookmark_and_passed(single: Course, page: Page) -> None:
    asked: list[str] = []

    async def accept(dialog: Any) -> None:
        asked.append(dialog.message)
        await dialog.accept()

    page.on("dialog", accept)
    await page.goto(single.url())
    frame = await shown(page)
    for _ in range(3):
        await frame.click("#butNext")
    await page.click("[data-nav=exit]")
    await page.wait_for_url("**/courses/c1")
    assert single.sink.said() == ["initialized item_1", "suspended item_1"]

    await page.goto(single.url())
    frame = await shown(page)
    assert asked == ["Would you like to resume from where you previously left off?"]
    await expect(frame.frame_locator("#contentFrame").locator("h1")).to_contain_text("Other")
    for _ in range(12):
        await frame.click("#butNext")
    quiz = frame.frame_locator("#contentFrame")
    await quiz.locator("input[type=button]").first.wait_for()
    await frame.evaluate("RecordTest(93)")
    await frame.click("text=Exit")
    await saved(page)
    await expect(page.locator("[data-item=item_1]")).to_have_attribute("data-status", "passed")
    said = single.sink.said()
    assert said[2] == "resumed item_1"
    assert {"passed item_1", "completed lesson", "passed lesson"} <= {*said}
    assert said[-1] == "terminated item_1"
    (passed, _) = single.sink.of("passed")
    assert passed["result"]["score"]["raw"] == 93.0
    assert passed["result"]["duration"].startswith("PT")


async def test_scos_of_minimum_calls_are_completed_one_after_the_other(
    minimum: Course, page: Page
) -> None:
    await page.goto(minimum.url())
    for _ in range(2):
        await shown(page)
        await page.click("[data-nav=continue]")
    await shown(page)
    await expect(page.locator("[data-item=quiz]")).to_have_attribute("aria-current", "true")
    await page.click("[data-nav=exit]")
    await page.wait_for_url("**/courses/c1")
    assert minimum.sink.said().count("progressed lesson") == 3
    assert "completed lesson" in minimum.sink.said()
