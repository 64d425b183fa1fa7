"""The clients of the resources beside /statements."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.conformance.xapi.documents.client import Client


@pytest.fixture
def kind() -> type[Client]:
    """The class of the clients."""
    return Client


@pytest.fixture
async def anonymous() -> AsyncIterator[aiohttp.ClientSession]:
    """A client that sends no header of its own."""
    async with aiohttp.ClientSession() as session:
        yield session
