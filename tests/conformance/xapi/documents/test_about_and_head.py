"""The about resource, and HEAD beside every GET (Communication 2.8, 1.1)."""

from typing import Any

from aiohttp import ClientSession

from tests.conformance.xapi.documents.client import (
    ACTIVITY,
    AGENT,
    RESOURCES,
    Client,
)
from tests.lrs.conftest import a_statement

PATH = "/xapi/about"


async def test_about_tells_the_versions_to_anybody(
    client: Client, anonymous: ClientSession
) -> None:
    """XAPI-00315 to 00320: without a version and without a credential."""
    response = await client.send("GET", PATH)
    assert response.status == 200
    assert await response.json() == {"version": ["1.0.3", "2.0.0"], "extensions": {}}
    response = await anonymous.get(client.session.make_url(PATH))
    assert response.status == 200
    assert response.headers["X-Experience-API-Version"] == "2.0.0"


async def test_every_other_resource_wants_a_version(client: Client) -> None:
    """XAPI-00321: 400 without the header, or with one that is not spoken."""
    unspoken = client.speaking("0.9")
    for path in ("statements", "agents", "activities", *(each.path[6:] for each in RESOURCES)):
        assert (await unspoken.send("GET", f"/xapi/{path}")).status == 400
        assert (await client.speaking("").send("GET", f"/xapi/{path}")).status == 400


async def test_head_answers_as_get_does_without_a_body(client: Client) -> None:
    """XAPI-00125, 00126: the same status and headers, on every resource, found or refused."""
    statement = a_statement()
    await client.send("POST", "/xapi/statements", body=statement)
    for resource in RESOURCES:
        await client.store(resource, {"page": 1})
    gets: list[tuple[str, dict[str, Any]]] = [
        (PATH, {}),
        ("/xapi/statements", {}),
        ("/xapi/statements", {"statementId": statement["id"]}),
        ("/xapi/agents", {"agent": AGENT}),
        ("/xapi/activities", {"activityId": ACTIVITY}),
        ("/xapi/agents", {}),
        ("/xapi/activities/state", {}),
    ]
    gets += [(each.path, each.address) for each in RESOURCES]
    gets += [(each.path, each.subject) for each in RESOURCES]
    gets += [(each.path, {**each.address, each.id_name: "absent"}) for each in RESOURCES]
    for path, parameters in gets:
        get = await client.send("GET", path, parameters)
        head = await client.send("HEAD", path, parameters)
        assert head.status == get.status
        assert await head.read() == b""
        for name in ("Content-Type", "Content-Length", "ETag", "Last-Modified"):
            assert head.headers.get(name) == get.headers.get(name)
