"""Two server processes over one database, of which one is killed under load."""

import asyncio
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession
from pymongo.asynchronous.database import AsyncDatabase

from tests.process import LyceumProcess
from tests.rest import XAPI, statements

ROUNDS = 20
SENDERS = 4
THROUGH = "X-Experience-API-Consistent-Through"

Seen = list[tuple[datetime, set[str]]]


async def test_two_processes_agree_on_ids_and_keep_every_promise_though_one_is_killed(
    mongodb_uri: str, database: AsyncDatabase[dict[str, Any]], tmp_path: Path
) -> None:
    flags = ("--mongodb-database", database.name)
    one = LyceumProcess(mongodb_uri, tmp_path / "one", *flags)
    other = LyceumProcess(mongodb_uri, tmp_path / "other", *flags)
    async with ClientSession(headers=XAPI) as session:
        await asyncio.to_thread(one.start)
        await asyncio.to_thread(other.start)
        seen: Seen = []
        watching = asyncio.create_task(_watch(session, (one, other), seen))
        await _race(session, one, other)
        await _send_and_kill(session, one, other)
        await _promised_past_all(session, other, seen)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        stored = {
            each["id"]: datetime.fromisoformat(each["stored"])
            for each in await statements(session, other)
        }
        for through, ids in seen:
            assert ids >= {each for each, at in stored.items() if at <= through}
        await asyncio.to_thread(other.stop)


async def _race(session: ClientSession, one: LyceumProcess, other: LyceumProcess) -> None:
    """The same id with two different statements: one is recorded, one refused."""
    for _ in range(ROUNDS):
        statement_id = str(uuid.uuid4())
        answers = await asyncio.gather(
            *(
                _put(session, server, statement_id, name)
                for server in (one, other)
                for name in ("ada", "ben")
            )
        )
        assert set(answers) == {204, 409}
        assert answers[:2] == answers[2:], "both servers take the same one of the two"


async def _send_and_kill(session: ClientSession, killed: LyceumProcess, other: Any) -> None:
    """Send through both and kill one meanwhile; nothing that was acknowledged is lost."""
    acknowledged: list[str] = []
    senders = [
        asyncio.create_task(_send(session, server, acknowledged))
        for server in (killed, other)
        for _ in range(SENDERS)
    ]
    while len(acknowledged) < ROUNDS:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    await asyncio.to_thread(killed.kill)
    await asyncio.gather(*senders)
    assert {each["id"] for each in await statements(session, other)} >= set(acknowledged)


async def _send(session: ClientSession, server: LyceumProcess, acknowledged: list[str]) -> None:
    for _ in range(ROUNDS):
        statement_id = str(uuid.uuid4())
        try:
            assert await _put(session, server, statement_id, "ada") == 204
        except (ClientError, OSError):
            return
        acknowledged.append(statement_id)


async def _put(session: ClientSession, server: LyceumProcess, statement_id: str, name: str) -> int:
    statement = {
        "actor": {"mbox": f"mailto:{name}@example.org"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/experienced"},
        "object": {"id": "https://example.org/activities/1"},
    }
    url, query = f"{server.xapi}/statements", {"statementId": statement_id}
    async with session.put(url, params=query, json=statement) as answer:
        return answer.status


async def _promised_past_all(session: ClientSession, server: LyceumProcess, seen: Seen) -> None:
    """Wait until the killed server no longer holds the promise back."""
    stored = [each["stored"] for each in await statements(session, server)]
    last = max(map(datetime.fromisoformat, stored))
    while not seen or max(through for through, _ in seen) < last:  # noqa: ASYNC110
        await asyncio.sleep(0.1)


async def _watch(session: ClientSession, servers: Any, seen: Seen) -> None:
    """Note what each server promises, and what it showed then, until cancelled."""
    while True:
        for server in servers:
            try:
                async with session.get(
                    f"{server.xapi}/statements", params={"limit": "500"}
                ) as answer:
                    page = await answer.json()
                    through = datetime.fromisoformat(answer.headers[THROUGH])
            except (ClientError, OSError):
                continue
            seen.append((through, {each["id"] for each in page["statements"]}))
        await asyncio.sleep(0.05)
