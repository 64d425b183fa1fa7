"""Who may do what, and how a request is turned away (Communication 3.2, 4.0)."""

from typing import Any

import pytest
from aiohttp import encode_basic_auth

from lrs.credentials import Credentials, scopes
from lrs.http import HTTPLimits
from lrs.log import StatementLog
from tests.conformance.xapi.client import CONSISTENT_THROUGH, PATH, VERSION, Client, findings
from tests.lrs.conftest import ORGANIZATION, a_statement, serving


def basic(key: str, secret: str) -> dict[str, str]:
    """Return the header of a credential."""
    return {"Authorization": encode_basic_auth(key, secret)}


@pytest.mark.parametrize("value", ["", "Basic", "Basic !", "Basic YQ==", "Digest x", "Bearer x"])
async def test_a_request_without_a_valid_credential_is_unauthorized(
    client: Client, value: str
) -> None:
    """XAPI-00334, XAPI-00335: with a challenge, and nothing is stored."""
    for method, body in (("GET", None), ("POST", a_statement())):
        response = await client.send(method, body, headers={"Authorization": value})
        assert response.status == 401
        assert response.headers["WWW-Authenticate"].startswith("Basic ")
        assert findings(await response.json()) == {"Authorization": "XAPI-00334"}
    assert await client.found() == []


async def test_a_valid_credential_without_the_scope_is_forbidden(
    client: Client, credentials: Credentials
) -> None:
    """XAPI-00327: reading and writing, and nothing is stored."""
    writer = await credentials.create(ORGANIZATION, "Writer", scopes=[scopes.WRITE_STATEMENTS])
    reader = await credentials.create(ORGANIZATION, "Reader", scopes=[scopes.READ_STATEMENTS])
    sent = a_statement()
    for method, body, parameters, credential in (
        ("GET", None, {}, writer),
        ("POST", sent, {}, reader),
        ("PUT", sent, {"statementId": sent["id"]}, reader),
    ):
        headers = basic(credential.key, credential.secret)
        response = await client.send(method, body, headers=headers, **parameters)
        assert response.status == 403
        assert findings(await response.json()) == {"Authorization": "XAPI-00327"}
    assert await client.found() == []


async def test_what_is_too_large_is_refused_as_that(
    database: Any, log: StatementLog, credentials: Credentials, issued: Any, aiohttp_client: Any
) -> None:
    """XAPI-00328: a body or a batch past its limit."""
    application = serving(database, log, credentials, HTTPLimits(body=2_000, batch=2))
    session = await aiohttp_client(application, headers=basic(issued.key, issued.secret))
    for version in ("1.0.3", "2.0.0"):
        client = Client(session, version)
        long = a_statement(result={"response": "x" * 2_000})
        assert await client.refusal(long, 413) == {"": "XAPI-00328"}
        small = [a_statement(id=None) for _ in range(3)]
        assert await client.refusal(small, 413) == {"": "XAPI-00328"}
        assert await client.found() == []


@pytest.mark.parametrize("method", ["DELETE", "PATCH"])
async def test_a_statement_is_never_deleted_or_patched(client: Client, method: str) -> None:
    """Communication 2.1: such methods are not there."""
    (statement_id,) = await client.store(a_statement())
    response = await client.send(method, statementId=statement_id)
    assert response.status == 405
    assert "GET" in response.headers["Allow"]
    assert await client.found() == [statement_id]


async def test_a_refused_batch_leaves_everything_as_it_was(client: Client) -> None:
    """XAPI-00182, XAPI-00326: whatever the reason, wherever the bad one stands."""
    taken = a_statement()
    await client.store(taken)
    before = await client.statement(taken["id"])
    good = [a_statement(), a_statement()]
    for bad, status in (
        (a_statement(actor=None), 400),
        (good[0], 400),
        ({**taken, "verb": {"id": "https://example.com/other"}}, 409),
        (None, 400),
    ):
        for batch in ([bad, *good], [good[0], bad, good[1]], [*good, bad]):
            await client.refusal(batch, status)
    assert await client.found() == [taken["id"]]
    assert await client.statement(taken["id"]) == before


async def test_about_needs_neither_version_nor_credential(client: Client) -> None:
    """XAPI-00315 to XAPI-00319: and names every version that is spoken."""
    url = client.session.make_url("/xapi/about")
    async with client.session.session.get(
        url, headers={"Authorization": "", VERSION: ""}
    ) as response:
        assert response.status == 200
        assert (await response.json())["version"] == ["1.0.3", "2.0.0"]
    assert (await client.session.head("/xapi/about")).status == 200


async def test_an_unreadable_path_or_host_breaks_nothing(client: Client) -> None:
    """XAPI-00329 is for what breaks here, never for what is sent."""
    for query in ("%00", "statementId=%FF", "agent=%7B%22", "verb=%ED%A0%80", "a&a&a", "=&=="):
        response = await client.send("GET", path=f"{PATH}?{query}")
        assert response.status == 400
        assert response.headers[CONSISTENT_THROUGH]
