"""The REST API's conventions: documents, pages, versions, and errors with every finding."""

import dataclasses
import gzip
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

from api.origins import lms_application
from api.rest import auth
from api.services import Services
from tests.api.callers import Api, Client

MEDIA_TYPE = "application/vnd.api+json"


async def _errors(answer: Any) -> list[dict[str, Any]]:
    assert answer.content_type == MEDIA_TYPE
    errors: list[dict[str, Any]] = (await answer.json())["errors"]
    assert {error["status"] for error in errors} == {str(answer.status)}
    assert all(error["code"] and error["title"] and error["detail"] for error in errors)
    return errors


def _pointers(errors: list[dict[str, Any]]) -> set[str]:
    return {error["source"]["pointer"] for error in errors}


async def test_a_resource_has_type_id_attributes_and_relationships(admin: Api) -> None:
    course = await admin.make("/courses", title="Fire safety")
    assert course["type"] == "course"
    assert course["attributes"]["title"] == "Fire safety"
    assert course["attributes"]["created_at"].endswith("Z")
    module = await admin.make(f"/courses/{course['id']}/modules", title="One")
    expected = {"data": {"type": "course", "id": course["id"]}}
    assert module["relationships"]["course"] == expected


async def test_a_draft_may_come_in_an_envelope_or_plain(admin: Api) -> None:
    plain = await admin.make("/courses", title="Plain")
    enveloped = await admin.make(
        "/courses", data={"type": "course", "attributes": {"title": "Enveloped"}}
    )
    assert plain["attributes"].keys() == enveloped["attributes"].keys()


@pytest.mark.parametrize("envelope", [False, True])
async def test_every_finding_is_told_at_its_pointer(admin: Api, envelope: bool) -> None:
    attributes = {"title": 5, "colour": "red", "status": []}
    body = {"data": {"type": "course", "attributes": attributes}} if envelope else attributes
    answer = await admin.call("POST", "/courses", json=body)
    prefix = "/data/attributes" if envelope else ""
    assert answer.status == 422
    found = _pointers(await _errors(answer))
    assert found == {f"{prefix}/{name}" for name in ("title", "colour", "status")}


@pytest.mark.parametrize("envelope", [False, True])
async def test_broken_rules_are_told_at_their_pointers(admin: Api, envelope: bool) -> None:
    attributes = {"title": " ", "status": "lost"}
    body = {"data": {"type": "course", "attributes": attributes}} if envelope else attributes
    answer = await admin.call("POST", "/courses", json=body)
    prefix = "/data/attributes" if envelope else ""
    assert answer.status == 422
    assert _pointers(await _errors(answer)) == {f"{prefix}/title", f"{prefix}/status"}


@pytest.mark.parametrize("body", [b"{", b"", b"\xff", b"[" * 10_000, b'{"a":1}x'])
async def test_what_is_not_json_is_400(admin: Api, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await admin.call("POST", "/courses", data=body, headers=headers)
    assert answer.status == 400
    assert (await _errors(answer))[0]["code"] == "validation_error"


@pytest.mark.parametrize("body", ["[]", "null", '"text"', '{"data": []}', '{"data": null}'])
async def test_json_that_is_no_object_is_422(admin: Api, body: str) -> None:
    headers = {"Content-Type": MEDIA_TYPE}
    answer = await admin.call("POST", "/courses", data=body, headers=headers)
    assert answer.status == 422
    await _errors(answer)


async def test_another_media_type_is_415(admin: Api) -> None:
    answer = await admin.call("POST", "/courses", data={"title": "A form"})
    assert answer.status == 415
    assert (await _errors(answer))[0]["source"] == {"header": "Content-Type"}


async def test_a_body_past_the_limit_is_413(admin: Api, services: Services) -> None:
    body = b'{"title": "' + b"x" * services.settings.max_body + b'"}'
    headers = {"Content-Type": "application/json"}
    answer = await admin.call("POST", "/courses", data=body, headers=headers)
    assert answer.status == 413
    await _errors(answer)


async def test_a_small_body_that_unpacks_to_a_large_one_is_413(
    admin: Api, services: Services
) -> None:
    packed = gzip.compress(b" " * (services.settings.max_body * 20))
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = await admin.call("POST", "/courses", data=packed, headers=headers)
    assert answer.status == 413


@pytest.mark.parametrize("accepted", ["text/html", "image/*", "application/xml"])
async def test_an_answer_that_nobody_accepts_is_406(admin: Api, accepted: str) -> None:
    answer = await admin.call("GET", "/courses", headers={"Accept": accepted})
    assert answer.status == 406
    await _errors(answer)


@pytest.mark.parametrize("accepted", ["application/json", MEDIA_TYPE, "*/*;q=0.1, text/html"])
async def test_json_is_accepted_by_its_names(admin: Api, accepted: str) -> None:
    answer = await admin.call("GET", "/courses", headers={"Accept": accepted})
    assert answer.status == 200


async def test_an_unknown_path_is_404_and_an_untaken_method_405(admin: Api) -> None:
    lost = await admin.call("GET", "/nothing")
    assert lost.status == 404
    await _errors(lost)
    refused = await admin.call("PUT", "/courses")
    assert refused.status == 405
    assert refused.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    await _errors(refused)
    asked = await admin.call("OPTIONS", "/courses")
    assert asked.status == 204
    assert asked.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


async def test_head_is_get_without_a_body(admin: Api) -> None:
    answer = await admin.call("HEAD", "/courses")
    assert answer.status == 200
    assert int(answer.headers["Content-Length"]) > 0
    assert await answer.read() == b""


async def test_pages_have_counts_and_links(admin: Api) -> None:
    for n in range(5):
        await admin.make("/courses", title=f"Course {n}")
    middle = await admin.get("/courses?per_page=2&page=2&sort=title")
    titles = [each["attributes"]["title"] for each in middle["data"]]
    assert titles == ["Course 2", "Course 3"]
    assert middle["meta"] == {"total": 5, "page": 2, "per_page": 2, "total_pages": 3}
    links = middle["links"]
    assert links["self"].startswith("/api/v1/courses?")
    assert "page=3" in links["next"]
    assert "sort=title" in links["next"]
    assert "page=1" in links["prev"]
    last = await admin.get("/courses?per_page=2&page=3")
    assert last["links"]["next"] is None
    empty = await admin.get("/courses?per_page=2&page=9")
    assert empty["data"] == []
    assert "page=3" in empty["links"]["prev"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("page=0", "page"),
        ("page=x", "page"),
        ("per_page=101", "per_page"),
        ("page=99999999999999999999", "page"),
        ("unknown=1", "unknown"),
        ("page=1&page=2", "page"),
        ("sort=shoe_size", "sort"),
    ],
)
async def test_a_wrong_parameter_is_named(admin: Api, query: str, parameter: str) -> None:
    answer = await admin.call("GET", f"/courses?{query}")
    assert answer.status == 400
    assert {"parameter": parameter} in [error["source"] for error in await _errors(answer)]


async def test_if_match_guards_a_change(admin: Api) -> None:
    course = await admin.make("/courses", title="First")
    path = f"/courses/{course['id']}"
    shown = await admin.call("GET", path)
    tag = shown.headers["ETag"]
    unchanged = await admin.call("GET", path, headers={"If-None-Match": tag})
    assert unchanged.status == 304
    changed = await admin.call("PATCH", path, json={"title": "Second"}, headers={"If-Match": tag})
    assert changed.status == 200
    assert changed.headers["ETag"] != tag
    late = await admin.call("PATCH", path, json={"title": "Third"}, headers={"If-Match": tag})
    assert late.status == 412
    assert (await _errors(late))[0]["code"] == "version_mismatch"
    assert (await admin.get(path))["data"]["attributes"]["title"] == "Second"
    odd = await admin.call("PATCH", path, json={}, headers={"If-Match": "W/x"})
    assert odd.status == 400


async def test_what_nobody_foresaw_is_500_with_an_id_and_no_trace(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing(call: Any) -> web.Response:
        raise RuntimeError("a secret of the server")

    (me,) = [each for each in auth.table if each.path == "/auth/me"]
    broken = dataclasses.replace(me, handler=failing, permission=None)
    monkeypatch.setattr("api.origins.routes", lambda: [broken])
    async with TestClient(TestServer(lms_application(services))) as client:
        with capture_logs() as logged:
            answer = await client.get("/api/v1/auth/me", headers={"X-Request-ID": "quote-me"})
        (error,) = await _errors(answer)
    assert answer.status == 500
    assert answer.headers["X-Request-ID"] == "quote-me"
    assert error["code"] == "internal_error"
    assert error["meta"] == {"id": "quote-me"}
    assert "secret" not in str(error)
    assert [each["event"] for each in logged if each["log_level"] == "error"] == ["request failed"]


async def test_every_answer_has_a_request_id_and_guards(client: Client) -> None:
    for path in ("/api/v1/auth/me", "/sign-in", "/nothing", "/health/live"):
        answer = await client.get(path)
        assert answer.headers["X-Request-ID"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


async def test_an_odd_request_id_is_replaced(client: Client) -> None:
    answer = await client.get("/health/live", headers={"X-Request-ID": "a b<script>"})
    assert "script" not in answer.headers["X-Request-ID"]
