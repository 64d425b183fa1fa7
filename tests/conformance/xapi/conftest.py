"""A client in each version, over the fixtures of the record store's own tests."""

from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from tests.conformance.xapi.client import Client, Speaker
from tests.lrs.conftest import application, credentials, issued, log, speak, xapi

__all__ = ["application", "credentials", "issued", "log", "speak", "xapi"]


@pytest.fixture
def kind() -> type[Speaker]:
    """The class of the clients; the tests of other resources have one of their own."""
    return Client


@pytest.fixture(params=["1.0.3", "2.0.0"])
def client(
    xapi: TestClient[Any, Any], kind: type[Speaker], request: pytest.FixtureRequest
) -> Speaker:
    """A client that may do everything, once in each version."""
    return kind(xapi, request.param)


@pytest.fixture
def old(xapi: TestClient[Any, Any], kind: type[Speaker]) -> Speaker:
    """A client of 1.0.3."""
    return kind(xapi, "1.0.3")


@pytest.fixture
def new(xapi: TestClient[Any, Any], kind: type[Speaker]) -> Speaker:
    """A client of 2.0.0."""
    return kind(xapi, "2.0.0")
