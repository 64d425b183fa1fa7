"""A client in each version, over the fixtures of the record store's own tests."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient

from tests.conformance.xapi.documents.client import Client
from tests.lrs.conftest import application, credentials, issued, log, speak, xapi

__all__ = ["application", "credentials", "issued", "log", "speak", "xapi"]


@pytest.fixture(params=["1.0.3", "2.0.0"])
def client(xapi: TestClient[Any, Any], request: pytest.FixtureRequest) -> Client:
    """A client that may do everything, once in each version."""
    return Client(xapi, request.param)


@pytest.fixture
def old(xapi: TestClient[Any, Any]) -> Client:
    """A client of 1.0.3."""
    return Client(xapi, "1.0.3")


@pytest.fixture
async def anonymous() -> AsyncIterator[aiohttp.ClientSession]:
    """A client that sends no header of its own."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def new(xapi: TestClient[Any, Any]) -> Client:
    """A client of 2.0.0."""
    return Client(xapi, "2.0.0")
