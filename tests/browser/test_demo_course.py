"""The demo course in the real player: imported, left, resumed at its bookmark, passed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import FrameLocator, Page, expect
from pymongo.asynchronous.database import AsyncDatabase

from content import demo, organizations, packages
from content import store as content_store
from content.organizations import OrganizationDraft
from content.packages import PackageDraft, PackageFiles
from scorm_runtime.http import content_application
from scorm_runtime.runtime import Runtime
from tests.browser.player import saved
from tests.scorm_runtime.courses import KEY, Sink, a_launch


class DemoCourse:
    """The demo package, imported and served."""

    def __init__(self, runtime: Runtime, sink: Sink, server: TestServer, launch: Any) -> None:
        self.runtime = runtime
        self.sink = sink
        self.server = server
        self.launch = launch

    async def enter(self, page: Page) -> FrameLocator:
        """Launch it in a tab; its script has run when it greets the learner."""
        await page.goto(str(self.server.make_url(self.runtime.launch(self.launch))))
        sco = page.frame_locator("iframe[data-sco]")
        await expect(sco.locator("[data-greeting]")).to_have_text("Hello Ada. ")
        return sco


@pytest_asyncio.fixture(loop_scope="session")
async def course(
    database: AsyncDatabase[dict[str, Any]], tmp_path: Path
) -> AsyncIterator[DemoCourse]:
    await content_store.prepare(database)
    store = content_store.Store(database)
    organization = await organizations.create(
        store, OrganizationDraft(name="Fire brigade", public_url="http://lms.example")
    )

    async def upload() -> AsyncIterator[bytes]:
        yield demo.fire_safety()

    draft = PackageDraft(filename=demo.FILENAME)
    package = await packages.create(store, organization.id, draft, upload(), folder=tmp_path / "in")
    sink = Sink()
    runtime = Runtime(database, sink, PackageFiles(store, tmp_path / "out"), KEY)
    await runtime.prepare()
    server = TestServer(content_application(runtime))
    await server.start_server()
    launch = a_launch(organization_id=organization.id, package_id=package.id)
    yield DemoCourse(runtime, sink, server, launch)
    await server.close()


async def turn_to(sco: FrameLocator, heading: str) -> None:
    """Go on until the page with this heading is there."""
    while await sco.get_by_role("heading", name=heading).count() == 0:
        steps = await sco.locator("[data-steps]").inner_text()
        await sco.get_by_role("button", name="Next").click()
        await expect(sco.locator("[data-steps]")).not_to_have_text(steps)


async def answer(sco: FrameLocator, *answers: str) -> None:
    for text in answers:
        await sco.get_by_label(text, exact=True).check()
    await sco.get_by_role("button", name="Check my answers").click()
    await sco.get_by_role("heading", name="Your result").wait_for()


async def test_the_demo_course_is_resumed_at_its_bookmark_and_passed(
    course: DemoCourse, page: Page
) -> None:
    sco = await course.enter(page)
    await turn_to(sco, "Get out")
    await saved(page)
    other = await page.context.new_page()
    await page.close()
    sco = await course.enter(other)
    await expect(sco.get_by_role("heading", name="Get out")).to_be_visible()
    await turn_to(sco, "Three questions")
    await answer(sco, "Save the documents on my desk", "Carbon dioxide (CO₂)", "True")
    await expect(sco.locator("[data-score]")).to_have_text("33 %")
    await sco.get_by_role("button", name="Try again").click()
    await answer(sco, "Raise the alarm", "Carbon dioxide (CO₂)", "True")
    await expect(sco.locator("[data-score]")).to_have_text("67 %")
    await saved(other)
    await other.click("[data-nav=exit]")
    await other.wait_for_url("**/courses/c1")
    said = course.sink.said()
    assert "passed fire_safety" in said
    assert course.sink.of("passed")[0]["result"]["score"]["scaled"] == 0.67
    assert len(course.sink.of("answered")) == 6


async def test_the_demo_course_asks_for_every_answer(course: DemoCourse, page: Page) -> None:
    sco = await course.enter(page)
    await turn_to(sco, "Three questions")
    await sco.get_by_label("Raise the alarm", exact=True).check()
    await sco.get_by_role("button", name="Check my answers").click()
    await expect(sco.get_by_role("alert")).to_have_text("Please answer every question first.")
    await expect(sco.get_by_label("Water", exact=True)).to_be_focused()


async def test_the_demo_course_is_turned_by_the_arrow_keys(course: DemoCourse, page: Page) -> None:
    sco = await course.enter(page)
    heading = sco.get_by_role("heading", name="What a fire needs")
    await heading.focus()
    await page.keyboard.press("ArrowRight")
    await expect(sco.get_by_role("heading", name="Raise the alarm")).to_be_focused()
    await page.keyboard.press("ArrowLeft")
    await expect(heading).to_be_focused()
