"""What the common authoring tools write is played as it was uploaded, to its completion."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Page, expect
from pymongo.asynchronous.database import AsyncDatabase

from content import organizations, packages
from content.organizations import OrganizationDraft
from content.packages import PackageDraft, PackageFiles
from content.store import Store, prepare
from scorm_runtime.http import content_application
from scorm_runtime.launch import Launch
from scorm_runtime.runtime import Runtime
from tests.authoring_tools import EXPORTS
from tests.browser.player import saved
from tests.content.packages.zips import zipped
from tests.scorm_runtime.courses import KEY, Sink, a_launch


async def imported(store: Store, files: dict[str, bytes], folder: Path) -> Launch:
    """A launch of the package that these files make."""
    draft = OrganizationDraft(name="Fire brigade", public_url="https://lms.example.org")
    organization = await organizations.create(store, draft)

    async def upload() -> AsyncIterator[bytes]:
        yield zipped(files)

    package = await packages.create(
        store, organization.id, PackageDraft(filename="course.zip"), upload(), folder=folder
    )
    return a_launch(organization_id=organization.id, package_id=package.id)


async def shows(page: Page, address: str) -> None:
    """Wait until the item of this address is played and has reported."""
    await expect(page.locator("body[data-session=active]:not([data-busy])")).to_have_count(1)
    sco = await page.query_selector("iframe[data-sco]")
    frame = sco and await sco.content_frame()
    assert frame
    await frame.wait_for_url(lambda url: url.endswith(f"/content/{address}"))
    current = page.locator("[data-item][aria-current=true]")
    await expect(current).to_have_attribute("data-status", "passed")


@pytest.mark.parametrize("name", EXPORTS)
async def test_what_a_tool_writes_is_played_to_its_completion(
    name: str, database: AsyncDatabase[dict[str, Any]], page: Page, tmp_path: Path
) -> None:
    export = EXPORTS[name]
    await prepare(database)
    store = Store(database)
    launch = await imported(store, dict(export.files), tmp_path / "uploads")
    sink = Sink()
    runtime = Runtime(database, sink, PackageFiles(store, tmp_path / "unpacked"), KEY)
    await runtime.prepare()
    async with TestServer(content_application(runtime)) as server:
        await page.goto(str(server.make_url(runtime.launch(launch))))
        for address in export.launched[:-1]:
            await shows(page, address)
            await page.click("[data-nav=continue]")
        await shows(page, export.launched[-1])
        await saved(page)
    assert len(sink.of("passed")) == len(export.launched) + 1
    assert "completed lesson" in sink.said()
