"""A store, a log, and a class: one course with two lessons, and one person enrolled in it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from class_room import ClassRoom, open_class_room
from pymongo.asynchronous.database import AsyncDatabase
from recorded_log import RecordedLog

from content.progress.progress import Progress
from content.store import Store, prepare
from tests.prepared import prepare_once


@pytest.fixture
async def store(database: AsyncDatabase[dict[str, Any]]) -> Store:
    await prepare_once(database, prepare)
    return Store(database)


@pytest.fixture
async def log(database: AsyncDatabase[dict[str, Any]]) -> AsyncIterator[RecordedLog]:
    log = RecordedLog(database)
    await log.start()
    yield log
    await log.stop()


@pytest.fixture
def progress(store: Store, log: RecordedLog) -> Progress:
    return Progress(store, log)


@pytest.fixture
async def room(store: Store) -> ClassRoom:
    return await open_class_room(store)
