"""The administration in a real browser: an administrator's first day, and every page's states."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect
from pymongo import AsyncMongoClient

from tests.browser.pages import DESK, check, sign_in
from tests.conftest import Databases
from tests.process import ADMIN_EMAIL, ADMIN_PASSWORD
from tests.served import Lyceum, served

FILE = """Name,E-mail,Roles,Hired on
Ina Berg,ina@example.org,learner,2024-01-01
Nobody,no address,learner,
Tom Lund,tom@example.org,king,
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def lyceum(
    mongodb_uri: str, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Lyceum]:
    """One server for these tests, of an organization that begins with the first of them."""
    name = databases.take()
    async with (
        AsyncMongoClient[dict[str, Any]](mongodb_uri, tz_aware=True) as client,
        served(client[name], tmp_path_factory.mktemp("lyceum")) as opened,
    ):
        yield opened
    databases.give_back(name)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def page(browser: Browser, lyceum: Lyceum) -> AsyncIterator[Page]:
    """The administrator's tab, signed in."""
    context = await browser.new_context(viewport=DESK)
    page = await context.new_page()
    await sign_in(page, lyceum.url, ADMIN_EMAIL, ADMIN_PASSWORD)
    yield page
    await context.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def receiver() -> AsyncIterator[TestServer]:
    """An address of this machine that hears of events."""

    async def hear(request: web.Request) -> web.Response:
        return web.Response(text=f"heard {(await request.json())['event']}")

    app = web.Application()
    app.router.add_post("/hooks", hear)
    async with TestServer(app) as server:
        yield server


async def test_an_administrators_first_day(
    lyceum: Lyceum, page: Page, receiver: TestServer
) -> None:
    await expect(page).to_have_url(f"{lyceum.url}/admin")
    await expect(
        page.get_by_role("heading", name="Three steps to the first course")
    ).to_be_visible()
    await check(page, "admin-first-start")

    await page.get_by_role("link", name="Add somebody").click()
    await page.get_by_role("button", name="Add this person").click()
    await expect(page.get_by_role("alert")).to_be_focused()
    await expect(page.get_by_label("Name (required)")).to_have_accessible_description(
        "It must have 1 to 500 characters."
    )
    await check(page, "admin-person-new-wrong")
    await page.get_by_label("Name (required)").fill("Ines Okafor")
    await page.get_by_label("E-mail address").fill("ines@example.org")
    await page.get_by_label("Instructor").check()
    await page.get_by_label("Department").fill("Safety")
    await page.get_by_label("Groups").fill("Night shift\nFirst aiders")
    await page.get_by_role("button", name="Add this person").click()
    await expect(page.get_by_role("status")).to_contain_text("Added.")
    ines = page.url.rpartition("/")[2]
    await page.get_by_role("button", name="Make a link to set a password").click()
    await expect(page.get_by_role("heading", name="A link to set a password")).to_be_focused()
    link = await page.get_by_label("Link", exact=True).input_value()
    assert link.startswith(f"{lyceum.url}/reset-password?token=")
    await check(page, "admin-person-link")

    await page.get_by_role("link", name="Integrations").click()
    await page.get_by_label("Name of the program").fill("HR system")
    await page.get_by_label("Read people").check()
    await page.get_by_role("button", name="Make the key").click()
    await expect(page.get_by_role("heading", name="The key of HR system")).to_be_focused()
    key = await page.get_by_label("Key", exact=True).input_value()
    await check(page, "admin-key-made")
    assert await _people(lyceum, key) == {"Administrator", "Ines Okafor"}
    await page.goto(f"{lyceum.url}/admin/api-keys")
    assert key not in await page.content()
    row = page.get_by_role("row", name="HR system")
    await expect(row).not_to_contain_text("Never")

    await page.get_by_role("link", name="Webhooks").click()
    await page.get_by_role("link", name="New webhook").first.click()
    await page.get_by_label("Address").fill(str(receiver.make_url("/hooks")))
    await page.get_by_label("certificate.issued").check()
    await page.get_by_role("button", name="Make the webhook").click()
    await expect(page.get_by_role("heading", name="Copy the secret now")).to_be_focused()
    await check(page, "admin-webhook-secret")
    await page.get_by_role("link", name="Go on to its deliveries").click()
    await check(page, "admin-deliveries-empty")
    await page.get_by_role("button", name="Send a test").click()
    delivered = page.get_by_role("row", name="ping").locator("[data-status=completed]")
    await _until_shown(page, delivered)
    await check(page, "admin-deliveries")
    await page.get_by_role("link", name="ping").click()
    await expect(page.get_by_text("heard ping")).to_be_visible()
    await check(page, "admin-delivery")
    await page.get_by_role("button", name="Send it once more").click()
    await _until_shown(page, page.get_by_text("heard ping").nth(1))

    await page.get_by_role("link", name="Audit log").click()
    entries = page.locator("[data-entry]")
    for action in (
        "POST /users",
        "POST /users/{user_id}/reset-link",
        "POST /api-keys",
        "POST /webhooks",
        "POST /webhooks/{webhook_id}/test",
        "POST /webhooks/{webhook_id}/deliveries/{delivery_id}/replay",
    ):
        await expect(entries.get_by_text(action, exact=True)).to_have_count(1)
    added = entries.filter(has=page.get_by_text("POST /users", exact=True))
    await added.get_by_text("What was before and after").click()
    await expect(added.get_by_role("row", name="department")).to_contain_text("Safety")
    await check(page, "admin-audit-log")
    await page.goto(f"{lyceum.url}/admin/audit-log?subject={ines}")
    await expect(entries).to_have_count(2)


async def _people(lyceum: Lyceum, key: str) -> set[str]:
    """The names that a program reads with a key."""
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        ClientSession() as session,
        session.get(f"{lyceum.url}/api/v1/users", headers=headers) as answer,
    ):
        assert answer.status == 200
        return {each["attributes"]["name"] for each in (await answer.json())["data"]}


async def _until_shown(page: Page, sought: Any) -> None:
    """Load the page again until it shows what a worker of the server has done."""
    async with asyncio.timeout(30):
        while not await sought.is_visible():
            await page.reload()


async def test_a_file_of_people_is_imported_by_a_job_that_names_the_lines(
    lyceum: Lyceum, page: Page, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("Nom\nIna\n")
    await page.goto(f"{lyceum.url}/admin/people/import")
    await page.get_by_role("button", name="File", exact=True).set_input_files(file)
    await page.get_by_role("button", name="Import the file").click()
    await expect(page.get_by_role("alert")).to_contain_text("the heading nom")
    await check(page, "admin-import-wrong")
    file.write_text(FILE)
    await page.get_by_role("button", name="File", exact=True).set_input_files(file)
    await page.get_by_role("button", name="Import the file").click()
    await expect(page.get_by_text("Ended")).to_be_visible(timeout=30_000)
    await expect(page.get_by_role("row", name="Line 3")).to_contain_text("e-mail address")
    await expect(page.get_by_role("row", name="Line 4")).to_contain_text("roles")
    await check(page, "admin-job")
    await page.goto(f"{lyceum.url}/admin/people?search=berg")
    await expect(page.get_by_role("row", name="Ina Berg")).to_be_visible()


async def test_every_other_page_is_for_everybody_in_each_state(lyceum: Lyceum, page: Page) -> None:
    for name in ("groups", "mentor-applications", "erasures", "people", "jobs", "settings"):
        await page.goto(f"{lyceum.url}/admin/{name}")
        await check(page, f"admin-{name}")
    await page.get_by_label("Time zone").select_option("Europe/Berlin")
    await page.get_by_role("button", name="Keep the changes").click()
    await expect(page.get_by_role("status")).to_contain_text("The settings are kept.")
    await expect(page.get_by_label("Time zone")).to_have_value("Europe/Berlin")
    forms = {
        "categories": "Add the category",
        "forwarding/new": "Begin to forward",
        "identity-providers/new": "Take its tokens",
        "webhooks/new": "Make the webhook",
    }
    for name, button in forms.items():
        await page.goto(f"{lyceum.url}/admin/{name}")
        await page.get_by_role("button", name=button).click()
        await expect(page.get_by_role("alert")).to_be_focused()
        await check(page, f"admin-{name.replace('/', '-')}-wrong")
    await page.get_by_role("link", name="Forwarding").click()
    await check(page, "admin-forwarding-empty")
    await _provider(page, lyceum)
    await page.goto(f"{lyceum.url}/admin/audit-log?from=soon")
    await check(page, "admin-audit-log-wrong")


async def _provider(page: Page, lyceum: Lyceum) -> None:
    """An issuer that does not answer as one is told of before its first token comes."""
    await page.goto(f"{lyceum.url}/admin/identity-providers/new")
    await page.get_by_label("Name (required)").fill("Company")
    await page.get_by_label("Audience").fill("lyceum")
    await page.get_by_label("Issuer").fill(lyceum.url)
    await page.get_by_role("button", name="Take its tokens").click()
    await page.get_by_role("button", name="Test it").click()
    await expect(page.get_by_role("alert")).to_contain_text("answers 404")
    await check(page, "admin-identity-provider")
