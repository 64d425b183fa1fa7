"""The player's page is a contract for automation: what it promises, in the order of the promise."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from playwright.async_api import BrowserContext, Page, expect
from pymongo.asynchronous.database import AsyncDatabase

from scorm_runtime.manifest.reader import read_manifest
from tests.browser.adl import SCO, SETTLED
from tests.browser.player import Course

CONTROLS = ["continue", "previous", "exit", "exitAll", "suspendAll", "abandon", "abandonAll"]
NEVER = """<imsss:sequencing><imsss:sequencingRules><imsss:preConditionRule>
  <imsss:ruleConditions><imsss:ruleCondition condition="always"/></imsss:ruleConditions>
  <imsss:ruleAction action="disabled"/></imsss:preConditionRule></imsss:sequencingRules>
  </imsss:sequencing>"""
NO_DISCARDING = """<adlnav:presentation><adlnav:navigationInterface>
  <adlnav:hideLMSUI>abandon</adlnav:hideLMSUI><adlnav:hideLMSUI>abandonAll</adlnav:hideLMSUI>
  </adlnav:navigationInterface></adlnav:presentation>"""
FLOW = '<imsss:sequencing><imsss:controlMode choice="true" flow="true"/></imsss:sequencing>'


def _item(identifier: str, more: str = "", attributes: str = 'identifierref="r"') -> str:
    title = f"<title>{identifier.title()}</title>"
    return f'<item identifier="{identifier}" {attributes}>{title}{more}</item>'


PART = _item("part", _item("one") + _item("two", NO_DISCARDING) + FLOW, "")
ITEMS = PART + _item("secret", attributes='identifierref="r" isvisible="false"')
MANIFEST = f"""<manifest identifier="m" version="1" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"
  xmlns:adlnav="http://www.adlnet.org/xsd/adlnav_v1p3"
  xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
  <metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>
  <organizations default="course"><organization identifier="course"><title>Course</title>
  {ITEMS}{_item("locked", NEVER)}{FLOW}</organization></organizations>
  <resources><resource identifier="r" type="webcontent" adlcp:scormType="sco" href="page.html">
  <file href="page.html"/></resource></resources></manifest>"""


@pytest_asyncio.fixture(loop_scope="session")
async def course(database: AsyncDatabase[dict[str, Any]], tmp_path: Path) -> AsyncIterator[Course]:
    reading = read_manifest(MANIFEST.encode(), "imsmanifest.xml", ["page.html"])
    assert reading.manifest is not None, reading.findings
    made = Course(database, tmp_path, package=reading.manifest)
    (tmp_path / "page.html").write_text(SCO)
    await made.start()
    yield made
    await made.stop()


async def _settled(page: Page, item: str, session: str = "active") -> None:
    """Wait for a session's state and for the item that is open, "" for none."""
    await expect(page.locator("body")).to_have_attribute("data-session", session)
    await expect(page.locator("iframe[data-sco]")).to_have_attribute("data-sco", item)
    if item:
        await page.wait_for_function(SETTLED)


async def _controls(page: Page) -> set[str]:
    """The controls that would do something."""
    found = await page.eval_on_selector_all(
        "[data-nav]", "all => all.map(e => [e.dataset.nav, e.getAttribute('aria-disabled')])"
    )
    assert sorted(nav for nav, _ in found) == sorted(CONTROLS)
    assert {disabled for _, disabled in found} <= {"true", "false"}
    return {nav for nav, disabled in found if disabled == "false"}


async def _entries(page: Page) -> dict[str, tuple[str | None, str | None]]:
    """The table of contents: aria-disabled and aria-current of each entry."""
    found = await page.eval_on_selector_all(
        "[data-item]",
        "all => all.map(e => [e.dataset.item, ['aria-disabled', 'aria-current']"
        ".map(name => e.getAttribute(name))])",
    )
    return {identifier: tuple(attributes) for identifier, attributes in found}


async def test_controls_entries_session_and_sco_are_found_where_the_contract_says(
    course: Course, page: Page
) -> None:
    await page.goto(course.url())
    await _settled(page, "one")
    assert await _controls(page) == set(CONTROLS) - {"previous"}
    entries = await _entries(page)
    assert list(entries) == ["course", "part", "one", "two", "locked"]
    assert entries["one"] == ("false", "true")
    assert entries["two"] == ("false", None)
    assert entries["locked"] == ("true", None)
    handle = await page.query_selector("iframe[data-sco]")
    assert handle is not None
    frame = await handle.content_frame()
    assert frame is not None
    assert await frame.evaluate("api.Initialize('')") == "true"


async def test_controls_move_and_entries_choose(course: Course, page: Page) -> None:
    await page.goto(course.url())
    await _settled(page, "one")
    await page.click("[data-nav=continue]")
    await _settled(page, "two")
    assert "previous" in await _controls(page)
    assert not {"abandon", "abandonAll"} & await _controls(page)
    await expect(page.locator("[data-nav=abandon]")).to_be_hidden()
    assert (await _entries(page))["two"] == ("false", "true")
    await page.click("[data-item=one]")
    await _settled(page, "one")
    await page.click("[data-nav=continue]")
    await _settled(page, "two")
    await page.click("[data-nav=previous]")
    await _settled(page, "one")


async def test_what_is_disabled_does_nothing_and_says_why(course: Course, page: Page) -> None:
    await page.goto(course.url())
    await _settled(page, "one")
    await page.click("[data-nav=previous]", force=True)
    await expect(page.locator("#notice")).to_contain_text("does not let you go back")
    await expect(page.locator("#announcer")).to_contain_text("does not let you go back")
    await page.click("[data-item=locked]", force=True)
    await expect(page.locator("#announcer")).to_contain_text("does not open this part now")
    await _settled(page, "one")
    described = await page.get_attribute("[data-item=locked]", "title")
    assert described == "The course does not open this part now."


async def test_suspend_all_suspends_and_the_next_launch_resumes(course: Course, page: Page) -> None:
    await page.goto(course.url())
    await _settled(page, "one")
    await page.click("[data-nav=continue]")
    await _settled(page, "two")
    await page.click("[data-nav=suspendAll]")
    await _settled(page, "", "suspended")
    await expect(page.locator("iframe[data-sco]")).to_be_visible()
    assert await _controls(page) == set()
    assert {disabled for disabled, _ in (await _entries(page)).values()} == {"true"}
    await page.goto(course.url())
    await _settled(page, "two")


async def test_exit_and_abandon_leave_the_item_and_go_on_with_the_course(
    course: Course, page: Page
) -> None:
    await page.goto(course.url())
    await _settled(page, "one")
    for control in ("exit", "abandon"):
        await page.click(f"[data-nav={control}]")
        await _settled(page, "")
        assert control not in await _controls(page)
        await page.get_by_role("button", name="Show the contents").click()
        await expect(page.locator("[data-item][aria-disabled=false]").first).to_be_focused()
        await page.click("[data-item=one]")
        await _settled(page, "one")


async def test_exit_all_and_abandon_all_end_the_session(course: Course, page: Page) -> None:
    for control in ("exitAll", "abandonAll"):
        await page.goto(course.url())
        await _settled(page, "one")
        await page.click(f"[data-nav={control}]")
        await _settled(page, "", "ended")
        assert await _controls(page) == set()
        await expect(page.locator("#notice")).to_contain_text("This session has ended.")


async def test_a_second_tab_waits_while_the_first_stays_active(
    course: Course, page: Page, context: BrowserContext
) -> None:
    await page.goto(course.url())
    await _settled(page, "one")
    second = await context.new_page()
    await second.goto(course.url())
    await expect(second.get_by_role("dialog")).to_contain_text("open in another tab")
    await _settled(second, "", "suspended")
    await page.click("[data-nav=continue]")
    await _settled(page, "two")
