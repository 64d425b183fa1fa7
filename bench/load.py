"""The load: connections that each send their next request when the last is answered.

Run as `python -m bench.load` with a JSON plan on standard input; prints a JSON report. It is a
process of its own, over bare sockets, so that it costs little beside the server.
"""

import asyncio
import base64
import json
import sys
import time
from collections.abc import Iterable
from typing import Any, cast
from urllib.parse import quote

import uvloop

from bench.statements import (
    ACTIVITIES,
    LEARNERS,
    REGISTRATIONS,
    VERBS,
    Source,
    activity_id,
    learner,
    registration,
)


class Connection(asyncio.Protocol):
    """One keep-alive connection."""

    def __init__(self, run: "Run") -> None:
        self._run = run
        self._buffer = b""
        self._missing = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._next()

    def data_received(self, data: bytes) -> None:
        if self._missing:
            self._missing -= len(data)
        else:
            self._buffer += data
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            self._missing = _length(self._buffer[:end]) - (len(self._buffer) - end - 4)
            self._run.statuses[self._buffer[9:12].decode()] += 1
            self._buffer = b""
        if self._missing <= 0:
            self._missing = 0
            self._run.seconds.append(time.perf_counter() - self._sent)
            self._next()

    def connection_lost(self, error: Exception | None) -> None:
        self._run.closed(self)

    def _next(self) -> None:
        request = self._run.next_request()
        if request is None:
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(request)


class Run:
    """A bounded number of requests over a number of connections."""

    def __init__(self, requests: Iterable[bytes], connections: int) -> None:
        self._requests = iter(requests)
        self._open = connections
        self._connections = connections
        self.seconds: list[float] = []
        self.statuses: dict[str, int] = _Counts()
        self._over = asyncio.get_running_loop().create_future()

    def next_request(self) -> bytes | None:
        """Return what to send next; None when all was sent."""
        return next(self._requests, None)

    def closed(self, _connection: Connection) -> None:
        """Note that a connection has ended; the last one ends the run."""
        self._open -= 1
        if not self._open and not self._over.done():
            self._over.set_result(None)

    async def go(self, port: int) -> float:
        """Send everything; return the seconds that it took."""
        loop = asyncio.get_running_loop()
        began = time.perf_counter()
        for _ in range(self._connections):
            await loop.create_connection(lambda: Connection(self), "127.0.0.1", port)
        await self._over
        return time.perf_counter() - began


class _Counts(dict[str, int]):
    def __missing__(self, key: str) -> int:
        return 0


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def requests_of(plan: dict[str, Any]) -> Iterable[bytes]:
    """Return the requests that a plan asks for; ready to be sent, save those that only fill."""
    path, head = plan["path"].encode(), _head(plan["key"], plan["secret"])
    source = Source(plan["seed"])
    count = plan["requests"]
    if plan["job"] == "fill":
        return (_post(path, head, source.body(plan["batch"])) for _ in range(count))
    if plan["job"] == "post":
        return [_post(path, head, source.body(plan["batch"])) for _ in range(count)]
    if plan["job"] == "rest":
        head = _bearer(plan["token"])
        return [_ask(plan["asked"][i % len(plan["asked"])], head) for i in range(count)]
    if plan["job"] == "get":
        ids = [source.statement()["id"] for _ in range(plan["stored"])]
        return [_get(path, head, f"statementId={ids[i * 7919 % len(ids)]}") for i in range(count)]
    return [_get(path, head, _filter(plan["job"], i) + "&limit=100") for i in range(count)]


def _filter(name: str, number: int) -> str:
    number *= 7919
    match name:
        case "agent":
            agent = learner(number % LEARNERS)
            return "agent=" + quote(json.dumps(agent))
        case "verb":
            return "verb=" + quote(VERBS[number % len(VERBS)], safe="")
        case "activity":
            return "activity=" + quote(activity_id(number % ACTIVITIES), safe="")
        case "registration":
            return "registration=" + registration(number % REGISTRATIONS)
    raise ValueError(name)


def _head(key: str, secret: str) -> bytes:
    basic = base64.b64encode(f"{key}:{secret}".encode()).decode()
    return (
        f"Host: 127.0.0.1\r\nX-Experience-API-Version: 1.0.3\r\nAuthorization: Basic {basic}\r\n"
    ).encode()


def _bearer(token: str) -> bytes:
    return f"Host: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n".encode()


def _ask(asked: dict[str, Any], head: bytes) -> bytes:
    """A request to the REST API: a GET, or a POST where there is a body."""
    path = asked["path"].encode()
    if "body" in asked:
        return _post(path, head, json.dumps(asked["body"]).encode())
    return b"GET %b HTTP/1.1\r\n%b\r\n" % (path, head)


def _post(path: bytes, head: bytes, body: bytes) -> bytes:
    return (
        b"POST %b HTTP/1.1\r\n%bContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (path, head, len(body), body)
    )


def _get(path: bytes, head: bytes, query: str) -> bytes:
    return b"GET %b?%b HTTP/1.1\r\n%b\r\n" % (path, query.encode(), head)


async def main() -> None:
    """Read the plan, run it, print the report."""
    plan = json.load(sys.stdin)
    run = Run(requests_of(plan), plan["connections"])
    took = await run.go(plan["port"])
    times = sorted(run.seconds)
    report = {
        "per_second": len(times) / took,
        "p50_ms": times[len(times) // 2] * 1000,
        "p95_ms": times[int(len(times) * 0.95)] * 1000,
        "p99_ms": times[int(len(times) * 0.99)] * 1000,
        "statuses": run.statuses,
    }
    print(json.dumps(report))


if __name__ == "__main__":
    uvloop.run(main())
