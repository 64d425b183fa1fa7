"""/learn, /catalogue, statistics and copies: a published course before those who may be in it."""

import pytest

from tests.api.callers import Api
from tests.api.teaching import Lectures, code_of


@pytest.fixture
async def lectures(admin: Api, learner: Api) -> Lectures:
    """The course, nobody in it yet."""
    return await Lectures(admin, learner).begin(self_enrollment=True, max_enrollments=1)


async def test_the_way_through_a_course(lectures: Lectures) -> None:
    path = f"/lessons/{lectures.lessons[2]['id']}"
    await lectures.admin.call("PATCH", path, json={"free_preview": True})
    required = {"A": ["enrollment_required"], "B": ["enrollment_required"]}
    assert await lectures.closed() == required
    refused = await lectures.learn(0)
    assert (refused.status, await code_of(refused)) == (403, "enrollment_required")
    assert (await lectures.learn(2)).status == 200
    await lectures.enrol()
    assert await lectures.closed() == {}
    way = await lectures.way()
    a, b, c = (each["id"] for each in lectures.lessons)
    assert (way["enrolled"], way["current_lesson_id"], way["next_lesson_id"]) == (True, None, a)
    await lectures.says("progressed", 1)
    way = await lectures.way()
    assert (way["current_lesson_id"], way["next_lesson_id"]) == (b, b)
    await lectures.says("completed", 1)
    await lectures.says("completed", 0)
    way = await lectures.way()
    assert (way["current_lesson_id"], way["next_lesson_id"]) == (None, c)
    assert (way["overall_progress"], way["lessons_completed"]) == (66.7, 2)
    shown = (await (await lectures.learn(1)).json())["data"]["attributes"]
    assert shown["content"]["html"] == "<p>B</p>"
    assert (shown["previous_lesson_id"], shown["next_lesson_id"]) == (a, c)
    assert (shown["status"], shown["progress"]) == ("completed", 100)
    assert (await lectures.learner.call("GET", f"/learn/{lectures.course['id']}/x")).status == 404


async def test_a_lesson_leads_to_its_quiz_or_its_assignment(lectures: Lectures) -> None:
    for kind, path in (("quiz", "/quizzes"), ("assignment", "/assignments")):
        lesson = await lectures.add(kind, 1, content_type=kind, content={})
        made = await lectures.admin.make(path, title=kind, lesson_id=lesson["id"])
        way = f"/learn/{lectures.course['id']}/{lesson['id']}"
        shown = (await lectures.admin.get(way))["data"]["attributes"]
        assert shown["content"] == {f"{kind}_id": made["id"]}


async def test_locked_lessons_can_neither_be_read_nor_launched(lectures: Lectures) -> None:
    admin, (b, c) = lectures.admin, (each["id"] for each in lectures.lessons[1:])
    await lectures.enrol()
    await admin.call("PATCH", f"/lessons/{b}", json={"prerequisites": [c]})
    later = {"unlock_at": "2999-01-01T00:00:00Z"}
    await admin.call("PATCH", f"/modules/{lectures.modules[1]['id']}", json=later)
    assert await lectures.closed() == {"B": ["lesson_locked"], "C": ["lesson_locked"]}
    locked = await lectures.learn(2)
    assert (locked.status, await code_of(locked)) == (403, "lesson_locked")
    launched = await lectures.learner.call("POST", f"/lessons/{b}/launch", json={})
    assert (launched.status, await code_of(launched)) == (403, "lesson_locked")
    (module,) = [each for each in (await lectures.way())["modules"] if each["title"] == "Two"]
    assert module["opens_at"] == later["unlock_at"]
    assert (await lectures.learn(2, admin)).status == 200
    await lectures.says("completed", 2)
    assert await lectures.closed() == {}


async def test_with_drip_content_lessons_open_one_by_one(lectures: Lectures) -> None:
    await lectures.enrol()
    path = f"/courses/{lectures.course['id']}"
    await lectures.admin.call("PATCH", path, json={"settings": {"drip_content": True}})
    assert await lectures.closed() == {"B": ["lesson_locked"], "C": ["lesson_locked"]}
    statement_id = await lectures.says("completed", 0)
    assert await lectures.closed() == {"C": ["lesson_locked"]}
    await lectures.voids(statement_id)
    assert await lectures.closed() == {"B": ["lesson_locked"], "C": ["lesson_locked"]}


async def test_an_expired_enrollment_and_missing_prerequisites_close_everything(
    lectures: Lectures,
) -> None:
    first = await lectures.admin.make("/courses", title="Basics", status="published")
    await lectures.enrol()
    path = f"/courses/{lectures.course['id']}"
    await lectures.admin.call("PATCH", path, json={"prerequisites": [first["id"]]})
    unmet = await lectures.learn(0)
    assert (unmet.status, await code_of(unmet)) == (403, "prerequisite_not_met")
    await lectures.admin.call("PATCH", path, json={"prerequisites": []})
    assert (await lectures.learn(0)).status == 200
    await lectures.admin.call("DELETE", f"/enrollments/{lectures.enrollment['id']}")
    await lectures.admin.call("PATCH", path, json={"prerequisites": [first["id"]]})
    await lectures.enrol(ignore_prerequisites=True)
    assert (await lectures.learn(0)).status == 200
    await lectures.admin.call("DELETE", f"/enrollments/{lectures.enrollment['id']}")
    await lectures.admin.call("PATCH", path, json={"prerequisites": []})
    await lectures.enrol(expires_at="2020-01-01T00:00:00Z")
    expired = await lectures.learn(0)
    assert (expired.status, await code_of(expired)) == (403, "enrollment_expired")


async def test_the_catalogue_says_who_may_come_in(lectures: Lectures) -> None:
    await lectures.admin.make("/courses", title="Hidden")
    await lectures.admin.make("/courses", title="By invitation", status="published")

    async def entries(query: str = "") -> list[tuple[str, bool, bool, int | None]]:
        found = await lectures.learner.get(f"/catalogue?sort=title&{query}")
        names = ("title", "enrolled", "enrollable", "seats_left")
        return [tuple(each["attributes"][name] for name in names) for each in found["data"]]

    invited = ("By invitation", False, False, None)
    assert await entries() == [invited, ("Hooks", False, True, 1)]
    assert await entries("self_enrollment=true&search=hoo") == [("Hooks", False, True, 1)]
    await lectures.enrol()
    assert await entries() == [invited, ("Hooks", True, False, 0)]
    mine = await lectures.learner.get("/my-courses")
    assert [each["attributes"]["title"] for each in mine["data"]] == ["Hooks"]


async def test_statistics_count_people_and_average_progress(lectures: Lectures) -> None:
    path = f"/courses/{lectures.course['id']}/stats"
    empty = (await lectures.admin.get(path))["data"]["attributes"]
    assert (empty["enrollments"], empty["completion_rate"], empty["average_score"]) == (0, 0, None)
    await lectures.enrol()
    await lectures.says("completed", 0, {"score": {"scaled": 0.5}})
    await lectures.says("suspended", 0, {"duration": "PT2M"})
    stats = (await lectures.admin.get(path))["data"]["attributes"]
    assert stats.pop("last_activity_at") is not None
    assert stats == {
        "enrollments": 1,
        "active": 1,
        "completed": 0,
        "expired": 0,
        "cancelled": 0,
        "not_started": 0,
        "completion_rate": 0,
        "average_progress": 33.3,
        "average_score": 50,
        "average_time_spent_minutes": 2,
    }
    assert (await lectures.learner.call("GET", path)).status == 403
    course = await lectures.admin.get(f"/courses/{lectures.course['id']}")
    assert course["data"]["attributes"]["enrollment_count"] == 1


async def test_a_copy_is_a_course_of_its_own(lectures: Lectures) -> None:
    admin, (a, b, c) = lectures.admin, (each["id"] for each in lectures.lessons)
    await admin.call("PATCH", f"/lessons/{b}", json={"prerequisites": [a]})
    path = f"/courses/{lectures.course['id']}"
    await admin.call("PATCH", path, json={"external_id": "42"})
    copy = await admin.make(f"{path}/duplicate")
    shown = copy["attributes"]
    assert (shown["title"], shown["slug"]) == ("Hooks (copy)", "hooks-copy")
    assert (shown["status"], shown["external_id"]) == ("draft", None)
    assert (shown["module_count"], shown["lesson_count"]) == (2, 3)
    assert shown["settings"]["max_enrollments"] == 1
    found = await admin.get(f"/courses/{copy['id']}?include=modules,lessons")
    modules = [each for each in found["included"] if each["type"] == "module"]
    lessons = [each for each in found["included"] if each["type"] == "lesson"]
    assert [each["attributes"]["title"] for each in modules] == ["One", "Two"]
    assert [each["attributes"]["content"]["html"] for each in lessons] == [
        "<p>A</p>",
        "<p>B</p>",
        "<p>C</p>",
    ]
    assert not {each["id"] for each in lessons} & {a, b, c}
    assert lessons[1]["attributes"]["prerequisites"] == [lessons[0]["id"]]
    assert lessons[0]["attributes"]["activity_id"].endswith(lessons[0]["id"])
