"""One mongod for the whole run, a fresh database for each test."""

import os
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial, partialmethod
from pathlib import Path
from shutil import disk_usage
from typing import Any

import pytest
from argon2 import PasswordHasher
from pymongo import AsyncMongoClient, MongoClient
from pymongo.asynchronous.database import AsyncDatabase

from api.identity import passwords
from api.mongod import Mongod

MONGODB_URI = "LYCEUM_TEST_MONGODB_URI"
ROOM = 4 * 2**30

_mongod = pytest.StashKey[tuple[Mongod, tempfile.TemporaryDirectory[str]]]()


def pytest_configure(config: pytest.Config) -> None:
    """Start mongod in the process that leads the run; its workers inherit the address."""
    if hasattr(config, "workerinput") or os.environ.get(MONGODB_URI):
        return
    folder = tempfile.TemporaryDirectory(prefix="lyceum-test-mongo-", dir=_roomy_memory())
    # Frequent checkpoints close the files of dropped databases.
    mongod = Mongod(Path(folder.name), cache_gb=0.5, checkpoint_seconds=5)
    mongod.start()
    # Tests leave transactions open on purpose, and wait until MongoDB gives them up.
    with MongoClient[dict[str, Any]](mongod.uri) as client:
        client.admin.command("setParameter", 1, transactionLifetimeLimitSeconds=5)
    os.environ[MONGODB_URI] = mongod.uri
    config.stash[_mongod] = (mongod, folder)


def _roomy_memory() -> Path | None:
    """Each test makes some fifty files in a database of its own: on a disk that takes longest."""
    memory = Path("/dev/shm")  # noqa: S108
    if memory.is_dir() and os.access(memory, os.W_OK) and disk_usage(memory).free > ROOM:
        return memory
    return None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the mongod that this process started."""
    if _mongod in config.stash:
        mongod, folder = config.stash[_mongod]
        del os.environ[MONGODB_URI]
        mongod.stop()
        folder.cleanup()


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Hash secrets with the least that argon2 takes: by its defaults each costs 0.2 s of a core."""
    least = partialmethod(PasswordHasher.__init__, time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PasswordHasher, "__init__", least)
        patch.setattr(passwords, "_hasher", PasswordHasher())
        yield


@pytest.fixture(scope="session")
def mongodb_uri() -> str:
    """The shared mongod's connection string."""
    return os.environ[MONGODB_URI]


@pytest.fixture(scope="session")
def drop(mongodb_uri: str) -> Iterator[Callable[[str], object]]:
    """Drop a database, beside the next test: it takes a tenth of a second."""
    with MongoClient[dict[str, Any]](mongodb_uri) as client, ThreadPoolExecutor(1) as dropping:
        yield partial(dropping.submit, client.drop_database)


@pytest.fixture
async def database(
    mongodb_uri: str, drop: Callable[[str], object]
) -> AsyncIterator[AsyncDatabase[dict[str, Any]]]:
    """An empty database that is dropped after the test."""
    async with AsyncMongoClient[dict[str, Any]](mongodb_uri, tz_aware=True) as client:
        name = f"test_{uuid.uuid4().hex}"
        yield client[name]
        drop(name)
