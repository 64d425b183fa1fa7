"""A server's two applications over a fresh database, with people who are signed in."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from api.application import open_services, prepare
from api.first_start import install
from api.origins import lms_application
from api.services import Services
from api.settings import read_settings
from api.store import Database
from tests.api.callers import ADMIN, PASSWORD, Api, Client, add_person, signed_in
from tests.prepared import prepare_once


@pytest.fixture
def set_otherwise() -> dict[str, str]:
    """Settings of the server, for a module that has others."""
    return {}


@pytest.fixture
async def services(
    database: Database, tmp_path: Any, set_otherwise: dict[str, str]
) -> AsyncIterator[Services]:
    """The services of a server after its first start."""
    email, password = ADMIN
    flags = {"admin_email": email, "admin_password": password, "data": str(tmp_path)}
    flags |= {
        "lrs_key": "key",
        "lrs_secret": "secret",
        "webhook_addresses": "any",
        "issuer_addresses": "any",
    }
    flags |= {"rate_limits": "off", "issuer_addresses": "any", **set_otherwise}
    settings = read_settings({}, flags)
    await prepare_once(database, prepare)
    await install(database, settings)
    async with open_services(settings, database) as opened:
        yield opened


@pytest.fixture
async def client(services: Services) -> AsyncIterator[Client]:
    """An HTTP client of the LMS's origin that keeps no cookies by itself."""
    async with TestClient(TestServer(lms_application(services))) as opened:
        yield opened


@pytest.fixture
async def admin(client: Client) -> Api:
    """The administrator of the first start."""
    return await signed_in(client, *ADMIN)


@pytest.fixture
async def learner(services: Services, client: Client) -> Api:
    """A learner."""
    await add_person(services, "ada@example.org", "learner")
    return await signed_in(client, "ada@example.org", PASSWORD)
