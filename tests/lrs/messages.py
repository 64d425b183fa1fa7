"""Statements with attachments as clients send them, and answers as clients read them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient

PATH = "/xapi/statements"
BOUNDARY = "a-boundary"
MULTIPART = f"multipart/mixed; boundary={BOUNDARY}"
PHOTO = "http://example.com/attachments/photo"

Part = tuple[Mapping[str, str], bytes]


def described(data: bytes, **properties: Any) -> dict[str, Any]:
    """Return an attachment of a statement; `properties` replace its own."""
    return {
        "usageType": PHOTO,
        "display": {"en-US": "A photo"},
        "contentType": "image/jpeg",
        "length": len(data),
        "sha2": hashlib.sha256(data).hexdigest(),
        **properties,
    }


def part(data: bytes, **headers: str | None) -> Part:
    """Return the part that brings some bytes; `headers` replace its own, None takes one away."""
    given = {
        "Content-Type": "image/jpeg",
        "Content-Transfer-Encoding": "binary",
        "X-Experience-API-Hash": hashlib.sha256(data).hexdigest(),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return {name: value for name, value in given.items() if value is not None}, data


def body_of(statements: Any, *parts: Part, content_type: str = "application/json") -> bytes:
    """Return the body that brings statements and parts."""
    first: Part = ({"Content-Type": content_type}, json.dumps(statements).encode())
    written = b""
    for headers, data in (first, *parts):
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        written += f"--{BOUNDARY}\r\n{lines}\r\n".encode() + data + b"\r\n"
    return written + f"--{BOUNDARY}--\r\n".encode()


def parts_of(response: ClientResponse, body: bytes) -> list[tuple[dict[str, str], bytes]]:
    """Return the parts of an answer; the names of their headers are in lower case."""
    kind, _, boundary = response.headers["Content-Type"].partition("; boundary=")
    assert kind == "multipart/mixed"
    before, *parts, after = (b"\r\n" + body).split(f"\r\n--{boundary}".encode())
    assert (before, after) == (b"", b"--\r\n")
    found = []
    for each in parts:
        head, _, data = each.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        lines = (line.split(": ", 1) for line in head.decode().split("\r\n"))
        found.append(({name.lower(): value for name, value in lines}, data))
    return found


@dataclass(frozen=True)
class Messenger:
    """A client that sends and reads attachments in one version."""

    session: TestClient[Any, Any]
    version: str = "1.0.3"

    async def post(
        self, statements: Any, *parts: Part, content_type: str = MULTIPART
    ) -> ClientResponse:
        """POST statements with parts."""
        return await self.send(body_of(statements, *parts), content_type)

    async def send(
        self, body: bytes, content_type: str = MULTIPART, method: str = "POST", **query: str
    ) -> ClientResponse:
        """Send a body as it is."""
        headers = {"Content-Type": content_type, "X-Experience-API-Version": self.version}
        return await self.session.request(method, PATH, data=body, headers=headers, params=query)

    async def store(self, statements: Any, *parts: Part) -> None:
        """POST what is taken."""
        response = await self.post(statements, *parts)
        assert response.status == 200, await response.text()

    async def refusal(
        self, statements: Any, *parts: Part, status: int = 400
    ) -> set[tuple[str, str | None]]:
        """POST what is refused; return where, and which requirement, each finding names."""
        return await findings(await self.post(statements, *parts), status)

    async def get(self, **query: str) -> tuple[Any, list[tuple[dict[str, str], bytes]]]:
        """GET with attachments; return the JSON and the other parts."""
        headers = {"X-Experience-API-Version": self.version}
        params = {"attachments": "true", **query}
        response = await self.session.get(PATH, params=params, headers=headers)
        assert response.status == 200, await response.text()
        body = await response.read()
        assert len(body) == int(response.headers["Content-Length"])
        (head, first), *others = parts_of(response, body)
        assert head["content-type"] == "application/json"
        return json.loads(first), others


async def findings(response: ClientResponse, status: int = 400) -> set[tuple[str, str | None]]:
    """Return where, and which requirement, each finding of a refusal names."""
    assert response.status == status, await response.text()
    errors = (await response.json())["errors"]
    assert all(error["detail"] for error in errors)
    return {
        (next(iter(error["source"].values())), error.get("meta", {}).get("requirement"))
        for error in errors
    }
