"""A large attachment in and out: how long it takes, and how much the server grows meanwhile.

The bytes are made as they are sent and counted as they come, so the load holds none of them.
"""

import base64
import hashlib
import http.client
import json
import random
import time
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from bench.processes import Server
from bench.rows import MemoryRow
from bench.server import KEY, SECRET
from bench.statements import Source

MIB = 2**20
SIZE = 100 * MIB
MOST_GROWTH = 32 * MIB
BOUNDARY = "bench-boundary"


def transfers(server: Server) -> Iterator[MemoryRow]:
    """Send an attachment to a server and fetch it again, after a small one to warm up."""
    headers = {
        "X-Experience-API-Version": "1.0.3",
        "Authorization": "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode(),
    }
    _post(server, headers, _statement(MIB), MIB)
    statement = _statement(SIZE)
    yield _watched("in", server, lambda: _post(server, headers, statement, SIZE))
    yield _watched("out", server, lambda: _fetch(server, headers, statement["id"]))


def _watched(way: str, server: Server, transfer: Callable[[], None]) -> MemoryRow:
    before = server.memory()
    began = time.perf_counter()
    transfer()
    rate = SIZE / MIB / (time.perf_counter() - began)
    figure = f"memory grown by a 100 MiB attachment {way}, at {rate:,.0f} MiB/s"
    return MemoryRow(figure, server.peak() - before, MOST_GROWTH)


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
    _read(connection)


def _fetch(server: Server, headers: dict[str, str], statement_id: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    path = f"/xapi/statements?attachments=true&statementId={statement_id}"
    connection.request("GET", path, headers=headers)
    assert _read(connection) > SIZE


def _read(connection: http.client.HTTPConnection) -> int:
    response = connection.getresponse()
    size = 0
    while piece := response.read(MIB):
        size += len(piece)
        if response.status != 200:
            raise ValueError(f"{response.status}: {piece[:500].decode()}")
    connection.close()
    return size
