"""A log over an empty database, and a client that speaks xAPI to it."""

import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import encode_basic_auth, web
from aiohttp.test_utils import TestClient

from lrs.credentials import Credentials, IssuedCredential
from lrs.documents import Documents
from lrs.http import HTTPLimits, routes
from lrs.log import StatementLog
from lrs.metadata import Metadata

ORGANIZATION = "organization-1"
HOME_PAGE = "https://lms.example.com"
AUTHORITY = {"objectType": "Agent", "mbox": "mailto:lms@example.com"}
Statement = dict[str, Any]


def a_statement(**properties: Any) -> Statement:
    """Return a valid statement; `properties` replace its own, None takes one away."""
    statement = {
        "id": str(uuid.uuid4()),
        "actor": {"objectType": "Agent", "mbox": "mailto:ada@example.com"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"objectType": "Activity", "id": "https://example.com/activities/1"},
        **properties,
    }
    return {name: value for name, value in statement.items() if value is not None}


def voiding(statement_id: str, **properties: Any) -> Statement:
    """Return a statement that voids another."""
    return a_statement(
        verb={"id": "http://adlnet.gov/expapi/verbs/voided"},
        object={"objectType": "StatementRef", "id": statement_id},
        **properties,
    )


@pytest.fixture
async def log(database: Any) -> AsyncIterator[StatementLog]:
    """A started log."""
    log = StatementLog(database)
    await log.start()
    yield log
    await log.stop()


@pytest.fixture
def credentials(database: Any) -> Credentials:
    """The credentials of the log's database."""
    return Credentials(database, home_page=HOME_PAGE)


@pytest.fixture
async def issued(credentials: Credentials) -> IssuedCredential:
    """A credential that may do everything."""
    return await credentials.create(ORGANIZATION, "Authoring tool")


def serving(
    database: Any, log: StatementLog, credentials: Credentials, limits: HTTPLimits | None = None
) -> web.Application:
    """Return an application with the xAPI resources at /xapi."""
    application = web.Application()
    metadata = Metadata(database, log)
    application.add_routes(routes(log, Documents(database), metadata, credentials, limits=limits))

    async def settle(_: web.Application) -> None:
        await metadata.settled()

    application.on_cleanup.append(settle)
    return application


@pytest.fixture
def application(database: Any, log: StatementLog, credentials: Credentials) -> web.Application:
    """The xAPI resources at /xapi."""
    return serving(database, log, credentials)


Speak = Callable[[IssuedCredential], Any]


@pytest.fixture
async def speak(application: web.Application, aiohttp_client: Any) -> Speak:
    """Make a client that speaks xAPI 1.0.3 with a credential."""

    async def client(credential: IssuedCredential) -> TestClient[Any, Any]:
        made: TestClient[Any, Any] = await aiohttp_client(
            application,
            headers={
                "X-Experience-API-Version": "1.0.3",
                "Authorization": encode_basic_auth(credential.key, credential.secret),
            },
        )
        return made

    return client


@pytest.fixture
async def xapi(speak: Speak, issued: IssuedCredential) -> TestClient[Any, Any]:
    """A client that may do everything."""
    client: TestClient[Any, Any] = await speak(issued)
    return client
