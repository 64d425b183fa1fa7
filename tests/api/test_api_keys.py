"""API keys of programs and tokens of people: made, sent in every way, ended."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from api.services import Services
from content import organizations
from content.organizations import OrganizationDraft
from content.people import people
from content.people.people import PersonDraft
from tests.api.callers import PASSWORD, Api, Client, add_person, signed_in

PATH = "/api-keys"
XAPI = {"X-Experience-API-Version": "1.0.3"}


def _by(client: Client, made: dict[str, Any]) -> Api:
    return Api(client, {"Authorization": f"Bearer {made['attributes']['key']}"})


async def _codes(answer: Any) -> list[str]:
    return [each["code"] for each in (await answer.json())["errors"]]


async def test_a_key_is_shown_once_and_only_its_hash_is_kept(
    services: Services, admin: Api
) -> None:
    made = await admin.make(PATH, name="My API Key")
    key = made["attributes"]["key"]
    assert key.startswith(made["attributes"]["prefix"])
    assert len(key) - len("lyk_") >= 256 / 6
    shown = [await admin.get(f"{PATH}/{made['id']}"), await admin.get(PATH)]
    kept = [each async for each in services.database.api_keys.find()]
    assert key not in f"{shown}{kept}"


async def test_it_is_taken_as_bearer_header_and_parameter(client: Client, admin: Api) -> None:
    key = (await admin.make(PATH, name="Key", scopes=["courses.read"]))["attributes"]["key"]
    path = "/api/v1/courses"
    for headers in ({"Authorization": f"Bearer {key}"}, {"X-API-Key": key}):
        assert (await client.get(path, headers=headers)).status == 200
    assert (await client.get(path, params={"apiKey": key})).status == 200
    assert (await client.get(path, params={"apiKey": key[:-1]})).status == 401


async def test_the_parameter_is_in_no_log_and_in_no_answer(client: Client, admin: Api) -> None:
    key = (await admin.make(PATH, name="Key", scopes=["courses.read"]))["attributes"]["key"]
    with capture_logs() as logs:
        answers = [
            await client.get(f"/api/v1{path}&apiKey={key}")
            for path in ("/courses?page=1", "/courses?colour=red", "/nowhere?x=1")
        ]
    assert [each.status for each in answers] == [200, 400, 404]
    told = [await each.text() for each in answers]
    assert logs
    assert key not in f"{logs}{told}"
    assert "apiKey" not in str(told)


async def test_its_scopes_are_what_it_may_do_and_nothing_is_its_own(
    client: Client, admin: Api
) -> None:
    made = await admin.make(PATH, name="Reader", scopes=["courses.read", "users.read"])
    program = _by(client, made)
    me = (await program.get("/auth/me"))["data"]
    assert (me["id"], me["attributes"]["name"]) == (made["id"], "Reader")
    assert me["meta"]["permissions"] == ["courses.read", "session", "users.read"]
    assert (await program.call("GET", "/users")).status == 200
    assert (await program.call("POST", "/courses", json={"title": "x"})).status == 403
    assert (await program.call("POST", "/auth/sign-out")).status == 403


async def test_without_scopes_it_may_do_what_its_maker_may(client: Client, admin: Api) -> None:
    program = _by(client, await admin.make(PATH, name="Everything"))
    assert (await program.call("POST", "/courses", json={"title": "Fire"})).status == 201


async def test_what_a_program_does_is_audited_under_the_key(client: Client, admin: Api) -> None:
    made = await admin.make(PATH, name="Writer", scopes=["courses.write"])
    await _by(client, made).make("/courses", title="Fire safety")
    entries = (await admin.get("/audit-log", params={"who": made["id"]}))["data"]
    assert [each["attributes"]["action"] for each in entries] == ["POST /courses"]


async def test_a_key_makes_no_keys(client: Client, admin: Api) -> None:
    program = _by(client, await admin.make(PATH, name="Everything"))
    for path in (PATH, "/my/tokens"):
        assert (await program.call("POST", path, json={"name": "Another"})).status == 403


async def test_every_rule_that_a_new_key_breaks_is_told(admin: Api) -> None:
    past = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    for wrong, where in (
        ({"name": " ", "scopes": ["everything", "courses.read"]}, {"/name", "/scopes/0"}),
        ({"name": "Key", "scopes": [], "expires_at": past}, {"/scopes", "/expires_at"}),
    ):
        answer = await admin.call("POST", PATH, json=wrong)
        assert answer.status == 422
        errors = (await answer.json())["errors"]
        assert {each["source"]["pointer"] for each in errors} == where


async def test_a_revoked_an_expired_and_a_deleted_key_are_refused(
    services: Services, client: Client, admin: Api
) -> None:
    soon = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    revoked, gone = [await admin.make(PATH, name=name) for name in ("One", "Two")]
    expired = await admin.make(PATH, name="Three", expires_at=soon)
    assert (await _by(client, expired).call("GET", "/auth/me")).status == 200
    answer = await admin.call("POST", f"{PATH}/{revoked['id']}/revoke")
    assert (await answer.json())["data"]["attributes"]["status"] == "revoked"
    assert (await admin.call("DELETE", f"{PATH}/{gone['id']}")).status == 204
    await services.database.api_keys.update_one(
        {"_id": expired["id"]}, {"$set": {"expires_at": datetime.now(UTC)}}
    )
    for each in (revoked, gone, expired):
        answer = await _by(client, each).call("GET", "/auth/me")
        assert answer.status == 401
        assert await _codes(answer) == ["auth_required"]
    statuses = [each["attributes"]["status"] for each in (await admin.get(PATH))["data"]]
    assert statuses == ["revoked", "expired"]


async def test_it_is_renamed_at_the_version_that_was_read(client: Client, admin: Api) -> None:
    made = await admin.make(PATH, name="Key")
    path, stale = f"{PATH}/{made['id']}", {"If-Match": '"1"'}
    renamed = await admin.call("PATCH", path, json={"name": "Nightly sync"}, headers=stale)
    assert (await renamed.json())["data"]["attributes"]["name"] == "Nightly sync"
    assert (await admin.call("PATCH", path, json={"name": "x"}, headers=stale)).status == 412
    assert (await _by(client, made).call("GET", "/auth/me")).status == 200


async def test_its_last_use_is_noted(client: Client, admin: Api) -> None:
    made = await admin.make(PATH, name="Key")
    assert made["attributes"]["last_used_at"] is None
    await _by(client, made).get("/auth/me")
    shown: Any = None
    while shown is None:
        found = await admin.get(f"{PATH}/{made['id']}")
        shown = found["data"]["attributes"]["last_used_at"]
    assert shown.endswith("Z")


async def test_a_token_acts_for_its_person_with_a_part_of_their_permissions(
    services: Services, client: Client, learner: Api, admin: Api
) -> None:
    made = await learner.make("/my/tokens", name="Notebook", scopes=["courses.read"])
    ada = (await learner.get("/auth/me"))["data"]["id"]
    token = _by(client, made)
    me = (await token.get("/auth/me"))["data"]
    assert (me["id"], me["meta"]["permissions"]) == (ada, ["courses.read", "session"])
    assert (await token.call("GET", "/my/courses")).status == 403
    too_much = {"name": "Root", "scopes": ["users.write"]}
    assert (await learner.call("POST", "/my/tokens", json=too_much)).status == 422
    assert (await admin.get("/my/tokens"))["data"] == []
    assert (await admin.call("GET", f"{PATH}/{made['id']}")).status == 404
    await admin.call("PATCH", f"/users/{ada}", json={"status": "inactive"})
    assert (await token.call("GET", "/auth/me")).status == 401


@pytest.mark.parametrize("ending", ["revoke", "delete"])
async def test_a_person_ends_their_own_tokens_and_nobody_elses(
    services: Services, client: Client, learner: Api, ending: str
) -> None:
    made = await learner.make("/my/tokens", name="Notebook")
    await add_person(services, "bo@example.org", "learner")
    bo = await signed_in(client, "bo@example.org", PASSWORD)
    path = f"/my/tokens/{made['id']}"
    way = ("POST", f"{path}/revoke") if ending == "revoke" else ("DELETE", path)
    assert (await bo.call(*way)).status == 404
    assert (await learner.call(*way)).status in (200, 204)
    assert (await _by(client, made).call("GET", "/auth/me")).status == 401


async def test_a_key_opens_the_record_store_as_its_scopes_say(client: Client, admin: Api) -> None:
    for scopes, status in ((["statements.read"], 200), (["courses.read"], 403)):
        made = await admin.make(PATH, name="Warehouse", scopes=scopes)
        headers = {**_by(client, made).headers, **XAPI}
        answer = await client.get("/xapi/statements", headers=headers)
        assert answer.status == status


async def test_another_organizations_key_reaches_nothing_here(
    services: Services, client: Client, admin: Api
) -> None:
    draft = OrganizationDraft(name="Elsewhere", public_url="https://elsewhere.example")
    elsewhere = await organizations.create(services.content, draft)
    person = await people.create(
        services.content,
        elsewhere.id,
        PersonDraft(name="Eve", email="eve@example.org", roles=("admin",)),
    )
    await services.sessions.set_password(person, PASSWORD)
    body = {"email": person.email, "password": PASSWORD, "organization_id": elsewhere.id}
    answer = await client.post("/api/v1/auth/sign-in", json=body)
    session = (await answer.json())["data"]["attributes"]["access_token"]
    eve = Api(client, {"Authorization": f"Bearer {session}"})
    program = _by(client, await eve.make(PATH, name="Key"))
    made, course = await admin.make(PATH, name="Ours"), await admin.make("/courses", title="Ours")
    for caller in (eve, program):
        assert (await caller.get("/courses"))["data"] == []
        assert (await caller.call("GET", f"/courses/{course['id']}")).status == 404
        assert (await caller.call("GET", f"{PATH}/{made['id']}")).status == 404
