"""The audit log: every change over REST, who made it and when."""

import asyncio
from datetime import timedelta

from api.record_store import create_credential, revoke_credential, rotate_credential
from api.services import Services
from api.settings import read_settings
from api.store import Database
from tests.api.callers import Api, add_person


async def test_every_change_is_in_the_audit_log_and_nothing_else(admin: Api) -> None:
    me = (await admin.get("/auth/me"))["data"]["id"]
    course = await admin.make("/courses", title="Fire safety")
    await admin.call("PATCH", f"/courses/{course['id']}", json={"title": "Fire"})
    await admin.call("PATCH", f"/courses/{course['id']}", json={"title": ""})
    await admin.call("POST", "/xapi/aggregate", json={"pipeline": []})
    await admin.get("/courses")
    entries = (await admin.get("/audit-log"))["data"]
    assert [(each["attributes"]["action"], each["attributes"]["subjects"]) for each in entries] == [
        ("PATCH /courses/{course_id}", [course["id"]]),
        ("POST /courses", [course["id"]]),
    ]
    assert {each["attributes"]["who"] for each in entries} == {me}


async def test_it_is_read_page_by_page_and_by_who_what_and_when(
    services: Services, admin: Api
) -> None:
    courses = [(await admin.make("/courses", title=f"Course {n}"))["id"] for n in range(5)]
    first = await admin.get("/audit-log", params={"per_page": "2"})
    seen = [each["attributes"]["subjects"] for each in first["data"]]
    link = first["links"]["next"]
    while link:
        page = await admin.get(link.removeprefix("/api/v1"))
        seen += [each["attributes"]["subjects"] for each in page["data"]]
        link = page["links"]["next"]
    assert seen == [[each] for each in reversed(courses)]
    one = first["data"][0]["attributes"]
    for wanted in (
        {"subject": courses[4]},
        {"since": one["at"], "who": one["who"], "action": "POST /courses"},
    ):
        found = (await admin.get("/audit-log", params=wanted))["data"]
        assert first["data"][0] in found
    for unwanted in ({"subject": "x"}, {"until": "2020-01-01T00:00:00Z"}, {"page[after]": "x"}):
        assert (await admin.get("/audit-log", params=unwanted))["data"] == []


async def test_no_route_changes_it(admin: Api) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert (await admin.call(method, "/audit-log", json={})).status == 405


async def test_a_learner_may_not_read_it(services: Services, learner: Api) -> None:
    assert (await learner.call("GET", "/audit-log")).status == 403


async def test_another_organizations_changes_are_not_seen(services: Services, admin: Api) -> None:
    await services.audit.append(
        "organization-2", await add_person(services, "b@example.org"), "x", []
    )
    assert (await admin.get("/audit-log"))["data"] == []


async def test_what_the_command_line_does_to_credentials_is_in_it(
    services: Services, admin: Api, database: Database, mongodb_uri: str
) -> None:
    flags = {"mongodb_uri": mongodb_uri, "mongodb_database": database.name}
    settings = read_settings({}, flags)
    issued = await asyncio.to_thread(create_credential, settings, "Tool", ["all"], None, None)
    await asyncio.to_thread(rotate_credential, settings, issued.key, timedelta(0))
    await asyncio.to_thread(revoke_credential, settings, issued.key)
    entries = (await admin.get("/audit-log", params={"subject": issued.id}))["data"]
    assert [(each["attributes"]["action"], each["attributes"]["who"]) for each in entries] == [
        ("credential.revoked", None),
        ("credential.rotated", None),
        ("credential.created", None),
    ]
