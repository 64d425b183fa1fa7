"""Learning paths over HTTP: made, followed, completed."""

from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import encode_basic_auth

from api.services import Services
from content.paths import enrollments
from content.telling.events import Event
from tests.api.callers import Api, Client, add_person
from tests.tasks import until

XAPI = encode_basic_auth("key", "secret")
COMPLETED = "http://adlnet.gov/expapi/verbs/completed"


@dataclass(frozen=True)
class Curriculum:
    """A path of three published courses, each of which needs the one before."""

    admin: Api
    learner: Api
    learner_id: str
    courses: list[dict[str, Any]]
    path: dict[str, Any]

    @property
    def ids(self) -> list[str]:
        return [each["id"] for each in self.courses]

    @property
    def address(self) -> str:
        return f"/learning-paths/{self.path['id']}"

    async def complete(self, services: Services, index: int) -> None:
        """An outside tool reports the course completed, and what follows from that is done."""
        statement = {
            "actor": {"mbox": "mailto:ada@example.org"},
            "verb": {"id": COMPLETED},
            "object": {"id": self.courses[index]["attributes"]["activity_id"]},
        }
        headers = {"X-Experience-API-Version": "1.0.3", "Authorization": XAPI}
        answer = await self.admin.client.post("/xapi/statements", json=statement, headers=headers)
        assert answer.status == 200, await answer.text()
        one, course = services.sessions.organization_id, {"data.course_id": self.ids[index]}
        query = {"type": "enrollment.completed", "due_at": None, **course}
        documents = services.content.of(Event)

        async def dealt_with() -> bool:
            return await documents.first(one, query) is not None

        await until(dealt_with)
        (event,) = await documents.all(one, query)
        await enrollments.react(services.content, event)

    async def enrolled_in(self) -> set[str]:
        """The courses that the learner is enrolled in."""
        found = (await self.learner.get("/enrollments"))["data"]
        return {each["relationships"]["course"]["data"]["id"] for each in found}

    async def progress(self) -> Any:
        """How far the learner is on the path."""
        address = f"{self.address}/users/{self.learner_id}/progress"
        return (await self.learner.get(address))["data"]


@pytest.fixture
async def curriculum(admin: Api, learner: Api) -> Curriculum:
    common = {"status": "published", "settings": {"self_enrollment": True}}
    made = [await admin.make("/courses", title=each, **common) for each in "ABC"]
    one, two, three = (each["id"] for each in made)
    html = "{{student_name}} {{course_name}}"
    template = await admin.make("/certificate-templates", name="Path", html_template=html)
    path = await admin.make(
        "/learning-paths",
        title="Frontend",
        certificate_id=template["id"],
        courses=[
            {"course_id": three, "position": 3, "prerequisites": [two], "required": False},
            {"course_id": one, "position": 1},
            {"course_id": two, "position": 2, "prerequisites": [one]},
        ],
    )
    me = (await learner.get("/auth/me"))["data"]["id"]
    return Curriculum(admin, learner, me, made, path)


async def test_who_follows_a_path_is_let_into_each_course_in_its_turn(
    curriculum: Curriculum, services: Services
) -> None:
    one, two, three = curriculum.ids
    shown = curriculum.path["attributes"]["courses"]
    assert [(each["course_id"], each["position"]) for each in shown] == [
        (one, 1),
        (two, 2),
        (three, 3),
    ]
    answer = await curriculum.learner.call("POST", f"{curriculum.address}/enroll", json={})
    result = (await answer.json())["data"]
    assert (result["enrolled_count"], result["results"][0]["courses"]) == (1, {one: "enrolled"})
    assert await curriculum.enrolled_in() == {one}
    early = await curriculum.learner.call("POST", f"/courses/{two}/enroll")
    assert early.status == 403
    assert (await early.json())["errors"][0]["code"] == "prerequisite_not_met"

    before = await curriculum.progress()
    assert (before["overall_progress"], before["current_course"]) == (0, one)
    assert (before["next_available"], before["locked"]) == ([one], [two, three])
    await curriculum.complete(services, 0)
    assert await curriculum.enrolled_in() == {one, two}
    await curriculum.complete(services, 1)
    after = await curriculum.progress()
    assert (after["status"], after["courses_completed"], after["total_courses"]) == (
        "completed",
        2,
        3,
    )
    assert after["next_available"] == [three]
    assert await curriculum.enrolled_in() == {one, two, three}
    (certificate,) = (await curriculum.learner.get("/my/certificates"))["data"]
    assert certificate["relationships"]["learning_path"]["data"]["id"] == curriculum.path["id"]
    assert certificate["attributes"]["title"] == "Frontend"
    (listed,) = (await curriculum.admin.get(f"{curriculum.address}/enrollments"))["data"]
    assert listed["attributes"]["overall_progress"] == after["overall_progress"] == 66.7


async def test_a_path_tells_every_finding_at_its_place(admin: Api) -> None:
    course = await admin.make("/courses", title="A")
    body = {
        "title": "",
        "courses": [
            {"course_id": course["id"], "prerequisites": [course["id"]]},
            {"course_id": "course_x", "prerequisites": ["course_y"]},
        ],
    }
    answer = await admin.call("POST", "/learning-paths", json=body)
    assert answer.status == 422
    pointers = [each["source"]["pointer"] for each in (await answer.json())["errors"]]
    assert sorted(pointers) == [
        "/courses/0/prerequisites/0",
        "/courses/1/course_id",
        "/courses/1/prerequisites/0",
        "/title",
    ]


async def test_a_path_is_changed_with_its_people_on_it(
    curriculum: Curriculum, services: Services
) -> None:
    admin, (one, two, three) = curriculum.admin, curriculum.ids
    bo = await add_person(services, "bo@example.org", "learner")
    body = {"user_ids": [bo, "user_x"], "expires_at": "2099-01-01T00:00:00Z"}
    refused = await curriculum.learner.call("POST", f"{curriculum.address}/enroll", json=body)
    assert refused.status == 403
    answer = await admin.call("POST", f"{curriculum.address}/enroll", json=body)
    outcomes = [each["outcome"] for each in (await answer.json())["data"]["results"]]
    assert outcomes == ["enrolled", "user_not_found"]
    again = await admin.call("POST", f"{curriculum.address}/enroll", json=body)
    assert (await again.json())["data"]["results"][0]["outcome"] == "already_enrolled"

    answer = await admin.call("DELETE", f"{curriculum.address}/courses/{one}")
    courses = (await answer.json())["data"]["attributes"]["courses"]
    assert [(each["course_id"], each["prerequisites"]) for each in courses] == [
        (two, []),
        (three, [two]),
    ]
    (opened,) = (await admin.get(f"/enrollments?user_id={bo}&course_id={two}"))["data"]
    assert opened["attributes"]["expires_at"].startswith("2099")
    put_back = {"course_id": one, "position": 1}
    answer = await admin.call("POST", f"{curriculum.address}/courses", json=put_back)
    assert (await answer.json())["data"]["attributes"]["courses"][0]["course_id"] == one
    twice = await admin.call("POST", f"{curriculum.address}/courses", json=put_back)
    assert (await twice.json())["errors"][0]["code"] == "course_in_path"
    own = {"courses": [{"course_id": three}], "title": "Short"}
    answer = await admin.call("PATCH", curriculum.address, json=own)
    assert (await answer.json())["data"]["attributes"]["total_courses"] == 1

    assert (await admin.call("DELETE", f"{curriculum.address}/enrollments/{bo}")).status == 204
    gone = await admin.call("GET", f"{curriculum.address}/users/{bo}/progress")
    assert (await gone.json())["errors"][0]["code"] == "path_enrollment_not_found"
    assert (await admin.call("DELETE", curriculum.address)).status == 204
    assert (await admin.get("/learning-paths"))["data"] == []
    assert (await admin.call("GET", curriculum.address)).status == 404


async def test_a_cohort_follows_a_path_until_it_ends(
    curriculum: Curriculum, client: Client
) -> None:
    admin = curriculum.admin
    cohort = await admin.make("/cohorts", name="Autumn", ends_at="2099-06-01T00:00:00Z")
    members = {"user_ids": [curriculum.learner_id]}
    await admin.call("POST", f"/cohorts/{cohort['id']}/members", json=members)
    body = {"cohort_id": cohort["id"]}
    await admin.call("POST", f"{curriculum.address}/enroll", json=body)
    (own,) = (await admin.get(f"/enrollments?cohort_id={cohort['id']}"))["data"]
    assert own["attributes"]["expires_at"].startswith("2099-06-01")


async def test_a_path_may_be_closed_to_those_who_come_by_themselves(
    curriculum: Curriculum,
) -> None:
    closed = {"self_enrollment": False}
    await curriculum.admin.call("PATCH", curriculum.address, json=closed)
    answer = await curriculum.learner.call("POST", f"{curriculum.address}/enroll", json={})
    assert (await answer.json())["errors"][0]["code"] == "self_enrollment_disabled"
