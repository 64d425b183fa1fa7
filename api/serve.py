"""`lyceum serve`: the database, the first start, the workers, and a clean end."""

import asyncio
import contextlib
import resource
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
import uvloop

from api.addresses import open_sockets
from api.application import open_services, prepare
from api.banner import demo_text, first_start_text, later_start_text
from api.database import database_server, open_database
from api.demo import load_demo
from api.errors import MongodError
from api.first_start import FirstCredentials, install
from api.logs import configure_logs
from api.mongod import Mongod
from api.settings import Settings
from api.supervisor import Supervisor
from api.worker import serve_requests

log = structlog.get_logger("lyceum.serve")

MONGOD_WATCH_SECONDS = 0.5


def serve(settings: Settings, *, demo: bool = False) -> None:
    """Run the server until SIGINT or SIGTERM.

    Raises:
        PortTaken: a port is in use.
        MongodError: the embedded MongoDB did not start.
    """
    configure_logs(settings.log_level, settings.log_format)
    _allow_many_connections()
    for listener in open_sockets(settings, shared=False):
        listener.close()
    with database_server(settings) as (uri, mongod):
        uvloop.run(_run(settings, uri, mongod, demo=demo))


async def _run(settings: Settings, uri: str, mongod: Mongod | None, *, demo: bool) -> None:
    stop = _stop_on_signals()
    credentials = await _first_start(settings, uri)
    loaded = await _load_demo(settings, uri) if demo else ""

    def announce() -> None:
        text = first_start_text(settings, credentials) if credentials else None
        print(text or later_start_text(settings), loaded, sep="\n", end="", flush=True)

    async with _watched(mongod):
        if settings.workers == 1:
            await serve_requests(settings, uri, stop, announce)
        else:
            await Supervisor(settings, uri).run(stop, announce)
    log.info("stopped")


async def _first_start(settings: Settings, uri: str) -> FirstCredentials | None:
    async with open_database(settings, uri) as database:
        await prepare(database)
        _, credentials = await install(database, settings)
        return credentials


async def _load_demo(settings: Settings, uri: str) -> str:
    async with (
        open_database(settings, uri) as database,
        open_services(settings, database) as services,
    ):
        return demo_text(await load_demo(services)) + "\n"


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


@asynccontextmanager
async def _watched(mongod: Mongod | None) -> AsyncIterator[None]:
    if mongod is None:
        yield
        return
    watch = asyncio.create_task(_keep_alive(mongod))
    try:
        yield
    finally:
        watch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watch


async def _keep_alive(mongod: Mongod) -> None:
    """Start mongod again, on its port, whenever it ends by itself."""
    while True:
        await asyncio.sleep(MONGOD_WATCH_SECONDS)
        if not mongod.ended:
            continue
        log.error("MongoDB ended by itself; starting it again")
        mongod.spawn()
        try:
            await asyncio.to_thread(mongod.wait_until_primary)
        except MongodError as error:
            log.error("MongoDB did not start", reason=str(error))


def _allow_many_connections() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
