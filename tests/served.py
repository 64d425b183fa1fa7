"""A server in the test's own process, on both of its ports: up in a tenth of a second."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestServer
from pymongo.asynchronous.database import AsyncDatabase

from api.application import open_services, prepare
from api.first_start import install
from api.origins import content_application, lms_application
from api.services import Services
from api.settings import read_settings
from tests.prepared import prepare_once
from tests.process import ADMIN_EMAIL, ADMIN_PASSWORD, LRS_KEY, LRS_SECRET, free_ports

FLAGS = {
    "admin_email": ADMIN_EMAIL,
    "admin_password": ADMIN_PASSWORD,
    "lrs_key": LRS_KEY,
    "lrs_secret": LRS_SECRET,
    "rate_limits": "off",
    "webhook_addresses": "any",
    "issuer_addresses": "any",
}


@dataclass(frozen=True)
class Lyceum:
    """Where a server is found, and the services that it is made of."""

    services: Services
    url: str
    content_url: str

    @property
    def xapi(self) -> str:
        """The endpoint of the record store."""
        return f"{self.url}/xapi"


@asynccontextmanager
async def served(
    database: AsyncDatabase[dict[str, Any]], folder: Path, **settings: str
) -> AsyncIterator[Lyceum]:
    """A server over a database without a document, after its first start."""
    port, content_port = free_ports(2)
    ports = {"port": str(port), "content_port": str(content_port)}
    given = read_settings({}, FLAGS | ports | {"data": str(folder)} | settings)
    await prepare_once(database, prepare)
    await install(database, given)
    async with (
        open_services(given, database) as services,
        TestServer(lms_application(services), port=port) as lms,
        TestServer(content_application(services), port=content_port) as content,
    ):
        yield Lyceum(services, str(lms.make_url("")), str(content.make_url("")))
