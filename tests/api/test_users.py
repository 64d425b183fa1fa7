"""People over REST: found, changed, given roles, brought in from elsewhere; learners; mentors."""

from typing import Any

import pytest

from api.services import Services
from content.people.people import PersonFilter
from content.people.person_filters import query_of
from tests.api.callers import PASSWORD, Api, Client, add_person, signed_in

PEOPLE = (
    {"name": "John Doe", "email": "john.doe@example.org", "department": "Sales"},
    {"name": "José Álvarez", "email": "jose@example.org", "roles": ["learner", "mentor"]},
    {"name": "Johanna Smith", "email": "hanna@example.com", "groups": ["night", "first aid"]},
)


async def _names(caller: Api, path: str = "/users", **query: str) -> set[str]:
    found = (await caller.get(path, params=query))["data"]
    return {each["attributes"]["name"] for each in found}


async def _attributes(answer: Any, status: int = 200) -> dict[str, Any]:
    assert answer.status == status, await answer.text()
    attributes: dict[str, Any] = (await answer.json())["data"]["attributes"]
    return attributes


async def _code(answer: Any) -> tuple[int, str]:
    return answer.status, (await answer.json())["errors"][0]["code"]


@pytest.fixture
async def people(admin: Api) -> list[dict[str, Any]]:
    """Three people."""
    return [await admin.make("/users", **each) for each in PEOPLE]


async def test_people_are_found_by_the_beginnings_of_words(
    admin: Api, people: list[dict[str, Any]]
) -> None:
    for search, found in (
        ("joh", {"John Doe", "Johanna Smith"}),
        ("JOH DO", {"John Doe"}),
        ("jose alv", {"José Álvarez"}),
        ("doe", {"John Doe"}),
        ("john.doe@ex", {"John Doe"}),
        ("hanna@", {"Johanna Smith"}),
        ("oe", set()),
        (".*", set()),
    ):
        assert await _names(admin, search=search) == found, search


async def test_filters_narrow_together(admin: Api, people: list[dict[str, Any]]) -> None:
    created = people[1]["attributes"]["created_at"]
    for query, found in (
        ({"role": "mentor"}, {"José Álvarez"}),
        ({"department": "Sales"}, {"John Doe"}),
        ({"group": "first aid", "search": "smi"}, {"Johanna Smith"}),
        ({"role": "learner", "status": "inactive"}, set()),
        ({"created_since": created}, {"José Álvarez", "Johanna Smith"}),
        ({"created_until": created, "role": "learner"}, {"John Doe"}),
        ({"updated_since": created, "updated_until": created}, set()),
    ):
        assert await _names(admin, **query) == found, query


async def test_search_and_filters_are_served_by_indexes(
    services: Services, admin: Api, people: list[dict[str, Any]]
) -> None:
    organization_id = services.sessions.organization_id
    for filters in (PersonFilter(search="joh do"), PersonFilter(group="night", role="learner")):
        query = {"organization_id": organization_id, **query_of(filters)}
        explained = await services.database.people.find(query, sort=[("name", 1)]).explain()
        assert "COLLSCAN" not in str(explained["queryPlanner"]["winningPlan"])


async def test_what_is_known_of_a_person_is_kept_changed_and_emptied(admin: Api) -> None:
    told = {
        "department": "Sales",
        "location": "Berlin",
        "groups": ["night"],
        "hired_on": "2024-02-29",
        "locale": "pt-BR",
        "time_zone": "Europe/Berlin",
        "external_id": "e-1",
        "photo_url": "https://example.org/ada.png",
    }
    made = await admin.make("/users", name="Ada", email="ada@example.org", **told)
    assert told.items() <= made["attributes"].items()
    path = f"/users/{made['id']}"
    changed = await admin.call("PATCH", path, json={"department": None, "groups": ["day"]})
    attributes = await _attributes(changed)
    assert (attributes["department"], attributes["groups"]) == (None, ["day"])
    assert attributes["hired_on"] == "2024-02-29"
    replaced = await admin.call("PUT", path, json={"name": "Ada", "email": "ada@example.org"})
    attributes = await _attributes(replaced)
    assert {attributes[name] for name in told if name != "groups"} == {None}


async def test_every_rule_that_is_broken_is_told(admin: Api) -> None:
    wrong = {
        "name": "Ada",
        "email": "ada@example.org",
        "roles": ["learner", "king"],
        "department": " ",
        "groups": ["a", ""],
        "locale": "klingon!",
        "time_zone": "Mars/Olympus",
        "photo_url": "javascript:alert(1)",
    }
    answer = await admin.call("POST", "/users", json=wrong)
    assert answer.status == 422
    told = {each["source"]["pointer"] for each in (await answer.json())["errors"]}
    names = ("roles/1", "department", "groups/1", "locale", "time_zone", "photo_url")
    assert told == {f"/{name}" for name in names}


async def test_an_external_id_is_one_persons(admin: Api) -> None:
    await admin.make("/users", name="Ada", email="ada@example.org", external_id="e-1")
    other = {"name": "Bo", "email": "bo@example.org", "external_id": "e-1"}
    answer = await admin.call("POST", "/users", json=other)
    assert await _code(answer) == (409, "external_id_taken")


async def test_a_supervisor_is_somebody_else_who_is_not_below(
    admin: Api, people: list[dict[str, Any]]
) -> None:
    top, middle, below = (each["id"] for each in people)
    for lower, upper in ((middle, top), (below, middle)):
        answer = await admin.call("PATCH", f"/users/{lower}", json={"supervisor_id": upper})
        assert (await _attributes(answer))["supervisor_id"] == upper
    for wrong in (top, below, middle, "nobody"):
        answer = await admin.call("PATCH", f"/users/{top}", json={"supervisor_id": wrong})
        assert answer.status == 422, wrong
        (told,) = (await answer.json())["errors"]
        assert told["source"]["pointer"] == "/supervisor_id"
    found = await admin.get("/users", params={"supervisor_id": middle})
    assert [each["id"] for each in found["data"]] == [below]
    cleared = await admin.call("PATCH", f"/users/{below}", json={"supervisor_id": None})
    assert (await _attributes(cleared))["supervisor_id"] is None


async def test_roles_are_assigned_and_removed(admin: Api, people: list[dict[str, Any]]) -> None:
    path = f"/users/{people[0]['id']}/roles"
    added = await _attributes(await admin.call("POST", path, json={"role": "instructor"}))
    assert added["roles"] == ["learner", "instructor"]
    removed = await admin.call("DELETE", path, params={"role": "learner"})
    assert (await _attributes(removed))["roles"] == ["instructor"]
    assert (await admin.call("POST", path, json={"role": "king"})).status == 422


async def test_the_last_administrator_stays(admin: Api, services: Services) -> None:
    me = (await admin.get("/auth/me"))["data"]["id"]
    for method, path, options in (
        ("DELETE", f"/users/{me}/roles", {"params": {"role": "admin"}}),
        ("PATCH", f"/users/{me}", {"json": {"status": "inactive"}}),
        ("POST", f"/users/{me}/deactivate", {}),
    ):
        answer = await admin.call(method, path, **options)
        assert await _code(answer) == (409, "last_administrator")
    await add_person(services, "root@example.org", "admin")
    assert (await admin.call("POST", f"/users/{me}/deactivate")).status == 200


async def test_who_is_deactivated_has_no_sessions_when_they_come_back(
    client: Client, admin: Api, learner: Api
) -> None:
    ada = (await learner.get("/auth/me"))["data"]["id"]
    assert (await admin.call("POST", f"/users/{ada}/deactivate")).status == 200
    assert (await learner.call("GET", "/auth/me")).status == 401
    assert (await admin.call("POST", f"/users/{ada}/activate")).status == 200
    assert (await learner.call("GET", "/auth/me")).status == 401
    await signed_in(client, "ada@example.org", PASSWORD)


async def test_a_key_that_changes_people_is_no_administrator_by_that(
    services: Services, client: Client, admin: Api
) -> None:
    me = (await admin.get("/auth/me"))["data"]["attributes"]
    key = await admin.make("/api-keys", name="HR", scopes=["users.write", "courses.read"])
    program = Api(client, {"X-API-Key": key["attributes"]["key"]})
    root = (await admin.get("/auth/me"))["data"]["id"]
    guardian = {"name": "Gus", "email": "gus@example.org", "roles": ["guardian"]}
    made = await program.make("/users", **guardian)
    for method, path, body in (
        ("POST", "/users", {**guardian, "email": "x@example.org", "roles": ["admin"]}),
        ("POST", f"/users/{made['id']}/roles", {"role": "admin"}),
        ("PATCH", f"/users/{made['id']}", {"roles": ["admin"]}),
        ("POST", f"/users/{root}/password", {"password": "a new password"}),
        ("POST", "/auth/sync", {"external_id": "e", "email": me["email"], "name": "Mine"}),
    ):
        answer = await program.call(method, path, json=body)
        assert await _code(answer) == (403, "forbidden"), path
    rows = {"users": [{"email": me["email"], "name": "Mine"}]}
    imported = await (await program.call("POST", "/users/import", json=rows)).json()
    assert imported["results"][0]["errors"][0]["code"] == "forbidden"


async def test_people_say_for_themselves_how_they_are_called(learner: Api) -> None:
    told = {"name": "Ada L.", "locale": "en", "time_zone": "Europe/London"}
    assert told.items() <= (await _attributes(await _put(learner, told))).items()
    own = (await learner.get("/auth/profile"))["data"]
    assert told.items() <= own["attributes"].items()
    assert own["id"] == (await learner.get("/auth/me"))["data"]["id"]
    changed = await learner.call("PATCH", "/auth/profile", json={"locale": "de"})
    assert (await _attributes(changed))["time_zone"] == "Europe/London"
    assert (await _attributes(await _put(learner, {"name": "Ada"})))["time_zone"] is None
    for beyond in ({"email": "new@example.org"}, {"roles": ["admin"]}, {"status": "active"}):
        assert (await learner.call("PATCH", "/auth/profile", json=beyond)).status == 422


async def _put(caller: Api, profile: dict[str, Any]) -> Any:
    return await caller.call("PUT", "/auth/profile", json=profile)


async def test_an_identity_provider_adds_and_updates_people(admin: Api) -> None:
    async def sync(**said: Any) -> tuple[str, str]:
        answer = await admin.call("POST", "/auth/sync", json=said)
        document = await answer.json()
        assert answer.status == 200, document
        return document["data"]["id"], document["data"]["meta"]["outcome"]

    ada = {"external_id": "user_1", "email": "ada@example.org", "name": "Ada"}
    first = await sync(**ada)
    assert first[1] == "created"
    assert await sync(**ada) == (first[0], "unchanged")
    moved = {"external_id": "user_1", "email": "ada@example.com", "department": "Sales"}
    assert await sync(**moved) == (first[0], "updated")
    known = await admin.make("/users", name="Bo", email="bo@example.org")
    assert await sync(external_id="user_2", email="BO@example.org") == (known["id"], "updated")
    clash = {"external_id": "user_3", "email": "bo@example.org"}
    answer = await admin.call("POST", "/auth/sync", json=clash)
    assert await _code(answer) == (409, "email_taken")
    answer = await admin.call("POST", "/auth/sync", json={"external_id": "user_4"})
    told = [each["source"]["pointer"] for each in (await answer.json())["errors"]]
    assert told == ["/name", "/email"]


async def test_an_import_answers_for_each_person(admin: Api, people: list[dict[str, Any]]) -> None:
    rows = [
        {"name": "New", "email": "new@example.org", "groups": ["night"]},
        {"email": "john.doe@example.org", "department": "Support"},
        {"email": "jose@example.org"},
        {"name": "", "email": "nowhere"},
        {"name": "X", "email": "x@example.org", "shoe_size": 44},
    ]
    answer = await admin.call("POST", "/users/import", json={"users": rows})
    document = await answer.json()
    statuses = [each["status"] for each in document["results"]]
    assert statuses == ["created", "updated", "unchanged", "failed", "failed"]
    assert document["counts"] == {"created": 1, "updated": 1, "unchanged": 1, "failed": 2}
    wrong = [
        [each["source"]["pointer"] for each in result["errors"]]
        for result in document["results"][3:]
    ]
    assert wrong == [["/name", "/email"], ["/shoe_size"]]
    assert await _names(admin, department="Support") == {"John Doe"}


async def test_an_import_is_taken_as_csv(admin: Api) -> None:
    text = (
        "\ufeffname,email,roles,hired_on,supervisor_email\r\n"
        '"Doe, Jane",jane@example.org,learner;mentor,2024-01-31,\r\n'
        "Bo,,learner,,\r\n"
        "Cy,cy@example.org,,,jane@example.org\r\n"
        "Di,di@example.org,,,nobody@example.org\r\n"
    )
    headers = {"Content-Type": "text/csv"}
    answer = await admin.call("POST", "/users/import", data=text.encode(), headers=headers)
    results = (await answer.json())["results"]
    assert [each["status"] for each in results] == ["created", "failed", "created", "failed"]
    assert results[3]["errors"][0]["source"]["pointer"] == "/supervisor_email"
    cy = (await admin.get(f"/users/{results[2]['id']}"))["data"]
    assert cy["attributes"]["supervisor_id"] == results[0]["id"]
    (jane,) = (await admin.get("/users", params={"search": "jane"}))["data"]
    assert jane["attributes"]["roles"] == ["learner", "mentor"]
    for wrong, status in ((b"name\n\xff\xfe", 400), (b"name,email\n", 422)):
        answer = await admin.call("POST", "/users/import", data=wrong, headers=headers)
        assert answer.status == status
    again = await admin.call(
        "POST", "/users/import?existing=refuse", data=text.encode(), headers=headers
    )
    assert (await again.json())["results"][0]["errors"][0]["code"] == "user_exists"


async def test_learners_are_followed_by_a_program(
    services: Services, client: Client, admin: Api, people: list[dict[str, Any]]
) -> None:
    scopes = ["users.read", "enrollments.read"]
    key = await admin.make("/api-keys", name="CRM", scopes=scopes)
    program = Api(client, {"X-API-Key": key["attributes"]["key"]})
    assert await _names(program, "/learners", search="jo", per_page="2", page="2")
    one = await program.get("/learners", params={"limit": "1", "offset": "1"})
    assert (len(one["data"]), one["meta"]["total"]) == (1, 3)
    john = people[0]["id"]
    course = await admin.make("/courses", title="Fire safety", status="published")
    await admin.make("/enrollments", user_id=john, course_id=course["id"])
    (enrolled,) = (await program.get(f"/learners/{john}/courses"))["data"]
    assert enrolled["attributes"]["title"] == "Fire safety"
    for path in (f"/learners/{john}", "/learners/email/John.Doe@example.org"):
        found = (await program.get(path))["data"]
        assert (found["type"], found["id"]) == ("learner", john)
    root = (await admin.get("/auth/me"))["data"]
    for path in (root["id"], "nobody", f"email/{root['attributes']['email']}"):
        answer = await program.call("GET", f"/learners/{path}")
        assert await _code(answer) == (404, "learner_not_found")


async def test_a_learner_applies_and_becomes_a_mentor(admin: Api, learner: Api) -> None:
    path, body = "/mentor-applications", {"motivation": "I know fire.", "subjects": ["Fire"]}
    made = await learner.make(path, **body)
    again = await learner.call("POST", path, json=body)
    assert await _code(again) == (409, "already_applied")
    (pending,) = (await admin.get(path, params={"status": "pending"}))["data"]
    assert pending["id"] == made["id"]
    approve = f"{path}/{made['id']}/approve"
    assert (await learner.call("POST", approve)).status == 403
    for _ in range(2):
        approved = await _attributes(await admin.call("POST", approve))
        assert approved["status"] == "approved"
    assert "mentor" in (await learner.get("/auth/me"))["data"]["attributes"]["roles"]
    rejected = await admin.call("POST", f"{path}/{made['id']}/reject", json={"reason": "No"})
    assert await _code(rejected) == (409, "already_decided")
    assert await _code(await learner.call("POST", path, json=body)) == (409, "already_mentor")


async def test_who_is_rejected_is_told_why_and_may_apply_again(
    services: Services, client: Client, admin: Api, learner: Api
) -> None:
    path = "/mentor-applications"
    made = await learner.make(path, motivation="Why not")
    one = f"{path}/{made['id']}"
    assert (await admin.call("POST", f"{one}/reject", json={"reason": " "})).status == 422
    await admin.call("POST", f"{one}/reject", json={"reason": "Too early"})
    shown = (await learner.get(one))["data"]["attributes"]
    assert (shown["status"], shown["reason"]) == ("rejected", "Too early")
    await learner.make(path, motivation="Now I know")
    await add_person(services, "bo@example.org", "learner")
    bo = await signed_in(client, "bo@example.org", PASSWORD)
    assert (await bo.get(path))["data"] == []
    assert (await bo.call("GET", one)).status == 403
