"""From a course to a compliance record over REST, with statements as the only evidence."""

import csv
import io
from typing import Any

import pytest
from aiohttp import encode_basic_auth

from api.services import Services
from content import organizations
from content.organizations import OrganizationDraft
from content.people import people
from content.people.people import PersonDraft
from tests.api.callers import PASSWORD, Api, Client, add_person, signed_in
from tests.tasks import until

XAPI = encode_basic_auth("key", "secret")
COMPLETED = {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"en": "completed"}}


class Training:
    """A published course with one lesson, and a learner in it."""

    def __init__(self, admin: Api, learner: Api) -> None:
        self.admin = admin
        self.learner = learner
        self.course: dict[str, Any] = {}
        self.lesson: dict[str, Any] = {}
        self.person: dict[str, Any] = {}
        self.enrollment: dict[str, Any] = {}

    async def begin(self) -> "Training":
        """Make the course and enrol the learner."""
        self.course = await self.admin.make("/courses", title="Fire", status="published")
        module = await self.admin.make(f"/courses/{self.course['id']}/modules", title="One")
        self.lesson = await self.admin.make(
            f"/modules/{module['id']}/lessons", title="Exits", content_type="xapi"
        )
        self.person = (await self.learner.get("/auth/me"))["data"]
        self.enrollment = await self.admin.make(
            "/enrollments", user_id=self.person["id"], course_id=self.course["id"]
        )
        return self

    async def complete(self) -> str:
        """An outside tool reports the lesson completed, by e-mail and without registration."""
        statement = {
            "actor": {"mbox": f"mailto:{self.person['attributes']['email']}"},
            "verb": COMPLETED,
            "object": {"id": self.lesson["attributes"]["activity_id"]},
            "result": {"completion": True, "success": True, "score": {"scaled": 0.9}},
        }
        return await _record(self.admin.client, statement)

    @property
    def progress(self) -> str:
        """The path of the learner's progress."""
        return f"/progress/{self.course['id']}/users/{self.person['id']}"


async def _record(client: Client, statement: dict[str, Any]) -> str:
    answer = await client.post(
        "/xapi/statements",
        json=statement,
        headers={"X-Experience-API-Version": "1.0.3", "Authorization": XAPI},
    )
    assert answer.status == 200, await answer.text()
    statement_id: str = (await answer.json())[0]
    return statement_id


@pytest.fixture
async def training(admin: Api, learner: Api) -> Training:
    """A course with a learner in it."""
    return await Training(admin, learner).begin()


async def test_a_statement_moves_progress_and_voiding_it_takes_it_back(
    training: Training,
) -> None:
    before = (await training.learner.get(training.progress))["data"]["attributes"]
    assert (before["overall_progress"], before["status"]) == (0, "not_started")
    statement_id = await training.complete()
    after = (await training.learner.get(training.progress))["data"]["attributes"]
    assert (after["overall_progress"], after["status"], after["score"]) == (100, "completed", 90)
    assert after["lessons_completed"][0]["lesson_id"] == training.lesson["id"]
    assert after["evidence"] == [statement_id]
    voiding = {
        "actor": {"mbox": "mailto:officer@example.org"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
        "object": {"objectType": "StatementRef", "id": statement_id},
    }
    await _record(training.admin.client, voiding)
    voided = (await training.learner.get(training.progress))["data"]["attributes"]
    assert (voided["overall_progress"], voided["evidence"]) == (0, [])


async def test_my_courses_and_enrollments_show_progress(training: Training) -> None:
    await training.complete()
    (mine,) = (await training.learner.get("/my/courses"))["data"]
    assert mine["attributes"]["title"] == "Fire"
    assert mine["attributes"]["progress_percent"] == 100
    assert mine["attributes"]["status"] == "completed"
    (listed,) = (await training.learner.get("/enrollments?status=completed"))["data"]
    assert listed["id"] == training.enrollment["id"]
    assert (await training.learner.get("/enrollments?status=active"))["data"] == []


async def test_a_requirement_becomes_a_record_with_evidence_and_a_row(
    training: Training, services: Services, client: Client
) -> None:
    await add_person(services, "olga@example.org", "compliance_officer")
    officer = await signed_in(client, "olga@example.org", PASSWORD)
    requirement = await officer.make(
        "/compliance/requirements",
        title="Fire, yearly",
        course_id=training.course["id"],
        audience={"kind": "role", "role": "learner"},
        due_at="2030-01-01T00:00:00Z",
    )
    (listed,) = (await officer.get("/compliance/requirements"))["data"]
    assert listed["attributes"] == requirement["attributes"]
    path = f"/compliance/requirements/{requirement['id']}/records"
    (open_record,) = await found(officer, path)
    assert open_record["attributes"]["status"] == "assigned"
    late = await officer.get(f"{path}?as_of=2031-01-01T00:00:00Z")
    assert late["data"][0]["attributes"]["status"] == "overdue"
    statement_id = await training.complete()
    (record,) = await found(officer, f"{path}?status=compliant")
    assert record["attributes"]["evidence"] == [statement_id]
    assert record["attributes"]["score"] == 90
    statement = await officer.get(f"/statements/{statement_id}")
    assert statement["object"]["id"] == training.lesson["attributes"]["activity_id"]
    exported = await officer.call("GET", f"{path}.csv")
    assert exported.headers["Content-Disposition"] == 'attachment; filename="Fire-yearly.csv"'
    (row,) = csv.DictReader(io.StringIO(await exported.text()))
    assert (row["status"], row["evidence"]) == ("compliant", statement_id)
    (own,) = (await training.learner.get("/my/records"))["data"]
    assert own["attributes"]["status"] == "compliant"


async def found(api: Api, path: str) -> list[dict[str, Any]]:
    """What a list holds as soon as it holds something."""
    listed: list[dict[str, Any]] = []

    async def filled() -> bool:
        listed[:] = (await api.get(path))["data"]
        return bool(listed)

    await until(filled)
    return listed


async def test_a_requirement_tells_every_finding(admin: Api, training: Training) -> None:
    body = {
        "title": "",
        "course_id": training.course["id"],
        "audience": {"kind": "people", "user_ids": ["nobody"]},
        "due_at": "2030-01-01T00:00:00",
    }
    answer = await admin.call("POST", "/compliance/requirements", json=body)
    assert answer.status == 422
    pointers = {each["source"]["pointer"] for each in (await answer.json())["errors"]}
    assert pointers == {"/title", "/due/at", "/audience/user_ids/0"}


async def test_a_learner_sees_only_their_own(
    training: Training, services: Services, client: Client
) -> None:
    await add_person(services, "bo@example.org", "learner")
    bo = await signed_in(client, "bo@example.org", PASSWORD)
    person_id, enrollment_id = training.person["id"], training.enrollment["id"]
    for path in (
        training.progress,
        f"/users/{person_id}",
        f"/enrollments/{enrollment_id}",
        f"/enrollments?user_id={person_id}",
    ):
        assert (await bo.call("GET", path)).status == 403
    assert (await bo.get("/enrollments"))["data"] == []
    assert (await bo.get("/my/courses"))["data"] == []


async def test_drafts_are_for_authors(admin: Api, learner: Api) -> None:
    draft = await admin.make("/courses", title="Not yet")
    assert (await learner.get("/courses"))["data"] == []
    assert (await learner.call("GET", f"/courses/{draft['id']}")).status == 404
    modules = await learner.call("GET", f"/courses/{draft['id']}/modules")
    assert modules.status == 404


async def test_enrolling_twice_is_a_conflict_and_after_cancelling_it_is_not(
    training: Training,
) -> None:
    body = {"user_id": training.person["id"], "course_id": training.course["id"]}
    again = await training.admin.call("POST", "/enrollments", json=body)
    assert again.status == 409
    assert (await again.json())["errors"][0]["code"] == "already_enrolled"
    path = f"/enrollments/{training.enrollment['id']}"
    assert (await training.admin.call("DELETE", path)).status == 204
    await training.admin.make("/enrollments", **body)


async def _second_tenant(services: Services, client: Client) -> Api:
    draft = OrganizationDraft(name="Other", public_url="https://other.example.org")
    other = await organizations.create(services.content, draft)
    root = PersonDraft(name="Root", email="root@other.example.org", roles=("admin",))
    person = await people.create(services.content, other.id, root)
    await services.sessions.set_password(person, PASSWORD)
    body = {"email": person.email, "password": PASSWORD, "organization_id": other.id}
    answer = await client.post("/api/v1/auth/sign-in", json=body)
    token = (await answer.json())["data"]["attributes"]["access_token"]
    return Api(client, {"Authorization": f"Bearer {token}"})


async def test_an_administrator_of_another_organization_finds_nothing(
    training: Training, services: Services, client: Client
) -> None:
    statement_id = await training.complete()
    requirement = await training.admin.make(
        "/compliance/requirements", title="Fire", course_id=training.course["id"]
    )
    stranger = await _second_tenant(services, client)
    course_id, module_id = (
        training.lesson["relationships"][name]["data"]["id"] for name in ("course", "module")
    )
    for path in (
        f"/users/{training.person['id']}",
        f"/courses/{course_id}",
        f"/courses/{course_id}/modules",
        f"/modules/{module_id}",
        f"/modules/{module_id}/lessons",
        f"/lessons/{training.lesson['id']}",
        f"/enrollments/{training.enrollment['id']}",
        training.progress,
        f"/compliance/requirements/{requirement['id']}",
        f"/compliance/requirements/{requirement['id']}/records",
        f"/compliance/requirements/{requirement['id']}/records.csv",
        f"/statements/{statement_id}",
    ):
        answer = await stranger.call("GET", path)
        assert answer.status == 404, path
    for path in ("/courses", "/enrollments", "/compliance/requirements", "/my/courses"):
        assert (await stranger.get(path))["data"] == [], path
    assert (await stranger.get("/users"))["meta"]["total"] == 1


async def test_users_are_found_by_email_role_and_status(admin: Api, learner: Api) -> None:
    found = await admin.get("/users?email=ADA@example.org&role=learner&status=active")
    assert [each["attributes"]["email"] for each in found["data"]] == ["ada@example.org"]
    taken = await admin.call("POST", "/users", json={"name": "A", "email": "ada@example.org"})
    assert taken.status == 409
    assert (await taken.json())["errors"][0]["code"] == "email_taken"


async def test_modules_and_lessons_are_put_in_order(admin: Api) -> None:
    course = await admin.make("/courses", title="Fire")
    path = f"/courses/{course['id']}/modules"
    ids = [(await admin.make(path, title=title))["id"] for title in "abc"]
    turned = await admin.call("POST", f"{path}/reorder", json={"module_ids": ids[::-1]})
    assert [each["id"] for each in (await turned.json())["data"]] == ids[::-1]
    assert [each["id"] for each in (await admin.get(path))["data"]] == ids[::-1]
    wrong = await admin.call("POST", f"{path}/reorder", json={"module_ids": ids[:2]})
    assert wrong.status == 422
    path = f"/modules/{ids[0]}/lessons"
    texts = [{"title": title, "content_type": "text"} for title in "abc"]
    ids = [(await admin.make(path, **each))["id"] for each in texts]
    await admin.call("POST", f"{path}/reorder", json={"lesson_ids": ids[::-1]})
    assert [each["id"] for each in (await admin.get(path))["data"]] == ids[::-1]
    wrong = await admin.call("POST", f"{path}/reorder", json={"lesson_ids": [*ids, ids[0]]})
    assert wrong.status == 422
