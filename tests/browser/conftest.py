"""One Chromium for the run of each worker, a fresh profile for each test.

Chromium belongs to the event loop that started it, so the tests of this folder share one loop.
"""

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import structlog
from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.conftest import Databases
from tests.served import Lyceum, served

HERE = Path(__file__).parent
MOST_SAID = 2000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run every test of this folder in the session's event loop."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            item.add_marker(pytest.mark.browser)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, without a window."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(loop_scope="session")
async def context(
    browser: Browser, request: pytest.FixtureRequest
) -> AsyncIterator[BrowserContext]:
    """A browser profile that nobody has used; what its pages said is told where a test failed."""
    failed = request.session.testsfailed
    profile = await browser.new_context(viewport={"width": 1280, "height": 800})
    yield profile
    if request.session.testsfailed > failed:
        for each in profile.pages:
            said = (await each.locator("body").inner_text())[:MOST_SAID]
            request.node.add_report_section("teardown", f"page {each.url}", said)
    await profile.close()


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """A line for each request of a browser would hide what a failure says."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    yield
    structlog.reset_defaults()


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext) -> Page:
    """An empty tab."""
    return await context.new_page()


@pytest_asyncio.fixture(loop_scope="session")
async def database(
    mongodb_uri: str, databases: Databases
) -> AsyncIterator[AsyncDatabase[dict[str, Any]]]:
    """A database without a document, in the session's event loop."""
    async with AsyncMongoClient[dict[str, Any]](mongodb_uri, tz_aware=True) as client:
        name = databases.take()
        yield client[name]
        databases.give_back(name)


@pytest_asyncio.fixture(loop_scope="session")
async def lyceum(database: AsyncDatabase[dict[str, Any]], tmp_path: Path) -> AsyncIterator[Lyceum]:
    """A server of the test's own, after its first start."""
    async with served(database, tmp_path) as opened:
        yield opened
