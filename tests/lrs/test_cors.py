"""Content in a browser that comes from another origin (Fetch, CORS protocol)."""

import json
from typing import Any

import pytest
from aiohttp import ClientSession, encode_basic_auth, web
from aiohttp.test_utils import TestClient

from lrs.credentials import Credentials, IssuedCredential
from lrs.documents import Documents
from lrs.http import Origins, routes
from lrs.log import StatementLog
from lrs.metadata import Metadata
from tests.lrs.conftest import a_statement

PAGE, STRANGER = "https://content.example.com", "https://stranger.example.com"
PATHS = (
    "about",
    "statements",
    "activities",
    "activities/state",
    "activities/profile",
    "agents",
    "agents/profile",
)
ASKED = {
    "Access-Control-Request-Method": "PUT",
    "Access-Control-Request-Headers": "authorization,x-experience-api-version",
}


@pytest.fixture
async def guarded(
    database: Any, log: StatementLog, credentials: Credentials, aiohttp_client: Any
) -> TestClient[Any, Any]:
    """A server where only the page's origin is named."""
    application = web.Application()
    origins = Origins(frozenset({PAGE}))
    documents, metadata = Documents(database), Metadata(database, log)
    application.add_routes(routes(log, documents, metadata, credentials, origins=origins))
    client: TestClient[Any, Any] = await aiohttp_client(application)
    return client


def listed(header: str) -> set[str]:
    """Return a header's list, in lower case."""
    return {part.strip().lower() for part in header.split(",")}


async def test_a_browser_may_ask_without_a_credential_what_it_may_send(
    xapi: TestClient[Any, Any],
) -> None:
    """Every xAPI header and method, on every resource."""
    async with ClientSession() as browser:
        for path in PATHS:
            url = xapi.make_url(f"/xapi/{path}")
            answer = await browser.options(url, headers={"Origin": PAGE, **ASKED})
            assert answer.status == 204
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert "Access-Control-Allow-Credentials" not in answer.headers
            allowed = listed(answer.headers["Access-Control-Allow-Headers"])
            assert allowed >= {
                "authorization",
                "content-type",
                "if-match",
                "if-none-match",
                "accept-language",
                "x-experience-api-version",
            }
            methods = listed(answer.headers["Access-Control-Allow-Methods"])
            assert methods >= {"get", "head", "post", "put", "delete"}


async def test_a_page_may_read_every_header_of_every_answer(xapi: TestClient[Any, Any]) -> None:
    """Also of a refusal: a page that cannot read why it was refused cannot tell anybody."""
    for path in PATHS:
        for headers in ({"Origin": PAGE}, {"Origin": PAGE, "X-Experience-API-Version": "9"}):
            answer = await xapi.get(f"/xapi/{path}", headers=headers)
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            exposed = listed(answer.headers["Access-Control-Expose-Headers"])
            assert exposed >= {
                "etag",
                "last-modified",
                "x-experience-api-version",
                "x-experience-api-consistent-through",
            }
        answer = await xapi.request("PATCH", f"/xapi/{path}", headers={"Origin": PAGE})
        assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (405, "*")


async def test_a_named_origin_may_send_what_the_browser_remembers(
    guarded: TestClient[Any, Any],
) -> None:
    """withCredentials needs the origin itself and the word true, in both answers."""
    for method, more in (("OPTIONS", ASKED), ("GET", {})):
        answer = await guarded.request(method, "/xapi/statements", headers={"Origin": PAGE, **more})
        assert answer.headers["Access-Control-Allow-Origin"] == PAGE
        assert answer.headers["Access-Control-Allow-Credentials"] == "true"
        assert answer.headers["Vary"] == "Origin"


async def test_other_origins_are_told_nothing_where_some_are_named(
    guarded: TestClient[Any, Any],
) -> None:
    """No header of the protocol, so no browser lets the page read or send anything."""
    for origin in (STRANGER, "null", f"{PAGE}.example.org"):
        for method, more in (("OPTIONS", ASKED), ("GET", {})):
            answer = await guarded.request(
                method, "/xapi/statements", headers={"Origin": origin, **more}
            )
            assert answer.headers["Vary"] == "Origin"
            assert not [name for name in answer.headers if name.startswith("Access-Control")]


async def test_who_is_no_page_is_not_bothered(xapi: TestClient[Any, Any]) -> None:
    """Without an Origin there is no header of the protocol."""
    answer = await xapi.get("/xapi/about")
    assert not [name for name in answer.headers if name.startswith("Access-Control")]


def form_of(statement: dict[str, Any], **fields: str) -> dict[str, str]:
    """Return the fields of a form that PUTs a statement."""
    return {
        "statementId": statement["id"],
        "X-Experience-API-Version": "1.0.3",
        "content": json.dumps(statement),
        **fields,
    }


@pytest.mark.parametrize(
    ("origin", "in_form", "status"),
    [
        (None, False, 204),
        ("own", False, 204),
        (STRANGER, False, 403),
        ("null", False, 403),
        (STRANGER, True, 204),
    ],
)
async def test_a_form_of_another_page_does_nothing_with_what_the_browser_remembers(
    xapi: TestClient[Any, Any], origin: str | None, in_form: bool, status: int
) -> None:
    statement, url = a_statement(), "/xapi/statements?method=PUT"
    remembered = xapi.session.headers["Authorization"]
    fields = form_of(statement, **({"Authorization": remembered} if in_form else {}))
    own = str(xapi.make_url("/")).rstrip("/")
    headers = {} if origin is None else {"Origin": own if origin == "own" else origin}
    async with ClientSession() as browser:
        if not in_form:
            headers["Authorization"] = remembered
        answer = await browser.post(xapi.make_url(url), data=fields, headers=headers)
    assert answer.status == status, await answer.text()
    kept = await xapi.get("/xapi/statements", params={"statementId": statement["id"]})
    assert kept.status == (404 if status == 403 else 200)


@pytest.mark.parametrize(("origin", "status"), [(PAGE, 204), (STRANGER, 403)])
async def test_a_named_pages_form_may_use_what_the_browser_remembers(
    guarded: TestClient[Any, Any], issued: IssuedCredential, origin: str, status: int
) -> None:
    headers = {"Origin": origin, "Authorization": encode_basic_auth(issued.key, issued.secret)}
    answer = await guarded.post(
        "/xapi/statements?method=PUT", data=form_of(a_statement()), headers=headers
    )
    assert answer.status == status, await answer.text()
