"""Clients that speak one version: of any resource, and of the statements."""

import json
from dataclasses import dataclass, replace
from typing import Any, Self

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient

from tests.lrs.conftest import Statement

PATH = "/xapi/statements"
VERSION = "X-Experience-API-Version"
CONSISTENT_THROUGH = "X-Experience-API-Consistent-Through"


@dataclass(frozen=True)
class Speaker:
    """Requests in one version; bodies and parameters that are no text go as JSON."""

    session: TestClient[Any, Any]
    version: str

    def speaking(self, version: str) -> Self:
        """The same client in another version."""
        return replace(self, version=version)

    async def request(
        self, method: str, path: str, parameters: dict[str, Any], body: Any, headers: dict[str, str]
    ) -> ClientResponse:
        """Send a request; a body of bytes goes as it is."""
        type_ = {} if body is None else {"Content-Type": "application/json"}
        texts = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in parameters.items()
        }
        return await self.session.request(
            method,
            path,
            params=texts,
            data=body if isinstance(body, bytes) or body is None else json.dumps(body).encode(),
            headers={VERSION: self.version, **type_, **headers},
        )


class Client(Speaker):
    """Requests to /statements."""

    async def send(
        self,
        method: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        path: str = PATH,
        **parameters: Any,
    ) -> ClientResponse:
        """Send a request."""
        return await self.request(method, path, parameters, body, headers or {})

    async def store(self, *statements: Statement) -> list[str]:
        """POST a batch, or one statement alone; return the ids."""
        body = statements[0] if len(statements) == 1 else list(statements)
        response = await self.send("POST", body)
        assert response.status == 200, await response.text()
        ids: list[str] = await response.json()
        return ids

    async def statement(self, statement_id: str, **options: Any) -> Statement:
        """GET one statement."""
        response = await self.send("GET", statementId=statement_id, **options)
        assert response.status == 200, await response.text()
        statement: Statement = await response.json()
        return statement

    async def found(self, **parameters: Any) -> list[str]:
        """GET statements; return the ids in order."""
        response = await self.send("GET", **parameters)
        assert response.status == 200, await response.text()
        return [statement["id"] for statement in (await response.json())["statements"]]

    async def refusal(self, body: Any, status: int = 400, **options: Any) -> dict[str, str]:
        """POST what is refused; return the requirement of each finding by its place."""
        response = await self.send("POST", body, **options)
        assert response.status == status, await response.text()
        return findings(await response.json())


def findings(document: Any) -> dict[str, str]:
    """Return the requirements of an error document by place; each finding must name its rule."""
    told = {}
    for error in document["errors"]:
        assert error["detail"]
        assert error["meta"]["rule"]
        (where,) = error["source"].values()
        told[where] = error["meta"]["requirement"]
    return told
