"""The page of the ledger: how far it reaches, whether it holds, and what somebody did to it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from aiohttp import ClientSession
from playwright.async_api import Page, expect

from content.compliance.evidence_packages import checking
from tests.browser.pages import check, sign_in
from tests.lrs.conftest import a_statement
from tests.process import ADMIN_EMAIL, ADMIN_PASSWORD
from tests.rest import XAPI, Rest
from tests.served import Lyceum, served
from tests.tasks import until


@pytest_asyncio.fixture(loop_scope="session")
async def lyceum(database: Any, tmp_path: Path) -> AsyncIterator[Lyceum]:
    """A server over the test's database that makes a checkpoint every second."""
    async with served(database, tmp_path, checkpoint_interval="1s") as opened:
        yield opened


async def test_an_officer_sees_that_nothing_was_altered_and_then_what_was(
    lyceum: Lyceum, page: Page, database: Any
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


async def test_an_officer_has_an_evidence_package_made_and_downloads_it(
    lyceum: Lyceum, page: Page, tmp_path: Path
) -> None:
    await sign_in(page, lyceum.url, ADMIN_EMAIL, ADMIN_PASSWORD)
    await page.goto(f"{lyceum.url}/compliance/packages")
    await expect(page.get_by_role("heading", name="No package has been made")).to_be_visible()
    await check(page, "packages-empty")
    async with ClientSession() as session:
        api = await Rest.sign_in(session, lyceum.url, ADMIN_EMAIL, ADMIN_PASSWORD)
        activity = {"kind": "activity", "id": "https://example.com/activities/1"}
        given = {"title": "Hygiene, yearly", "targets": [activity]}
        made = await api.make("/compliance/requirements", **given)
    await page.goto(f"{lyceum.url}/compliance/{made['id']}")
    await page.get_by_role("button", name="Export evidence").click()
    await expect(page.get_by_text("Ready")).to_be_visible(timeout=60_000)
    await check(page, "packages-made")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download the package about Hygiene").click()
    await (await download.value).save_as(tmp_path / "package.zip")
    assert checking.check(tmp_path / "package.zip").problems == []
