"""One process that serves requests on both origins; `python -m api.worker` is one of several."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from socket import socket

import structlog
import uvloop
from aiohttp import web

from api.addresses import BACKLOG, open_sockets
from api.application import open_services
from api.children import die_with
from api.database import open_database
from api.garbage import collect_seldom
from api.logs import configure_logs
from api.origins import content_application, lms_application
from api.services import Services
from api.settings import Settings, read_settings
from content.printing import press

READY = b"ready\n"

log = structlog.get_logger("lyceum.worker")


async def serve_requests(
    settings: Settings, uri: str, stop: asyncio.Event, ready: Callable[[], None]
) -> None:
    """Serve until `stop` is set, then let running requests finish; `ready` is called when both
    ports answer.

    Raises:
        PortTaken: a port is in use.
    """
    async with open_database(settings, uri) as database, AsyncExitStack() as stack:
        services = await stack.enter_async_context(open_services(settings, database))
        if not press.is_available():
            log.warning("no PDF can be made", reason=press.MISSING)
        listeners = open_sockets(settings, shared=settings.workers > 1)
        for app, listener in zip(_applications(services), listeners, strict=True):
            await _listen(stack, settings, app, listener)
        collect_seldom()
        ready()
        await stop.wait()
        services.lifecycle.stopping = True
        log.info("stopping", drain_seconds=settings.drain)


def _applications(services: Services) -> tuple[web.Application, web.Application]:
    return lms_application(services), content_application(services)


async def _listen(
    stack: AsyncExitStack, settings: Settings, app: web.Application, listener: socket
) -> None:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=float(settings.drain))
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.SockSite(runner, listener, backlog=BACKLOG).start()


def main() -> None:
    """A worker under a supervisor: its settings are in the environment, its end is SIGTERM."""
    die_with(int(os.environ.pop("LYCEUM_SUPERVISOR")))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings = read_settings(os.environ, {})
    configure_logs(settings.log_level, settings.log_format)
    uvloop.run(_serve_until_terminated(settings))


async def _serve_until_terminated(settings: Settings) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await serve_requests(settings, settings.mongodb_uri, stop, _report_ready)


def _report_ready() -> None:
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
