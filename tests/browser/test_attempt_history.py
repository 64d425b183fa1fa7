"""Attempts on the pages: an instructor finds a learner's answers, and resets an attempt."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from aiohttp import ClientSession
from playwright.async_api import BrowserContext, Page, expect

from content.demo import fire_safety
from tests.api.test_scorm import MANIFEST, package
from tests.browser.pages import check, sign_out
from tests.browser.player import saved
from tests.browser.test_demo_course import answer, turn_to
from tests.rest import PASSWORD, Rest, administrator
from tests.served import Lyceum

SIZES = {"wide": (1280, 900), "phone": (390, 844)}
UNTIDY = MANIFEST.replace('default="o"', 'default="nothing"').replace(
    "</item></organization>",
    '</item><item identifier="gone" identifierref="nowhere"><title>Gone</title></item>'
    "</organization>",
)


@pytest_asyncio.fixture(loop_scope="session")
async def admin(lyceum: Lyceum) -> AsyncIterator[Rest]:
    """The administrator, after a course with a lesson, a learner and an instructor were made."""
    async with ClientSession() as session:
        yield await administrator(session, lyceum)


async def _school(admin: Rest, folder: Path) -> None:
    course = await admin.make("/courses", title="Fire safety", status="published")
    module = await admin.make(f"/courses/{course['id']}/modules", title="Five minutes")
    archive = folder / "fire.zip"
    archive.write_bytes(fire_safety())
    await admin.upload(archive, course["id"], module["id"], "When it burns")
    for name, role in {"Grace Hopper": "learner", "Ines Teacher": "instructor"}.items():
        email = f"{name.partition(' ')[0].lower()}@example.org"
        user = await admin.make("/users", name=name, email=email, password=PASSWORD, roles=[role])
        if role == "learner":
            await admin.make("/enrollments", user_id=user["id"], course_id=course["id"])


async def _sign_in(page: Page, lyceum: Lyceum, email: str) -> None:
    await page.goto(lyceum.url)
    await page.get_by_label("E-mail address").fill(email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="My courses")).to_be_visible()


async def _play(page: Page, lyceum: Lyceum) -> None:
    await page.get_by_role("button", name="Start: When it burns").click()
    course = page.frame_locator("iframe[data-sco]")
    await turn_to(course, "Three questions")
    await answer(course, "Raise the alarm", "Carbon dioxide (CO₂)", "True")
    await expect(course.locator("[data-score]")).to_have_text("67 %")
    await saved(page)
    await page.click("[data-nav=exit]")
    await page.wait_for_url(f"{lyceum.url}/**")


async def _picture(page: Page, name: str) -> None:
    """Pictures at two sizes, light and dark, where a folder for them is named; no sideways
    scrolling at any."""
    folder = os.environ.get("LYCEUM_TEST_PICTURES")
    for size, (width, height) in SIZES.items():
        await page.set_viewport_size({"width": width, "height": height})
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, (name, size, wide)
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            if folder:
                path = f"{folder}/{name}-{size}-{scheme}.png"
                await page.screenshot(path=path, full_page=True)
    await page.set_viewport_size({"width": 1280, "height": 900})
    await page.emulate_media(color_scheme="light")


async def test_an_instructor_sees_a_learners_attempt_and_resets_it(
    lyceum: Lyceum, admin: Rest, context: BrowserContext, tmp_path: Path
) -> None:
    await _school(admin, tmp_path)
    page = await context.new_page()
    await _sign_in(page, lyceum, "grace@example.org")
    await _play(page, lyceum)
    for label in ("Open again", "New attempt", "Review"):
        await expect(page.get_by_role("button", name=f"{label}: When it burns")).to_be_visible()
    await _picture(page, "my-courses")
    await page.get_by_role("button", name="Review: When it burns").click()
    await expect(page.locator("body[data-session=active]:not([data-busy])")).to_have_count(1)
    await expect(page.get_by_text("Review: nothing counts")).to_be_visible()
    await page.click("[data-nav=exit]")
    await page.wait_for_url(f"{lyceum.url}/**")
    await sign_out(page)

    await _sign_in(page, lyceum, "ines@example.org")
    await page.get_by_role("link", name="Teaching").click()
    await page.get_by_role("link", name="Fire safety", exact=True).click()
    await check(page, "course-inspected")
    await page.get_by_role("link", name="Outline").click()
    await page.get_by_role("link", name="When it burns").click()
    await page.get_by_role("link", name="Attempts allowed").click()
    await page.get_by_label("Attempts allowed").fill("0")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_label("Attempts allowed")).to_have_attribute("aria-invalid", "true")
    await check(page, "policy-inspected")
    await page.get_by_label("Attempts allowed").fill("3")
    await page.get_by_label("What counts").select_option("latest")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("At most 3, the latest attempt counts")).to_be_visible()
    await page.get_by_role("link", name="Fire safety").click()
    await page.get_by_role("link", name="People").click()
    await page.get_by_role("link", name="Attempts of Grace Hopper").click()
    row = page.locator("tr[data-attempt]")
    await expect(row).to_have_count(1)
    await expect(row).to_contain_text("counts")
    await check(page, "attempts-inspected")
    await row.get_by_role("link").click()
    answers = page.get_by_role("table", name="Questions and answers").locator("tbody tr")
    await expect(answers).to_have_count(3)
    await expect(answers.locator("[data-result=passed]")).to_have_count(2)
    await expect(answers.locator("[data-result=failed]")).to_contain_text("Wrong")
    await check(page, "attempt-inspected")

    await page.get_by_role("button", name="Review what Grace Hopper saw").click()
    await expect(page.get_by_text("Review of Grace Hopper: nothing counts")).to_be_visible()
    await expect(page.locator("body[data-session=active]:not([data-busy])")).to_have_count(1)
    await _picture(page, "review")
    await page.click("[data-nav=exit]")
    await page.wait_for_url(f"{lyceum.url}/attempts/**")

    await page.get_by_text("Reset this attempt").click()
    await page.get_by_label("Reason").fill("The fire drill came between")
    await page.get_by_role("button", name="Reset the attempt").click()
    await expect(page.locator("[data-status=reset]")).to_be_visible()
    await expect(page.get_by_text("Reset this attempt")).to_have_count(0)
    await page.get_by_role("link", name="Grace Hopper").click()
    await expect(row.locator("[data-status=reset]")).to_be_visible()
    await sign_out(page)

    await _sign_in(page, lyceum, "grace@example.org")
    await expect(page.get_by_role("button", name="Start: When it burns")).to_be_visible()
    assert (await page.goto(f"{lyceum.url}/courses")).status == 403  # type: ignore[union-attr]


async def test_an_instructor_uploads_a_package_and_reads_the_report(
    lyceum: Lyceum, admin: Rest, context: BrowserContext, tmp_path: Path
) -> None:
    await _school(admin, tmp_path)
    page = await context.new_page()
    await _sign_in(page, lyceum, "ines@example.org")
    await page.get_by_role("link", name="Teaching").click()
    await page.get_by_role("link", name="Fire safety", exact=True).click()
    await page.get_by_role("link", name="Outline").click()
    await page.goto(page.url.replace("/edit", "/upload"))
    untidy, broken = tmp_path / "untidy.zip", tmp_path / "broken.zip"
    untidy.write_bytes(package(**{"imsmanifest.xml": UNTIDY}))
    broken.write_bytes(package(**{"imsmanifest.xml": "<nothing/>"}))
    await page.get_by_label("Zip file").set_input_files(untidy)
    await page.get_by_role("button", name="Upload and check").click()
    await expect(page.get_by_text("The package was taken")).to_be_visible()
    warnings = page.locator("tr[data-severity=warning]")
    await expect(warnings.first).to_contain_text("imsmanifest.xml")
    await expect(page.locator("tr[data-code=default_unknown]")).to_be_visible()
    await _picture(page, "report")
    await page.get_by_role("link", name="Back to the outline").click()
    await page.goto(page.url.replace("/edit", "/upload"))
    await page.get_by_label("Zip file").set_input_files(broken)
    await page.get_by_role("button", name="Upload and check").click()
    await expect(page.get_by_role("alert")).to_contain_text("nothing was added")
    await expect(page.locator("tr[data-severity=error]").first).to_be_visible()
    await _picture(page, "refused")
