"""A client of the resources beside /statements, that speaks one version."""

from dataclasses import dataclass
from typing import Any

from aiohttp import ClientResponse

from tests.conformance.xapi.client import Speaker, findings

AGENT = {"objectType": "Agent", "mbox": "mailto:ada@example.com"}
ACTIVITY = "https://example.com/activities/1"
REGISTRATION = "01234567-89ab-4def-8123-456789abcdef"


@dataclass(frozen=True)
class Resource:
    """A document resource: its path, whose documents it holds, and the name of their id."""

    name: str
    path: str
    subject: dict[str, Any]
    id_name: str

    @property
    def address(self) -> dict[str, Any]:
        """The parameters of one document."""
        return {**self.subject, self.id_name: "bookmark"}


STATE = Resource(
    "state", "/xapi/activities/state", {"activityId": ACTIVITY, "agent": AGENT}, "stateId"
)
ACTIVITY_PROFILE = Resource(
    "activity profile", "/xapi/activities/profile", {"activityId": ACTIVITY}, "profileId"
)
AGENT_PROFILE = Resource("agent profile", "/xapi/agents/profile", {"agent": AGENT}, "profileId")
RESOURCES = (STATE, ACTIVITY_PROFILE, AGENT_PROFILE)
PROFILES = (ACTIVITY_PROFILE, AGENT_PROFILE)


class Client(Speaker):
    """Requests to any resource."""

    async def send(
        self,
        method: str,
        path: str,
        parameters: dict[str, Any] | None = None,
        body: Any = None,
        **headers: str,
    ) -> ClientResponse:
        """Send a request; `if_match="*"` is the header If-Match."""
        named = {name.replace("_", "-").title(): value for name, value in headers.items()}
        return await self.request(method, path, parameters or {}, body, named)

    async def store(
        self, resource: Resource, body: Any, document_id: str = "bookmark", **others: Any
    ) -> None:
        """PUT a document, whatever is there; `others` are parameters."""
        address = {**resource.subject, resource.id_name: document_id, **others}
        for header in ({"if_none_match": "*"}, {"if_match": "*"}):
            response = await self.send("PUT", resource.path, address, body, **header)
            if response.status == 204:
                return
        raise AssertionError(await response.text())

    async def stored(self, resource: Resource, **others: Any) -> Any:
        """GET a document's JSON; None where there is none."""
        response = await self.send("GET", resource.path, {**resource.address, **others})
        if response.status == 404:
            return None
        assert response.status == 200, await response.text()
        return await response.json()

    async def ids(self, resource: Resource, **others: Any) -> list[str]:
        """GET the ids of a subject's documents, sorted."""
        response = await self.send("GET", resource.path, {**resource.subject, **others})
        assert response.status == 200, await response.text()
        return sorted(await response.json())


async def broken(response: ClientResponse) -> dict[str, str]:
    """Return which requirement is broken where; the answer must be 400 and explain itself."""
    assert response.status == 400, await response.text()
    return findings(await response.json())
