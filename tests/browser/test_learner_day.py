"""A learner's first day: from signing in to the certificate; every page in each of its states."""

from collections.abc import AsyncIterator

import pytest_asyncio
from aiohttp import ClientSession
from playwright.async_api import Page, expect

from tests.browser.learning import LEARNER, School, school
from tests.browser.pages import check, sign_in
from tests.rest import PASSWORD, administrator
from tests.served import Lyceum

KINDS = ("How to press", "The handbook", "A film elsewhere", "Your own plan", "Test yourself")


@pytest_asyncio.fixture(loop_scope="session")
async def place(lyceum: Lyceum) -> AsyncIterator[School]:
    """A school on a server of its own."""
    async with ClientSession() as session:
        yield await school(await administrator(session, lyceum), lyceum.url)


async def test_a_learners_first_day(place: School, page: Page) -> None:
    url = place.url
    await sign_in(page, url, LEARNER, PASSWORD)
    await check(page, "learner-home-due")

    await page.get_by_role("link", name="Catalogue", exact=True).click()
    await check(page, "catalogue")
    await page.get_by_label("Words").fill("nothing of this name")
    await page.get_by_role("button", name="Search").click()
    await check(page, "catalogue-none")
    await page.goto(f"{url}/catalogue/{place.others['fire']}")
    await page.get_by_label("Why you need it").fill("I look after the ovens.")
    await page.get_by_role("button", name="Ask to be enrolled").click()
    await expect(page.get_by_text("You asked for this course")).to_be_visible()
    await check(page, "about-asked")
    await page.goto(f"{url}/catalogue/{place.others['advanced']}")
    await expect(page.get_by_text("once you have completed First aid")).to_be_visible()
    await check(page, "about-closed")

    await page.goto(f"{url}/catalogue")
    await page.get_by_role("link", name="First aid", exact=True).click()
    await check(page, "about")
    await page.get_by_role("button", name="Enrol and begin").click()
    await expect(page.get_by_text("You are enrolled.")).to_be_visible()
    await check(page, "course")
    for name in KINDS:
        await page.goto(f"{url}/learn/{place.course_id}/{place.lessons[name]}")
        await check(page, "lesson-" + name.lower().replace(" ", "-"))
    await page.goto(f"{url}/learn/{place.course_id}/{place.lessons['Look and call']}")
    await check(page, "lesson-text")
    await page.get_by_role("button", name="Mark as completed").click()
    await expect(page.get_by_role("heading", name="Test yourself").first).to_be_visible()
    await check(page, "lesson-quiz")
    await page.get_by_role("button", name="Start the quiz").click()
    await _answer_by_keyboard(page)
    await check(page, "quiz-paper")
    await page.get_by_role("button", name="Look through and hand in").click()
    await expect(page.get_by_text("Every question is answered.")).to_be_visible()
    await expect(page.get_by_role("row", name="Question 2")).to_contain_text("Look again")
    await check(page, "quiz-review")
    await page.get_by_role("button", name="Hand in").click()
    await expect(page.get_by_text("A person still grades 1 answer")).to_be_visible()
    await expect(page.locator("[data-status=passed]").first).to_be_visible()
    assert await page.get_by_text("Help needs time to come.").count() == 1
    await check(page, "quiz-result")
    await page.goto(url)
    await check(page, "learner-home")
    await _finish(place, page)
    await _look_at_records(place, page)


async def _answer_by_keyboard(page: Page) -> None:
    """Answer each of the eight kinds of question without a mouse; what is wrong is told first."""
    press, first = page.keyboard.press, page.locator("#q-0")
    await first.get_by_label("Wait").focus()
    await press("ArrowUp")
    await expect(first.get_by_label("Call 112")).to_be_checked()
    second = page.locator("#q-1")
    await second.get_by_label("Look at it again").press("Space")
    await second.get_by_label("Breathing").press("Space")
    await second.get_by_label("Awareness").press("Space")
    third = page.locator("#q-2")
    await third.get_by_label("True").focus()
    await press("ArrowDown")
    await expect(third.get_by_label("False")).to_be_checked()
    await page.get_by_label("Blank 1").press_sequentially("30")
    await press("Tab")
    await page.keyboard.type("twice")
    await page.get_by_label("Burn").press_sequentially("Cool")
    await page.get_by_label("Bleeding").press_sequentially("A pr")
    sixth = page.locator("#q-5")
    for place, name in enumerate(("Look", "Call", "Press"), start=1):
        raised = sixth.get_by_role("button", name=f"Move up: {name}")
        while await sixth.locator(f"li:nth-child({place})").get_by_text(name).count() == 0:
            await raised.press("Enter")
    sure = sixth.get_by_label("This order is my answer")
    if not await sure.is_checked():
        await sure.press("Space")
    await expect(sure).to_be_checked()
    await page.get_by_label("Number").press_sequentially("deep")
    await press("Enter")
    wrong = page.get_by_role("alert")
    await expect(wrong).to_be_focused()
    await expect(wrong).to_contain_text("Question 7: The answer must be a number")
    await check(page, "quiz-paper-wrong")
    await page.get_by_label("Number").fill("5.2")
    await page.get_by_label("Unit").select_option("cm")
    await page.get_by_label("Your answer").press_sequentially("Ask for help sooner.")
    await expect(page.locator("#kept")).to_have_text("Your answers are kept.")


async def _finish(place: School, page: Page) -> None:
    """Complete what is left, hand work in, and be graded."""
    course = f"{place.url}/learn/{place.course_id}"
    for name in ("How to press", "The handbook", "A film elsewhere"):
        await page.goto(f"{course}/{place.lessons[name]}")
        await page.get_by_role("button", name="Mark as completed").click()
        await expect(page.get_by_role("status").first).to_contain_text("Completed.")
    await page.goto(f"{course}/{place.lessons['Your own plan']}")
    work = {"name": "plan.exe", "mimeType": "text/plain", "buffer": b"Third floor, by the lift."}
    await page.get_by_label("Files").set_input_files([work])
    await page.get_by_role("button", name="Hand in").click()
    await expect(page.get_by_role("alert")).to_contain_text("plan.exe")
    await check(page, "assignment-refused")
    await page.get_by_label("Files").set_input_files([work | {"name": "plan.txt"}])
    await page.get_by_label("Text").fill("Third floor, < 5 m from the lift.")
    await page.get_by_label("Notes to your instructor").fill("The kit is new.")
    await page.get_by_role("button", name="Hand in").click()
    await expect(page.get_by_text("Not graded yet.")).to_be_visible()
    assert await page.get_by_role("link", name="plan.txt").count() == 1
    await expect(page.get_by_text("Third floor, < 5 m from the lift.")).to_be_visible()

    (quiz,) = (await place.admin.get("/quiz-attempts?pending_review=true"))["data"]
    grade = {"question_index": 7, "points_earned": 2, "feedback": "Well said."}
    await place.admin.request("PATCH", f"/attempts/{quiz['id']}/grade", 200, json=grade)
    assignment = (await place.admin.get(f"/assignments?course_id={place.course_id}"))["data"][0]
    listed = await place.admin.get(f"/assignments/{assignment['id']}/submissions")
    scores = [{"criteria": "The way", "points": 6}, {"criteria": "The kit", "points": 3}]
    body = {"scores": scores, "feedback": "A good plan."}
    path = f"/submissions/{listed['data'][0]['id']}/grade"
    await place.admin.request("PATCH", path, 200, json=body)
    await page.reload()
    await expect(page.get_by_role("heading", name="Grade: 9 of 10")).to_be_visible()
    await check(page, "assignment-graded")


async def _look_at_records(place: School, page: Page) -> None:
    """The certificate, the transcript, what was told, and oneself."""
    menu = page.get_by_role("navigation", name="Main")
    certificate = page.locator("[data-certificate]")
    while await certificate.count() == 0:
        await menu.get_by_role("link", name="Certificates").click()
    await expect(certificate).to_contain_text("Grace Hopper")
    await check(page, "certificates")
    await menu.get_by_role("link", name="Transcript").click()
    row = page.get_by_role("row", name="First aid")
    await expect(row.locator("[data-status=passed], [data-status=completed]")).to_be_visible()
    await expect(row).to_contain_text("CERT-")
    await row.get_by_text("statements on First aid").click()
    await check(page, "transcript")
    await menu.get_by_role("link", name="My requirements").click()
    await expect(page.locator("[data-status=compliant]")).to_be_visible()
    await check(page, "requirements")

    await page.goto(f"{place.url}/catalogue/{place.course_id}")
    await page.get_by_label("4 stars").check()
    await page.get_by_label("What you think").fill("Short and clear.")
    await page.get_by_role("button", name="Send the review").click()
    await expect(page.get_by_text("Short and clear.").first).to_be_visible()
    await check(page, "about-reviewed")
    await page.get_by_role("link", name="Discussion").click()
    await check(page, "discussions-none")
    await page.get_by_label("In a line").fill("How often?")
    await page.get_by_role("button", name="Ask", exact=True).click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await check(page, "discussions-refused")
    await page.get_by_label("More").fill("Once a year?\n\nOr <b>twice</b>?")
    await page.get_by_role("button", name="Ask", exact=True).click()
    await page.get_by_label("Your reply").fill("Twice.")
    await page.get_by_role("button", name="Reply").click()
    await expect(page.get_by_role("heading", name="1 reply")).to_be_visible()
    await check(page, "discussion")

    await page.get_by_role("link", name="Notifications").click()
    await check(page, "notifications")
    await page.get_by_role("button", name="Your work was graded").click()
    await page.wait_for_url(f"{place.url}/learn/{place.course_id}")
    await page.goto(f"{place.url}/notifications/settings")
    await page.get_by_label("By e-mail: A quiz was passed").select_option("Weekly")
    await page.get_by_label("Time zone").fill("Nowhere")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await check(page, "notification-settings-wrong")
    await page.get_by_label("Time zone").fill("Europe/Berlin")
    await page.get_by_label("By e-mail: A quiz was passed").select_option("Weekly")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_label("By e-mail: A quiz was passed")).to_have_value("weekly")

    await page.goto(f"{place.url}/profile")
    await page.get_by_label("Name").fill("")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert")).to_be_focused()
    await check(page, "profile-wrong")
    await page.get_by_label("Name").fill("Grace B. Hopper")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status")).to_have_text("Your profile is saved.")
    await page.get_by_label("Present password").fill(PASSWORD)
    await page.get_by_label("New password").fill("another good long password")
    await page.get_by_role("button", name="Change the password").click()
    await expect(page.get_by_text("Sign in with the new one.")).to_be_visible()
    await page.get_by_label("E-mail address").fill(LEARNER)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await check(page, "sign-in-refused")
