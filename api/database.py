"""Which MongoDB, and how it is connected to."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from pymongo import AsyncMongoClient

from api.mongod import Mongod, default_cache_gb, running_uri
from api.settings import Settings
from api.store import Database

SMALLEST_CACHE_GB = 0.25


def connect(uri: str) -> AsyncMongoClient[dict[str, Any]]:
    """A client whose writes are durable on a majority of the members."""
    return AsyncMongoClient(
        uri,
        tz_aware=True,
        w="majority",
        journal=True,
        retryWrites=True,
        serverSelectionTimeoutMS=10_000,
        appname="lyceum",
    )


@contextmanager
def database_server(settings: Settings) -> Iterator[tuple[str, Mongod | None]]:
    """The MongoDB to use: the one that is set, else an embedded one for as long as this lasts.

    Raises:
        MongodError: the embedded one did not start.
    """
    if settings.mongodb_uri:
        yield settings.mongodb_uri, None
        return
    cache = max(SMALLEST_CACHE_GB, settings.mongodb_cache or default_cache_gb())
    with Mongod(settings.data / "mongo", cache_gb=cache) as mongod:
        yield mongod.uri, mongod


def running_server(settings: Settings) -> str | None:
    """The address of the embedded MongoDB of a server that runs over the data folder, if any."""
    return None if settings.mongodb_uri else running_uri(settings.data / "mongo")


@contextmanager
def present_database_server(settings: Settings) -> Iterator[str]:
    """The same for a command beside a server: the embedded MongoDB of a running one is used."""
    running = running_server(settings)
    if running is not None:
        yield running
        return
    with database_server(settings) as (uri, _):
        yield uri


@asynccontextmanager
async def open_database(settings: Settings, uri: str) -> AsyncIterator[Database]:
    """The database of the settings."""
    async with connect(uri) as client:
        yield client[settings.mongodb_database]
