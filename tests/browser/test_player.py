"""The player in a real Chromium: navigation, resume, lost connections, killed tabs, two tabs."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect
from pymongo.asynchronous.database import AsyncDatabase

from scorm_runtime.manifest.tree import Item
from tests.browser.player import Course, path_of, playing, saved, sets
from tests.scorm_runtime.courses import sco

LOCATION = "cmi.core.lesson_location"
STATUS = "cmi.core.lesson_status"


@pytest_asyncio.fixture(loop_scope="session")
async def course(database: AsyncDatabase[dict[str, Any]], tmp_path: Path) -> AsyncIterator[Course]:
    made = Course(
        database,
        tmp_path,
        Item(identifier="part", title="Part one", items=(sco("one"), sco("two"))),
        sco("three"),
    )
    await made.start()
    yield made
    await made.stop()


async def test_a_sco_finds_the_api_and_is_played_to_its_end(course: Course, page: Page) -> None:
    frame = await course.enter(page)
    await sets(frame, ("cmi.core.score.raw", "80"), (STATUS, "passed"))
    await saved(page)
    await expect(page.locator("[data-item=one]")).to_have_attribute("data-status", "passed")
    assert course.sink.said()[:3] == ["initialized one", "passed one", "progressed lesson"]


async def test_the_dom_keeps_its_contract(course: Course, page: Page) -> None:
    await course.enter(page)
    await expect(page.locator("[data-item]")).to_have_count(3)
    await expect(page.locator("[data-item=one]")).to_have_attribute("aria-current", "true")
    await expect(page.locator("[data-item=two]")).to_have_attribute("aria-disabled", "false")
    await expect(page.locator("[data-nav=previous]")).to_have_attribute("aria-disabled", "true")
    await expect(page.locator("[data-nav=continue]")).to_have_attribute("aria-disabled", "false")
    await expect(page.locator("[data-nav=exit]")).to_have_attribute("aria-disabled", "false")


async def test_next_ends_the_sco_and_shows_the_one_after(course: Course, page: Page) -> None:
    await course.enter(page)
    await page.click("[data-nav=continue]")
    await expect(page.locator("[data-item=two]")).to_have_attribute("aria-current", "true")
    await playing(page)
    await expect(page.locator("[data-item=one]")).to_have_attribute("data-status", "completed")
    assert "terminated one" in course.sink.said()
    await page.click("[data-item=three]")
    await expect(page.locator("[data-item=three]")).to_have_attribute("aria-current", "true")
    await expect(page.locator("[data-nav=continue]")).to_have_attribute("aria-disabled", "true")


async def test_a_sco_that_has_just_loaded_when_next_is_clicked_still_ends_its_session(
    course: Course, page: Page
) -> None:
    """Its load event comes while the player waits for it to unload."""
    frame = await course.enter(page)
    await sets(frame, (LOCATION, "3"))
    await page.evaluate("""() => {
      document.querySelector("[data-nav=continue]").click();
      document.querySelector("iframe[data-sco]").dispatchEvent(new Event("load"));
    }""")
    await expect(page.locator("[data-item=two]")).to_have_attribute("aria-current", "true")
    await playing(page)
    await expect(page.locator("[data-item=one]")).to_have_attribute("data-status", "completed")
    (terminated,) = course.sink.of("terminated")
    assert terminated["result"]["duration"] == "PT30S"


async def test_exit_saves_and_goes_back(course: Course, page: Page) -> None:
    frame = await course.enter(page)
    await sets(frame, (LOCATION, "5"), ("cmi.core.exit", "suspend"))
    await page.click("[data-nav=exit]")
    await page.wait_for_url("**/courses/c1")
    assert course.sink.said()[-1] == "suspended one"
    frame = await course.enter(page)
    assert await frame.inner_text("#entry") == "5"


async def test_a_sco_that_ends_by_itself_offers_the_next(course: Course, page: Page) -> None:
    frame = await course.enter(page)
    await frame.click("button")
    await expect(page.locator("#notice")).to_contain_text("saved as completed")
    await page.click("#notice >> text=Next")
    await expect(page.locator("[data-item=two]")).to_have_attribute("aria-current", "true")


async def test_a_tab_closed_by_the_learner_sends_what_the_sco_says_while_it_goes(
    course: Course, page: Page, context: BrowserContext
) -> None:
    frame = await course.enter(page)
    await frame.evaluate("API.LMSSetValue('cmi.core.lesson_location', '8')")
    await page.close(run_before_unload=True)
    other = await context.new_page()
    frame = await course.enter(other)
    assert await frame.inner_text("#entry") == "8"
    (terminated,) = course.sink.of("terminated")
    assert terminated["result"]["duration"] == "PT30S"


async def test_a_tab_killed_in_the_middle_is_back_at_its_bookmark(
    course: Course, page: Page, context: BrowserContext
) -> None:
    frame = await course.enter(page)
    await sets(frame, (LOCATION, "7"))
    await saved(page)
    await frame.evaluate("window.quiet = true")
    await page.close()
    frame = await course.enter(await context.new_page())
    assert await frame.inner_text("#entry") == "7"
    assert await frame.evaluate("API.LMSGetValue('cmi.core.entry')") == "resume"


async def test_what_the_content_set_but_never_committed_survives_a_killed_tab(
    course: Course, page: Page, context: BrowserContext
) -> None:
    frame = await course.enter(page)
    await frame.evaluate("window.quiet = true")
    await frame.evaluate("value => API.LMSSetValue('cmi.core.lesson_location', value)", "12")
    await page.close()
    frame = await course.enter(await context.new_page())
    assert await frame.inner_text("#entry") == "12"


async def test_what_the_content_set_is_sent_without_a_commit_of_its_own(
    course: Course, browser: Browser, page: Page
) -> None:
    other = await browser.new_context()
    tab = await other.new_page()
    frame = await course.enter(tab)
    await saved(tab)
    async with tab.expect_response("**/commits"):
        await frame.evaluate("API.LMSSetValue('cmi.core.lesson_location', '13')")
    await frame.evaluate("window.quiet = true")
    await other.close()
    await page.goto(course.url())
    await expect(page.locator("body")).to_have_attribute("data-session", "active", timeout=20_000)
    frame = await playing(page)
    assert await frame.inner_text("#entry") == "13"


async def test_a_browser_that_died_is_followed_by_another_without_a_question(
    course: Course, browser: Browser, page: Page
) -> None:
    dead = await browser.new_context()
    frame = await course.enter(await dead.new_page())
    await frame.evaluate("window.quiet = true")
    await sets(frame, (LOCATION, "6"))
    await dead.close()
    await page.goto(course.url())
    await expect(page.locator("body")).to_have_attribute("data-session", "active", timeout=20_000)
    frame = await playing(page)
    assert await frame.inner_text("#entry") == "6"


async def test_a_commit_made_offline_is_sent_when_the_network_is_back(
    course: Course, page: Page, context: BrowserContext
) -> None:
    frame = await course.enter(page)
    await saved(page)
    await context.set_offline(True)
    await sets(frame, (LOCATION, "9"), (STATUS, "completed"))
    await expect(page.locator("#notice")).to_contain_text("connection is lost")
    assert "completed one" not in course.sink.said()
    await context.set_offline(False)
    await saved(page)
    assert "completed one" in course.sink.said()
    await expect(page.locator("#notice")).to_be_hidden()


async def test_a_commit_made_offline_survives_the_death_of_its_tab(
    course: Course, page: Page, context: BrowserContext
) -> None:
    frame = await course.enter(page)
    await saved(page)
    await frame.evaluate("window.quiet = true")
    await context.set_offline(True)
    await sets(frame, (LOCATION, "11"), ("cmi.comments", "once"))
    await page.close()
    await context.set_offline(False)
    other = await context.new_page()
    frame = await course.enter(other)
    assert await frame.inner_text("#entry") == "11"
    assert await frame.evaluate("API.LMSGetValue('cmi.comments')") == "once"
    await saved(other)


async def test_a_second_tab_is_told_and_the_first_keeps_working(
    course: Course, page: Page, context: BrowserContext
) -> None:
    frame = await course.enter(page)
    second = await context.new_page()
    await second.goto(course.url())
    await expect(second.locator("dialog")).to_contain_text("open in another tab")
    await sets(frame, (LOCATION, "12"))
    await saved(page)
    await page.close()
    frame = await playing(second)
    assert await frame.inner_text("#entry") == "12"


async def test_a_learner_who_insists_takes_over_and_the_first_tab_is_told(
    course: Course, page: Page, context: BrowserContext
) -> None:
    frame = await course.enter(page)
    await sets(frame, (LOCATION, "13"))
    await saved(page)
    second = await context.new_page()
    await second.goto(course.url())
    await second.click("text=Continue here")
    frame = await playing(second)
    assert await frame.inner_text("#entry") == "13"
    await expect(page.locator("body")).to_have_attribute("data-session", "ended")
    await expect(page.locator("#notice")).to_contain_text("another window")


async def test_another_device_is_told_while_the_first_is_alive(
    course: Course, page: Page, browser: Browser
) -> None:
    await course.enter(page)
    other = await browser.new_context()
    second = await other.new_page()
    await second.goto(course.url())
    await expect(second.locator("dialog")).to_contain_text("another device")
    await second.click("text=Continue here")
    await playing(second)
    await expect(page.locator("body")).to_have_attribute("data-session", "ended", timeout=15_000)
    await other.close()


async def test_an_expired_link_is_explained_on_a_page(course: Course, page: Page) -> None:
    answer = await page.goto(str(course.server.make_url("/runtime/launch/nonsense")))
    assert answer is not None
    assert answer.status == 401
    await expect(page.locator("h1")).to_have_text("This launch link is not valid.")


async def test_large_suspend_data_leaves_with_the_page(
    course: Course, page: Page, context: BrowserContext
) -> None:
    frame = await course.enter(page)
    text = "\u00e9" * 4096
    await frame.evaluate("(text) => API.LMSSetValue('cmi.suspend_data', text)", text)
    await page.close(run_before_unload=True)
    frame = await course.enter(await context.new_page())
    assert await frame.evaluate("API.LMSGetValue('cmi.suspend_data')") == text


async def test_leaving_goes_where_the_launch_says(course: Course, page: Page) -> None:
    await course.enter(page)
    await page.click("[data-nav=exit]")
    await page.wait_for_url("**/courses/c1")
    assert path_of(page) == "/courses/c1"


@pytest.mark.parametrize(("action", "shown"), [("exit,message", True), ("exit,no message", False)])
async def test_a_sco_whose_time_is_up_is_taken_away(
    database: AsyncDatabase[dict[str, Any]], tmp_path: Path, page: Page, action: str, shown: bool
) -> None:
    timed = sco("one", max_time_allowed="00:00:02", time_limit_action=action)
    course = Course(database, tmp_path, timed, sco("two"))
    await course.start()
    await page.goto(course.url())
    await expect(page.locator("#notice")).to_contain_text("Choose where to go on")
    message = page.locator("#notice", has_text="The time for this part is up.")
    await expect(message).to_have_count(int(shown))
    await expect(page.locator("iframe[data-sco='']")).to_have_count(1)
    await page.click("[data-item=two]")
    await playing(page)
    assert course.sink.said()[-2:] == ["terminated one", "initialized two"]
    await course.stop()


async def test_a_limit_that_only_warns_says_so_and_leaves_the_sco_open(
    database: AsyncDatabase[dict[str, Any]], tmp_path: Path, page: Page
) -> None:
    timed = sco("one", max_time_allowed="00:00:01", time_limit_action="continue,message")
    course = Course(database, tmp_path, timed)
    await course.start()
    await course.enter(page)
    await expect(page.locator("#notice")).to_contain_text("The time for this part is up.")
    await expect(page.locator("iframe[data-sco=one]")).to_have_count(1)
    await page.get_by_role("button", name="Close").click()
    await expect(page.locator("#notice")).to_be_hidden()
    await course.stop()
