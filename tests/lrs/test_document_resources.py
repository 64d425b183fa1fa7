"""Who may reach documents, from where, and what cannot be one (Communication 2.2, 4.2)."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import encode_basic_auth
from aiohttp.test_utils import TestClient
from pymongo import AsyncMongoClient
from yarl import URL

from lrs.credentials import Credentials, scopes
from lrs.log import StatementLog
from tests.lrs.conftest import ORGANIZATION, Speak, serving

XAPI = TestClient[Any, Any]
AGENT = json.dumps({"mbox": "mailto:ada@example.com"})
ACTIVITY = "https://example.com/activities/1"
STATE = ("/xapi/activities/state", {"activityId": ACTIVITY, "agent": AGENT, "stateId": "a"})
ACTIVITY_PROFILE = ("/xapi/activities/profile", {"activityId": ACTIVITY, "profileId": "a"})
AGENT_PROFILE = ("/xapi/agents/profile", {"agent": AGENT, "profileId": "a"})
NEW = {"If-None-Match": "*"}


@pytest.mark.parametrize(
    ("scope", "readable", "writable"),
    [
        (scopes.ALL, {"state", "profile"}, {"state", "profile"}),
        (scopes.READ_ALL, {"state", "profile"}, set()),
        (scopes.STATE, {"state"}, {"state"}),
        (scopes.PROFILE, {"profile"}, {"profile"}),
        (scopes.DEFINE, set(), set()),
        (scopes.WRITE_STATEMENTS, set(), set()),
        (scopes.READ_STATEMENTS, set(), set()),
    ],
)
async def test_a_scope_reaches_its_documents_and_no_others(
    credentials: Credentials, speak: Speak, scope: str, readable: set[str], writable: set[str]
) -> None:
    """XAPI-00327, Communication 4.2: 403, and nothing is changed."""
    xapi = await speak(await credentials.create(ORGANIZATION, scope, scopes=[scope]))
    for kind, (path, address) in (
        ("state", STATE),
        ("profile", ACTIVITY_PROFILE),
        ("profile", AGENT_PROFILE),
    ):
        put = await xapi.put(path, params=address, json={}, headers=NEW)
        assert put.status == (204 if kind in writable else 403)
        post = await xapi.post(path, params=address, json={})
        assert post.status == (204 if kind in writable else 403)
        there = 200 if kind in writable else 404
        assert (await xapi.get(path, params=address)).status == (there if kind in readable else 403)
        delete = await xapi.delete(path, params=address)
        assert delete.status == (204 if kind in writable else 403)


async def test_another_organization_finds_nothing(
    credentials: Credentials, speak: Speak, xapi: XAPI
) -> None:
    """Documents, names and definitions belong to the organization of the credential."""
    stranger = await speak(await credentials.create("organization-2", "Stranger"))
    for path, address in (STATE, ACTIVITY_PROFILE, AGENT_PROFILE):
        assert (await xapi.put(path, params=address, json={}, headers=NEW)).status == 204
        assert (await stranger.get(path, params=address)).status == 404
        await stranger.delete(path, params=address)
        assert (await xapi.get(path, params=address)).status == 200
    statement = {
        "actor": {"mbox": "mailto:ada@example.com", "name": "Ada"},
        "verb": {"id": "http://example.com/verbs/tried"},
        "object": {"id": ACTIVITY, "definition": {"name": {"en": "Lesson"}}},
    }
    assert (await xapi.post("/xapi/statements", json=statement)).status == 200
    for reader, knows in ((xapi, True), (stranger, False)):
        person = await (await reader.get("/xapi/agents", params={"agent": AGENT})).json()
        assert ("name" in person) is knows
        found = await reader.get("/xapi/activities", params={"activityId": ACTIVITY})
        assert ("definition" in await found.json()) is knows


async def test_a_page_among_the_documents_runs_nowhere(xapi: XAPI) -> None:
    """A document is foreign content: sandboxed, and never taken for another type."""
    path, address = STATE
    html = {"Content-Type": "text/html"}
    await xapi.put(path, params=address, data=b"<script>1</script>", headers=html)
    got = await xapi.get(path, params=address)
    assert got.headers["Content-Security-Policy"] == "sandbox"
    assert got.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("content_type", ["text/plain; a=ü", "text/plain\r\nX-Other: 1", "a\x7f"])
async def test_a_content_type_that_no_header_can_carry_is_refused(
    xapi: XAPI, content_type: str
) -> None:
    """400: what cannot be sent back as it came is not taken."""
    path, address = STATE
    form = urlencode({**address, "content": "a", "Content-Type": content_type})
    response = await xapi.post(
        f"{path}?method=PUT",
        data=form,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert response.status == 400
    assert (await response.json())["errors"][0]["source"] == {"header": "Content-Type"}


async def test_a_document_without_a_content_type_is_bytes(xapi: XAPI) -> None:
    """Communication 2.2: any content may be stored."""
    path, address = STATE
    put = await xapi.put(path, params=address, data=b"\x00\xff", skip_auto_headers=["Content-Type"])
    assert put.status == 204
    got = await xapi.get(path, params=address)
    assert (got.content_type, await got.read()) == ("application/octet-stream", b"\x00\xff")


async def test_a_database_out_of_reach_is_503(aiohttp_client: Any) -> None:
    """503 with Retry-After, also where a browser asks: nobody takes it for a fault of theirs."""
    async with AsyncMongoClient[dict[str, Any]](
        "mongodb://127.0.0.1:1", serverSelectionTimeoutMS=50
    ) as nowhere:
        database = nowhere["lost"]
        log = StatementLog(database)
        lost = await aiohttp_client(serving(database, log, Credentials(database, home_page="")))
        path, address = STATE
        headers = {
            "X-Experience-API-Version": "2.0.0",
            "Authorization": encode_basic_auth("key", "secret"),
        }
        response = await lost.get(path, params=address, headers=headers)
        assert response.status == 503
        assert response.headers["Retry-After"]


async def test_every_character_may_stand_in_an_id(xapi: XAPI) -> None:
    """XAPI-00228: any string but the empty one."""
    path, address = STATE
    ids = ["a/b", "..", "$where", "a.b", "\x00", "☃ \U0001f600", "x" * 2000, "%2F", "+ &=#"]
    for number, document_id in enumerate(ids):
        there = {**address, "stateId": document_id}
        assert (await xapi.put(path, params=there, json=number)).status == 204
    for number, document_id in enumerate(ids):
        got = await xapi.get(path, params={**address, "stateId": document_id})
        assert await got.json() == number
    listed = await xapi.get(path, params={"activityId": ACTIVITY, "agent": AGENT})
    assert set(await listed.json()) == set(ids)


async def test_bytes_that_are_no_text_are_refused_in_a_query(xapi: XAPI) -> None:
    """400 or a document under that very name, and never a 5xx."""
    for wrong in ("%FF", "%ED%A0%80", "%"):
        query = urlencode({"activityId": ACTIVITY, "agent": AGENT})
        url = xapi.make_url("/xapi/activities/state")
        exact = URL(f"{url}?{query}&stateId={wrong}", encoded=True)
        response = await xapi.session.put(exact, json={})
        assert response.status in (204, 400)
