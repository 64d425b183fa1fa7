"""A lesson whose content is shown in a window of its own, and a browser that does not allow it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from playwright.async_api import BrowserContext, Page, expect
from pymongo.asynchronous.database import AsyncDatabase

from tests.browser.player import SCO, Course, path_of, saved
from tests.scorm_runtime.courses import a_launch, sco

SPOKEN = "() => window.initialized === 'true'"


@pytest_asyncio.fixture(loop_scope="session")
async def course(database: AsyncDatabase[dict[str, Any]], tmp_path: Path) -> AsyncIterator[Course]:
    made = Course(database, tmp_path, sco("one"), sco("two"))
    page = tmp_path / "sco.html"
    page.write_text(page.read_text().replace("find(window)", "find(window.opener)"))
    await made.start()
    yield made
    await made.stop()


async def _window(course: Course, page: Page) -> Page:
    """Launch; the window that the content is shown in."""
    async with page.expect_popup() as opening:
        await page.goto(course.url(a_launch(display="window")))
    window = await opening.value
    await window.wait_for_function(SPOKEN)
    return window


async def test_a_sco_in_its_own_window_finds_the_api_and_moves_with_the_player(
    course: Course, page: Page
) -> None:
    window = await _window(course, page)
    await expect(page.locator("#elsewhere")).to_contain_text("“One” is open in a window")
    await expect(page.locator("iframe[data-sco]")).to_have_attribute("data-sco", "one")
    await window.evaluate("API.LMSSetValue('cmi.core.lesson_location', '4')")
    await page.click("[data-nav=continue]")
    await expect(page.locator("[data-item=two]")).to_have_attribute("aria-current", "true")
    await window.wait_for_function(SPOKEN)
    await saved(page)
    assert [s for s in course.sink.said() if "one" in s][-1] == "terminated one"
    async with window.expect_event("close"):
        await page.click("[data-nav=exit]")
    await page.wait_for_url("**/courses/c1")
    assert course.sink.said()[-1] == "terminated two"


async def test_a_sco_that_is_a_frameset_finds_the_api_from_its_frames(
    course: Course, page: Page, tmp_path: Path
) -> None:
    (tmp_path / "inner.html").write_text(SCO)
    (tmp_path / "sco.html").write_text(
        "<!doctype html><title>Frames</title><frameset cols='30%,*'>"
        "<frame name='menu' src='about:blank'><frame name='lesson' src='inner.html'></frameset>"
    )
    await page.goto(course.url())
    await expect(page.locator("body[data-session=active]:not([data-busy])")).to_have_count(1)
    lesson = page.frame_locator("iframe[data-sco]").frame_locator("frame[name=lesson]")
    await lesson.get_by_role("button", name="End").click()
    await expect(page.locator("#notice")).to_contain_text("“One” is saved as completed")


async def test_who_closes_the_window_is_offered_what_comes_next(course: Course, page: Page) -> None:
    window = await _window(course, page)
    await window.evaluate("API.LMSSetValue('cmi.core.lesson_location', '5')")
    await window.close(run_before_unload=True)
    await expect(page.locator("#notice")).to_contain_text("The window of “One” is closed")
    async with page.expect_popup() as opening:
        await page.get_by_role("button", name="Open it again").click()
    window = await opening.value
    await window.wait_for_function(SPOKEN)
    assert await window.evaluate("API.LMSGetValue('cmi.core.lesson_location')") == "5"


async def test_a_player_that_is_left_takes_its_window_with_it(course: Course, page: Page) -> None:
    window = await _window(course, page)
    async with window.expect_event("close"):
        await page.goto("about:blank")


async def test_a_window_that_the_browser_blocks_is_opened_by_a_click(
    course: Course, page: Page, context: BrowserContext
) -> None:
    """As browsers do: no window but for a click."""
    await context.add_init_script("""
      const open = window.open.bind(window);
      let clicked = false;
      addEventListener("click", () => { clicked = true; }, true);
      window.open = (...given) => (clicked ? open(...given) : null);
    """)
    await page.goto(course.url(a_launch(display="window")))
    button = page.get_by_role("button", name="Open the window")
    await expect(page.locator("#notice")).to_contain_text("your browser did not let it")
    await expect(button).to_be_focused()
    assert course.sink.said() == []
    async with page.expect_popup() as opening:
        await button.click()
    window = await opening.value
    await window.wait_for_function(SPOKEN)
    await expect(page.locator("#notice")).to_be_hidden()
    await page.get_by_role("button", name="Show the window").click()
    assert course.sink.said() == ["initialized one"]
    assert path_of(window).endswith("/content/sco.html")
