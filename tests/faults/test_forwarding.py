"""Two real servers: one forwards to the other, and either is killed with kill -9 and comes back."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from pymongo.asynchronous.database import AsyncDatabase

from tests.process import LRS_KEY, LRS_SECRET, LyceumProcess
from tests.rest import XAPI, Rest, administrator, statements

PATIENCE_SECONDS = 180
ROUNDS = 3
BATCHES = 12
SIZE = 25
Statement = dict[str, Any]


@dataclass(frozen=True)
class Pair:
    """The server that forwards, the one that receives, and the target on the first."""

    session: ClientSession
    near: LyceumProcess
    far: LyceumProcess
    target: str

    async def push(self, *batch: Statement, **headers: str) -> None:
        """Record statements on the near server."""
        address = f"{self.near.xapi}/statements"
        async with self.session.post(address, json=batch, headers=XAPI | headers) as answer:
            assert answer.status == 200, await answer.text()

    async def until(self, holds: Callable[[Any], bool]) -> Any:
        """Wait for the target's status; return it."""
        near = await administrator(self.session, self.near)
        path = f"/xapi/forwarding-targets/{self.target}/status"

        async def status() -> Any:
            return (await near.get(path))["data"]["attributes"]

        return await _until(status, holds)

    async def arrived(self, count: int) -> list[Statement]:
        """The far server's statements, the oldest first, once there are so many."""

        async def there() -> list[Statement]:
            return await statements(self.session, self.far)

        found = await _until(there, lambda found: len(found) >= count)
        return sorted(found, key=lambda each: each["stored"])


async def _until(read: Callable[[], Awaitable[Any]], holds: Callable[[Any], bool]) -> Any:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            found = await read()
            if holds(found):
                return found
            await asyncio.sleep(0.2)


@pytest.fixture
async def pair(
    mongodb_uri: str, database: AsyncDatabase[dict[str, Any]], tmp_path: Path
) -> AsyncIterator[Pair]:
    """Two servers with a database each."""
    names = (database.name, f"{database.name}_far")
    near, far = (
        LyceumProcess(mongodb_uri, tmp_path / name, "--mongodb-database", name) for name in names
    )
    async with ClientSession() as session:
        await asyncio.gather(*(asyncio.to_thread(each.start) for each in (near, far)))
        api = await administrator(session, near)
        target = await _target(api, far)
        yield Pair(session, near, far, target)
        await asyncio.gather(*(asyncio.to_thread(each.stop) for each in (near, far)))
    await database.client.drop_database(names[1])


async def _target(near: Rest, far: LyceumProcess) -> str:
    made = await near.make(
        "/xapi/forwarding-targets",
        name="Far",
        endpoint=far.xapi,
        key=LRS_KEY,
        secret=LRS_SECRET,
        since="2020-01-01T00:00:00Z",
    )
    target: str = made["id"]
    return target


def _statement(number: int = 0) -> Statement:
    return {
        "id": str(uuid.uuid4()),
        "actor": {"mbox": "mailto:ada@example.org"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/experienced"},
        "object": {"id": f"https://example.org/activities/{number}"},
    }


async def test_nothing_is_lost_or_out_of_order_when_either_server_is_killed(pair: Pair) -> None:
    sent: list[Statement] = []
    for killed in (pair.far, pair.near, pair.far)[:ROUNDS]:
        for number in range(BATCHES):
            batch = [_statement(number) for _ in range(SIZE)]
            await pair.push(*batch)
            sent += batch
            if number == BATCHES // 2 and killed is pair.far:
                await asyncio.to_thread(killed.kill)
        if killed is pair.far:
            await pair.until(lambda status: status["state"] == "retrying")
        else:
            await asyncio.to_thread(killed.kill)
        await asyncio.to_thread(killed.start)
    arrived = await pair.arrived(len(sent))
    assert [each["id"] for each in arrived] == [each["id"] for each in sent]
    status = await pair.until(lambda status: status["state"] == "caught_up")
    assert (status["dead_letters"], status["last_failure"]) == (0, None)


async def test_what_the_other_server_refuses_waits_as_a_dead_letter(pair: Pair) -> None:
    newer = _statement() | {
        "context": {
            "contextAgents": [
                {"objectType": "contextAgent", "agent": {"mbox": "mailto:grace@example.org"}}
            ]
        }
    }
    before, after = _statement(1), _statement(2)
    await pair.push(before)
    await pair.push(newer, **{"X-Experience-API-Version": "2.0.0"})
    await pair.push(after)
    await pair.until(lambda status: status["delivered"] == 2 and status["dead_letters"] == 1)
    assert [each["id"] for each in await pair.arrived(2)] == [before["id"], after["id"]]
    near = await administrator(pair.session, pair.near)
    path = f"/xapi/forwarding-targets/{pair.target}"
    (letter,) = (await near.get(f"{path}/dead-letters"))["data"]
    assert (letter["id"], letter["attributes"]["status"]) == (newer["id"], 400)
    assert "contextAgents" in letter["attributes"]["reason"]
    await near.request("PATCH", path, 200, json={"xapi_version": "2.0.0"})
    await near.request("POST", f"{path}/dead-letters/{newer['id']}/retry", 204)
    await pair.until(lambda status: status["dead_letters"] == 0)
    assert {each["id"] for each in await pair.arrived(3)} == {
        each["id"] for each in (before, newer, after)
    }


async def test_what_the_other_server_has_under_the_same_id_counts_as_delivered(pair: Pair) -> None:
    taken, same, new = _statement(1), _statement(2), _statement(3)
    different = taken | {"object": {"id": "https://example.org/activities/another"}}
    address = f"{pair.far.xapi}/statements"
    for each in (different, same):
        async with pair.session.post(address, json=each, headers=XAPI) as answer:
            assert answer.status == 200
    await pair.push(taken, same, new)
    status = await pair.until(lambda status: status["state"] == "caught_up")
    assert (status["delivered"], status["dead_letters"]) == (3, 0)
    assert {each["id"] for each in await pair.arrived(3)} == {
        each["id"] for each in (taken, same, new)
    }
