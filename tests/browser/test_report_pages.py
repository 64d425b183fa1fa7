"""The pages of reports in a real browser: from a question to a saved report that is watched."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.pages import check, sign_in
from tests.process import ADMIN_EMAIL, ADMIN_PASSWORD, LyceumProcess


@pytest_asyncio.fixture(loop_scope="session")
async def lyceum(mongodb_uri: str, database: Any, tmp_path: Path) -> AsyncIterator[LyceumProcess]:
    """A server process over the test's database, with the demo's course."""
    flags = ("--mongodb-database", database.name, "--demo")
    with LyceumProcess(mongodb_uri, tmp_path, *flags) as process:
        yield process


async def test_a_report_is_put_together_saved_and_watched(
    lyceum: LyceumProcess, page: Page
) -> None:
    await sign_in(page, lyceum.url, ADMIN_EMAIL, ADMIN_PASSWORD)
    await page.goto(f"{lyceum.url}/reports")
    await check(page, "reports-empty")
    await page.get_by_role("link", name="Completions by course").click()
    preview = page.get_by_role("region", name="Preview")
    await expect(preview.get_by_role("img", name="Count, by Course")).to_be_visible()
    condition = page.get_by_role("group", name="Condition 1")
    await condition.get_by_label("Field").select_option(label="Progress in %")
    await expect(condition.get_by_label("How")).to_have_value("equals")
    await condition.get_by_label("How").select_option("at_least")
    await condition.get_by_label("Value").fill("much")
    await page.get_by_role("button", name="Look at it").click()
    await expect(page.get_by_role("alert")).to_contain_text("must be a number")
    await check(page, "report-builder-wrong")
    await page.get_by_label("Value").first.fill("0")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", name="Completions by course")).to_be_visible()
    await expect(page.get_by_role("img", name="Count, by Course")).to_be_visible()

    await page.get_by_text("Have it sent", exact=True).first.click()
    await page.get_by_label("Hour").fill("25")
    await page.get_by_role("button", name="Have it sent").click()
    await expect(page.get_by_role("alert").first).to_contain_text("must be from 0 to 23")
    await page.get_by_label("Hour").fill("7")
    await page.get_by_role("button", name="Have it sent").click()
    await expect(page.get_by_role("cell", name="CSV, attached")).to_be_visible()

    await page.get_by_text("Watch a figure").click()
    alerts = page.get_by_role("region", name="Watched figures")
    await alerts.get_by_label("Name").fill("Somebody is here")
    await alerts.get_by_label("Threshold").fill("0")
    await alerts.get_by_role("button", name="Watch it").click()
    await expect(page.get_by_role("row", name="Somebody is here")).to_be_visible()
    await check(page, "report")

    await page.get_by_role("button", name="Excel file").click()
    async with page.expect_download() as begun:
        await page.get_by_role("link", name="Download").click()
    assert (await begun.value).suggested_filename.endswith(".xlsx")

    await page.goto(f"{lyceum.url}/analytics")
    await expect(page.get_by_role("img", name="Enrollments in Fire safety")).to_be_visible()
    await check(page, "analytics")
    await page.get_by_role("link", name="Fire safety").click()
    await expect(page.get_by_role("img", name="From enrolment to completion")).to_be_visible()
    await check(page, "course-analytics")
