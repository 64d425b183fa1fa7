"""The server under load, in a process of its own.

Run as `python -m bench.server URI DATABASE storing|composed|nothing`; prints its port, ends with
standard input.
"""

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvloop
from aiohttp import web
from pymongo import AsyncMongoClient

from api.application import open_services, prepare
from api.database import open_database
from api.first_start import install
from api.garbage import collect_seldom
from api.logs import configure_logs
from api.origins import lms_application
from api.settings import read_settings
from lrs.credentials import Credentials
from lrs.documents import Documents
from lrs.http import routes
from lrs.log import StatementLog
from lrs.metadata import Metadata
from lrs.store import DuplicateIds

KEY, SECRET = "bench-key", "bench-secret"
ADMIN_EMAIL, ADMIN_PASSWORD = "root@example.org", "bench-password"
ORGANIZATION = "0123456789abcdef01234567"


@asynccontextmanager
async def storing(uri: str, database: str) -> AsyncIterator[web.Application]:
    """The xAPI resources alone, over a real log."""
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(uri, tz_aware=True)
    log = StatementLog(client[database])
    await log.start()
    credentials = Credentials(client[database], home_page="http://127.0.0.1")
    with contextlib.suppress(DuplicateIds):
        await credentials.create(ORGANIZATION, "Bench", key=KEY, secret=SECRET)
    application = web.Application()
    metadata = Metadata(client[database], log)
    application.add_routes(routes(log, Documents(client[database]), metadata, credentials))
    yield application
    await log.stop()
    await metadata.settled()


@asynccontextmanager
async def composed(uri: str, database: str) -> AsyncIterator[web.Application]:
    """All of Lyceum, as `lyceum serve` makes it: statements become progress on their way."""
    with tempfile.TemporaryDirectory(prefix="lyceum-bench-data-") as data:
        settings = read_settings(
            {
                "LYCEUM_MONGODB_DATABASE": database,
                "LYCEUM_DATA": data,
                "LYCEUM_ADMIN_EMAIL": ADMIN_EMAIL,
                "LYCEUM_ADMIN_PASSWORD": ADMIN_PASSWORD,
                "LYCEUM_LRS_KEY": KEY,
                "LYCEUM_LRS_SECRET": SECRET,
                "LYCEUM_RATE_LIMITS": "off",
            },
            {},
        )
        async with open_database(settings, uri) as opened:
            await prepare(opened)
            await install(opened, settings)
            async with open_services(settings, opened) as services:
                yield lms_application(services)


@asynccontextmanager
async def nothing(_uri: str, _database: str) -> AsyncIterator[web.Application]:
    """What reads a body and answers as a store would, storing nothing."""

    async def post(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(
            body=b'["7cf5941a-9631-4741-83eb-28beb8ff28e2"]', content_type="application/json"
        )

    application = web.Application()
    application.router.add_post("/xapi/statements", post)
    yield application


KINDS = {"storing": storing, "composed": composed, "nothing": nothing}


async def serve(uri: str, database: str, kind: str) -> None:
    """Serve until standard input ends."""
    async with KINDS[kind](uri, database) as application:
        collect_seldom()
        runner = web.AppRunner(application, access_log=None, handle_signals=False)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        print(runner.addresses[0][1], flush=True)
        await asyncio.to_thread(sys.stdin.read)
        await runner.cleanup()


if __name__ == "__main__":
    configure_logs("info", "json")
    uvloop.run(serve(*sys.argv[1:4]))
