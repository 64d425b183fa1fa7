"""Enrollments and cohorts over HTTP."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.rest import bulk_enrollment
from api.services import Services
from content.telling.events import Event
from tests.api.callers import PASSWORD, Api, Client, add_person, signed_in
from tests.tasks import until


@dataclass(frozen=True)
class School:
    """A published course, an administrator, a learner and the learner's id."""

    admin: Api
    learner: Api
    learner_id: str
    course_id: str
    services: Services

    async def refused(self, caller: Api, method: str, path: str, **options: Any) -> tuple[int, str]:
        """The status and code of a refusal."""
        answer = await caller.call(method, path, **options)
        return answer.status, (await answer.json())["errors"][0]["code"]

    async def events(self, kind: str) -> list[dict[str, Any]]:
        """The data of the events of a type."""
        organization_id = self.services.sessions.organization_id
        found = await self.services.content.of(Event).all(organization_id, {"type": kind})
        return [each.data for each in found]


@pytest.fixture
async def school(services: Services, admin: Api, learner: Api) -> School:
    settings = {"self_enrollment": True}
    course = await admin.make("/courses", title="Fire", status="published", settings=settings)
    me = (await learner.get("/auth/me"))["data"]["id"]
    return School(admin, learner, me, course["id"], services)


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


async def test_an_enrollment_is_made_extended_and_cancelled(school: School) -> None:
    attributes = {"user_id": school.learner_id, "course_id": school.course_id}
    body = {"data": {"type": "enrollment", "attributes": {**attributes, "expires_at": in_days(9)}}}
    answer = await school.admin.call("POST", "/enrollments", json=body)
    assert answer.status == 201
    made = (await answer.json())["data"]
    assert made["attributes"]["status"] == "active"
    assert made["relationships"]["course"]["data"] == {"type": "course", "id": school.course_id}
    (created,) = await school.events("enrollment.created")
    assert (created["enrollment_id"], created["user_id"]) == (made["id"], school.learner_id)

    path, tag = f"/enrollments/{made['id']}", answer.headers["ETag"]
    past = {"expires_at": in_days(-1)}
    changed = await school.admin.call("PATCH", path, json=past, headers={"If-Match": tag})
    assert (await changed.json())["data"]["attributes"]["status"] == "expired"
    stale = {"json": {"expires_at": None}, "headers": {"If-Match": tag}}
    assert (await school.refused(school.admin, "PATCH", path, **stale))[1] == "version_mismatch"
    again = await school.admin.call("POST", "/enrollments", json=attributes)
    assert (again.status, made["id"] in await again.text()) == (409, True)
    listed = await school.admin.get(f"/courses/{school.course_id}/enrollments?status=expired")
    assert [each["id"] for each in listed["data"]] == [made["id"]]

    assert (await school.admin.call("DELETE", path)).status == 204
    assert await school.refused(school.admin, "DELETE", path) == (409, "already_cancelled")
    gone = {"json": {"expires_at": None}}
    assert await school.refused(school.admin, "PATCH", path, **gone) == (409, "already_cancelled")


async def test_a_course_takes_as_many_as_it_may(school: School, services: Services) -> None:
    limits = {"settings": {"max_enrollments": 1, "self_enrollment": True}}
    course = await school.admin.make("/courses", title="Small", status="published", **limits)
    await school.learner.make(f"/courses/{course['id']}/enroll")
    late = await add_person(services, "late@example.org", "learner")
    attributes = {"user_id": late, "course_id": course["id"]}
    for body, pointer in (
        (attributes, "/course_id"),
        ({"data": {"attributes": attributes}}, "/data/attributes/course_id"),
    ):
        answer = await school.admin.call("POST", "/enrollments", json=body)
        (error,) = (await answer.json())["errors"]
        assert (answer.status, error["code"]) == (409, "enrollment_limit_reached")
        assert error["source"] == {"pointer": pointer}
    third = await signed_in(school.admin.client, "late@example.org", PASSWORD)
    answer = await third.call("POST", f"/courses/{course['id']}/enroll")
    assert "source" not in (await answer.json())["errors"][0]


async def test_learners_enrol_and_leave_by_themselves(school: School) -> None:
    made = await school.learner.make(f"/courses/{school.course_id}/enroll")
    assert made["relationships"]["user"]["data"]["id"] == school.learner_id
    twice = f"/courses/{school.course_id}/enroll"
    assert await school.refused(school.learner, "POST", twice) == (409, "already_enrolled")
    own = f"/courses/{school.course_id}/enrollments/{school.learner_id}"
    assert (await school.learner.get(own))["data"]["id"] == made["id"]
    assert (await school.learner.call("DELETE", own)).status == 204
    assert (await school.learner.get(own))["data"]["attributes"]["status"] == "cancelled"
    await school.admin.make("/enrollments", user_id=school.learner_id, course_id=school.course_id)
    assert await school.refused(school.learner, "DELETE", own) == (403, "forbidden")
    draft = await school.admin.make("/courses", title="Not yet")
    hidden = f"/courses/{draft['id']}/enroll"
    assert await school.refused(school.learner, "POST", hidden) == (404, "course_not_found")
    everybody = f"/courses/{school.course_id}/enrollments"
    assert await school.refused(school.learner, "GET", everybody) == (403, "forbidden")
    other = f"{everybody}/{made['id']}"
    assert await school.refused(school.learner, "GET", other) == (403, "forbidden")


async def test_bulk_enrollment_says_what_came_of_each(school: School) -> None:
    bo = await add_person(school.services, "bo@example.org", "learner")
    await school.learner.make(f"/courses/{school.course_id}/enroll")
    people = [bo, school.learner_id, "user_nobody"]
    body = {
        "course_id": school.course_id,
        "user_ids": people,
        "expires_at": in_days(30),
        "send_notification": True,
    }
    answer = await school.admin.call("POST", "/enrollments/bulk", json=body)
    assert answer.status == 200, await answer.text()
    result = (await answer.json())["data"]
    assert (result["enrolled_count"], result["refused_count"]) == (1, 2)
    outcomes = ["enrolled", "already_enrolled", "user_not_found"]
    assert [each["outcome"] for each in result["results"]] == outcomes
    assert [each["user_id"] for each in result["results"]] == people
    shown = await school.admin.get(f"/courses/{school.course_id}/enrollments/{bo}")
    assert shown["data"]["id"] == result["results"][0]["enrollment_id"]
    by_course = {"user_ids": [bo]}
    again = await school.admin.call(
        "POST", f"/courses/{school.course_id}/enrollments", json=by_course
    )
    assert (await again.json())["data"]["results"][0]["outcome"] == "already_enrolled"
    for wrong in ({"user_ids": []}, {"user_ids": ["x" * 101]}, {"user_ids": [bo], "who": 1}):
        request = {"json": {"course_id": school.course_id, **wrong}}
        refused = await school.refused(school.admin, "POST", "/enrollments/bulk", **request)
        assert refused == (422, "validation_error")


async def test_very_many_are_enrolled_by_a_job(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_enrollment, "MOST_AT_ONCE", 2)
    bo = await add_person(school.services, "bo@example.org", "learner")
    people = [bo, bo, "user_nobody", school.learner_id]
    body = {"course_id": school.course_id, "user_ids": people, "expires_at": in_days(30)}
    answer = await school.admin.call("POST", "/enrollments/bulk", json=body)
    assert answer.status == 202, await answer.text()
    path = answer.headers["Location"].removeprefix("/api/v1")

    async def over() -> bool:
        return (await school.admin.get(path))["data"]["attributes"]["state"] == "done"

    await until(over)
    job = (await school.admin.get(path))["data"]["attributes"]
    assert job["counts"] == {"enrolled": 2, "refused": 1}
    (error,) = job["errors"]
    assert (error["where"], error["code"]) == ("/user_ids/2", "user_not_found")
    listed = await school.admin.get(job["result"].removeprefix("/api/v1"))
    assert listed["meta"]["total"] == 2
    assert listed["data"][0]["attributes"]["expires_at"] is not None


async def test_a_cohort_is_enrolled_together(
    school: School, services: Services, client: Client
) -> None:
    bo = await add_person(services, "bo@example.org", "instructor")
    instructor = await signed_in(client, "bo@example.org", PASSWORD)
    cohort = await instructor.make("/cohorts", name="Autumn", ends_at=in_days(90))
    assert cohort["attributes"]["status"] == "running"
    path = f"/cohorts/{cohort['id']}"
    joined = await instructor.call(
        "POST", f"{path}/members", json={"user_ids": [bo, school.learner_id, "x"]}
    )
    outcomes = (await joined.json())["data"]
    assert outcomes["joined_count"] == 2
    assert outcomes["results"][2] == {"user_id": "x", "outcome": "user_not_found"}
    assert (await instructor.call("DELETE", f"{path}/members/{bo}")).status == 204
    gone = (404, "cohort_member_not_found")
    assert await school.refused(instructor, "DELETE", f"{path}/members/{bo}") == gone
    (member,) = (await instructor.get(f"{path}/members"))["data"]
    assert member["relationships"]["user"]["data"]["id"] == school.learner_id

    body = {"course_id": school.course_id}
    enrolled = await instructor.call("POST", f"{path}/enroll", json=body)
    assert (await enrolled.json())["data"]["enrolled_count"] == 1
    (own,) = (await instructor.get(f"/enrollments?cohort_id={cohort['id']}"))["data"]
    assert own["relationships"]["cohort"]["data"]["id"] == cohort["id"]
    assert own["attributes"]["expires_at"] == cohort["attributes"]["ends_at"]
    assert (await instructor.get("/enrollments?cohort_id=other"))["data"] == []


async def test_a_cohort_is_changed_and_taken_out_of_use(school: School) -> None:
    body = {"name": " ", "starts_at": in_days(2), "ends_at": in_days(1)}
    answer = await school.admin.call("POST", "/cohorts", json=body)
    pointers = {each["source"]["pointer"] for each in (await answer.json())["errors"]}
    assert (answer.status, pointers) == (422, {"/name", "/ends_at"})
    cohort = await school.admin.make("/cohorts", name="Autumn", starts_at=in_days(2))
    path = f"/cohorts/{cohort['id']}"
    wrong = {"json": {"ends_at": in_days(1)}}
    refused = await school.refused(school.admin, "PATCH", path, **wrong)
    assert refused == (422, "validation_error")
    await school.admin.call("PATCH", path, json={"starts_at": None, "name": "Winter"})
    shown = (await school.admin.get(path))["data"]["attributes"]
    assert (shown["name"], shown["status"]) == ("Winter", "running")
    assert [each["id"] for each in (await school.admin.get("/cohorts"))["data"]] == [cohort["id"]]
    assert (await school.admin.call("DELETE", path)).status == 204
    assert await school.refused(school.admin, "GET", path) == (404, "cohort_not_found")
    assert (await school.admin.get("/cohorts"))["data"] == []
    assert await school.refused(school.learner, "GET", "/cohorts") == (403, "forbidden")
