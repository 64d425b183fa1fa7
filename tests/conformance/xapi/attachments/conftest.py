"""A client that sends and reads attachments, in each version."""

from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from tests.lrs.messages import Messenger


@pytest.fixture(params=["1.0.3", "2.0.0"])
def messenger(xapi: TestClient[Any, Any], request: pytest.FixtureRequest) -> Messenger:
    """A client that may do everything, once in each version."""
    return Messenger(xapi, request.param)
