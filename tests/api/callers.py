"""People who call the REST API in tests."""

from dataclasses import dataclass
from typing import Any

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient

from api.services import Services
from content.people import people
from content.people.people import PersonDraft

ADMIN = ("admin@example.org", "correct horse battery")
Client = TestClient[Any, Any]
PASSWORD = "a password of eight or more"


@dataclass(frozen=True)
class Api:
    """A signed-in caller of the REST API."""

    client: Client
    headers: dict[str, str]

    async def call(self, method: str, path: str, **options: Any) -> ClientResponse:
        """Send a request under /api/v1 as this caller."""
        headers = {**self.headers, **options.pop("headers", {})}
        return await self.client.request(method, f"/api/v1{path}", headers=headers, **options)

    async def get(self, path: str, **options: Any) -> Any:
        """The document at a path."""
        response = await self.call("GET", path, **options)
        assert response.status == 200, await response.text()
        return await response.json()

    async def make(self, path: str, **attributes: Any) -> dict[str, Any]:
        """The resource that a POST of these attributes makes."""
        response = await self.call("POST", path, json=attributes)
        assert response.status == 201, await response.text()
        resource: dict[str, Any] = (await response.json())["data"]
        return resource


async def signed_in(client: Client, email: str, password: str) -> Api:
    """The caller with this e-mail address."""
    sign_in = {"email": email, "password": password}
    response = await client.post("/api/v1/auth/sign-in", json=sign_in)
    assert response.status == 201, await response.text()
    token = (await response.json())["data"]["attributes"]["access_token"]
    return Api(client, {"Authorization": f"Bearer {token}"})


async def add_person(services: Services, email: str, *roles: str) -> str:
    """Add a person with PASSWORD; return the id."""
    draft = PersonDraft(name=email.partition("@")[0].title(), email=email, roles=roles)
    organization_id = services.sessions.organization_id
    person = await people.create(services.content, organization_id, draft)
    await services.sessions.set_password(person, PASSWORD)
    return person.id
