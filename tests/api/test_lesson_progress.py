"""What learners do in lessons, told over REST as statements, and progress as their fold."""

import asyncio
from typing import Any

import orjson
import pytest

from api.services import Services
from content.telling.events import Event
from tests.api.callers import PASSWORD, Api, Client, add_person, signed_in
from tests.api.teaching import Lectures, code_of


@pytest.fixture
async def lectures(admin: Api, learner: Api) -> Lectures:
    """The course, with the learner in it."""
    begun = await Lectures(admin, learner).begin()
    await begun.enrol()
    return begun


async def _tells(
    lectures: Lectures, path: str, who: Api | None = None, method: str = "POST", **body: Any
) -> dict[str, Any]:
    """What is answered when something is told of lesson A."""
    address = f"/lessons/{lectures.lessons[0]['id']}/{path}"
    answer = await (who or lectures.learner).call(method, address, json=body)
    assert answer.status == 200, await answer.text()
    attributes: dict[str, Any] = (await answer.json())["data"]["attributes"]
    return attributes


async def _refused(lectures: Lectures, who: Api, path: str, **body: Any) -> tuple[int, str]:
    answer = await who.call("POST", path, json=body)
    return answer.status, await code_of(answer)


async def _progress(lectures: Lectures) -> dict[str, Any]:
    path = f"/progress/{lectures.course['id']}/users/{lectures.person['id']}"
    attributes: dict[str, Any] = (await lectures.learner.get(path))["data"]["attributes"]
    return attributes


async def _said(services: Services) -> list[dict[str, Any]]:
    """The statements, oldest first: verb, and result's duration."""
    found = services.database["statements"].find({}, sort=[("stored", 1)])
    return [each async for each in found]


async def test_progress_is_of_the_shape_that_was_asked_for(lectures: Lectures) -> None:
    a, b, c = (each["id"] for each in lectures.lessons)
    await _tells(lectures, "complete", time_spent_seconds=780, position=100)
    body = {"position": 45, "time_spent_seconds": 300}
    await lectures.learner.call("PATCH", f"/lessons/{b}/progress", json=body)
    shown = await _progress(lectures)
    assert (shown["overall_progress"], shown["status"]) == (48.3, "in_progress")
    assert [(each["title"], each["progress"]) for each in shown["modules"]] == [
        ("One", 72.5),
        ("Two", 0),
    ]
    (done,) = shown["lessons_completed"]
    assert (done["lesson_id"], done["time_spent_seconds"]) == (a, 780)
    assert shown["current_lesson"] == {"lesson_id": b, "position": 45, "total": 100}
    assert shown["total_time_spent_minutes"] == 18
    assert [each["lesson_id"] for each in shown["lessons"]] == [a, b, c]
    assert shown["started_at"] <= shown["last_activity_at"]


async def test_a_position_may_go_back_and_progress_never(lectures: Lectures) -> None:
    first = await _tells(lectures, "progress", method="PATCH", position=60)
    assert (first["progress"], first["position"], first["status"]) == (60, 60, "in_progress")
    back = await _tells(lectures, "progress", position=20)
    assert (back["progress"], back["position"]) == (60, 20)
    page = await _tells(lectures, "pdf-progress", page=3, page_count=4)
    assert (page["progress"], page["position"]) == (75, 75)
    scaled = await _tells(lectures, "progress", position=45, total=180)
    assert scaled["position"] == 25
    seen = await lectures.learner.get(f"/lessons/{lectures.lessons[0]['id']}/progress")
    assert seen["data"]["attributes"]["position"] == 25


async def test_time_is_the_sum_so_far_however_often_it_is_told(
    lectures: Lectures, services: Services
) -> None:
    await _tells(lectures, "progress", time_spent_seconds=300)
    again = await _tells(lectures, "progress", time_spent_seconds=300)
    assert again["time_spent_seconds"] == 300
    await asyncio.gather(*(_tells(lectures, "progress", time_spent_seconds=420) for _ in range(4)))
    less = await _tells(lectures, "progress", time_spent_seconds=100)
    assert less["time_spent_seconds"] == 420
    assert len(await _said(services)) == 2


async def test_completing_twice_is_completing_once(lectures: Lectures, services: Services) -> None:
    first = await _tells(lectures, "complete", time_spent_seconds=60)
    second = await _tells(lectures, "complete", time_spent_seconds=60)
    assert first["completed_at"] == second["completed_at"]
    assert first["status"] == "completed"
    verbs = [each["verb"].rpartition("/")[2] for each in await _said(services)]
    assert verbs == ["suspended", "completed"]
    (_, completed) = await _said(services)
    await lectures.voids(orjson.loads(completed["raw"])["id"])
    assert (await _progress(lectures))["lessons_completed"] == []
    assert (await _tells(lectures, "complete"))["status"] == "completed"


async def test_a_players_events_are_statements_of_the_video_profile(
    lectures: Lectures, services: Services
) -> None:
    moment = "2026-03-01T10:00:00Z"
    events = [
        {"type": "initialized", "occurred_at": moment, "length": 200, "session_id": "s1"},
        {"type": "played", "occurred_at": moment, "time": 0},
        {"type": "seeked", "occurred_at": moment, "time_from": 10, "time_to": 190},
        {"type": "paused", "occurred_at": moment, "time": 50, "length": 200, "progress": 0.2},
    ]
    paused = await _tells(lectures, "events", events=events)
    assert (paused["progress"], paused["position"]) == (25, 25)
    again = await _tells(lectures, "events", events=events)
    assert again == paused
    said = await _said(services)
    assert [each["verb"].rpartition("/")[2] for each in said] == [
        "initialized",
        "played",
        "seeked",
        "paused",
    ]
    assert said[1]["verb"] == "https://w3id.org/xapi/video/verbs/played"
    assert b"https://w3id.org/xapi/video/extensions/session-id" in said[0]["raw"]
    end = {"type": "completed", "id": "end", "time": 200, "length": 200}
    done = await _tells(lectures, "events", events=[end])
    assert (done["status"], done["position"]) == ("completed", 100)
    path = f"/lessons/{lectures.lessons[0]['id']}/events"
    other = {**end, "time": 1, "occurred_at": moment}
    taken = await _refused(lectures, lectures.learner, path, events=[other])
    assert taken == (409, "event_id_taken")


async def test_a_video_profile_statement_from_outside_moves_progress(lectures: Lectures) -> None:
    extensions = {"https://w3id.org/xapi/video/extensions/progress": 0.4}
    await lectures.says("progressed", 0, {"extensions": extensions})
    assert (await _progress(lectures))["current_lesson"]["position"] == 40


async def test_learners_tell_of_themselves_and_instructors_of_others(
    lectures: Lectures, services: Services, client: Client
) -> None:
    await add_person(services, "bo@example.org", "learner")
    await add_person(services, "ina@example.org", "instructor")
    bo = await signed_in(client, "bo@example.org", PASSWORD)
    ina = await signed_in(client, "ina@example.org", PASSWORD)
    ada, path = lectures.person["id"], f"/lessons/{lectures.lessons[0]['id']}/complete"
    assert await _refused(lectures, bo, path, user_id=ada) == (403, "forbidden")
    assert await _refused(lectures, bo, path) == (403, "enrollment_required")
    assert await _refused(lectures, ina, path, user_id="x") == (404, "user_not_found")
    done = await _tells(lectures, "complete", ina, user_id=ada)
    assert (done["user_id"], done["status"]) == (ada, "completed")
    (statement,) = await _said(services)
    assert b'"instructor"' in statement["raw"]


async def test_what_is_graded_is_not_completed_by_saying_so(lectures: Lectures) -> None:
    quiz = await lectures.add("Quiz", 1, content_type="quiz", content={})
    path = f"/lessons/{quiz['id']}/complete"
    refused = await _refused(lectures, lectures.learner, path)
    assert refused == (409, "lesson_completes_itself")
    ada = lectures.person["id"]
    assert (await lectures.admin.call("POST", path, json={"user_id": ada})).status == 200


async def test_nothing_is_told_of_a_locked_lesson(lectures: Lectures) -> None:
    a, b = (each["id"] for each in lectures.lessons[:2])
    await lectures.admin.call("PATCH", f"/lessons/{b}", json={"prerequisites": [a]})
    path = f"/lessons/{b}/complete"
    assert await _refused(lectures, lectures.learner, path) == (403, "lesson_locked")
    for_her = await lectures.admin.call("POST", path, json={"user_id": lectures.person["id"]})
    assert for_her.status == 200
    await lectures.admin.call("DELETE", f"/modules/{lectures.modules[1]['id']}")
    gone = f"/lessons/{lectures.lessons[2]['id']}/complete"
    assert await _refused(lectures, lectures.learner, gone) == (404, "lesson_not_found")


async def test_a_reset_starts_the_course_afresh_and_keeps_the_history(
    lectures: Lectures, services: Services
) -> None:
    for lesson in lectures.lessons:
        await lectures.learner.call("POST", f"/lessons/{lesson['id']}/complete", json={})
    whole = {"id": lectures.course["attributes"]["activity_id"]}
    await lectures.tells("passed", whole, result={"score": {"scaled": 0.9}})
    assert (await _progress(lectures))["status"] == "completed"
    before = len(await _said(services))
    path = f"/progress/{lectures.course['id']}/users/{lectures.person['id']}/reset"
    refused = await _refused(lectures, lectures.learner, path)
    assert refused == (403, "forbidden")
    for _ in range(2):
        answer = await lectures.admin.call("POST", path, json={"reason": "New edition"})
        shown = (await answer.json())["data"]["attributes"]
        assert (shown["status"], shown["overall_progress"]) == ("not_started", 0)
        assert (shown["score"], shown["total_time_spent_minutes"]) == (None, 0)
    assert len(await _said(services)) == before + 4
    again = await _tells(lectures, "complete", time_spent_seconds=90)
    assert (again["status"], again["course_progress"]) == ("completed", 33.3)
    await lectures.tells("completed", whole)
    assert (await _progress(lectures))["status"] == "completed"


async def test_the_passing_score_decides_who_has_passed(lectures: Lectures) -> None:
    path = f"/courses/{lectures.course['id']}"
    await lectures.admin.call("PATCH", path, json={"settings": {"passing_score": 80}})
    await lectures.says("passed", 0, {"score": {"scaled": 0.7}})
    assert (await _progress(lectures))["success"] is None
    for lesson in (1, 2):
        await lectures.says("completed", lesson)
    failed = await _progress(lectures)
    assert (failed["status"], failed["success"], failed["score"]) == ("completed", False, 70)
    await lectures.admin.call("PATCH", path, json={"settings": {"passing_score": 70}})
    assert (await _progress(lectures))["success"] is True


async def test_completions_are_told_of_once_and_after_a_reset_again(
    lectures: Lectures, services: Services
) -> None:
    async def told() -> list[str]:
        found = services.content.of(Event).each(
            services.sessions.organization_id,
            {"type": {"$in": ["lesson.completed", "enrollment.completed"]}},
            [("created_at", 1), ("_id", 1)],
        )
        return sorted([each.type async for each in found])

    for lesson in range(3):
        await lectures.says("completed", lesson, {"score": {"scaled": 0.8}})
        await lectures.says("completed", lesson)
    once = ["enrollment.completed", *["lesson.completed"] * 3]
    assert await told() == once
    await services.progress.rebuild()
    assert await told() == once
    done = await services.content.of(Event).first(
        services.sessions.organization_id, {"type": "enrollment.completed"}
    )
    assert done is not None
    assert done.data["enrollment_id"] == lectures.enrollment["id"]
    assert (done.data["final_score"], done.data["passed"]) == (80, None)
    path = f"/progress/{lectures.course['id']}/users/{lectures.person['id']}/reset"
    await lectures.admin.call("POST", path, json={})
    for lesson in range(3):
        await lectures.says("completed", lesson)
    assert await told() == sorted(once * 2)
