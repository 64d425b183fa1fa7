"""An officer's first day: evidence judged, a waiver, an extension, a signature."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest_asyncio
from aiohttp import ClientSession
from playwright.async_api import Page, expect

from tests.browser.pages import check, sign_in, sign_out
from tests.process import ADMIN_EMAIL, ADMIN_PASSWORD
from tests.served import Lyceum

PASSWORD = "a password of eight or more"
OFFICER, LEARNER = "olga@example.org", "ada@example.org"
SUPERVISOR = "bo@example.org"
CARD = {"name": "card.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
PEOPLE = (
    {"name": "Olga Officer", "email": OFFICER, "roles": ["compliance_officer"]},
    {"name": "Ada Lovelace", "email": LEARNER, "department": "Theatre 2"},
    {"name": "Bo Lind", "email": SUPERVISOR, "department": "Kitchen"},
    {"name": "Grace Hopper", "email": "grace@example.org", "department": "Ward 4"},
)


@dataclass
class Clinic:
    """A server with an officer and two learners."""

    url: str
    people: dict[str, str]
    course_id: str
    maker: "Maker"


class Maker:
    """Makes things by the REST API, as the administrator."""

    def __init__(self, session: ClientSession, url: str) -> None:
        self._session, self._api = session, f"{url}/api/v1"

    async def make(self, path: str, **attributes: Any) -> dict[str, Any]:
        async with self._session.post(f"{self._api}{path}", json=attributes) as answer:
            assert answer.status == 201, await answer.text()
            made: dict[str, Any] = (await answer.json())["data"]
        return made

    async def change(self, path: str, **attributes: Any) -> None:
        async with self._session.patch(f"{self._api}{path}", json=attributes) as answer:
            assert answer.status == 200, await answer.text()

    async def sign_in(self) -> None:
        signed = await self.make("/auth/sign-in", email=ADMIN_EMAIL, password=ADMIN_PASSWORD)
        self._session.headers["Authorization"] = f"Bearer {signed['attributes']['access_token']}"


@pytest_asyncio.fixture(loop_scope="session")
async def clinic(lyceum: Lyceum) -> AsyncIterator[Clinic]:
    """The server, and what is in it."""
    async with ClientSession() as session:
        maker = Maker(session, lyceum.url)
        await maker.sign_in()
        people = {
            each["email"]: (await maker.make("/users", password=PASSWORD, **each))["id"]
            for each in PEOPLE
        }
        course = await maker.make("/courses", title="Hand hygiene", status="published")
        yield Clinic(lyceum.url, people, course["id"], maker)


async def in_turn(page: Page, text: str) -> None:
    """Look again until the registrar has come to it."""
    for _ in range(40):
        if await page.get_by_text(text).count():
            return
        await page.wait_for_timeout(250)
        await page.reload()
    await expect(page.get_by_text(text).first).to_be_visible()


async def requires(page: Page, clinic: Clinic) -> str:
    """Make the requirement; its address."""
    await page.goto(f"{clinic.url}/compliance")
    await check(page, "compliance-empty")
    await page.get_by_role("link", name="New requirement").click()
    await page.get_by_label("Title").fill("Hand hygiene, yearly")
    await page.get_by_label("Description").fill("Everybody who touches patients.")
    await page.get_by_label("Who fits any").check()
    await page.get_by_label("Rule 1", exact=True).select_option("department")
    await page.get_by_label("Values of rule 1").fill("Theatre 2, Ward 4")
    await expect(page.locator("#counted")).to_contain_text("It concerns 2 people now")
    await page.get_by_label("Due", exact=True).select_option("assignment")
    await page.get_by_label("The days").fill("30")
    await page.get_by_label("Signature").select_option("person")
    await page.get_by_role("button", name="Put it in force").click()
    await expect(page.get_by_role("alert")).to_contain_text("What counts: It must be 1 to 50")
    await check(page, "requirement-form")
    await page.get_by_label("Any one of these counts").select_option(label="Hand hygiene")
    await page.get_by_role("button", name="Put it in force").click()
    await in_turn(page, "Ada Lovelace")
    await check(page, "register")
    return page.url


async def hands_in(page: Page, clinic: Clinic) -> None:
    """What the learner does."""
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
    await expect(page.get_by_role("alert")).to_contain_text("Password: is not right")
    await check(page, "my-requirement-wrong")
    await page.get_by_label("Your password, once more").fill(PASSWORD)
    await page.get_by_role("button", name="Sign", exact=True).click()
    await expect(page.get_by_text("Signed as person by Ada Lovelace")).to_be_visible()
    await check(page, "my-requirement")
    await sign_out(page)


async def decides(page: Page) -> None:
    """What the officer decides about one person."""
    dialog = page.get_by_role("dialog")
    await page.get_by_role("button", name="Waive", exact=True).click()
    await check(page, "waive")
    await dialog.get_by_label("Reason").fill("On parental leave")
    await dialog.get_by_label("Until").fill("2999-01-31")
    await dialog.get_by_role("button", name="Waive").click()
    await expect(page.get_by_text("On parental leave", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Extend", exact=True).click()
    await dialog.get_by_label("Reason").fill("Back in spring")
    await dialog.get_by_label("New due date").fill("2999-03-31")
    await dialog.get_by_role("button", name="Extend").click()
    await expect(page.get_by_text("Back in spring", exact=True)).to_be_visible()
    await check(page, "duty")
    await page.get_by_role("button", name="Revoke waiver").click()
    await dialog.get_by_label("Reason").fill("Came back early")
    await dialog.get_by_role("button", name="Revoke").click()
    await expect(page.get_by_text("Revoked by Olga Officer")).to_contain_text("Came back early")


async def supervises(page: Page, clinic: Clinic) -> None:
    """What a learner does who has come to supervise somebody."""
    await sign_in(page, clinic.url, SUPERVISOR, PASSWORD)
    await expect(page.get_by_role("link", name="My team")).to_have_count(0)
    await page.goto(f"{clinic.url}/my/team")
    await check(page, "team-empty")
    for email in (LEARNER, "grace@example.org"):
        await clinic.maker.change(
            f"/users/{clinic.people[email]}", supervisor_id=clinic.people[SUPERVISOR]
        )
    observed = await clinic.maker.make(
        "/compliance/requirements",
        title="Hand hygiene, observed",
        course_id=clinic.course_id,
        sign_off="supervisor",
    )
    await clinic.maker.make(
        "/compliance/evidence",
        requirement_id=observed["id"],
        user_id=clinic.people[LEARNER],
        what="Hand hygiene on the ward",
        act="prior_learning",
        completed_at="2024-02-29T12:00:00Z",
        approve=True,
    )
    await page.reload()
    await in_turn(page, "Ada Lovelace: Hand hygiene, observed")
    await check(page, "team")
    await page.get_by_role("link", name="Ada Lovelace: Hand hygiene, observed").click()
    await page.get_by_label("Your password, once more").fill("not the password")
    await page.get_by_role("button", name="Sign", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("Password: is not right")
    await check(page, "team-member-wrong")
    await page.get_by_label("Your password, once more").fill(PASSWORD)
    await page.get_by_role("button", name="Sign", exact=True).click()
    await expect(page.get_by_text("You have signed Hand hygiene, observed")).to_be_visible()
    await expect(page.get_by_role("button", name="Sign", exact=True)).to_have_count(0)
    await check(page, "team-member")


async def test_a_first_day_of_an_officer(clinic: Clinic, page: Page) -> None:
    await sign_in(page, clinic.url, OFFICER, PASSWORD)
    register = await requires(page, clinic)
    await sign_out(page)
    await hands_in(page, clinic)

    await sign_in(page, clinic.url, OFFICER, PASSWORD)
    await page.goto(f"{clinic.url}/compliance")
    await page.get_by_role("link", name="Evidence to judge").click()
    await check(page, "evidence-waiting")
    await page.get_by_role("button", name="Approve").click()
    await expect(page.get_by_text("The evidence counts.")).to_be_visible()
    await check(page, "evidence-empty")

    await page.goto(f"{register}/people/{clinic.people['grace@example.org']}")
    await decides(page)

    await page.goto(register)
    await page.get_by_label("Choose Ada Lovelace").check()
    await page.get_by_label("Reason").fill("Ward closed")
    await page.get_by_label("New due date").fill("2999-05-31")
    await page.get_by_role("button", name="Give them until").click()
    await expect(page.get_by_text("1 of 1 extended.")).to_be_visible()
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Download CSV").click()
    assert (await downloading.value).suggested_filename == "Hand-hygiene-yearly.csv"
    await expect(page.get_by_text("2 rows were exported.")).to_be_visible()

    await page.goto(f"{clinic.url}/compliance")
    await in_turn(page, "2 people")
    await page.get_by_text("Save this view").click()
    await page.get_by_label("Name of the view").fill("Every morning")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("link", name="Every morning")).to_be_visible()
    await check(page, "compliance")
    await page.get_by_role("link", name="People and requirements").click()
    await check(page, "matrix")
    await page.get_by_role("link", name="Ada Lovelace, Hand hygiene, yearly").click()
    await expect(page.get_by_role("heading", name="Statements that prove it")).to_be_visible()
    await page.goto(f"{clinic.url}/compliance/people/{clinic.people[LEARNER]}")
    await check(page, "person")
    await page.goto(f"{register}/edit")
    await page.get_by_label("Days of grace").fill("5")
    await page.get_by_role("button", name="Change it from now on").click()
    await page.get_by_role("link", name="Editions").click()
    await expect(page.get_by_text("Days of grace, from 0 to 5.")).to_be_visible()
    await check(page, "editions")
    await sign_out(page)
    await supervises(page, clinic)
