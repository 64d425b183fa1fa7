"""Analytics over REST: true figures of a course and of a person, and who is ahead."""

from datetime import timedelta
from typing import Any

import pytest

from api.services import Services
from content.identity import now
from content.store import COLLECTIONS
from tests.api.callers import PASSWORD, Api, Client, add_person, signed_in
from tests.api.teaching import Lectures

HOUR = {"duration": "PT1H"}


@pytest.fixture
async def lectures(admin: Api, learner: Api) -> Lectures:
    """A course of three lessons, with the learner in it."""
    begun = await Lectures(admin, learner).begin()
    await begun.enrol()
    return begun


async def figures(lectures: Lectures, query: str = "") -> dict[str, Any]:
    path = f"/analytics/courses/{lectures.course['id']}{query}"
    found: dict[str, Any] = (await lectures.admin.get(path))["data"]["attributes"]
    return found


async def board(caller: Api, query: str) -> list[tuple[int, str, float]]:
    shown = (await caller.get(f"/analytics/leaderboard?{query}"))["data"]["attributes"]
    return [(each["rank"], each["name"], each["value"]) for each in shown["entries"]]


async def test_a_courses_figures_are_what_its_statements_tell(
    lectures: Lectures, services: Services, client: Client
) -> None:
    bea = await add_person(services, "bea@example.org", "learner")
    course_id = lectures.course["id"]
    await lectures.admin.make("/enrollments", user_id=bea, course_id=course_id)
    for lesson in range(3):
        await lectures.says("completed", lesson)
    await lectures.says("terminated", 0, {"duration": "PT10M"})
    await lectures.says("terminated", 1, {"duration": "PT20M"})
    caller = await signed_in(client, "bea@example.org", PASSWORD)
    await caller.make(f"/courses/{course_id}/reviews", rating=4)
    shown = await figures(lectures)
    assert shown["metrics"]["enrollments"] == {"total": 2, "new": 2, "trend": None}
    completions = shown["metrics"]["completions"]
    assert (completions["total"], completions["new"], completions["rate"]) == (1, 1, 50.0)
    engagement = shown["metrics"]["engagement"]
    assert engagement["active_learners"] == 1
    assert engagement["average_time_per_session_minutes"] == 15.0
    assert engagement["lessons_completed_per_day"] == round(3 / 31, 1)
    assert engagement["drop_off_lessons"] == []
    ratings = shown["metrics"]["ratings"]
    assert (ratings["average"], ratings["count"]) == (4.0, 1)
    assert shown["timeline"][-1] == {
        "date": str(now().date()),
        "enrollments": 2,
        "completions": 1,
    }


async def test_where_people_stopped_is_told_two_weeks_later(
    lectures: Lectures, services: Services
) -> None:
    await lectures.says("completed", 0)
    await lectures.says("attempted", 1)
    assert (await figures(lectures))["metrics"]["engagement"]["drop_off_lessons"] == []
    await services.database[COLLECTIONS["progress"]].update_one(
        {"_id": lectures.enrollment["id"]},
        {"$set": {"standing.last_activity_at": now() - timedelta(days=15)}},
    )
    (stopped,) = (await figures(lectures))["metrics"]["engagement"]["drop_off_lessons"]
    assert stopped == {
        "lesson_id": lectures.lessons[1]["id"],
        "title": "B",
        "drop_rate": 100.0,
    }


async def test_only_what_is_asked_for_is_counted(lectures: Lectures) -> None:
    shown = await figures(lectures, "?metrics=completions&period=all")
    metrics = shown["metrics"]
    assert {name for name, found in metrics.items() if found is not None} == {"completions"}


async def test_wrong_parameters_are_told_at_once(lectures: Lectures) -> None:
    path = f"/analytics/courses/{lectures.course['id']}?period=2d&metrics=likes"
    answer = await lectures.admin.call("GET", path)
    assert answer.status == 400
    sources = [each["source"]["parameter"] for each in (await answer.json())["errors"]]
    assert sources == ["period", "metrics"]
    answer = await lectures.admin.call("GET", "/analytics/leaderboard?scope=course&metric=luck")
    sources = [each["source"]["parameter"] for each in (await answer.json())["errors"]]
    assert sources == ["metric", "course_id"]


async def test_a_person_sees_their_own_figures(lectures: Lectures) -> None:
    tagged = {"tags": ["hooks"]}
    answer = await lectures.admin.call("PATCH", f"/courses/{lectures.course['id']}", json=tagged)
    assert answer.status == 200
    further = await lectures.admin.make(
        "/courses",
        title="Advanced hooks",
        status="published",
        prerequisites=[lectures.course["id"]],
        settings={"self_enrollment": True},
    )
    for lesson in range(3):
        await lectures.says("passed", lesson, {"score": {"scaled": 0.9}, "success": True})
    await lectures.says("terminated", 0, HOUR)
    path = f"/analytics/users/{lectures.person['id']}"
    shown = (await lectures.learner.get(path))["data"]["attributes"]
    assert shown["summary"] == {
        "courses_enrolled": 1,
        "courses_completed": 1,
        "total_time_hours": 1.0,
        "certificates_earned": 0,
        "average_score": 90.0,
        "current_streak_days": 1,
        "longest_streak_days": 1,
    }
    (today,) = shown["learning_activity"]
    assert today == {"date": str(now().date()), "time_minutes": 60, "lessons_completed": 3}
    assert shown["strengths"] == ["hooks"]
    assert shown["recommendations"] == [
        {"course_id": further["id"], "reason": "Based on Hooks completion"}
    ]


async def test_a_person_does_not_see_anothers_figures(
    lectures: Lectures, services: Services, client: Client
) -> None:
    await add_person(services, "bea@example.org", "learner")
    bea = await signed_in(client, "bea@example.org", PASSWORD)
    assert (await bea.call("GET", f"/analytics/users/{lectures.person['id']}")).status == 403
    course = f"/analytics/courses/{lectures.course['id']}"
    assert (await bea.call("GET", course)).status == 403


async def test_people_are_ranked_by_what_they_did(lectures: Lectures, services: Services) -> None:
    await add_person(services, "bea@example.org", "learner")
    await lectures.says("passed", 0, {"score": {"scaled": 0.8}, "success": True})
    await lectures.says("terminated", 0, HOUR)
    course = f"scope=course&course_id={lectures.course['id']}"
    assert await board(lectures.learner, f"{course}&metric=progress") == [(1, "Ada", 33.3)]
    assert await board(lectures.learner, f"{course}&metric=score") == [(1, "Ada", 80.0)]
    assert await board(lectures.learner, f"{course}&metric=time&period=week") == [(1, "Ada", 60.0)]
    assert await board(lectures.learner, "metric=streak") == [(1, "Ada", 1.0)]
    assert await board(lectures.learner, "scope=path&path_id=path_1") == []


async def test_a_voided_statement_counts_in_no_figure(lectures: Lectures) -> None:
    told = await lectures.says("terminated", 0, HOUR)
    assert await board(lectures.learner, "metric=time") == [(1, "Ada", 60.0)]
    await lectures.voids(told)
    assert await board(lectures.learner, "metric=time") == []
