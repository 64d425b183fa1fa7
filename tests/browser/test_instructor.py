"""An instructor's day: people come in, work and essays are graded, and questions answered."""

from aiohttp import ClientSession
from playwright.async_api import Page, expect

from tests.browser.pages import check, sign_in
from tests.rest import PASSWORD, Rest, administrator
from tests.served import Lyceum

RUBRIC = [
    {"criteria": "Order", "max_points": 4, "description": "From the alarm on"},
    {"criteria": "Words", "max_points": 6},
]
CHOICE = {
    "type": "multiple_choice",
    "question": "Which way out?",
    "options": [{"text": "The stairs", "correct": True}, {"text": "The lift"}],
}
ESSAY = {"type": "essay", "question": "Why the stairs?", "points": 5, "rubric": "The lift stops."}


async def _school(session: ClientSession, lyceum: Lyceum) -> str:
    """A course with an assignment and a quiz, whose learner has handed in both; its id."""
    admin = await administrator(session, lyceum)
    course = await admin.make("/courses", title="Fire safety", status="published")
    module = await admin.make(f"/courses/{course['id']}/modules", title="Alarm")
    place = f"/modules/{module['id']}/lessons"
    work = await admin.make(place, title="Escape plan", content_type="assignment")
    quiz = await admin.make(place, title="In your words", content_type="quiz")
    due = {"due_date": "2026-01-01T00:00:00Z", "allow_late_submission": True}
    assignment = await admin.make(
        "/assignments", lesson_id=work["id"], title="Escape plan", max_score=10, rubric=RUBRIC,
        late_penalty_percent=10, **due,
    )  # fmt: skip
    asked = await admin.make(
        "/quizzes", lesson_id=quiz["id"], title="Essay", questions=[CHOICE, ESSAY]
    )
    for name, role in {"Grace Hopper": "learner", "Ines Teacher": "instructor"}.items():
        email = f"{name.partition(' ')[0].lower()}@example.org"
        user = await admin.make("/users", name=name, email=email, password=PASSWORD, roles=[role])
        if role == "learner":
            await admin.make("/enrollments", user_id=user["id"], course_id=course["id"])
    ada = {"name": "Ada Lovelace", "email": "ada@example.org", "password": PASSWORD}
    await admin.make("/users", roles=["learner"], **ada)
    grace = await Rest.sign_in(session, lyceum.url, "grace@example.org", PASSWORD)
    await grace.make(f"/assignments/{assignment['id']}/submissions", text="<p>By the stairs.</p>")
    answers = [
        {"question_index": 0, "answer": 1},
        {"question_index": 1, "answer": "The lift stops when the power does."},
    ]
    await grace.make(f"/quizzes/{asked['id']}/attempts", answers=answers)
    await grace.make(
        f"/courses/{course['id']}/discussions", title="Which door?", content="The left one?"
    )
    later = await Rest.sign_in(session, lyceum.url, "ada@example.org", PASSWORD)
    await later.make("/enrollment-requests", course_id=course["id"], message="I am a warden.")
    return str(course["id"])


async def test_people_come_in_work_is_graded_and_questions_are_answered(
    lyceum: Lyceum, page: Page
) -> None:
    async with ClientSession() as session:
        course_id = await _school(session, lyceum)
    course = f"{lyceum.url}/courses/{course_id}"
    await sign_in(page, lyceum.url, "ines@example.org", PASSWORD)
    await page.goto(f"{lyceum.url}/teaching")
    await expect(page.get_by_role("heading", name="2 waiting for grading")).to_be_visible()
    await check(page, "teaching")

    await page.goto(f"{lyceum.url}/grading")
    await check(page, "queue")
    await page.get_by_role("link", name="Begin with the oldest").click()
    await expect(page.get_by_text("taken off")).to_contain_text("days late: 1 point")
    await page.get_by_role("button", name="Grade and go on").click()
    await expect(page.get_by_role("alert")).to_contain_text("Words must be given")
    await check(page, "submission-error")
    await page.get_by_role("radio", name="0").first.focus()
    for _ in range(4):
        await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("radio", name="4").first).to_be_checked()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    for _ in range(5):
        await page.keyboard.press("ArrowRight")
    await page.get_by_label("Feedback").fill("A plan that works.")
    await check(page, "submission")
    await page.get_by_role("button", name="Grade and go on").click()
    await expect(page.get_by_text("Grace Hopper is graded. This is the next.")).to_be_visible()

    await page.get_by_label("Points, of 5").fill("9")
    await page.get_by_role("button", name="Grade", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("must be a number from 0 to 5")
    wrong = page.get_by_role("row", name="Which way out?")
    await expect(wrong).to_contain_text("The lift")
    await expect(wrong.locator("[data-status=failed]")).to_have_text("! Wrong")
    await check(page, "answers-error")
    await page.get_by_label("Points, of 5").fill("4.5")
    await page.get_by_role("button", name="Grade", exact=True).click()
    await expect(page.get_by_role("heading", name="Nothing waits")).to_be_visible()
    await check(page, "queue-empty")

    await page.goto(course)
    await check(page, "people")
    await page.get_by_role("link", name="Attempts of Grace Hopper").click()
    await expect(page.get_by_role("link", name="Essay, attempt 1")).to_be_visible()
    await check(page, "attempts")
    await page.goto(course)
    await page.get_by_role("button", name="Enrol Ada Lovelace").click()
    await expect(page.get_by_role("row", name="Ada Lovelace")).to_be_visible()
    await page.get_by_label("E-mail address").fill("nobody@example.org")
    await page.get_by_role("button", name="Enrol", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("belongs to nobody here")
    await check(page, "people-error")
    row = page.get_by_role("row", name="Ada Lovelace")
    await row.get_by_text("Change").click()
    await row.get_by_label("Last day").fill("2030-12-31")
    await row.get_by_role("button", name="Extend").click()
    await expect(row).to_contain_text("31 December 2030")

    await _take_in_and_enrol(page, course)
    await page.goto(f"{course}/announcements")
    await check(page, "announcements-empty")
    await page.get_by_label("Title").fill("Drill on Monday")
    await page.get_by_role("textbox", name="Text").fill("At ten.")
    await page.get_by_role("button", name="Announce").click()
    await expect(page.get_by_role("heading", name="Drill on Monday")).to_be_visible()
    await check(page, "announcements")

    await page.goto(f"{course}/discussions")
    await check(page, "discussions")
    await page.get_by_role("link", name="Which door?").click()
    await page.get_by_role("textbox", name="Your reply").fill("The left one.")
    await page.get_by_role("button", name="Reply").click()
    await expect(page.get_by_role("article", name="Reply of Ines Teacher")).to_be_visible()
    await page.get_by_role("button", name="Mark as resolved").click()
    await check(page, "thread")


async def _take_in_and_enrol(page: Page, course: str) -> None:
    """A cohort is made and filled, and others enrolled; who could not be is told."""
    await page.get_by_role("link", name="Cohorts").click()
    await check(page, "cohorts-empty")
    await page.get_by_role("button", name="Make the cohort").click()
    await check(page, "cohorts-error")
    await page.get_by_label("Name").fill("Spring")
    await page.get_by_label("Begins").fill("2026-03-01T08:00")
    await page.get_by_role("button", name="Make the cohort").click()
    await check(page, "cohort-empty")
    await page.get_by_role("link", name="Take people in").click()
    await page.get_by_label("E-mail addresses").fill("grace@example.org\nnobody@example.org")
    await page.get_by_role("button", name="Take them in").click()
    await expect(page.get_by_text("1 person is taken in, 1 could not be.")).to_be_visible()
    await check(page, "cohort-members-refused")
    await page.get_by_role("link", name="Who is in the cohort").click()
    await check(page, "cohort")
    await page.goto("/".join((course, "enrol-many")))
    await page.get_by_role("button", name="Enrol them").click()
    await check(page, "enrol-many-error")
    await page.get_by_label("E-mail addresses").fill("grace@example.org\nnobody@example.org")
    await page.get_by_role("button", name="Enrol them").click()
    await expect(page.get_by_role("row", name="Line 2")).to_contain_text("Belongs to nobody here")
    await check(page, "enrol-many-refused")
