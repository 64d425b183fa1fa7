"""One mongod for the whole run, a fresh database for each test."""

import os
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from functools import partialmethod
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from api.identity import passwords
from api.mongod import Mongod

MONGODB_URI = "LYCEUM_TEST_MONGODB_URI"

_mongod = pytest.StashKey[tuple[Mongod, tempfile.TemporaryDirectory[str]]]()


def pytest_configure(config: pytest.Config) -> None:
    """Start mongod in the process that leads the run; its workers inherit the address."""
    if hasattr(config, "workerinput") or os.environ.get(MONGODB_URI):
        return
    folder = tempfile.TemporaryDirectory(prefix="lyceum-test-mongo-")
    # Frequent checkpoints close the files of dropped databases.
    mongod = Mongod(Path(folder.name), cache_gb=0.5, checkpoint_seconds=5)
    mongod.start()
    os.environ[MONGODB_URI] = mongod.uri
    config.stash[_mongod] = (mongod, folder)


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


@pytest.fixture
async def database(mongodb_uri: str) -> AsyncIterator[AsyncDatabase[dict[str, Any]]]:
    """An empty database that is dropped after the test."""
    async with AsyncMongoClient[dict[str, Any]](mongodb_uri, tz_aware=True) as client:
        name = f"test_{uuid.uuid4().hex}"
        yield client[name]
        await client.drop_database(name)
