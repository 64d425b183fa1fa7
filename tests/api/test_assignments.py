"""Assignments over REST: made, handed in with files, graded, and told as statements."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import FormData

from api.services import Services
from content.assignments import enclosures
from content.identity import now
from content.store import FILE_PLACES
from lrs.query import StatementQuery
from tests.api.callers import PASSWORD, Api, add_person, signed_in
from tests.api.test_files import PNG, code_of, upload

RUBRIC = [
    {"criteria": "Functionality", "max_points": 60, "description": "All features work"},
    {"criteria": "Code Quality", "max_points": 40},
]
SCORES = [
    {"criteria": "Functionality", "points": 50},
    {"criteria": "Code Quality", "points": 30},
]


@dataclass(frozen=True)
class Class:
    """A course with one assignment lesson, an instructor, and a learner who is enrolled."""

    instructor: Api
    learner: Api
    learner_id: str
    course_id: str
    lesson_id: str

    async def assign(self, **attributes: Any) -> dict[str, Any]:
        """The assignment of the lesson."""
        fields = {"title": "Build a to-do list", "rubric": RUBRIC, **attributes}
        return await self.instructor.make("/assignments", lesson_id=self.lesson_id, **fields)

    async def progress(self) -> Any:
        """How far the learner is, and with what score."""
        path = f"/progress/{self.course_id}/users/{self.learner_id}"
        return (await self.learner.get(path))["data"]["attributes"]


@pytest.fixture
async def room(admin: Api, learner: Api, services: Services) -> Class:
    """The class."""
    await add_person(services, "ines@example.org", "instructor")
    instructor = await signed_in(admin.client, "ines@example.org", PASSWORD)
    course = await instructor.make("/courses", title="React", status="published")
    module = await instructor.make(f"/courses/{course['id']}/modules", title="Hooks")
    path = f"/modules/{module['id']}/lessons"
    lesson = await instructor.make(path, title="To-do list", content_type="assignment")
    person = (await learner.get("/auth/me"))["data"]["id"]
    await instructor.make("/enrollments", user_id=person, course_id=course["id"])
    return Class(instructor, learner, person, course["id"], lesson["id"])


def work(*files: tuple[str, bytes], **fields: str) -> FormData:
    """A multipart body with files, fields last."""
    data = FormData(quote_fields=False)
    for name, content in files:
        data.add_field("file", content, filename=name)
    for field, value in fields.items():
        data.add_field(field, value)
    return data


async def hand_in(who: Api, assignment: Any, **body: Any) -> Any:
    """The submission of some text."""
    return await who.make(f"/assignments/{assignment['id']}/submissions", **body)


async def grade(room: Class, submission: Any, status: int = 200, **body: Any) -> Any:
    """The answer to a grading."""
    path = f"/submissions/{submission['id']}/grade"
    answer = await room.instructor.call("PATCH", path, json=body)
    assert answer.status == status, await answer.text()
    return await answer.json()


def _past(**delta: float) -> str:
    return (datetime.now(UTC) - timedelta(**delta)).isoformat()


async def test_an_assignment_is_made_shown_changed_put_and_archived(room: Class) -> None:
    body = {
        "data": {
            "type": "assignment",
            "attributes": {
                "title": "Build a Todo App",
                "lesson_id": room.lesson_id,
                "due_date": "2025-04-01T23:59:59Z",
                "max_score": 100,
                "allow_late_submission": True,
                "late_penalty_percent": 10,
                "rubric": RUBRIC,
                "allowed_file_types": [".zip", ".tar.gz"],
                "max_file_size_mb": 50,
            },
        }
    }
    answer = await room.instructor.call("POST", "/assignments", json=body)
    assert answer.status == 201, await answer.text()
    made = (await answer.json())["data"]
    assert made["attributes"]["late_penalty_per"] == "submission"
    again = await room.instructor.call("POST", "/assignments", json=body)
    assert (again.status, await code_of(again)) == (409, "assignment_exists")
    path = f"/assignments/{made['id']}"
    assert (await room.learner.get(path))["data"]["attributes"]["rubric"][1]["description"] == ""
    changed = await room.instructor.call("PATCH", path, json={"max_score": 90, "title": ""})
    assert changed.status == 422
    pointers = {each["source"]["pointer"] for each in (await changed.json())["errors"]}
    assert pointers == {"/rubric", "/title"}
    for sought in (made["id"], room.lesson_id):
        put = await room.instructor.call("PUT", f"/assignments/{sought}", json={"title": sought})
        attributes = (await put.json())["data"]["attributes"]
        assert (attributes["title"], attributes["rubric"]) == (sought, [])
    listed = await room.learner.get(f"/assignments?lesson_id={room.lesson_id}")
    assert [each["id"] for each in listed["data"]] == [made["id"]]
    assert (await room.learner.call("GET", "/assignments")).status == 400
    assert (await room.instructor.call("DELETE", path)).status == 204
    gone = await room.learner.call("POST", f"{path}/submissions", json={"text": "late"})
    assert (gone.status, await code_of(gone)) == (404, "assignment_not_found")
    renewed = await room.instructor.call(
        "PUT", f"/assignments/{room.lesson_id}", json={"title": "B"}
    )
    assert (await renewed.json())["data"]["id"] != made["id"]


async def test_work_is_handed_in_with_files_and_seen_by_those_who_may(
    room: Class, admin: Api, services: Services
) -> None:
    assignment = await room.assign(allowed_file_types=[".png", ".tar.gz"], max_file_size_mb=1)
    path = f"/assignments/{assignment['id']}/submissions"
    body = work(("a.png", PNG), ("b.PNG", PNG), notes="With dark mode.", user_id=room.learner_id)
    answer = await room.learner.call("POST", path, data=body)
    assert answer.status == 201, await answer.text()
    made = (await answer.json())["data"]
    assert made["attributes"]["notes"] == "With dark mode."
    assert not made["attributes"]["late"]
    for file_id in made["attributes"]["file_ids"]:
        for who in (room.learner, room.instructor):
            content = await who.call("GET", f"/files/{file_id}/content")
            assert await content.read() == PNG
        kept = await room.learner.call("DELETE", f"/files/{file_id}")
        assert (kept.status, await code_of(kept)) == (409, "file_in_use")
    await add_person(services, "eve@example.org", "learner")
    other = await signed_in(admin.client, "eve@example.org", PASSWORD)
    for hidden in (f"/submissions/{made['id']}", f"/files/{made['attributes']['file_ids'][0]}"):
        assert (await other.call("GET", hidden)).status == 404
    assert (await other.get(path))["data"] == []
    assert (await other.call("GET", f"{path}?user_id={room.learner_id}")).status == 403
    refused = await other.call("POST", path, json={"text": "Mine"})
    assert (refused.status, await code_of(refused)) == (403, "enrollment_required")
    for_another = await other.call("POST", path, json={"user_id": room.learner_id, "text": "x"})
    assert (for_another.status, await code_of(for_another)) == (403, "forbidden")
    assert (await room.instructor.get(path))["meta"]["total"] == 1
    events = services.database.events.find({"type": "assignment.submitted"})
    assert [each["data"]["submission_id"] async for each in events] == [made["id"]]


async def test_work_that_cannot_be_taken_leaves_no_file(room: Class, services: Services) -> None:
    assignment = await room.assign(
        allowed_file_types=[".png", ".tar.gz"], max_file_size_mb=0.01, max_files=1
    )
    path = f"/assignments/{assignment['id']}/submissions"
    refused = {
        "file_type_not_allowed": work(("a.zip", b"PK\x03\x04")),
        "file_type_mismatch": work(("a.tar.gz", PNG)),
        "file_too_large": work(("a.png", PNG * 10)),
        "validation_error": work(("a.png", PNG), ("b.png", PNG)),
        "forbidden": work(("a.png", PNG), user_id="user_1"),
    }
    for code, body in refused.items():
        answer = await room.learner.call("POST", path, data=body)
        assert await code_of(answer) == code, await answer.text()
    empty = await room.learner.call("POST", path, json={"notes": "nothing"})
    assert empty.status == 422
    assert await services.database[FILE_PLACES].count_documents({}) == 0
    assert await services.database.files.count_documents({}) == 0


async def test_files_that_were_uploaded_before_are_handed_in_once(
    room: Class, services: Services
) -> None:
    assignment = await room.assign()
    file = await upload(room.learner, PNG)
    foreign = await upload(room.instructor, PNG)
    path = f"/assignments/{assignment['id']}/submissions"
    ids = [file["id"], foreign["id"], file["id"]]
    wrong = await room.learner.call("POST", path, json={"file_ids": ids})
    pointers = {each["source"]["pointer"] for each in (await wrong.json())["errors"]}
    assert pointers == {"/file_ids/1", "/file_ids/2"}
    made = await hand_in(room.learner, assignment, file_ids=[file["id"]])
    shown = (await room.learner.get(f"/files/{file['id']}"))["data"]
    assert shown["relationships"]["submission"]["data"]["id"] == made["id"]
    again = await room.learner.call("POST", path, json={"file_ids": [file["id"]]})
    assert again.status == 422
    await services.database.submissions.delete_many({})
    await services.database.files.update_one({"_id": file["id"]}, {"$set": {"settled": False}})
    assert await enclosures.sweep(services.content, now() + timedelta(seconds=1)) == 1
    released = (await room.learner.get(f"/files/{file['id']}"))["data"]
    assert released["relationships"]["submission"]["data"] is None


async def test_late_work_is_refused_or_costs_points(room: Class) -> None:
    assignment = await room.assign(due_date=_past(hours=25))
    path = f"/assignments/{assignment['id']}"
    late = await room.learner.call("POST", f"{path}/submissions", json={"text": "Late"})
    assert (late.status, await code_of(late)) == (409, "assignment_past_due")
    allowed = {
        "allow_late_submission": True,
        "late_penalty_percent": 10,
        "late_penalty_per": "day",
        "passing_score": 70,
    }
    assert (await room.instructor.call("PATCH", path, json=allowed)).status == 200
    made = await hand_in(room.learner, assignment, text="Late")
    assert made["attributes"]["late"]
    assert made["attributes"]["late_penalty"] == 20
    shown = (await grade(room, made, scores=SCORES, total_score=80))["data"]["attributes"]
    assert (shown["grade"]["penalty"], shown["grade"]["final_score"]) == (20, 60)
    assert shown["grade"]["passed"] is False
    told = await room.progress()
    assert (told["score"], told["success"], told["status"]) == (60, False, "completed")


async def test_a_grade_is_told_as_statements_and_another_one_takes_it_back(
    room: Class, services: Services
) -> None:
    assignment = await room.assign(passing_score=75)
    made = await hand_in(room.learner, assignment, text="<b>My</b> work<script>")
    assert made["attributes"]["text"] == "<b>My</b> work"
    assert (await room.progress())["status"] == "in_progress"
    await grade(room, made, scores=SCORES, feedback="Good")
    told = await room.progress()
    assert (told["score"], told["success"], told["overall_progress"]) == (80, True, 100)
    completed_at = told["completed_at"]
    lower = [{**each, "points": 30} for each in SCORES]
    shown = (await grade(room, made, scores=lower))["data"]["attributes"]
    assert [each["final_score"] for each in shown["grade_history"]] == [80, 60]
    assert shown["grade"]["number"] == 2
    told = await room.progress()
    assert (told["score"], told["success"]) == (60, False)
    assert told["completed_at"] == completed_at
    organization_id = services.sessions.organization_id
    query = StatementQuery(registration=made["attributes"]["registration"])
    page = await services.log.find(organization_id, query)
    verbs = sorted(each.verb.rpartition("/")[2] for each in page.statements)
    assert verbs == ["completed", "failed", "scored", "submit", "voided", "voided"]
    events = services.database.events.find({"type": "assignment.graded"})
    assert sorted([each["data"]["score"] async for each in events]) == [60, 80]


async def test_wrong_marks_are_all_told_and_learners_do_not_grade(room: Class) -> None:
    assignment = await room.assign()
    made = await hand_in(room.learner, assignment, text="My work")
    scores = [{"criteria": "Beauty", "points": 1}, {"criteria": "Functionality", "points": 61}]
    wrong = await grade(room, made, 422, scores=scores, total_score=101)
    assert {each["source"]["pointer"] for each in wrong["errors"]} == {
        "/scores/0/criteria",
        "/scores/1/points",
        "/scores",
        "/total_score",
    }
    path = f"/submissions/{made['id']}/grade"
    own = await room.learner.call("PATCH", path, json={"total_score": 100})
    assert own.status == 403
    stale = await room.instructor.call(
        "PATCH", path, json={"total_score": 10}, headers={"If-Match": '"9"'}
    )
    assert stale.status == 412


async def test_each_submission_is_an_attempt_and_the_best_one_counts(room: Class) -> None:
    assignment = await room.assign(max_submissions=2)
    first = await hand_in(room.learner, assignment, text="First")
    second = await hand_in(room.learner, assignment, text="Second")
    registrations = {each["attributes"]["registration"] for each in (first, second)}
    assert len(registrations) == 2
    assert [first["attributes"]["number"], second["attributes"]["number"]] == [1, 2]
    path = f"/assignments/{assignment['id']}/submissions"
    third = await room.learner.call("POST", path, json={"text": "Third"})
    assert (third.status, await code_of(third)) == (409, "submissions_exhausted")
    await grade(room, first, total_score=90)
    await grade(room, second, total_score=40)
    assert (await room.progress())["score"] == 90
    graded = await room.instructor.get(f"{path}?status=graded&sort=-submitted_at")
    assert [each["attributes"]["text"] for each in graded["data"]] == ["Second", "First"]
    assert (await room.instructor.call("GET", f"{path}?status=lost")).status == 400


async def test_a_copied_course_has_copies_of_its_assignments_and_captions(room: Class) -> None:
    due = "2027-04-01T23:59:59Z"
    await room.assign(due_date=due, peer_review={"reviews_per_submission": 3})
    track = {"vtt": "WEBVTT\n\n00:00.000 --> 00:01.000\nHello", "language": "en"}
    await room.instructor.make(f"/lessons/{room.lesson_id}/captions", **track)
    copy = (await room.instructor.make(f"/courses/{room.course_id}/duplicate"))["id"]
    (made,) = (await room.instructor.get(f"/assignments?course_id={copy}"))["data"]
    attributes = made["attributes"]
    assert (attributes["title"], attributes["due_date"]) == ("Build a to-do list", None)
    assert attributes["peer_review"]["reviews_per_submission"] == 3
    lesson_id = made["relationships"]["lesson"]["data"]["id"]
    assert lesson_id != room.lesson_id
    assert (await room.instructor.get(f"/lessons/{lesson_id}/captions"))["meta"]["total"] == 1


async def test_an_instructor_hands_in_for_a_learner(room: Class) -> None:
    assignment = await room.assign(completed_on="submitted")
    made = await hand_in(room.instructor, assignment, text="By post", user_id=room.learner_id)
    assert made["relationships"]["user"]["data"]["id"] == room.learner_id
    assert (await room.progress())["status"] == "completed"
