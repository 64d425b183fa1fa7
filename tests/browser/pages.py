"""What every page owes everybody, in each of its states: `check` it."""

import os
from pathlib import Path
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
AXE = Axe().axe_script
# What is broken alone comes back: all that was looked at takes longer to send than to find.
VIOLATIONS = """async rules => {
    const found = await axe.run({exclude: [["iframe"]]}, rules);
    return found.violations.flatMap(
        each => each.nodes.map(node => [each.id, node.html, node.failureSummary]));
}"""
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
# Which parts reach over the right edge, unless something around them scrolls.
TOO_WIDE = """() => [...document.querySelectorAll("body *")]
    .filter(each => each.getBoundingClientRect().right > innerWidth + 1)
    .filter(each => !each.closest(".scroll, pre"))
    .map(each => each.outerHTML.slice(0, 160))"""

# What an error summary lists without a way to its field.
ASTRAY = """() => [...document.querySelectorAll("[role=alert] li")]
    .map(each => [each.textContent.trim(), each.querySelector("a")?.getAttribute("href") ?? ""])
    .filter(([_, href]) => !href.startsWith("#") || !document.getElementById(href.slice(1)))"""


async def check(page: Page, name: str) -> None:
    """No rule of axe is broken, nothing scrolls sideways: on a desk in light, on a phone in dark.
    Each thing that an error summary lists leads to its field.

    With LYCEUM_TEST_PICTURES=1 pictures in both sizes and both schemes are kept below
    tests/browser/pictures as <name>-<width>-<scheme>.png; another value is another folder.
    The page is left at a desk's size, in light.
    """
    failed = page.get_by_text("internal_error").or_(page.get_by_text("Something went wrong"))
    assert not await failed.count(), f"{name} is a failure's page"
    astray = await page.evaluate(ASTRAY)
    assert not astray, f"{name} leads nowhere: {astray}"
    for size, scheme in ((DESK, "light"), (PHONE, "dark")):
        await _show(page, size, scheme)
        await _fits(page, f"{name} at {size['width']}")
        broken = await _broken(page)
        assert not broken, f"{name} in {scheme} at {size['width']}: {broken}"
    if folder := _folder():
        for size in (PHONE, DESK):
            for scheme in ("dark", "light"):
                await _show(page, size, scheme)
                path = folder / f"{name}-{size['width']}-{scheme}.png"
                await page.screenshot(path=path, full_page=True)
    await _show(page, DESK, "light")


async def sign_in(page: Page, url: str, email: str, password: str) -> None:
    """Sign in on the page, and see the first one."""
    await page.goto(f"{url}/sign-in")
    await page.get_by_label("E-mail address").fill(email)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_role("button", name="Account of")).to_be_visible()


async def sign_out(page: Page) -> None:
    """Sign out, where the account lies."""
    await page.get_by_role("button", name="Account of").click()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


async def _show(page: Page, size: Any, scheme: Any) -> None:
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await page.set_viewport_size(size)


async def _fits(page: Page, where: str) -> None:
    wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide, (where, await page.evaluate(TOO_WIDE))


async def _broken(page: Page) -> list[list[str]]:
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE)
    broken: list[list[str]] = await page.evaluate(VIOLATIONS, RULES)
    return broken


def _folder() -> Path | None:
    named = os.environ.get("LYCEUM_TEST_PICTURES")
    if not named:
        return None
    folder = Path(__file__).parent / "pictures" if named == "1" else Path(named)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
