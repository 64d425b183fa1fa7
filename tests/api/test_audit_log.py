"""The audit log: every change over REST, who made it and when."""

import asyncio
import csv
import io
import json
from datetime import timedelta
from typing import Any

from api.record_store import create_credential, revoke_credential, rotate_credential
from api.services import Services
from api.settings import read_settings
from api.store import Database
from tests.api.callers import Api, Client, add_person


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


async def _latest(admin: Api, **query: str) -> dict[str, Any]:
    (entry, *_) = (await admin.get("/audit-log", params=query))["data"]
    attributes: dict[str, Any] = entry["attributes"]
    return attributes


async def test_it_tells_what_was_before_and_after(admin: Api) -> None:
    course = await admin.make("/courses", title="Fire safety")
    path = f"/courses/{course['id']}"
    made = await _latest(admin)
    assert made["before"] is None
    assert made["after"]["title"] == "Fire safety"
    await admin.call("PATCH", path, json={"title": "Fire", "description": "x" * 600})
    changed = await _latest(admin)
    assert changed["before"] == {"title": "Fire safety", "description": ""}
    assert changed["after"] == {"title": "Fire", "description": "x" * 500 + "…"}
    await admin.call("PATCH", path, json={"title": "Fire"})
    same = await _latest(admin)
    assert (same["before"], same["after"]) == (None, None)
    await admin.call("POST", f"{path}/publish", json={})
    published = await _latest(admin)
    assert published["before"]["status"] == "draft"
    assert published["after"]["status"] == "published"


async def test_it_tells_what_was_there_once_it_is_gone(admin: Api) -> None:
    key = await admin.make("/api-keys", name="Nightly sync", scopes=["users.read"])
    await admin.call("DELETE", f"/api-keys/{key['id']}")
    gone = await _latest(admin)
    assert (gone["before"]["name"], gone["after"]) == ("Nightly sync", None)


async def test_it_tells_from_where_and_by_what(client: Client, admin: Api) -> None:
    key = await admin.make("/api-keys", name="Writer", scopes=["courses.write"])
    by_session = await _latest(admin)
    assert by_session["address"] == "127.0.0.1"
    assert by_session["credential"] not in (None, key["id"])
    headers = {"X-API-Key": key["attributes"]["key"], "User-Agent": "sync/1.0"}
    await client.post("/api/v1/courses", json={"title": "Fire"}, headers=headers)
    entry = await _latest(admin, who=key["id"])
    assert (entry["user_agent"], entry["credential"]) == ("sync/1.0", key["id"])


async def test_no_secret_is_in_it(services: Services, admin: Api, learner: Api) -> None:
    shown = [
        (await admin.make("/api-keys", name="Key"))["attributes"]["key"],
        (await admin.make("/xapi/credentials", name="Tool"))["attributes"]["secret"],
        (await admin.make("/xapi/credentials", name="Tool"))["attributes"]["token"],
    ]
    hook = {"url": "https://example.org/hook", "events": ["enrollment.created"]}
    shown.append((await admin.make("/webhooks", **hook))["attributes"]["secret"])
    person = await admin.make("/users", name="Bo", email="bo@example.org", password="Seven dwarfs")
    shown.append("Seven dwarfs")
    link = await admin.make(f"/users/{person['id']}/reset-link")
    shown.append(link["attributes"]["url"].partition("token=")[2])
    kept = str([each async for each in services.database.audit_log.find()])
    assert [secret for secret in shown if secret in kept] == []


async def test_of_what_people_do_with_their_own_only_the_fact_is_kept(
    admin: Api, learner: Api
) -> None:
    await learner.call("PATCH", "/auth/profile", json={"name": "Ada Lovelace"})
    entry = await _latest(admin)
    assert entry["action"] == "PATCH /auth/profile"
    assert (entry["before"], entry["after"]) == (None, None)


async def test_it_is_exported_as_csv(admin: Api) -> None:
    await admin.make("/courses", title="=cmd()|'/c calc'!A1, of course")
    answer = await admin.call("GET", "/audit-log.csv", params={"action": "POST /courses"})
    assert answer.headers["Content-Type"].startswith("text/csv")
    (row,) = csv.DictReader(io.StringIO(await answer.text()))
    assert list(row)[:4] == ["id", "at", "who", "action"]
    assert json.loads(row["after"])["title"].startswith("=cmd")
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.values())
    assert (await admin.call("GET", "/audit-log.csv", params={"page": "1"})).status == 400
