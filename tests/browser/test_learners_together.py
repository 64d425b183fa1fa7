"""What goes over one course and one person: reviews of each other's work, paths, tokens."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import ClientSession
from playwright.async_api import Page, expect

from tests.browser.pages import check, sign_in
from tests.rest import PASSWORD, Rest, administrator
from tests.served import Lyceum

RUBRIC = [
    {"criteria": "The way", "max_points": 6, "description": "Is the way there told?"},
    {"criteria": "The kit", "max_points": 4},
]


async def _course(admin: Rest, title: str, kind: str = "text") -> tuple[str, str]:
    """A published course with one lesson."""
    course = await admin.make("/courses", title=title, status="published")
    module = await admin.make(f"/courses/{course['id']}/modules", title="All")
    content = {"html": "<p>Read this.</p>"} if kind == "text" else None
    more: dict[str, Any] = {"content": content} if content else {}
    path = f"/modules/{module['id']}/lessons"
    lesson = await admin.make(path, title=f"{title} itself", content_type=kind, **more)
    return course["id"], lesson["id"]


async def _learner(admin: Rest, url: str, name: str) -> tuple[Rest, str, str]:
    email = f"{name.lower()}@example.org"
    made = await admin.make("/users", name=f"{name} Hopper", email=email, password=PASSWORD)
    return await Rest.sign_in(admin.session, url, email, PASSWORD), made["id"], email


async def test_learners_review_each_other_follow_paths_and_keep_tokens(
    lyceum: Lyceum, page: Page
) -> None:
    async with ClientSession() as session:
        admin = await administrator(session, lyceum)
        grace, grace_id, email = await _learner(admin, lyceum.url, "Grace")
        alan, alan_id, _ = await _learner(admin, lyceum.url, "Alan")
        await sign_in(page, lyceum.url, email, PASSWORD)
        await _peer_reviews(page, lyceum.url, admin, {grace_id: grace, alan_id: alan})
        lesson = await _paths(page, lyceum.url, admin, grace)
        await _notes(page, lyceum.url, lesson)
        await _tokens(page, lyceum.url)


async def _peer_reviews(page: Page, url: str, admin: Rest, learners: dict[str, Rest]) -> None:
    course_id, lesson_id = await _course(admin, "Escape plans", "assignment")
    assignment = await admin.make(
        "/assignments",
        lesson_id=lesson_id,
        title="Your own plan",
        description="<p>Where is the way out?</p>",
        due_date=(datetime.now(UTC) + timedelta(days=5)).isoformat(),
        max_score=10,
        rubric=RUBRIC,
        peer_review={"reviews_per_submission": 1, "anonymous": True},
    )
    path = f"/assignments/{assignment['id']}"
    for person_id, who in learners.items():
        await admin.make("/enrollments", user_id=person_id, course_id=course_id)
        await who.make(f"{path}/submissions", plain_text="Down the stairs, if x < y.")
    await page.goto(f"{url}/my/peer-reviews")
    await check(page, "peer-reviews-none")
    past = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    changes = {"due_date": past, "allow_late_submission": True}
    await admin.request("PATCH", path, 200, json=changes)

    await page.goto(url)
    await page.get_by_role("link", name="1 review to write").click()
    await check(page, "peer-reviews")
    await page.get_by_role("link", name="Your own plan").click()
    await expect(page.get_by_text("Down the stairs, if x < y.")).to_be_visible()
    await check(page, "peer-review")
    await page.get_by_label("The way").fill("7")
    await page.get_by_label("Comments").fill("Short and clear.")
    await page.get_by_role("button", name="Keep it for later").click()
    await expect(page.get_by_role("alert")).to_contain_text("The way: It must be from 0 to 6.")
    await check(page, "peer-review-wrong")
    await page.get_by_label("The way").fill("5,5")
    await page.get_by_role("button", name="Keep it for later").click()
    await expect(page.get_by_text("It is not handed in yet.")).to_be_visible()
    await page.get_by_role("button", name="Hand the review in").click()
    await expect(page.get_by_role("alert")).to_contain_text("The kit: It must be given.")
    await page.get_by_label("The kit").fill("3")
    await page.get_by_role("button", name="Hand the review in").click()
    await page.get_by_role("link", name="Your own plan").click()
    await expect(page.get_by_role("heading", name="Your review: 8.5 of 10")).to_be_visible()
    await check(page, "peer-review-done")

    alan = list(learners.values())[1]
    (review,) = (await alan.get("/my/peer-reviews"))["data"]
    scores = [{"criteria": "The way", "points": 6}, {"criteria": "The kit", "points": 3}]
    body = {"scores": scores, "comments": "I would find it."}
    await alan.request("POST", f"/peer-reviews/{review['id']}/submit", 200, json=body)
    await page.goto(f"{url}/learn/{course_id}/{lesson_id}")
    await expect(page.get_by_role("heading", name="What others said: 9 of 10")).to_be_visible()
    await check(page, "assignment-reviewed")


async def _paths(page: Page, url: str, admin: Rest, learner: Rest) -> str:
    """Follow a path; the address of a lesson on it."""
    await page.goto(f"{url}/paths")
    await check(page, "paths-none")
    first, lesson_id = await _course(admin, "Ladders")
    second, _ = await _course(admin, "Scaffolds")
    third, _ = await _course(admin, "Knots")
    path = await admin.make(
        "/learning-paths",
        title="Working at heights",
        description="From a ladder to a scaffold.",
        courses=[
            {"course_id": first},
            {"course_id": second, "prerequisites": [first]},
            {"course_id": third, "required": False},
        ],
    )
    await page.get_by_role("link", name="Paths", exact=True).click()
    await page.get_by_role("link", name="Working at heights").click()
    await check(page, "path")
    await page.get_by_role("button", name="Begin this path").click()
    locked = page.locator(f"[data-course={second}]")
    await expect(locked).to_contain_text("After Ladders")
    await check(page, "path-begun")
    await learner.request("POST", f"/lessons/{lesson_id}/complete", 200, json={})
    done = page.locator(f"[data-course={first}] [data-status=completed]")
    while await done.count() == 0 or not await locked.get_by_role("link", name="Start").count():
        await page.goto(f"{url}/paths/{path['id']}")
    await page.goto(f"{url}/paths")
    await check(page, "paths")
    await page.goto(url)
    await expect(page.get_by_role("heading", name="My learning paths")).to_be_visible()
    await check(page, "learner-home-path")
    return f"{url}/learn/{first}/{lesson_id}"


async def _notes(page: Page, url: str, lesson: str) -> None:
    await page.goto(f"{url}/my/learning")
    await expect(page.get_by_text("1 of 4")).to_be_visible()
    await check(page, "my-learning")
    await page.goto(f"{url}/my/notes")
    await check(page, "notes-none")
    await page.goto(lesson)
    await page.get_by_text("My notes and bookmarks").click()
    await page.get_by_label("New note").fill("Three points\nof contact, if x < y.")
    await page.get_by_role("button", name="Keep the note").click()
    await expect(page.get_by_text("Your note is kept.")).to_be_visible()
    await page.get_by_label("What to come back for").fill("The rule of three")
    await page.get_by_role("button", name="Set a bookmark").click()
    await page.get_by_text("Change note 1").click()
    await page.get_by_label("Note 1").fill("Three points of contact.")
    await check(page, "lesson-notes")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Three points of contact.").first).to_be_visible()
    await page.get_by_role("link", name="All my notes").click()
    await expect(page.get_by_role("link", name="The rule of three")).to_be_visible()
    await check(page, "notes")
    await page.get_by_role("link", name="The rule of three").click()
    await page.get_by_role("button", name="Remove the bookmark").click()
    await expect(page.get_by_text("The bookmark is removed.")).to_be_visible()


async def _tokens(page: Page, url: str) -> None:
    await page.goto(f"{url}/profile")
    await page.get_by_role("link", name="Become a mentor").click()
    await page.get_by_role("button", name="Apply").click()
    await expect(page.get_by_role("alert")).to_be_focused()
    await check(page, "mentoring-wrong")
    await page.get_by_label("Why you want to be a mentor").fill("I have done it for years.")
    await page.get_by_label("Subjects").fill("Ladders, knots")
    await page.get_by_role("button", name="Apply").click()
    await expect(page.get_by_text("waits for a decision")).to_be_visible()
    await check(page, "mentoring")
    await page.goto(f"{url}/profile")
    await page.get_by_role("link", name="Manage tokens").click()
    await check(page, "tokens-none")
    await page.get_by_role("button", name="Make the token").click()
    await expect(page.get_by_role("alert")).to_be_focused()
    await check(page, "tokens-wrong")
    await page.get_by_label("What it is for").fill("My calendar")
    await page.get_by_label("Read one's own enrollments").check()
    await page.get_by_role("button", name="Make the token").click()
    await expect(page.get_by_label("Token", exact=True)).to_have_value(re.compile("^lyk_"))
    await check(page, "tokens-made")
    await page.goto(f"{url}/profile/tokens")
    await expect(page.get_by_label("Token", exact=True)).to_have_count(0)
    await page.get_by_text("Revoke My calendar").click()
    await page.get_by_role("button", name="Revoke for good").click()
    await expect(page.locator("[data-status=revoked]")).to_be_visible()
    await check(page, "tokens")
