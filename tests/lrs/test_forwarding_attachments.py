"""Forwarding to a second Lyceum: what came with a statement goes with it, signatures too."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
from aiohttp import encode_basic_auth
from aiohttp.test_utils import TestClient, TestServer
from cryptography.fernet import Fernet

from lrs.credentials import Credentials, IssuedCredential
from lrs.forwarding import forwarder as forwarding
from lrs.forwarding.forwarder import Forwarder
from lrs.forwarding.target import Target
from lrs.forwarding.targets import Status, TargetDraft, Targets
from lrs.http import HTTPLimits
from lrs.log import Heartbeat, StatementLog
from lrs.store import ATTACHMENT_CHUNKS, ATTACHMENT_FILES
from lrs.timestamps import EPOCH
from lrs.verification import Verification
from tests.lrs.conftest import HOME_PAGE, ORGANIZATION, a_statement, serving
from tests.lrs.messages import Messenger, described, part
from tests.lrs.signing import signed, token_of

CIPHER = Fernet(Fernet.generate_key())
FAR = "organization-far"
MOST = 2**20
Far = TestClient[Any, Any]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forwarding, "LOOK_EVERY_SECONDS", 0.02)


@pytest.fixture
async def log(database: Any) -> AsyncIterator[StatementLog]:
    log = StatementLog(database, heartbeat=Heartbeat(every_seconds=0.1))
    await log.start()
    yield log
    await log.stop()


@pytest.fixture
async def far_database(database: Any) -> AsyncIterator[Any]:
    """The database of the other record store."""
    far = database.client[f"{database.name}_far"]
    yield far
    await far.client.drop_database(far.name)


@pytest.fixture
async def far(far_database: Any) -> AsyncIterator[tuple[Far, IssuedCredential]]:
    """The other record store, and a credential of it; an attachment may have `MOST` bytes."""
    log, credentials = StatementLog(far_database), Credentials(far_database, home_page=HOME_PAGE)
    await log.start()
    issued = await credentials.create(FAR, "Near")
    limits = HTTPLimits(attachment=MOST)
    headers = {"Authorization": encode_basic_auth(issued.key, issued.secret)}
    server = TestServer(serving(far_database, log, credentials, limits))
    async with TestClient(server, headers=headers) as client:
        yield client, issued
    await log.stop()


@pytest.fixture
async def forwarded(
    database: Any, log: StatementLog, far: tuple[Far, IssuedCredential]
) -> AsyncIterator[tuple[Targets, Target]]:
    """A target that gets everything, and a forwarder at work."""
    client, issued = far
    targets = Targets(database, log, CIPHER)
    draft = TargetDraft(
        name="Far",
        endpoint=str(client.make_url("/xapi")),
        key=issued.key,
        secret=issued.secret,
        since=EPOCH,
    )
    target = await targets.create(ORGANIZATION, draft)
    task = asyncio.create_task(Forwarder(database, log, CIPHER).run())
    yield targets, target
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def arrived(forwarded: tuple[Targets, Target], count: int) -> Status:
    """Wait until all is done with so many statements."""
    targets, target = forwarded
    async with asyncio.timeout(30):
        while True:
            status = await targets.status(target)
            if status.position.delivered + status.dead_letters == count and not status.behind:
                return status
            await asyncio.sleep(0.01)


async def test_attachments_and_signatures_arrive_with_their_statements(
    forwarded: tuple[Targets, Target],
    far: tuple[Far, IssuedCredential],
    far_database: Any,
    xapi: Any,
) -> None:
    photo, film = b"a photo", uuid.uuid4().bytes * 2**14
    plain = a_statement()
    pictured = a_statement(attachments=[described(photo)])
    again = a_statement(attachments=[described(photo), described(film)])
    linked = a_statement(attachments=[described(b"elsewhere", fileUrl="https://example.com/1")])
    unsigned = a_statement(attachments=[described(photo)])
    token = token_of(unsigned)
    sealed = signed(unsigned, token)
    near = Messenger(xapi)
    await near.store([plain, pictured, again], part(photo), part(film))
    await near.store([linked])
    await near.store(sealed, part(photo), part(token))
    status = await arrived(forwarded, 5)
    assert (status.state, status.dead_letters) == ("caught_up", 0)
    client, _ = far
    found, parts = await Messenger(client).get()
    sent = {each["id"]: each for each in (plain, pictured, again, linked, sealed)}
    assert {each["id"] for each in found["statements"]} == set(sent)
    for each in found["statements"]:
        assert each.get("attachments") == sent[each["id"]].get("attachments")
    assert sorted(data for _, data in parts) == sorted([photo, film, token])
    assert [each async for each in Verification(far_database).run()] == []


async def test_an_attachment_that_is_too_large_or_lost_is_a_dead_letter(
    forwarded: tuple[Targets, Target],
    far: tuple[Far, IssuedCredential],
    database: Any,
    xapi: Any,
) -> None:
    targets, target = forwarded
    await targets.update(ORGANIZATION, target.id, {"enabled": False}, None)
    large, lost, kept = b"x" * (MOST + 1), b"lost", b"kept"
    statements = [a_statement(attachments=[described(each)]) for each in (large, lost, kept)]
    await Messenger(xapi).store(statements, part(large), part(lost), part(kept))
    sha2 = statements[1]["attachments"][0]["sha2"]
    file = await database[ATTACHMENT_FILES].find_one_and_delete({"metadata.sha2": sha2})
    await database[ATTACHMENT_CHUNKS].delete_many({"files_id": file["_id"]})
    target = await targets.update(ORGANIZATION, target.id, {"enabled": True}, None)
    status = await arrived((targets, target), 3)
    assert status.dead_letters == 2
    letters, _ = await targets.dead_letters(ORGANIZATION, target.id, 0, 10)
    assert [(each.statement_id, each.status) for each in letters] == [
        (statements[0]["id"], 413),
        (statements[1]["id"], 400),
    ]
    assert "XAPI-00129" in letters[1].reason
    client, _ = far
    found, parts = await Messenger(client).get()
    assert [each["id"] for each in found["statements"]] == [statements[2]["id"]]
    assert [data for _, data in parts] == [kept]
