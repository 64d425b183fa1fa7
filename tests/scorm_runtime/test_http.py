"""The content origin: what it serves, to whom, under which headers, and what it refuses."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from pymongo.asynchronous.database import AsyncDatabase
from yarl import URL

from scorm_runtime.http import content_application
from scorm_runtime.launch import sign
from scorm_runtime.runtime import Runtime
from tests.scorm_runtime.courses import KEY, Folder, Sink, a_launch, manifest, sco

HTML = {"Accept": "text/html,application/xhtml+xml"}


class Origin:
    """A served runtime and a launch on it."""

    def __init__(self, runtime: Runtime, client: TestClient[Any, Any]) -> None:
        self.runtime = runtime
        self.client = client
        self.path = runtime.launch(a_launch())

    async def post(self, where: str, body: Any) -> tuple[int, Any]:
        """POST to the launch; status and JSON."""
        sent = body if isinstance(body, (bytes, str)) else json.dumps(body)
        answer = await self.client.post(f"{self.path}/{where}", data=sent)
        return answer.status, await answer.json()


@pytest.fixture
async def origin(database: AsyncDatabase[dict[str, Any]], tmp_path: Path) -> AsyncIterator[Origin]:
    folder = tmp_path / "package"
    (folder / "sub dir").mkdir(parents=True)
    (folder / "sco.html").write_text("<p>hello")
    (folder / "sub dir" / "app.js").write_text("1")
    (tmp_path / "secret.txt").write_text("secret")
    runtime = Runtime(database, Sink(), Folder(manifest(sco("one")), folder), KEY)
    await runtime.prepare()
    async with TestClient(TestServer(content_application(runtime))) as client:
        yield Origin(runtime, client)


async def test_the_player_page_carries_its_policy_and_no_cookie(origin: Origin) -> None:
    answer = await origin.client.get(origin.path)
    assert answer.status == 200
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert "Engines" in await answer.text()


async def test_names_from_outside_are_escaped_on_the_page(origin: Origin) -> None:
    hostile = "</script><script>alert(1)</script>"
    path = origin.runtime.launch(a_launch(title=hostile, return_url=hostile))
    text = await (await origin.client.get(path)).text()
    assert "<script>alert" not in text


@pytest.mark.parametrize("name", ["player.js", "commits.js", "player.css", "scorm12.json"])
async def test_the_players_files_are_served(origin: Origin, name: str) -> None:
    answer = await origin.client.get(f"/runtime/player/{name}")
    assert answer.status == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_content_is_served_as_foreign_code(origin: Origin) -> None:
    answer = await origin.client.get(f"{origin.path}/content/sco.html?x=1")
    assert await answer.text() == "<p>hello"
    assert answer.headers["Content-Type"] == "text/html"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"].startswith("private")


async def test_names_with_spaces_and_ranges_are_served(origin: Origin) -> None:
    answer = await origin.client.get(f"{origin.path}/content/sub%20dir/app.js")
    assert answer.headers["Content-Type"] == "text/javascript"
    part = await origin.client.get(
        f"{origin.path}/content/sco.html", headers={"Range": "bytes=0-2"}
    )
    assert (part.status, await part.text()) == (206, "<p>")


@pytest.mark.parametrize(
    "path",
    ["nothing.html", "../secret.txt", "%2e%2e/secret.txt", "..%2fsecret.txt", "sub%20dir", "a%00b"],
)
async def test_what_is_not_in_the_package_is_not_found(origin: Origin, path: str) -> None:
    url = URL(f"{origin.path}/content/{path}", encoded=True)
    assert (await origin.client.get(url)).status == 404


async def test_an_expired_launch_is_a_page_for_people_and_json_for_programs(
    origin: Origin,
) -> None:
    past = origin.runtime._clock() - timedelta(days=2)
    path = f"/runtime/launch/{sign(a_launch(), KEY, past, timedelta(hours=1))}"
    page = await origin.client.get(path, headers=HTML)
    assert page.status == 401
    assert "has expired" in await page.text()
    answer = await origin.client.post(f"{path}/commits", data="{}")
    assert answer.status == 401
    (error,) = (await answer.json())["errors"]
    assert (error["code"], error["meta"]) == ("launch_refused", {"reason": "expired"})


async def test_a_session_may_still_say_its_last_after_its_launch_has_expired(
    origin: Origin,
) -> None:
    """For a while: what a learner did is not lost, and nothing new is opened."""
    status, opened = await origin.post("sessions", {"player": "tab"})
    assert status == 200
    started = origin.runtime._clock() - timedelta(hours=2)
    origin.path = f"/runtime/launch/{sign(a_launch(), KEY, started, timedelta(hours=1))}"
    said = {"number": 1, "initialize": True, "changes": [["cmi.core.lesson_location", "7"]]}
    status, answer = await origin.post("commits", {"session": opened["session"], "commits": [said]})
    assert (status, answer["number"]) == (200, 1)
    assert (await origin.post("sessions", {"player": "tab"}))[0] == 401
    assert (await origin.client.get(f"{origin.path}/content/sco.html")).status == 401
    assert (await origin.post("exit", {"player": "tab"}))[0] == 200


async def test_unknown_paths_and_methods_are_refused_as_json(origin: Origin) -> None:
    assert (await origin.client.get("/")).status == 404
    assert (await origin.client.get("/runtime/player/secret.js")).status == 404
    answer = await origin.client.get(f"{origin.path}/commits")
    assert answer.status == 405
    assert (await answer.json())["errors"][0]["code"] == "method_not_allowed"


async def test_a_session_is_opened_committed_and_left(origin: Origin) -> None:
    status, opened = await origin.post("sessions", {"player": "tab"})
    assert status == 200
    assert opened["item"]["url"] == f"{origin.path}/content/sco.html"
    assert ["cmi.core.student_id", "u1"] in opened["values"]
    commit = {
        "number": 1,
        "initialize": True,
        "finish": True,
        "changes": [["cmi.core.lesson_status", "passed"]],
    }
    status, done = await origin.post("commits", {"session": opened["session"], "commits": [commit]})
    assert (status, done["number"]) == (200, 1)
    assert done["items"] == [{"identifier": "one", "status": "passed"}]
    assert done["lesson"] == {"percent": 100, "completed": True, "success": True}
    assert await origin.post("exit", {"player": "tab"}) == (200, {"return_url": "/courses/c1"})


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ("", ""),
        ("nonsense", ""),
        ("[" * 100_000, ""),
        ([], ""),
        ({}, ""),
        ({"session": 7}, "/session"),
        ({"session": "s", "commits": 1}, "/commits"),
        ({"session": "s", "commits": [{"number": 0}]}, "/commits/0/number"),
        ({"session": "s", "commits": [{"number": 1, "changes": [["a"]]}]}, "/commits/0/changes/0"),
        (
            {"session": "s", "commits": [{"number": 1, "changes": [["x" * 300, "v"]]}]},
            "/commits/0/changes/0/0",
        ),
        (
            {"session": "s", "commits": [{"number": 1, "changes": [["a", 1]]}]},
            "/commits/0/changes/0/1",
        ),
        (b"\xff\xfe", ""),
    ],
)
async def test_malformed_commits_are_refused_with_where(
    origin: Origin, body: Any, pointer: str
) -> None:
    status, answer = await origin.post("commits", body)
    assert status == 422
    (error,) = answer["errors"]
    assert error["source"]["pointer"].startswith(pointer)


async def test_a_body_past_its_limit_is_refused(origin: Origin) -> None:
    status, answer = await origin.post("commits", b" " * (5 * 1024 * 1024))
    assert (status, answer["errors"][0]["code"]) == (413, "too_large")


async def test_conflicts_say_what_to_do(origin: Origin) -> None:
    _, opened = await origin.post("sessions", {"player": "tab"})
    status, answer = await origin.post("sessions", {"player": "other"})
    assert (status, answer["errors"][0]["code"]) == (409, "attempt_in_use")
    assert 0 < answer["errors"][0]["meta"]["retry_after"] <= 12
    body = {"session": opened["session"], "commits": [{"number": 5}]}
    status, answer = await origin.post("commits", body)
    assert (status, answer["errors"][0]["meta"]) == (409, {"expected": 1})
    status, answer = await origin.post("commits", {"session": "nobody", "commits": []})
    assert (status, answer["errors"][0]["code"]) == (409, "session_ended")
