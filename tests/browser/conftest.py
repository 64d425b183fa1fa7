"""One Chromium for the run of each worker, a fresh profile for each test.

Chromium belongs to the event loop that started it, so the tests of this folder share one loop.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.conftest import Databases
from tests.served import Lyceum, served

HERE = Path(__file__).parent


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
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A browser profile that nobody has used."""
    profile = await browser.new_context(viewport={"width": 1280, "height": 800})
    yield profile
    await profile.close()


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
