"""Hostile commits of SCORM 2004 over HTTP: each is answered, and the attempt goes on."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from pymongo.asynchronous.database import AsyncDatabase

from scorm_runtime.http import content_application
from scorm_runtime.runtime import Runtime
from tests.scorm_runtime.courses import KEY, Folder, Sink, a_launch
from tests.scorm_runtime.courses2004 import NEXT, disagreements, manifest2004


class Origin:
    """A served course and a session on it."""

    def __init__(self, runtime: Runtime, sink: Sink, client: TestClient[Any, Any]) -> None:
        self.runtime = runtime
        self.sink = sink
        self.path = runtime.launch(a_launch())
        self.session = ""
        self._client = client

    async def post(self, where: str, body: Any) -> tuple[int, Any]:
        """POST to the launch; status and JSON."""
        answer = await self._client.post(f"{self.path}/{where}", data=json.dumps(body))
        return answer.status, await answer.json()

    async def open(self) -> None:
        """Launch what is to be launched."""
        status, opened = await self.post("sessions", {"player": "tab"})
        assert status == 200
        self.session = opened["session"]

    async def commit(self, *commits: Any) -> tuple[int, Any]:
        """Send commits of the session."""
        return await self.post("commits", {"session": self.session, "commits": commits})

    async def goes_on(self, number: int) -> None:
        """Insist that the next commit is taken and that all agree after it."""
        last = {"number": number, "changes": NEXT, "initialize": True}
        status, done = await self.commit({**last, "finish": True, "proceed": True})
        assert (status, done["number"], done.get("moved")) == (200, number, True)
        attempt = await self.runtime.history.current(a_launch())
        assert attempt is not None
        assert disagreements(attempt, list(self.sink.statements.values())) == []
        assert (attempt.items[1].completion, attempt.items[1].success) == ("completed", "passed")


@pytest.fixture
async def origin(database: AsyncDatabase[dict[str, Any]]) -> AsyncIterator[Origin]:
    sink = Sink()
    runtime = Runtime(database, sink, Folder(manifest2004("one", "two")), KEY)
    await runtime.prepare()
    async with TestClient(TestServer(content_application(runtime))) as client:
        made = Origin(runtime, sink, client)
        await made.open()
        yield made


def named(count: int, name: str) -> list[list[str]]:
    """As many records as that, each with an id of its own."""
    return [[f"cmi.{name}.{number}.id", f"id-{number}"] for number in range(count)]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [([2], 1), ([2, 1], 1), ([1, 3], 2), ([2**31], 1), ([7, 7, 7], 1)],
)
async def test_numbers_with_a_gap_are_refused_and_none_of_them_applied(
    origin: Origin, numbers: list[int], expected: int
) -> None:
    commits = [{"number": each, "changes": [["cmi.location", "x"]]} for each in numbers]
    status, answer = await origin.commit(*commits)
    (error,) = answer["errors"]
    assert (status, error["code"]) == (409, "commit_gap")
    assert error["meta"] == {"expected": expected}
    await origin.goes_on(1)


@pytest.mark.parametrize(
    "commit",
    [
        {"number": 0},
        {"number": -1},
        {"number": 2**31 + 1},
        {"number": 1.5},
        {"number": "1"},
        {"number": None},
        {"number": 1, "age": -1},
        {"number": 1, "age": 1e300},
        {"number": 1, "finish": "yes"},
        {"number": 1, "changes": {"cmi.location": "x"}},
        {"number": 1, "changes": [["cmi.location", None]]},
        {"number": 1, "changes": [["cmi.location", ["x"]]]},
        {"number": 1, "changes": [["cmi.location", "x", "y"]]},
        {"number": 1, "changes": [["x" * 256, "y"]]},
        {"number": 1, "changes": [["cmi.location", "x"]] * 20_001},
    ],
)
async def test_a_commit_of_wrong_types_or_numbers_is_refused_whole(
    origin: Origin, commit: dict[str, Any]
) -> None:
    status, answer = await origin.commit(commit)
    assert status == 422
    assert answer["errors"][0]["source"]["pointer"].startswith("/commits/0/")
    await origin.goes_on(1)


@pytest.mark.parametrize(
    "changes",
    [
        named(20_000, "objectives"),
        named(20_000, "interactions"),
        [["cmi.interactions.0.id", "a"], *named(19_999, "interactions.0.objectives")],
        [["cmi.suspend_data", "x" * 64_000]] * 10,
        [[f"adl.data.{number}.store", "x"] for number in range(20_000)],
        [["cmi.objectives.999999999.id", "x"]] * 20_000,
        [["." * 255, "\0"]] * 10_000,
        [["cmi.location", "\ud800"]],
    ],
)
async def test_a_large_commit_is_taken_as_far_as_the_model_goes(
    origin: Origin, changes: list[list[str]]
) -> None:
    status, answer = await origin.commit({"number": 1, "initialize": True, "changes": changes})
    if status == 200:
        assert answer["number"] == 1
        await origin.goes_on(2)
    else:
        assert status in (413, 422), answer
        await origin.goes_on(1)


async def test_commits_after_the_end_are_refused_element_by_element(origin: Origin) -> None:
    commits = [
        {"number": 1, "initialize": True, "changes": [["cmi.location", "3"]]},
        {"number": 2, "finish": True},
        {"number": 3, "changes": [["cmi.location", "9"]]},
        {"number": 4, "finish": True, "initialize": True},
    ]
    status, answer = await origin.commit(*commits)
    assert (status, answer["number"]) == (200, 4)
    refused = [(each["element"], each["error"]) for each in answer["refused"]]
    assert refused == [("cmi.location", "133")]
    assert len(origin.sink.of("terminated")) == len(origin.sink.of("initialized")) == 1


async def test_a_request_that_sequencing_cannot_meet_ends_the_session_alone(
    origin: Origin,
) -> None:
    asked = [["adl.nav.request", "{target=nowhere}choice"]]
    last = {"number": 1, "initialize": True, "finish": True, "proceed": True, "changes": asked}
    status, answer = await origin.commit(last)
    assert status == 200
    assert answer.get("moved")
    status, opened = await origin.post("sessions", {"player": "tab"})
    assert (status, opened["state"]) == (200, "active")


async def test_proceeding_without_an_end_is_a_commit_like_any_other(origin: Origin) -> None:
    commit = {"number": 1, "initialize": True, "proceed": True, "changes": NEXT}
    status, answer = await origin.commit(commit)
    assert (status, answer.get("moved")) == (200, None)
    await origin.goes_on(2)
