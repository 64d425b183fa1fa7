"""The frame of every page: the bar, the menu, the account, the colours, and what goes wrong."""

from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.pages import DESK, PHONE, check, sign_in, sign_out
from tests.process import ADMIN_EMAIL, ADMIN_PASSWORD
from tests.served import Lyceum

DARK_PAPER = "rgb(17, 23, 22)"
PAPER = "getComputedStyle(document.body).backgroundColor"


async def test_every_page_has_its_bar_its_menu_and_the_colours_that_one_chose(
    lyceum: Lyceum, page: Page, context: BrowserContext
) -> None:
    await page.goto(f"{lyceum.url}/sign-in")
    await check(page, "sign-in")
    await sign_in(page, lyceum.url, ADMIN_EMAIL, ADMIN_PASSWORD)
    await check(page, "home-empty")
    await page.goto(f"{lyceum.url}/nowhere")
    await check(page, "error")

    account = page.get_by_role("button", name="Account of")
    await account.click()
    await check(page, "account")
    await page.get_by_role("button", name="Dark").click()
    await expect(page.locator("html")).to_have_attribute("data-scheme", "dark")
    assert await page.evaluate(PAPER) == DARK_PAPER
    await page.goto(f"{lyceum.url}/courses")
    assert await page.evaluate(PAPER) == DARK_PAPER
    await account.click()
    await page.get_by_role("button", name="System").click()
    await page.wait_for_url(f"{lyceum.url}/courses")
    assert await page.evaluate(PAPER) != DARK_PAPER

    await page.set_viewport_size(PHONE)
    menu = page.get_by_role("navigation", name="Main")
    await expect(menu).to_be_hidden()
    await page.get_by_role("button", name="Menu").press("Enter")
    await expect(menu.get_by_role("link", name="Compliance")).to_be_visible()
    await check(page, "menu")
    await page.keyboard.press("Escape")
    await page.set_viewport_size(DESK)
    await sign_out(page)


async def test_menu_and_account_open_without_a_script(lyceum: Lyceum, browser: Any) -> None:
    context = await browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = await context.new_page()
    await sign_in(page, lyceum.url, ADMIN_EMAIL, ADMIN_PASSWORD)
    await page.get_by_role("button", name="Menu").click()
    await page.get_by_role("navigation").get_by_role("link", name="Compliance").click()
    await expect(page.get_by_role("heading", name="Compliance")).to_be_visible()
    await sign_out(page)
    await context.close()


async def test_a_check_finds_what_has_no_name_and_what_is_too_wide(page: Page) -> None:
    fine = "<html lang=en><title>A</title><main><h1>A</h1>{}</main></html>"
    await page.set_content(fine.format("<input>"))
    with pytest.raises(AssertionError, match="label"):
        await check(page, "unnamed")
    await page.set_content(fine.format("<pre>" + "wide " * 300 + "</pre>"))
    with pytest.raises(AssertionError, match="unreadable at 1280"):
        await check(page, "unreadable")
