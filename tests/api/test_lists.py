"""What every list and document shares: pages by number or offset, sort, include, fields, tags."""

import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from api.origins import lms_application
from api.rest import routes
from api.rest.bodies import PageQuery
from api.rest.route import Route
from api.services import Services
from tests.api.callers import Api, Client, add_person

MEDIA_TYPE = "application/vnd.api+json"


async def _refused(api: Api, path: str) -> set[str]:
    answer = await api.call("GET", path)
    assert answer.status == 400, await answer.text()
    return {error["source"]["parameter"] for error in (await answer.json())["errors"]}


def _titles(document: Any) -> list[str]:
    return [each["attributes"]["title"] for each in document["data"]]


async def test_pages_by_limit_and_offset(admin: Api) -> None:
    for title in "edcba":
        await admin.make("/courses", title=title)
    asked = await admin.get("/courses?sort=title&limit=2&offset=1")
    assert _titles(asked) == ["b", "c"]
    assert asked["meta"]["total"] == 5
    assert "offset=3" in asked["links"]["next"]
    assert "offset=0" in asked["links"]["prev"]
    assert _titles(await admin.get(asked["links"]["next"].removeprefix("/api/v1"))) == ["d", "e"]
    assert asked["links"]["prev"].startswith("/api/v1/courses?")
    assert _titles(await admin.get("/courses?sort=-title&limit=1")) == ["e"]
    second = await admin.get("/courses?sort=title&page=2&limit=2")
    assert (_titles(second), second["meta"]["page"]) == (["c", "d"], 2)
    assert _titles(await admin.get(second["links"]["next"].removeprefix("/api/v1"))) == ["e"]
    assert _titles(await admin.get(second["links"]["prev"].removeprefix("/api/v1"))) == ["a", "b"]
    assert await _refused(admin, "/courses?limit=0") == {"limit"}
    assert await _refused(admin, "/courses?limit=101&offset=-1") == {"limit", "offset"}


async def test_short_lists_are_cut_and_sorted_too(admin: Api) -> None:
    course = await admin.make("/courses", title="One")
    path = f"/courses/{course['id']}/modules"
    for title in "bca":
        await admin.make(path, title=title)
    assert _titles(await admin.get(path)) == ["b", "c", "a"]
    assert _titles(await admin.get(f"{path}?sort=title&limit=2&offset=1")) == ["b", "c"]
    assert _titles(await admin.get(f"{path}?sort=-title")) == ["c", "b", "a"]
    assert await _refused(admin, f"{path}?sort=relations") == {"sort"}


def test_every_list_is_paged_or_has_a_cursor() -> None:
    def is_paged(route: Route) -> bool:
        return route.query is not None and issubclass(route.query, PageQuery)

    few = ("/analytics/entities",)
    lists = [each for each in routes() if each.method == "GET" and each.many]
    lists = [each for each in lists if each.path not in few]
    assert [each.path for each in lists if not is_paged(each) and not each.endless] == []


async def test_a_list_without_end_goes_on_behind_a_cursor(admin: Api) -> None:
    for title in "abc":
        await admin.make("/courses", title=title)
    first = await admin.get("/audit-log?per_page=2")
    assert len(first["data"]) == 2
    rest = await admin.get(first["links"]["next"].removeprefix("/api/v1"))
    ids = [each["id"] for each in first["data"] + rest["data"]]
    assert len(set(ids)) == len(ids) >= 3
    assert rest["links"]["next"] is None


async def test_include_brings_what_is_led_to_once(admin: Api, services: Services) -> None:
    course = await admin.make("/courses", title="Fire safety", status="published")
    people = [await add_person(services, f"{name}@example.org", "learner") for name in "ab"]
    for person in people:
        await admin.make("/enrollments", user_id=person, course_id=course["id"])
    document = await admin.get("/enrollments?include=user,course")
    included = {(each["type"], each["id"]) for each in document["included"]}
    assert included == {("course", course["id"]), *(("user", person) for person in people)}
    assert len(document["included"]) == 3
    one = await admin.get(f"/enrollments/{document['data'][0]['id']}?include=course")
    assert [each["id"] for each in one["included"]] == [course["id"]]
    assert await _refused(admin, "/enrollments?include=user,secrets") == {"include"}


async def test_include_shows_nothing_that_the_person_may_not_see(
    admin: Api, learner: Api, services: Services
) -> None:
    me = (await learner.get("/auth/me"))["data"]["id"]
    teacher = await add_person(services, "teacher@example.org", "instructor")
    course = await admin.make(
        "/courses", title="Fire safety", status="published", instructor_id=teacher
    )
    await admin.make("/enrollments", user_id=me, course_id=course["id"])
    document = await learner.get("/enrollments?include=user,course")
    assert {each["type"] for each in document["included"]} == {"user", "course"}
    assert (await learner.get("/courses?include=instructor"))["included"] == []
    seen = await admin.get("/courses?include=instructor")
    assert [each["id"] for each in seen["included"]] == [teacher]


async def test_sparse_fields_leave_the_rest_out(admin: Api) -> None:
    course = await admin.make("/courses", title="Fire safety")
    path = f"/courses/{course['id']}"
    shown = (await admin.get(f"{path}?fields[course]=title,status"))["data"]
    assert shown["attributes"].keys() == {"title", "status"}
    assert "relationships" not in shown
    none = (await admin.get(f"{path}?fields[course]="))["data"]
    assert none["attributes"] == {}
    assert await _refused(admin, f"{path}?fields[course]=colour") == {"fields[course]"}
    assert await _refused(admin, f"{path}?fields[planet]=name") == {"fields[planet]"}


async def test_what_is_known_is_304_and_what_is_computed_changes_the_tag(
    admin: Api, services: Services
) -> None:
    await admin.make("/courses", title="One")
    tag = (await admin.call("GET", "/courses")).headers["ETag"]
    known = {"If-None-Match": f'"other", W/{tag}'}
    assert (await admin.call("GET", "/courses", headers=known)).status == 304
    assert (await admin.call("HEAD", "/courses", headers=known)).status == 304
    await admin.make("/courses", title="Two")
    assert (await admin.call("GET", "/courses", headers=known)).status == 200


async def test_what_is_made_says_where_it_is(admin: Api) -> None:
    answer = await admin.call("POST", "/courses", json={"title": "Fire safety"})
    made = (await answer.json())["data"]["id"]
    assert answer.headers["Location"] == f"/api/v1/courses/{made}"
    assert (await admin.get(f"/courses/{made}"))["data"]["id"] == made


async def test_plain_json_is_answered_to_who_accepts_no_other(admin: Api) -> None:
    for accepted, answered in {
        "application/json": "application/json",
        "application/json, */*;q=0.1": MEDIA_TYPE,
        f"{MEDIA_TYPE}; profile=x": MEDIA_TYPE,
        "*/*": MEDIA_TYPE,
    }.items():
        for path in ("/courses", "/courses/none"):
            answer = await admin.call("GET", path, headers={"Accept": accepted})
            assert answer.content_type == answered
    for accepted in (f"{MEDIA_TYPE}; ext=bulk", "text/html, */*;q=0"):
        answer = await admin.call("GET", "/courses", headers={"Accept": accepted})
        assert answer.status == 406
    extended = {"Content-Type": f'{MEDIA_TYPE}; ext="https://example.org/x"'}
    answer = await admin.call("POST", "/courses", data=b"{}", headers=extended)
    assert answer.status == 415


@pytest.fixture
async def open_client(services: Services) -> AsyncIterator[Client]:
    settings = dataclasses.replace(services.settings, api_origins="https://app.example.org")
    opened = dataclasses.replace(services, settings=settings)
    async with TestClient(TestServer(lms_application(opened))) as client:
        yield client


async def test_only_named_origins_may_use_the_api(open_client: Client, client: Client) -> None:
    asked = {
        "Origin": "https://app.example.org",
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization,if-match",
    }
    answer = await open_client.options("/api/v1/courses/x", headers=asked)
    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example.org"
    assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]
    assert "If-Match" in answer.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    told = await open_client.get("/api/v1/courses", headers=asked)
    assert told.status == 401
    assert told.headers["Access-Control-Allow-Origin"] == "https://app.example.org"
    assert "ETag" in told.headers["Access-Control-Expose-Headers"]
    for other, headers in (
        (open_client, asked | {"Origin": "https://evil.example.org"}),
        (client, asked),
    ):
        refused = await other.get("/api/v1/courses", headers=headers)
        assert "Access-Control-Allow-Origin" not in refused.headers
