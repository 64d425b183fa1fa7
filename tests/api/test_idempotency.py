"""Idempotency-Key: the same request twice is done once and answered twice."""

import asyncio
import hashlib
from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientResponse, FormData

from api import idempotency
from api.errors import RequestInProgress
from api.idempotency import Asked, KeptAnswer
from api.services import Services
from api.store import Database, now
from tests.api.callers import PASSWORD, Api, add_person, signed_in

KEY = "5f0c2a1e-7f6b-4f0e-9a44-0d6a3c1b2e10"


async def _post(api: Api, path: str, key: str = KEY, **body: Any) -> ClientResponse:
    return await api.call("POST", path, json=body, headers={"Idempotency-Key": key})


async def _error(answer: ClientResponse) -> tuple[int, str]:
    (error,) = (await answer.json())["errors"]
    assert error["source"] == {"header": "Idempotency-Key"}
    return answer.status, error["code"]


async def test_the_second_time_is_answered_as_the_first_and_not_done(admin: Api) -> None:
    first = await _post(admin, "/courses", title="Once")
    second = await _post(admin, "/courses", title="Once")
    assert first.status == second.status == 201
    assert await first.read() == await second.read()
    for name in ("Content-Type", "ETag", "Location"):
        assert first.headers[name] == second.headers[name]
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert (await admin.get("/courses"))["meta"]["total"] == 1


async def test_a_key_goes_with_one_request_of_one_person(admin: Api, services: Services) -> None:
    await add_person(services, "eve@example.org", "admin")
    eve = await signed_in(admin.client, "eve@example.org", PASSWORD)
    course = (await (await _post(admin, "/courses", title="One")).json())["data"]["id"]
    refused = (422, "idempotency_key_reused")
    assert await _error(await _post(admin, "/courses", title="Other")) == refused
    assert (await _post(eve, "/courses", title="Other")).status == 201
    assert (await _post(admin, f"/courses/{course}/modules", title="One")).status == 201
    other = await _post(admin, "/courses", title="Two", key="other")
    path = f"/courses/{(await other.json())['data']['id']}/modules"
    assert await _error(await _post(admin, path, title="One")) == refused
    assert await _error(await _post(admin, "/courses", title="x", key="a key")) == (
        400,
        "validation_error",
    )


async def test_requests_at_the_same_moment_are_done_once(admin: Api) -> None:
    answers = await asyncio.gather(*[_post(admin, "/courses", title="Once") for _ in range(6)])
    refused = [answer for answer in answers if answer.status != 201]
    assert len(refused) < 6
    for answer in refused:
        assert await _error(answer) == (409, "idempotency_in_progress")
        assert int(answer.headers["Retry-After"]) > 0
    assert (await admin.get("/courses"))["meta"]["total"] == 1
    assert (await _post(admin, "/courses", title="Once")).status == 201


async def test_what_was_refused_may_be_put_right_with_the_same_key(admin: Api) -> None:
    assert (await _post(admin, "/courses", title="")).status == 422
    assert (await _post(admin, "/courses/none/modules", title="x")).status == 404
    assert (await _post(admin, "/courses", title="Right")).status == 201


async def test_the_key_of_a_dead_server_is_free_after_a_while(
    services: Services, database: Database
) -> None:
    asked, keys = Asked("o", "p", "POST /x", KEY, b"said"), services.idempotency_keys
    async with keys.claimed(asked) as lost:
        with pytest.raises(RequestInProgress):
            await keys.claimed(asked).__aenter__()
        past = {"until": now() - timedelta(seconds=1)}
        await database[idempotency._COLLECTION].update_one({}, {"$set": past})
        async with keys.claimed(asked) as taken_over:
            taken_over.answer = KeptAnswer(201, {}, b"made")
        lost.answer = KeptAnswer(201, {}, b"made too late")
    kept = await keys.answered(asked)
    assert kept is not None
    assert kept.body == b"made"


async def test_no_secret_can_be_read_from_what_is_kept(admin: Api, database: Database) -> None:
    answer = await _post(admin, "/xapi/credentials", name="Tool")
    secret = (await answer.json())["data"]["attributes"]["secret"]
    again = await _post(admin, "/xapi/credentials", name="Tool")
    assert (await again.json())["data"]["attributes"]["secret"] == secret
    (kept,) = await database[idempotency._COLLECTION].find().to_list()
    assert secret not in repr(kept)
    assert KEY not in repr(kept)


async def test_mongodb_forgets_after_a_day(admin: Api, database: Database) -> None:
    await _post(admin, "/courses", title="Once")
    (kept,) = await database[idempotency._COLLECTION].find().to_list()
    assert timedelta(hours=23) < kept["expires_at"] - now() <= timedelta(hours=24)
    indexes = await database[idempotency._COLLECTION].index_information()
    assert indexes["expires_at_1"]["expireAfterSeconds"] == 0


async def test_an_upload_is_known_by_its_digest(admin: Api) -> None:
    def form() -> FormData:
        fields = FormData()
        fields.add_field("file", b"no zip", filename="x.zip")
        return fields

    key = {"Idempotency-Key": KEY}
    bare = await admin.call("POST", "/scorm/upload", data=form(), headers=key)
    assert await _error(bare) == (400, "idempotency_digest_required")
    digest = b64encode(hashlib.sha256(b"whatever").digest()).decode()
    told = await admin.call(
        "POST",
        "/scorm/upload",
        data=form(),
        headers=key | {"Content-Digest": f"sha-256=:{digest}:"},
    )
    assert told.status == 422
    path = "/xapi/statements/import"
    unsupported = {"Content-Type": "application/x-ndjson", **key}
    lines = await admin.call("POST", path, data=b"", headers=unsupported)
    assert await _error(lines) == (400, "idempotency_not_supported")
