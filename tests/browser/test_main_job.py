"""The main job: a real package, played in a real browser, becomes statements and a record."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest_asyncio
from aiohttp import ClientSession
from playwright.async_api import BrowserContext, Dialog, Frame, Locator, Page, expect

from tests.browser.pages import sign_out
from tests.material import package
from tests.process import LyceumProcess
from tests.rest import PASSWORD, Rest, administrator, statements
from tests.tasks import until

ADL = "http://adlnet.gov/expapi/verbs/"
DUE = "2099-12-31T23:59:59Z"


@dataclass(frozen=True)
class School:
    """A course with one SCORM lesson, a learner in it, and a requirement."""

    lyceum: LyceumProcess
    session: ClientSession
    admin: Rest
    course_id: str
    lesson: dict[str, Any]
    user_id: str
    enrollment: dict[str, Any]
    requirement_id: str

    @property
    def registration(self) -> str:
        registration: str = self.enrollment["attributes"]["registration"]
        return registration

    async def progress(self) -> dict[str, Any]:
        document = await self.admin.get(f"/progress/{self.course_id}/users/{self.user_id}")
        attributes: dict[str, Any] = document["data"]["attributes"]
        return attributes

    async def record(self) -> dict[str, Any]:
        """The learner's, once the register has heard of what was done."""
        path = f"/compliance/requirements/{self.requirement_id}/records?status=compliant"
        listed: list[dict[str, Any]] = []

        async def heard() -> bool:
            listed[:] = (await self.admin.get(path))["data"]
            return bool(listed)

        await until(heard)
        attributes: dict[str, Any] = listed[0]["attributes"]
        return attributes

    async def scored(self, score: float) -> bool:
        """Whether the register has heard of this score."""
        return bool((await self.record())["score"] == score)

    async def row(self) -> dict[str, str]:
        path = f"/compliance/requirements/{self.requirement_id}/records.csv"
        headers, body = await self.admin.request("GET", path, 200)
        assert headers["Content-Type"].startswith("text/csv")
        (row,) = csv.DictReader(io.StringIO(body.decode("utf-8-sig")))
        return row

    async def recorded(self) -> list[dict[str, Any]]:
        return await statements(self.session, self.lyceum, registration=self.registration)


@pytest_asyncio.fixture(loop_scope="session")
async def lyceum(mongodb_uri: str, database: Any, tmp_path: Path) -> AsyncIterator[LyceumProcess]:
    """A server process over the test's database."""
    with LyceumProcess(mongodb_uri, tmp_path, "--mongodb-database", database.name) as process:
        yield process


@pytest_asyncio.fixture(loop_scope="session")
async def session() -> AsyncIterator[ClientSession]:
    """An HTTP client."""
    async with ClientSession() as opened:
        yield opened


async def _school(lyceum: LyceumProcess, session: ClientSession, archive: Path) -> School:
    admin = await administrator(session, lyceum)
    course = await admin.make("/courses", title="Golf", status="published")
    module = await admin.make(f"/courses/{course['id']}/modules", title="Everything")
    uploaded = await admin.upload(archive, course["id"], module["id"], "Golf explained")
    user = await admin.make(
        "/users", name="Grace Hopper", email="grace@example.org", password=PASSWORD
    )
    enrollment = await admin.make("/enrollments", user_id=user["id"], course_id=course["id"])
    requirement = await admin.make(
        "/compliance/requirements",
        title="Golf for everybody",
        course_id=course["id"],
        due_at=DUE,
        audience={"kind": "people", "user_ids": [user["id"]]},
    )
    return School(
        lyceum=lyceum,
        session=session,
        admin=admin,
        course_id=course["id"],
        lesson=uploaded["data"],
        user_id=user["id"],
        enrollment=enrollment,
        requirement_id=requirement["id"],
    )


async def _sign_in(page: Page, lyceum: LyceumProcess, email: str) -> None:
    await page.goto(lyceum.url)
    await page.get_by_label("E-mail address").fill(email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="My courses")).to_be_visible()


async def _launch(page: Page, lyceum: LyceumProcess) -> None:
    await page.goto(lyceum.url)
    await page.locator("[data-lesson] button").click()
    await expect(page.locator("body")).to_have_attribute("data-session", "active")
    assert page.url.startswith(lyceum.content_url)


async def _sco(page: Page) -> Frame:
    handle = await page.locator("iframe[data-sco]").element_handle()
    assert handle is not None
    frame = await handle.content_frame()
    assert frame is not None
    # Until the SCO is there the frame is empty, and under the player's own policy.
    await frame.wait_for_url("**/content/**", wait_until="commit")
    return frame


async def _exit(page: Page, lyceum: LyceumProcess) -> None:
    await page.locator("[data-nav=exit]").click()
    await page.wait_for_url(f"{lyceum.url}/**")


async def _visited(entry: Locator) -> str:
    """The item that is played, once its SCO has spoken: before that there is nothing to end."""
    await expect(entry).not_to_have_attribute("data-status", "not attempted")
    return await entry.get_attribute("data-item") or ""


async def _answer_the_quiz(questions: Frame) -> None:
    """Tick what the sample quiz marks as correct, and submit."""
    await questions.locator(".correctAnswer").first.wait_for()
    for answer in await questions.locator(".correctAnswer").all():
        box = answer.locator("input")
        if await box.get_attribute("type") == "radio":
            await box.check()
        else:
            shown = await answer.inner_text()
            await box.fill(shown.strip().strip("()"))
    await questions.get_by_role("button", name="Submit Answers").click()
    await questions.get_by_text("Score:").wait_for()


async def _find_evidence_on_the_pages(page: Page, school: School, score: str | None) -> None:
    """What the learner and then an officer see."""
    card = page.locator(f"[data-course='{school.course_id}']")
    await page.goto(school.lyceum.url)
    await expect(card.locator("progress")).to_have_attribute("value", "100")
    await expect(card.locator(".row [data-status=completed]")).to_be_visible()
    await sign_out(page)
    await school.admin.make(
        "/users",
        name="Compliance Officer",
        email="officer@example.org",
        password=PASSWORD,
        roles=["compliance_officer"],
    )
    await _sign_in(page, school.lyceum, "officer@example.org")
    await page.get_by_role("link", name="Records").click()
    await page.get_by_role("link", name="Golf for everybody").click()
    row = page.locator("tr", has=page.get_by_role("link", name="Grace Hopper", exact=True))
    await expect(row.locator("[data-status=compliant]")).to_be_visible()
    if score is not None:
        await expect(row.locator("td[data-label=Score]")).to_have_text(score)
    await row.get_by_role("link", name="Grace Hopper", exact=True).click()
    record = await school.record()
    for statement_id in record["evidence"]:
        await expect(page.locator(f"[data-statement='{statement_id}']")).to_be_visible()


def _verbs(recorded: list[dict[str, Any]]) -> set[str]:
    return {each["verb"]["id"].removeprefix(ADL) for each in recorded}


async def test_a_scorm_12_course_played_to_the_end_becomes_a_compliant_record(
    lyceum: LyceumProcess, session: ClientSession, context: BrowserContext
) -> None:
    school = await _school(lyceum, session, package("singlescobasic.zip"))
    page = await context.new_page()
    await _sign_in(page, lyceum, "grace@example.org")
    await _launch(page, lyceum)
    sco = await _sco(page)
    while await sco.locator("#butNext").is_enabled():
        await sco.locator("#butNext").click()
    inner = sco.frame_locator("#contentFrame")
    await inner.get_by_role("heading", name="Knowledge Check").wait_for()
    questions = next(each for each in sco.child_frames if each.name == "contentFrame")
    await _answer_the_quiz(questions)
    await _exit(page, lyceum)

    recorded = await school.recorded()
    assert {"initialized", "passed", "completed", "terminated"} <= _verbs(recorded)
    assert all(each["context"]["registration"] == school.registration for each in recorded)
    passed = [each for each in recorded if each["verb"]["id"] == ADL + "passed"]
    assert {each["result"]["score"]["raw"] for each in passed} == {100}
    terminated = next(each for each in recorded if each["verb"]["id"] == ADL + "terminated")
    assert terminated["result"]["duration"].startswith("PT")
    assert sum(each["verb"]["id"] == ADL + "answered" for each in recorded) == 0

    assert (await school.progress())["overall_progress"] == 100
    await until(lambda: school.scored(100))
    record = await school.record()
    assert record["status"] == "compliant"
    assert record["evidence"]
    assert set(record["evidence"]) <= {each["id"] for each in recorded}
    row = await school.row()
    assert row["status"] == "compliant"
    assert row["email"] == "grace@example.org"
    assert set(row["evidence"].split()) == set(record["evidence"])
    await _find_evidence_on_the_pages(page, school, "100")


async def test_every_sco_of_a_package_visited_completes_the_course(
    lyceum: LyceumProcess, session: ClientSession, context: BrowserContext
) -> None:
    school = await _school(lyceum, session, package("RuntimeMinimumCalls_SCORM12.zip"))
    page = await context.new_page()
    await _sign_in(page, lyceum, "grace@example.org")
    await _launch(page, lyceum)
    entries = page.locator("[data-item][aria-current=true]")
    following = page.locator("[data-nav=continue]")
    seen = [await _visited(entries)]
    while await following.get_attribute("aria-disabled") != "true":
        await following.click()
        await expect(entries).not_to_have_attribute("data-item", seen[-1])
        seen.append(await _visited(entries))
    assert len(seen) == 18
    await _exit(page, lyceum)

    recorded = await school.recorded()
    assert {"initialized", "completed", "terminated"} <= _verbs(recorded)
    assert sum(each["verb"]["id"] == ADL + "terminated" for each in recorded) >= len(seen)
    assert (await school.progress())["overall_progress"] == 100
    assert (await school.record())["status"] == "compliant"
    assert (await school.row())["status"] == "compliant"
    await _find_evidence_on_the_pages(page, school, None)


async def test_a_killed_tab_comes_back_to_the_bookmark_with_nothing_lost(
    lyceum: LyceumProcess, session: ClientSession, context: BrowserContext
) -> None:
    school = await _school(lyceum, session, package("singlescobasic.zip"))
    page = await context.new_page()
    await _sign_in(page, lyceum, "grace@example.org")
    await _launch(page, lyceum)
    sco = await _sco(page)
    for _ in range(4):
        await sco.locator("#butNext").click()
    before = await sco.evaluate("currentPage")
    assert before == 4
    await _crash(context, page)

    again = await context.new_page()
    asked: list[str] = []

    async def resume(dialog: Dialog) -> None:
        asked.append(dialog.message)
        await dialog.accept()

    again.on("dialog", resume)
    await _launch(again, lyceum)
    sco = await _sco(again)
    await sco.wait_for_function("typeof currentPage === 'number'")
    assert await sco.evaluate("currentPage") == before
    assert any("resume" in message for message in asked)
    verbs = [each["verb"]["id"] for each in await school.recorded()]
    assert verbs[0] == ADL + "initialized"
    assert (await school.progress())["status"] == "in_progress"


async def _crash(context: BrowserContext, page: Page) -> None:
    """End the tab's process as the system would: no unload, no last word."""
    client = await context.new_cdp_session(page)
    async with page.expect_event("crash"):
        killing = asyncio.create_task(client.send("Page.crash"))
    killing.cancel()
    await page.close()
