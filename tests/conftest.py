"""One mongod for the whole run, an empty database for each test."""

import os
import tempfile
import uuid
from collections import deque
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partialmethod
from pathlib import Path
from shutil import disk_usage
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import settings
from pymongo import AsyncMongoClient, MongoClient
from pymongo.asynchronous.database import AsyncDatabase

from api.identity import passwords
from api.mongod import Mongod

# The same examples in each run; others are found by HYPOTHESIS_PROFILE=searching.
settings.register_profile("seeded", derandomize=True)
settings.register_profile("searching", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "seeded"))

MONGODB_URI = "LYCEUM_TEST_MONGODB_URI"
ROOM = 4 * 2**30
DATABASES = 3

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
    """Each database is of hundreds of files: on a disk they take longest."""
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


@pytest.fixture
def roomy_path() -> Iterator[Path]:
    """A folder for a server that starts a mongod of its own, in memory where there is room."""
    with tempfile.TemporaryDirectory(prefix="lyceum-test-", dir=_roomy_memory()) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def mongodb_uri() -> str:
    """The shared mongod's connection string."""
    return os.environ[MONGODB_URI]


@pytest.fixture(scope="session")
def databases(mongodb_uri: str) -> Iterator["Databases"]:
    """The databases that this process's tests take turns with."""
    with MongoClient[dict[str, Any]](mongodb_uri) as client, ThreadPoolExecutor(1) as beside:
        yield Databases(client, beside)


class Databases:
    """Databases are emptied beside the next test and used again: to make the indexes of sixty
    collections takes longer than most tests do.
    """

    def __init__(self, client: MongoClient[dict[str, Any]], beside: ThreadPoolExecutor) -> None:
        self._client = client
        self._beside = beside
        self._used: deque[Future[str]] = deque()
        self._spoilt: set[str] = set()
        self._emptied: dict[str, int] = {}

    def take(self) -> str:
        """The name of an empty database."""
        if len(self._used) < DATABASES:
            return f"test_{uuid.uuid4().hex}"
        return self._used.popleft().result()

    def spoil(self, name: str) -> None:
        """Let no other test have this database."""
        self._spoilt.add(name)

    def give_back(self, name: str) -> None:
        """Have a database emptied."""
        self._used.append(self._beside.submit(self._empty, name))

    def _empty(self, name: str) -> str:
        """Delete its documents; one that a test has set up in a way of its own is dropped.

        Return the name of a database without a document.
        """
        database = self._client[name]
        database.command("profile", 0)
        collections = list(database.list_collections())
        changed = any(e["name"].startswith("system.") or e["options"] for e in collections)
        if changed or name in self._spoilt:
            self._client.drop_database(name)
            return f"test_{uuid.uuid4().hex}"
        for each, writes in self._writes(name).items():
            if writes != self._emptied.get(f"{name}.{each}"):
                database[each].delete_many({})
        self._emptied |= {f"{name}.{each}": n for each, n in self._writes(name).items()}
        return name

    def _writes(self, name: str) -> dict[str, int]:
        """How often each collection was written to: most were not since they were emptied."""
        totals = self._client.admin.command("top")["totals"]
        return {
            each.removeprefix(f"{name}."): used["writeLock"]["count"]
            for each, used in totals.items()
            if each.startswith(f"{name}.")
        }


@pytest.fixture
async def database(
    mongodb_uri: str, databases: Databases
) -> AsyncIterator[AsyncDatabase[dict[str, Any]]]:
    """A database without a document, which may have the collections and indexes of another test."""
    async with AsyncMongoClient[dict[str, Any]](mongodb_uri, tz_aware=True) as client:
        name = databases.take()
        yield client[name]
        databases.give_back(name)


@pytest.fixture
def reindexed(
    database: AsyncDatabase[dict[str, Any]], databases: Databases
) -> AsyncDatabase[dict[str, Any]]:
    """The database, for a test that makes or drops indexes: no other test will have it."""
    databases.spoil(database.name)
    return database
