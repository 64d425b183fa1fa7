"""The credentials of xAPI clients over REST, and people's own tokens at the xAPI resources."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import encode_basic_auth

from api.services import Services
from lrs.credentials.scopes import SCOPES
from tests.api.callers import PASSWORD, Api, Client, add_person, signed_in

PATH = "/xapi/credentials"
STATEMENTS = "/xapi/statements"
VERSION = {"X-Experience-API-Version": "1.0.3"}
STATEMENT = {
    "actor": {"objectType": "Agent", "mbox": "mailto:ada@example.com"},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
    "object": {"id": "https://example.com/activities/1"},
}


async def _status(client: Client, authorization: str) -> int:
    headers = {**VERSION, "Authorization": authorization}
    return (await client.get(STATEMENTS, headers=headers)).status


def _basic(attributes: dict[str, Any]) -> str:
    return encode_basic_auth(attributes["key"], attributes["secret"])


async def _act(admin: Api, credential_id: str, action: str, **body: Any) -> dict[str, Any]:
    answer = await admin.call("POST", f"{PATH}/{credential_id}/{action}", json=body)
    assert answer.status == 200, await answer.text()
    attributes: dict[str, Any] = (await answer.json())["data"]["attributes"]
    return attributes


async def test_a_new_credential_opens_the_record_store_and_its_secret_is_shown_once(
    admin: Api, client: Client
) -> None:
    made = await admin.make(PATH, name="Authoring tool")
    attributes = made["attributes"]
    assert await _status(client, _basic(attributes)) == 200
    assert await _status(client, f"Bearer {attributes['token']}") == 200
    for shown in (await admin.get(f"{PATH}/{made['id']}"))["data"], *await _all(admin):
        assert {"secret", "token"}.isdisjoint(shown["attributes"])
        assert attributes["secret"] not in str(shown)


async def test_names_scopes_expiry_and_authority_are_told(admin: Api) -> None:
    authority = {"objectType": "Agent", "mbox": "mailto:tool@example.com"}
    ends = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
    made = await admin.make(
        PATH,
        name="Simulator",
        scopes=["state", "statements/write"],
        authority=authority,
        expires_at=ends.isoformat(),
    )
    (shown,) = [each for each in await _all(admin) if each["id"] == made["id"]]
    attributes = shown["attributes"]
    assert attributes["name"] == "Simulator"
    assert attributes["scopes"] == ["statements/write", "state"]
    assert attributes["authority"] == authority
    assert datetime.fromisoformat(attributes["expires_at"]) == ends
    assert attributes["status"] == "active"
    assert attributes["last_used_at"] is None


@pytest.mark.parametrize("prefix", ["", "/data/attributes"])
async def test_all_that_is_wrong_is_told_where_it_was_written(admin: Api, prefix: str) -> None:
    draft = {"name": " ", "scopes": ["everything"], "expires_at": "2020-01-01T00:00:00Z"}
    body = {"data": {"type": "xapi_credential", "attributes": draft}} if prefix else draft
    answer = await admin.call("POST", PATH, json=body)
    assert answer.status == 422
    errors = (await answer.json())["errors"]
    found = {each["source"]["pointer"] for each in errors}
    assert found == {f"{prefix}/{name}" for name in draft}


async def test_a_rotation_ends_the_old_secret_now_or_after_the_overlap(
    admin: Api, client: Client
) -> None:
    made = await admin.make(PATH, name="Tool")
    first = made["attributes"]
    second = await _act(admin, made["id"], "rotate", overlap_seconds=3600)
    assert second["key"] == first["key"]
    assert second["overlap_ends_at"] is not None
    assert await _status(client, _basic(first)) == 200
    assert await _status(client, _basic(second)) == 200
    third = await _act(admin, made["id"], "rotate")
    statuses = [await _status(client, _basic(each)) for each in (first, second, third)]
    assert statuses == [401, 401, 200]


async def test_a_revoked_credential_is_over_and_stays_listed(admin: Api, client: Client) -> None:
    made = await admin.make(PATH, name="Tool")
    assert await _status(client, _basic(made["attributes"])) == 200
    assert (await _act(admin, made["id"], "revoke"))["status"] == "revoked"
    assert await _status(client, _basic(made["attributes"])) == 401
    (shown,) = [each for each in await _all(admin) if each["id"] == made["id"]]
    assert shown["attributes"]["revoked_at"] is not None
    answer = await admin.call("POST", f"{PATH}/{made['id']}/rotate", json={})
    assert answer.status == 422


async def test_who_made_rotated_and_revoked_one_is_in_the_audit_log(admin: Api) -> None:
    made = await admin.make(PATH, name="Tool")
    await _act(admin, made["id"], "rotate")
    await _act(admin, made["id"], "revoke")
    me = (await admin.get("/auth/me"))["data"]["id"]
    entries = (await admin.get("/audit-log", params={"subject": made["id"]}))["data"]
    assert [(each["attributes"]["action"], each["attributes"]["who"]) for each in entries] == [
        (f"POST {PATH}/{{credential_id}}/revoke", me),
        (f"POST {PATH}/{{credential_id}}/rotate", me),
        (f"POST {PATH}", me),
    ]
    assert made["attributes"]["secret"] not in str(entries)


async def test_another_organizations_credential_is_not_there(
    admin: Api, services: Services, client: Client
) -> None:
    foreign = await services.credentials.create("another-organization", "Theirs")
    assert foreign.id not in {each["id"] for each in await _all(admin)}
    for method, action in (("GET", ""), ("POST", "/rotate"), ("POST", "/revoke")):
        body = {"json": {}} if method == "POST" else {}
        answer = await admin.call(method, f"{PATH}/{foreign.id}{action}", **body)
        assert answer.status == 404
    assert await _status(client, encode_basic_auth(foreign.key, foreign.secret)) == 200


async def test_a_person_speaks_xapi_with_an_access_token_as_the_roles_allow(
    services: Services, client: Client, admin: Api, learner: Api
) -> None:
    await add_person(services, "officer@example.org", "compliance_officer")
    officer = await signed_in(client, "officer@example.org", PASSWORD)
    expected = {"admin": (200, 200), "officer": (200, 403), "learner": (403, 403)}
    for name, caller in {"admin": admin, "officer": officer, "learner": learner}.items():
        headers = {**caller.headers, **VERSION}
        read = await client.get(STATEMENTS, headers=headers)
        written = await client.post(STATEMENTS, headers=headers, json=STATEMENT)
        assert (read.status, written.status) == expected[name], name
    assert await _status(client, "Bearer nobody.knows.this") == 401


async def test_what_a_person_records_is_under_their_own_authority(
    client: Client, admin: Api
) -> None:
    headers = {**admin.headers, **VERSION}
    await client.post(STATEMENTS, headers=headers, json=STATEMENT)
    (found,) = (await (await client.get(STATEMENTS, headers=headers)).json())["statements"]
    me = (await admin.get("/auth/me"))["data"]["id"]
    assert found["authority"]["account"]["name"] == me


async def test_the_documented_scopes_are_all_taken(admin: Api) -> None:
    for scope in SCOPES:
        made = await admin.make(PATH, name=scope, scopes=[scope])
        assert made["attributes"]["scopes"] == [scope]


async def _all(admin: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await admin.get(PATH))["data"]
    return found
