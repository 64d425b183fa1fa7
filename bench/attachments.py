"""A large attachment in and out: how long it takes, and how much the server grows meanwhile.

The bytes are made as they are sent and counted as they come, so the load holds none of them.
"""

import base64
import hashlib
import http.client
import json
import random
from collections.abc import Iterator
from itertools import chain
from typing import Any

from bench.memory import MIB, received, watched
from bench.processes import Server
from bench.rows import MemoryRow
from bench.server import KEY, SECRET
from bench.statements import Source

SIZE = 100 * MIB
BOUNDARY = "bench-boundary"


def transfers(server: Server) -> Iterator[MemoryRow]:
    """Send an attachment to a server and fetch it again, after a small one to warm up."""
    headers = {
        "X-Experience-API-Version": "1.0.3",
        "Authorization": "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode(),
    }
    _post(server, headers, _statement(MIB), MIB)
    statement = _statement(SIZE)

    def post() -> float:
        _post(server, headers, statement, SIZE)
        return SIZE / MIB

    def fetch() -> float:
        return _fetch(server, headers, statement["id"]) / MIB

    yield watched(server, "memory grown by a 100 MiB attachment in", post, "MiB/s")
    yield watched(server, "memory grown by a 100 MiB attachment out", fetch, "MiB/s")


def _pieces(size: int) -> Iterator[bytes]:
    for number in range(size // MIB):
        yield random.Random(number).randbytes(MIB)  # noqa: S311


def _statement(size: int) -> dict[str, Any]:
    digest = hashlib.sha256()
    for piece in _pieces(size):
        digest.update(piece)
    described = {
        "usageType": "http://example.com/attachments/video",
        "display": {"en-US": "A video"},
        "contentType": "video/mp4",
        "length": size,
        "sha2": digest.hexdigest(),
    }
    return {**Source(size).statement(), "attachments": [described]}


def _post(server: Server, headers: dict[str, str], statement: dict[str, Any], size: int) -> None:
    start = (
        f"--{BOUNDARY}\r\nContent-Type: application/json\r\n\r\n{json.dumps(statement)}\r\n"
        f"--{BOUNDARY}\r\nContent-Transfer-Encoding: binary\r\n"
        f"X-Experience-API-Hash: {statement['attachments'][0]['sha2']}\r\n\r\n"
    ).encode()
    end = f"\r\n--{BOUNDARY}--\r\n".encode()
    described = {
        "Content-Type": f"multipart/mixed; boundary={BOUNDARY}",
        "Content-Length": str(len(start) + size + len(end)),
    }
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    body = chain([start], _pieces(size), [end])
    connection.request("POST", "/xapi/statements", body, {**headers, **described})
    received(connection)


def _fetch(server: Server, headers: dict[str, str], statement_id: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    path = f"/xapi/statements?attachments=true&statementId={statement_id}"
    connection.request("GET", path, headers=headers)
    size = received(connection)
    assert size > SIZE
    return size
