"""The server under load: the xAPI resources alone, in a process of their own.

Run as `python -m bench.server URI DATABASE storing|nothing`; prints its port, ends with stdin.
"""

import asyncio
import contextlib
import gc
import sys
from typing import Any

import uvloop
from aiohttp import web
from pymongo import AsyncMongoClient

from lrs.credentials import Credentials
from lrs.documents import Documents
from lrs.http import routes
from lrs.log import StatementLog
from lrs.metadata import Metadata
from lrs.store import DuplicateIds

KEY, SECRET = "bench-key", "bench-secret"
ORGANIZATION = "0123456789abcdef01234567"


async def storing(uri: str, database: str) -> tuple[web.Application, StatementLog]:
    """Return an application with the xAPI resources over a real log."""
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(uri, tz_aware=True)
    log = StatementLog(client[database])
    await log.start()
    credentials = Credentials(client[database], home_page="http://127.0.0.1")
    with contextlib.suppress(DuplicateIds):
        await credentials.create(ORGANIZATION, "Bench", key=KEY, secret=SECRET)
    application = web.Application()
    metadata = Metadata(client[database], log)
    application.add_routes(routes(log, Documents(client[database]), metadata, credentials))
    return application, log


def nothing() -> web.Application:
    """Return an application that reads a body and answers as a store would, storing nothing."""

    async def post(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(
            body=b'["7cf5941a-9631-4741-83eb-28beb8ff28e2"]', content_type="application/json"
        )

    application = web.Application()
    application.router.add_post("/xapi/statements", post)
    return application


async def serve(uri: str, database: str, kind: str) -> None:
    """Serve until standard input ends."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    log = None
    if kind == "storing":
        application, log = await storing(uri, database)
    else:
        application = nothing()
    runner = web.AppRunner(application, access_log=None, handle_signals=False)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()
    if log:
        await log.stop()


if __name__ == "__main__":
    uvloop.run(serve(*sys.argv[1:4]))
