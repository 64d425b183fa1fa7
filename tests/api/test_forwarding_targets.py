"""Forwarding targets over REST."""

import asyncio
from typing import Any

import pytest

from api.services import Services
from tests.api.callers import Api
from tests.lrs.conftest import a_statement

PATH = "/xapi/forwarding-targets"
TARGET = {
    "name": "Ministry",
    "endpoint": "http://127.0.0.1:9/xapi/",
    "key": "key",
    "secret": "open-sesame",
}


async def test_a_target_is_made_changed_and_removed_and_never_shows_its_secret(admin: Api) -> None:
    made = await admin.make(PATH, **TARGET, filter={"verbs": ["https://example.org/verbs/did"]})
    assert made["attributes"] == {
        "name": "Ministry",
        "endpoint": "http://127.0.0.1:9/xapi",
        "xapi_version": "1.0.3",
        "key": "key",
        "filter": {"verbs": ["https://example.org/verbs/did"], "activities": []},
        "enabled": True,
    }
    one = f"{PATH}/{made['id']}"
    stale = await admin.call("PATCH", one, json={"enabled": False}, headers={"If-Match": '"7"'})
    assert stale.status == 412
    answer = await admin.call("PATCH", one, json={"enabled": False}, headers={"If-Match": '"1"'})
    assert answer.status == 200
    assert (await answer.json())["data"]["attributes"]["enabled"] is False
    shown = await admin.call("GET", one)
    assert shown.headers["ETag"].startswith('"2-')
    assert "open-sesame" not in await shown.text()
    status = (await admin.get(f"{one}/status"))["data"]["attributes"]
    assert (status["state"], status["behind"], status["dead_letters"]) == ("paused", 0, 0)
    assert [each["id"] for each in (await admin.get("/xapi/forwarding-status"))["data"]] == [
        made["id"]
    ]
    assert (await admin.call("DELETE", one)).status == 204
    assert (await admin.get(PATH))["data"] == []
    for path in (one, f"{one}/status", f"{one}/dead-letters"):
        assert (await admin.call("GET", path)).status == 404


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("endpoint", "ftp://example.org"),
        ("endpoint", "https://key:secret@example.org/xapi"),
        ("key", "with:colon"),
        ("secret", ""),
        ("xapi_version", "0.95"),
        ("since", "2026-01-01T00:00:00"),
        ("name", ""),
    ],
)
async def test_what_cannot_be_a_target_is_refused_at_its_place(
    admin: Api, name: str, value: Any
) -> None:
    answer = await admin.call("POST", PATH, json={**TARGET, name: value})
    assert answer.status == 422
    (error,) = (await answer.json())["errors"]
    assert error["source"] == {"pointer": f"/{name}"}
    assert "secret" not in error["detail"] or name == "secret"


async def test_the_server_forwards_beside_serving(admin: Api, services: Services) -> None:
    target = await admin.make(PATH, **TARGET)
    authority = {"objectType": "Agent", "mbox": "mailto:lms@example.org"}
    organization_id = services.sessions.organization_id
    await services.log.record(organization_id, [a_statement()], authority=authority)
    async with asyncio.timeout(30):
        while True:
            status = (await admin.get(f"{PATH}/{target['id']}/status"))["data"]["attributes"]
            if status["attempts"]:
                break
            await asyncio.sleep(0.1)
    assert status["state"] == "retrying"
    assert status["last_failure"]["status"] is None
    assert status["next_attempt_at"] is not None
