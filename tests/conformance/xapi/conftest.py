"""A client in each version, over the fixtures of the record store's own tests."""

from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from tests.conformance.xapi.client import Client
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
def new(xapi: TestClient[Any, Any]) -> Client:
    """A client of 2.0.0."""
    return Client(xapi, "2.0.0")
