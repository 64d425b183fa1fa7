"""Statements and their attachments are taken and given together, or not at all."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import encode_basic_auth
from aiohttp.test_utils import TestClient

from lrs.attachments.store import CHUNK_BYTES
from lrs.credentials import Credentials, IssuedCredential
from lrs.http import HTTPLimits
from lrs.log import StatementLog
from lrs.store import ATTACHMENT_CHUNKS, ATTACHMENT_FILES
from tests.lrs.conftest import Speak, Statement, a_statement, serving
from tests.lrs.messages import (
    MULTIPART,
    PATH,
    Messenger,
    Part,
    body_of,
    described,
    findings,
    part,
)
from tests.lrs.signing import signed, token_of
from tests.tasks import until

DATA = b"\x00\xff\r\n--a-boundar\r\n" * 100
OTHER_TOKEN = token_of(a_statement())
LIMITS = HTTPLimits(body=4_000, attachment=8_000, multipart=20_000, attachments=3, receiving=3_500)


def with_(*data: bytes, **properties: Any) -> Statement:
    """Return a statement that has attachments of these bytes."""
    return a_statement(attachments=[described(each) for each in data], **properties)


async def kept(database: Any) -> tuple[int, int, int]:
    """Return how many statements, files and chunks there are."""
    return (
        await database["statements"].count_documents({"raw": {"$exists": True}}),
        await database[ATTACHMENT_FILES].count_documents({}),
        await database[ATTACHMENT_CHUNKS].count_documents({}),
    )


@pytest.fixture
def messenger(xapi: TestClient[Any, Any]) -> Messenger:
    """A client of the default limits."""
    return Messenger(xapi)


@pytest.fixture
async def limited(
    database: Any,
    log: StatementLog,
    credentials: Credentials,
    issued: IssuedCredential,
    aiohttp_client: Any,
) -> Messenger:
    """A client of a server with small limits."""
    application = serving(database, log, credentials, LIMITS)
    headers = {"Authorization": encode_basic_auth(issued.key, issued.secret)}
    return Messenger(await aiohttp_client(application, headers=headers))


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, 2 * CHUNK_BYTES + 1])
async def test_bytes_come_back_as_they_were_sent(messenger: Messenger, size: int) -> None:
    data = (DATA * (size // len(DATA) + 1))[:size]
    statement = with_(data)
    await messenger.store(statement, part(data))
    _, [(headers, returned)] = await messenger.get(statementId=statement["id"])
    assert returned == data
    assert headers == {
        "content-type": "image/jpeg",
        "content-transfer-encoding": "binary",
        "x-experience-api-hash": described(data)["sha2"],
        "content-length": str(size),
    }


async def test_the_same_bytes_are_kept_once_and_come_once(
    messenger: Messenger, database: Any
) -> None:
    await messenger.store([with_(DATA), with_(DATA)], part(DATA))
    await messenger.store(with_(DATA), part(DATA), part(DATA))
    assert await kept(database) == (3, 1, 1)
    page, parts = await messenger.get()
    assert len(page["statements"]) == 3
    assert [data for _, data in parts] == [DATA]


async def test_a_hash_in_capitals_means_the_same_bytes(messenger: Messenger) -> None:
    sha2 = described(DATA)["sha2"]
    statement = a_statement(attachments=[described(DATA, sha2=sha2.upper())])
    await messenger.store(statement, part(DATA))
    body, [(headers, data)] = await messenger.get(statementId=statement["id"])
    assert data == DATA
    assert headers["x-experience-api-hash"] == sha2
    assert body["attachments"][0]["sha2"] == sha2.upper()


async def test_to_know_a_hash_is_not_to_have_the_bytes(
    messenger: Messenger, speak: Speak, credentials: Credentials
) -> None:
    await messenger.store(with_(DATA), part(DATA))
    assert await messenger.refusal(with_(DATA)) == {("/attachments/0", "XAPI-00129")}
    other = Messenger(await speak(await credentials.create("organization-2", "Other")))
    pointing = a_statement(attachments=[described(DATA, fileUrl="https://example.com/photo")])
    for asking in (messenger, other):
        await asking.store(pointing)
        _, parts = await asking.get(statementId=pointing["id"])
        assert parts == []


async def test_a_substatement_may_have_attachments(messenger: Messenger) -> None:
    inner = {
        **a_statement(id=None, attachments=[described(b"inner")]),
        "objectType": "SubStatement",
    }
    statement = with_(b"outer", object=inner)
    place = ("/object/attachments/0", "XAPI-00129")
    assert await messenger.refusal(statement, part(b"outer")) == {place}
    await messenger.store(statement, part(b"inner"), part(b"outer"))
    _, parts = await messenger.get(statementId=statement["id"])
    assert sorted(data for _, data in parts) == [b"inner", b"outer"]


async def test_head_tells_what_get_would(messenger: Messenger) -> None:
    await messenger.store(with_(DATA), part(DATA))
    headers = {"X-Experience-API-Version": "1.0.3"}
    response = await messenger.session.head(PATH, params={"attachments": "true"}, headers=headers)
    assert response.status == 200
    assert response.content_type == "multipart/mixed"
    assert int(response.headers["Content-Length"]) > len(DATA)
    assert await response.read() == b""


REFUSED: dict[str, tuple[Any, list[Part], tuple[str, str | None]]] = {
    "missing part": (with_(b"1", b"2"), [part(b"1")], ("/attachments/1", "XAPI-00129")),
    "part of nothing": (
        with_(b"1"),
        [part(b"1"), part(b"2")],
        ("X-Experience-API-Hash", "XAPI-00128"),
    ),
    "wrong hash": (
        with_(b"1", b"2"),
        [part(b"1"), (part(b"2")[0], b"3")],
        ("X-Experience-API-Hash", "XAPI-00132"),
    ),
    "no hash": (
        with_(b"1"),
        [part(b"1"), part(b"1", X_Experience_API_Hash=None)],
        ("X-Experience-API-Hash", "XAPI-00132"),
    ),
    "no encoding": (
        with_(b"1", b"2"),
        [part(b"1"), part(b"2", Content_Transfer_Encoding=None)],
        ("Content-Transfer-Encoding", "XAPI-00135"),
    ),
    "another encoding": (
        with_(b"1", b"2"),
        [part(b"1"), part(b"2", Content_Transfer_Encoding="base64")],
        ("Content-Transfer-Encoding", "XAPI-00135"),
    ),
    "signature of another": (
        signed(with_(b"1"), OTHER_TOKEN),
        [part(b"1"), part(OTHER_TOKEN)],
        ("/attachments/1", "XAPI-00116"),
    ),
    "a statement of the batch": (
        [with_(b"1"), {**with_(b"2"), "verb": None}],
        [part(b"1"), part(b"2")],
        ("/1/verb", "XAPI-00001"),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_refused_leaves_nothing_behind(
    messenger: Messenger, database: Any, name: str
) -> None:
    statements, parts, finding = REFUSED[name]
    told = await messenger.refusal(statements, *parts)
    assert finding in told
    assert await kept(database) == (0, 0, 0)


async def test_every_finding_is_told_at_once(messenger: Messenger) -> None:
    statements = [with_(b"1"), with_(b"2"), with_(b"3")]
    parts = [part(b"2", Content_Transfer_Encoding="8bit"), part(b"3"), part(b"4")]
    assert await messenger.refusal(statements, *parts) == {
        ("/0/attachments/0", "XAPI-00129"),
        ("/1/attachments/0", "XAPI-00129"),
        ("Content-Transfer-Encoding", "XAPI-00135"),
        ("X-Experience-API-Hash", "XAPI-00128"),
    }


async def test_a_conflict_leaves_nothing_behind_but_what_others_have(
    messenger: Messenger, database: Any
) -> None:
    taken = a_statement()
    await messenger.store([taken, with_(b"1")], part(b"1"))
    batch = [with_(b"1", b"2"), with_(b"3", id=taken["id"])]
    await messenger.refusal(batch, part(b"1"), part(b"2"), part(b"3"), status=409)
    assert await kept(database) == (2, 1, 1)
    _, parts = await messenger.get()
    assert [data for _, data in parts] == [b"1"]


async def test_the_same_again_changes_nothing(messenger: Messenger, database: Any) -> None:
    statement = with_(DATA)
    for _ in range(2):
        response = await messenger.send(
            body_of(statement, part(DATA)), method="PUT", statementId=statement["id"]
        )
        assert response.status == 204
    assert await kept(database) == (1, 1, 1)


@pytest.mark.parametrize(
    ("statements", "parts"),
    [
        (with_(b"1" * 8_001), [part(b"1" * 8_001)]),
        (with_(b"1", b"2", b"3", b"4"), [part(each) for each in (b"1", b"2", b"3", b"4")]),
        (with_(b"1" * 7_000), [part(b"1" * 7_000)] * 3),
        (a_statement(result={"response": "x" * 4_000}), []),
    ],
    ids=["attachment", "number", "whole", "statements"],
)
@pytest.mark.parametrize("chunked", [True, False])
async def test_past_a_limit_the_answer_is_413_and_nothing_is_left(
    limited: Messenger, database: Any, statements: Any, parts: list[Part], *, chunked: bool
) -> None:
    body = body_of(statements, *parts)

    async def pieces() -> AsyncIterator[bytes]:
        yield body

    response = await limited.session.post(
        PATH,
        data=pieces() if chunked else body,
        headers={"Content-Type": MULTIPART, "X-Experience-API-Version": "1.0.3"},
    )
    assert await findings(response, 413)
    assert await kept(database) == (0, 0, 0)


async def test_statements_and_signatures_take_room_of_what_all_bodies_may_take(
    limited: Messenger, database: Any
) -> None:
    statement = a_statement(result={"response": "x" * 1_200})
    token = token_of(statement)
    for _ in range(2):
        refused = await limited.post(signed(statement, token), part(token))
        assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
    assert await kept(database) == (0, 0, 0)
    small = a_statement()
    token = token_of(small)
    await limited.store(signed(small, token), part(token))


async def test_a_broken_connection_leaves_nothing_behind(
    messenger: Messenger, issued: IssuedCredential, database: Any
) -> None:
    data = b"1" * (3 * CHUNK_BYTES)
    body = body_of(with_(data), part(data))
    secret = encode_basic_auth(issued.key, issued.secret)
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: {MULTIPART}\r\n"
        f"X-Experience-API-Version: 1.0.3\r\nAuthorization: {secret}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )

    async def some_is_there() -> bool:
        return (await kept(database))[2] > 0

    async def nothing_is_left() -> bool:
        return await kept(database) == (0, 0, 0)

    port = messenger.session.port
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head.encode() + body[: len(body) - CHUNK_BYTES])
    await until(some_is_there)
    writer.transport.abort()
    await until(nothing_is_left)
