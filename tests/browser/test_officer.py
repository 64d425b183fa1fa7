"""An officer's first day: evidence judged, a waiver, an extension, a signature."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest_asyncio
from aiohttp import ClientSession
from playwright.async_api import Page, expect

from tests.browser.pages import check, sign_in, sign_out
from tests.process import ADMIN_EMAIL, ADMIN_PASSWORD, LyceumProcess

PASSWORD = "a password of eight or more"
OFFICER, LEARNER = "olga@example.org", "ada@example.org"
CARD = {"name": "card.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
PEOPLE = (
    {"name": "Olga Officer", "email": OFFICER, "roles": ["compliance_officer"]},
    {"name": "Ada Lovelace", "email": LEARNER, "department": "Theatre 2"},
    {"name": "Grace Hopper", "email": "grace@example.org", "department": "Ward 4"},
)


@dataclass
class Clinic:
    """A server with an officer, two learners and a requirement."""

    url: str
    requirement_id: str
    people: dict[str, str]


class Maker:
    """Makes things by the REST API, as the administrator."""

    def __init__(self, session: ClientSession, url: str) -> None:
        self._session, self._api = session, f"{url}/api/v1"

    async def make(self, path: str, **attributes: Any) -> dict[str, Any]:
        async with self._session.post(f"{self._api}{path}", json=attributes) as answer:
            assert answer.status == 201, await answer.text()
            made: dict[str, Any] = (await answer.json())["data"]
        return made

    async def sign_in(self) -> None:
        signed = await self.make("/auth/sign-in", email=ADMIN_EMAIL, password=ADMIN_PASSWORD)
        self._session.headers["Authorization"] = f"Bearer {signed['attributes']['access_token']}"


@pytest_asyncio.fixture(loop_scope="session")
async def clinic(mongodb_uri: str, database: Any, tmp_path: Path) -> AsyncIterator[Clinic]:
    """The server, and what is in it."""
    flags = ("--mongodb-database", database.name)
    with LyceumProcess(mongodb_uri, tmp_path, *flags) as process:
        async with ClientSession() as session:
            maker = Maker(session, process.url)
            await maker.sign_in()
            people = {
                each["email"]: (await maker.make("/users", password=PASSWORD, **each))["id"]
                for each in PEOPLE
            }
            course = await maker.make("/courses", title="Hand hygiene", status="published")
            requirement = await maker.make(
                "/compliance/requirements",
                title="Hand hygiene, yearly",
                description="Everybody who touches patients.",
                course_id=course["id"],
            )
        yield Clinic(process.url, requirement["id"], people)


async def test_a_first_day_of_an_officer(clinic: Clinic, page: Page) -> None:
    duty = f"{clinic.url}/compliance/{clinic.requirement_id}/people"
    await sign_in(page, clinic.url, LEARNER, PASSWORD)
    await page.goto(f"{clinic.url}/my/requirements")
    await check(page, "my-requirements")
    await page.get_by_role("link", name="Hand hygiene, yearly").click()
    await page.get_by_text("I have learnt it elsewhere").click()
    await page.get_by_label("What was completed, and where").fill("Hand hygiene, St. Mary's")
    await page.get_by_label("Completed on").fill("2024-02-29")
    await page.get_by_label("File: a certificate").set_input_files(CARD)
    await check(page, "my-requirement-form")
    await page.get_by_role("button", name="Hand it in").click()
    await expect(page.get_by_role("status").first).to_contain_text("was handed in")
    await page.locator("summary", has_text="Sign").click()
    await page.get_by_label("Your password, once more").fill("not the password")
    await page.get_by_role("button", name="Sign", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("Password is not right")
    await check(page, "my-requirement-wrong")
    await page.get_by_label("Your password, once more").fill(PASSWORD)
    await page.get_by_role("button", name="Sign", exact=True).click()
    await expect(page.get_by_text("Signed as person by Ada Lovelace")).to_be_visible()
    await check(page, "my-requirement")
    await sign_out(page)

    await sign_in(page, clinic.url, OFFICER, PASSWORD)
    await page.goto(f"{clinic.url}/compliance")
    await check(page, "compliance")
    await page.get_by_role("link", name="Evidence to judge").click()
    await check(page, "evidence-waiting")
    await page.get_by_role("button", name="Approve").click()
    await expect(page.get_by_text("The evidence counts.")).to_be_visible()
    await check(page, "evidence-empty")

    await page.goto(f"{duty}/{clinic.people['grace@example.org']}")
    await page.get_by_role("button", name="Waive").click()
    await check(page, "waive")
    await page.get_by_role("dialog").get_by_label("Reason").fill("On parental leave")
    await page.get_by_role("dialog").get_by_label("Until").fill("2999-01-31")
    await page.get_by_role("dialog").get_by_role("button", name="Waive").click()
    await expect(page.get_by_text("On parental leave", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Extend").click()
    await page.get_by_role("dialog").get_by_label("Reason").fill("Back in spring")
    await page.get_by_role("dialog").get_by_label("New due date").fill("2999-03-31")
    await page.get_by_role("dialog").get_by_role("button", name="Extend").click()
    await page.get_by_role("button", name="Sign off").click()
    await page.get_by_label("Your password, once more").fill(PASSWORD)
    await check(page, "sign-off")
    await page.get_by_role("button", name="Sign", exact=True).click()
    await expect(page.get_by_text("Signed as supervisor by Olga Officer")).to_be_visible()
    await page.get_by_role("button", name="Revoke waiver").click()
    await page.get_by_role("dialog").get_by_label("Reason").fill("Came back early")
    await page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    await expect(page.get_by_text("Came back early")).to_be_visible()
    await check(page, "duty")
