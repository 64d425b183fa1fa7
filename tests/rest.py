"""A caller of a running server's REST API and xAPI resources."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

from aiohttp import ClientSession, FormData, encode_basic_auth

from tests.process import ADMIN_EMAIL, ADMIN_PASSWORD, LRS_KEY, LRS_SECRET

PASSWORD = "a password of eight or more"
XAPI = {
    "X-Experience-API-Version": "1.0.3",
    "Authorization": encode_basic_auth(LRS_KEY, LRS_SECRET),
}


class Addressed(Protocol):
    """A server of this process or of another."""

    @property
    def url(self) -> str: ...
    @property
    def xapi(self) -> str: ...


@dataclass(frozen=True)
class Rest:
    """A signed-in person's requests; documents come back as their JSON."""

    session: ClientSession
    url: str
    token: str

    @classmethod
    async def sign_in(cls, session: ClientSession, url: str, email: str, password: str) -> Self:
        """The caller with this e-mail address."""
        body = {"email": email, "password": password}
        async with session.post(f"{url}/api/v1/auth/sign-in", json=body) as answer:
            assert answer.status == 201, await answer.text()
            document = await answer.json()
        return cls(session, url, document["data"]["attributes"]["access_token"])

    async def request(
        self, method: str, path: str, status: int, **options: Any
    ) -> tuple[dict[str, str], bytes]:
        """Send a request, insist on the status; return headers and body."""
        headers = {"Authorization": f"Bearer {self.token}"}
        address = f"{self.url}/api/v1{path}"
        async with self.session.request(method, address, headers=headers, **options) as answer:
            body = await answer.read()
            assert answer.status == status, body.decode()
            return dict(answer.headers), body

    async def get(self, path: str) -> Any:
        """The document at a path."""
        return json.loads((await self.request("GET", path, 200))[1])

    async def make(self, path: str, **attributes: Any) -> dict[str, Any]:
        """The resource that a POST of these attributes makes."""
        body = (await self.request("POST", path, 201, json=attributes))[1]
        resource: dict[str, Any] = json.loads(body)["data"]
        return resource

    async def upload(
        self, package: Path, course_id: str, module_id: str, title: str, status: int = 201
    ) -> dict[str, Any]:
        """Upload a SCORM package; return the whole answer."""
        form = FormData()
        for name, value in {"course_id": course_id, "module_id": module_id, "title": title}.items():
            form.add_field(name, value)
        archive = await asyncio.to_thread(package.read_bytes)
        form.add_field("file", archive, filename=package.name)
        body = (await self.request("POST", "/scorm/upload", status, data=form))[1]
        document: dict[str, Any] = json.loads(body)
        return document


async def administrator(session: ClientSession, lyceum: Addressed) -> Rest:
    """The administrator of the first start."""
    return await Rest.sign_in(session, lyceum.url, ADMIN_EMAIL, ADMIN_PASSWORD)


async def statements(
    session: ClientSession, lyceum: Addressed, **query: str
) -> list[dict[str, Any]]:
    """Every statement that matches, oldest first, over all pages."""
    found: list[dict[str, Any]] = []
    more: str | None = "/xapi/statements"
    parameters: dict[str, str] | None = {"ascending": "true", **query}
    while more:
        async with session.get(
            lyceum.url + more,
            params=parameters,
            headers=XAPI,
        ) as answer:
            assert answer.status == 200, await answer.text()
            document = await answer.json()
        found += document["statements"]
        more, parameters = document.get("more"), None
    return found
