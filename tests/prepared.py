"""Databases that have their indexes: to ask for them again takes as long as opening a server."""

from collections.abc import Awaitable, Callable
from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

Prepare = Callable[[AsyncDatabase[dict[str, Any]]], Awaitable[None]]

_prepared: set[tuple[str, Prepare]] = set()


async def prepare_once(database: AsyncDatabase[dict[str, Any]], prepare: Prepare) -> None:
    """Prepare a database, unless that was done for an earlier test that used it."""
    done = (database.name, prepare)
    if done not in _prepared:
        await prepare(database)
        _prepared.add(done)
