"""The player for everybody: by keyboard, by ear, on any screen, by the rules of WCAG 2.2 AA."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, expect
from pymongo.asynchronous.database import AsyncDatabase

from scorm_runtime.manifest.tree import Item
from tests.browser.adl import SCO
from tests.browser.player import Course, playing
from tests.scorm_runtime.courses import a_launch, sco
from tests.scorm_runtime.courses2004 import manifest2004

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


@pytest_asyncio.fixture(loop_scope="session")
async def course(database: AsyncDatabase[dict[str, Any]], tmp_path: Path) -> AsyncIterator[Course]:
    part = Item(identifier="part", title="Part one", items=(sco("one"), sco("two")))
    made = Course(database, tmp_path, part, sco("three"))
    page = tmp_path / "sco.html"
    page.write_text(page.read_text().replace("<html", '<html lang="en"').replace("h1>", "h2>"))
    await made.start()
    yield made
    await made.stop()


async def _accessible(page: Page) -> None:
    """No rule of axe is broken; what the frame shows is the content's own matter."""
    results = await Axe().run(page, {"exclude": [["iframe"]]}, RULES)
    broken = [
        (each["id"], node["html"], node["failureSummary"])
        for each in results.response["violations"]
        for node in each["nodes"]
    ]
    assert broken == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
async def test_axe_finds_nothing_in_any_state(
    course: Course, browser: Browser, width: int, scheme: Any
) -> None:
    viewport: Any = {"width": width, "height": 800}
    context = await browser.new_context(
        viewport=viewport, color_scheme=scheme, reduced_motion="reduce"
    )
    page = await context.new_page()
    frame = await course.enter(page)
    await _accessible(page)
    second = await context.new_page()
    await second.goto(course.url())
    await expect(second.get_by_role("dialog")).to_be_visible()
    await _accessible(second)
    await second.close()
    await frame.click("button")
    await expect(page.locator("#notice")).to_contain_text("is saved as")
    if width < 500:
        await page.get_by_role("button", name="Contents").click()
        await expect(page.locator("nav")).to_be_visible()
    await _accessible(page)
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    await context.close()


@pytest.mark.parametrize("width", [1280, 390])
async def test_axe_finds_nothing_in_a_sequenced_course_and_at_its_end(
    database: AsyncDatabase[dict[str, Any]], tmp_path: Path, page: Page, width: int
) -> None:
    course = Course(database, tmp_path, package=manifest2004("one", "two"))
    (tmp_path / "sco.html").write_text(SCO)
    await course.start()
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto(course.url())
    await expect(page.locator("iframe[data-sco=one]")).to_be_visible()
    await expect(page.locator("body:not([data-busy])")).to_have_count(1)
    await _accessible(page)
    for control in await page.locator("[data-nav]").all():
        await expect(control).to_be_in_viewport(ratio=1)
    await page.click("[data-nav=exitAll]")
    await expect(page.locator("body")).to_have_attribute("data-session", "ended")
    await _accessible(page)
    await course.stop()


async def test_the_whole_player_is_worked_by_keyboard(course: Course, page: Page) -> None:
    await course.enter(page)
    assert await page.evaluate("document.activeElement.matches('iframe[data-sco]')")
    await page.locator("[data-nav=previous]").focus()
    await page.keyboard.press("Alt+n")
    await expect(page.locator("[data-item=two]")).to_have_attribute("aria-current", "true")
    await playing(page)
    await expect(page.locator("#announcer")).to_have_text("Now showing Two")
    await page.locator("[data-item=three]").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-item=three]")).to_have_attribute("aria-current", "true")
    await playing(page)
    await page.locator("#skip").focus()
    await page.keyboard.press("Alt+p")
    await expect(page.locator("[data-item=two]")).to_have_attribute("aria-current", "true")


async def test_who_comes_by_keyboard_may_skip_to_the_content(course: Course, page: Page) -> None:
    await course.enter(page)
    await page.evaluate("document.activeElement.blur()")
    skip = page.get_by_role("link", name="Go to the content")
    await skip.focus()
    await expect(skip).to_be_in_viewport()
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.matches('iframe[data-sco]')")


async def test_names_and_states_are_spoken(course: Course, page: Page) -> None:
    await course.enter(page)
    contents = page.get_by_role("navigation", name="Contents")
    await expect(contents.get_by_role("button", name="One (in progress)")).to_have_attribute(
        "aria-current", "true"
    )
    await expect(contents.get_by_role("button", name="Two (not started)")).to_be_visible()
    await expect(contents.get_by_text("Part one")).to_be_visible()
    await expect(page.get_by_role("progressbar", name="Progress")).to_be_visible()
    await expect(page.locator("iframe[data-sco]")).to_have_attribute("title", "One")
    last = page.get_by_role("button", name="Previous", disabled=True)
    await expect(last).to_have_accessible_description("This is the first part.")


async def test_a_notice_that_ends_the_course_has_the_keyboard(
    course: Course, page: Page, context: BrowserContext
) -> None:
    await course.enter(page)
    second = await context.new_page()
    await second.goto(course.url())
    await expect(second.get_by_role("button", name="Go back")).to_be_focused()
    await second.get_by_role("button", name="Continue here").click()
    await expect(page.get_by_role("button", name="Continue here")).to_be_focused()
    await expect(page.locator("#announcer")).to_contain_text("This session has ended")


async def test_the_contents_are_put_away_and_shown(course: Course, page: Page) -> None:
    await course.enter(page)
    contents = page.get_by_role("navigation", name="Contents")
    toggle = page.get_by_role("button", name="Contents")
    await expect(contents).to_be_visible()
    await toggle.click()
    await expect(contents).to_be_hidden()
    await expect(toggle).to_have_attribute("aria-expanded", "false")
    await page.set_viewport_size({"width": 390, "height": 800})
    await toggle.click()
    await expect(page.locator("[data-item=one]")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(contents).to_be_hidden()
    await expect(toggle).to_be_focused()
    await page.set_viewport_size({"width": 1280, "height": 800})
    await expect(contents).to_be_visible()


async def test_the_player_fills_the_screen_and_gives_it_back(course: Course, page: Page) -> None:
    await course.enter(page)
    full = page.get_by_role("button", name="Full screen")
    await full.click()
    await expect(full).to_have_attribute("aria-pressed", "true")
    assert await page.evaluate("document.fullscreenElement === document.documentElement")
    await full.click()
    await expect(full).to_have_attribute("aria-pressed", "false")


async def test_the_content_takes_the_room_that_the_window_has(course: Course, page: Page) -> None:
    frame = await course.enter(page)
    sizes = []
    for width, height in ((1280, 800), (900, 500), (390, 800)):
        await page.set_viewport_size({"width": width, "height": height})
        await expect(page.locator("footer")).to_be_in_viewport(ratio=1)
        sizes.append(await frame.evaluate("[innerWidth, innerHeight]"))
    assert [size[0] for size in sizes] == [1280 - 304, 900 - 304, 390]
    assert sizes[1][1] == sizes[0][1] - 300


async def test_a_review_is_named_on_the_page(course: Course, page: Page) -> None:
    await page.goto(course.url(a_launch(mode="review")))
    await expect(page.locator("header")).to_contain_text("Review: nothing counts")
    await playing(page)
    await _accessible(page)
