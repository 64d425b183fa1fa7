"""The demo course on a running server: a learner plays it to the end and it becomes evidence."""

import re
from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.player import saved
from tests.browser.test_demo_course import answer, turn_to
from tests.process import ADMIN_EMAIL, ADMIN_PASSWORD, CREDENTIALS, Served, serving
from tests.tasks import until

EMAIL = "ada@example.org"


def _learner_password(served: Served) -> str:
    found = re.search(rf"Learner +{EMAIL}\n(?:.*\n)*?  Password +(\S+)", served.printed())
    assert found is not None, served.printed()
    return found[1]


async def _sign_in(page: Page, served: Served, password: str) -> None:
    await page.goto(f"http://127.0.0.1:{served.port}/sign-in?next=/demo-came-back")
    await page.fill("#email", EMAIL)
    await page.fill("#password", password)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.locator(".who")).to_have_text("Ada Lovelace")


async def _play(page: Page) -> None:
    course = page.frame_locator("iframe[data-sco]")
    await expect(course.locator("[data-greeting]")).to_contain_text("Ada")
    await turn_to(course, "Three questions")
    await answer(course, "Raise the alarm", "Carbon dioxide (CO₂)", "True")
    await expect(course.locator("[data-score]")).to_have_text("67 %")
    await saved(page)
    await page.click("[data-nav=exit]")


async def test_a_learner_plays_the_demo_and_comes_back_signed_in(
    page: Page, roomy_path: Path
) -> None:
    with serving(roomy_path, "--demo", **CREDENTIALS) as served:
        password = _learner_password(served)
        await _sign_in(page, served, password)
        token = served.token(EMAIL, password)
        _, mine = served.ask("/api/v1/my/courses", token=token)
        (course,) = mine["data"]
        course_id, user_id = (
            course["relationships"][name]["data"]["id"] for name in ("course", "user")
        )
        path = f"/api/v1/progress/{course_id}/users/{user_id}"
        (lesson,) = served.ask(path, token=token)[1]["data"]["attributes"]["lessons"]
        launch = {"return_path": "/demo-came-back"}
        _, launched = served.ask(f"/api/v1/lessons/{lesson['lesson_id']}/launch", launch, token)
        await page.goto(launched["data"]["attributes"]["url"])
        await _play(page)
        await page.wait_for_url(f"http://127.0.0.1:{served.port}/demo-came-back")
        await expect(page.locator(".who")).to_have_text("Ada Lovelace")
        progress = served.ask(path, token=token)[1]["data"]["attributes"]
        assert (progress["overall_progress"], progress["status"]) == (100, "completed")
        assert (progress["success"], progress["score"]) == (True, 67)

        proven: list[str] = []

        def compliant() -> bool:
            (record,) = served.ask("/api/v1/my/records", token=token)[1]["data"]
            proven[:] = record["attributes"]["evidence"]
            return record["attributes"]["status"] == "compliant"

        await until(compliant)
        assert proven
        assert progress["evidence"]
        admin = served.token(ADMIN_EMAIL, ADMIN_PASSWORD)
        played = served.ask(f"/api/v1/lessons/{lesson['lesson_id']}", token=admin)[1]["data"]
        activities = {
            each["attributes"]["activity_id"]
            for each in (played, served.ask(f"/api/v1/courses/{course_id}", token=admin)[1]["data"])
        }
        # Of two statements that tell the same, the record names the one that was known first.
        for each in {*progress["evidence"], *proven}:
            told = served.ask(f"/api/v1/statements/{each}", token=admin)[1]
            assert told["actor"]["account"]["name"] == user_id
            assert told["object"]["id"] in activities
