"""The page of the ledger: how far it reaches, whether it holds, and what somebody did to it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from aiohttp import ClientSession
from playwright.async_api import Page, expect

from tests.browser.pages import check, sign_in
from tests.lrs.conftest import a_statement
from tests.process import ADMIN_EMAIL, ADMIN_PASSWORD, LyceumProcess
from tests.rest import XAPI
from tests.tasks import until


@pytest_asyncio.fixture(loop_scope="session")
async def lyceum(mongodb_uri: str, database: Any, tmp_path: Path) -> AsyncIterator[LyceumProcess]:
    """A server process over the test's database."""
    flags = ("--mongodb-database", database.name, "--checkpoint-interval", "1s")
    with LyceumProcess(mongodb_uri, tmp_path, *flags) as process:
        yield process


async def test_an_officer_sees_that_nothing_was_altered_and_then_what_was(
    lyceum: LyceumProcess, page: Page, database: Any
) -> None:
    await sign_in(page, lyceum.url, ADMIN_EMAIL, ADMIN_PASSWORD)
    await page.goto(f"{lyceum.url}/ledger")
    await expect(page.get_by_role("heading", name="Nothing is covered yet")).to_be_visible()
    await check(page, "ledger-empty")

    statements = [a_statement() for _ in range(30)]
    async with (
        ClientSession(headers=XAPI) as session,
        session.post(f"{lyceum.url}/xapi/statements", json=statements) as answer,
    ):
        assert answer.status == 200, await answer.text()

    async def covered() -> bool:
        heads = await database["ledger_heads"].find().to_list()
        return any(each["logs"].get("statements", {}).get("total") == 30 for each in heads)

    await until(covered)
    await page.goto(f"{lyceum.url}/ledger")
    await check(page, "ledger-covered")
    await page.get_by_role("button", name="Verify now").click()
    await expect(page.get_by_text("all is as it was signed")).to_be_visible()
    await check(page, "ledger-verified")

    altered, removed = (statements[each]["id"] for each in (3, 7))
    for each in await database["statements"].find({"raw": {"$exists": True}}).to_list():
        if each["_id"].endswith(altered):
            raw = each["raw"].replace(b"completed", b"commented")
            await database["statements"].update_one({"_id": each["_id"]}, {"$set": {"raw": raw}})
        if each["_id"].endswith(removed):
            await database["statements"].delete_one({"_id": each["_id"]})
    await page.get_by_role("button", name="Verify now").click()
    await expect(page.get_by_text("Not all is as it was signed")).to_be_visible()
    wrong = page.get_by_role("table", name="What is wrong")
    for name, what in ((altered, "Altered"), (removed, "Removed")):
        row = wrong.get_by_role("row").filter(has=page.get_by_role("rowheader", name=what))
        await expect(row.filter(has_text=name)).to_have_count(1)
    await check(page, "ledger-tampered")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download a receipt").click()
    assert (await download.value).suggested_filename.startswith("receipt-")
