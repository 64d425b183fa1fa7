"""Sweeps away, now and then, what uploads left that a crash cut short, and what has expired."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from pymongo.errors import PyMongoError

from content import organizations
from content.files import contents, library
from content.files.file import StoredFile
from content.identity import now
from content.store import Store
from lrs.cancellation import heed_cancellation, rest

EVERY: Final = timedelta(hours=6)
UNKEPT_FOR: Final = timedelta(hours=24)

_logger = structlog.get_logger("lyceum.files")


async def sweep(store: Store, before: datetime) -> int:
    """Remove what was begun before a moment and never kept; return how many."""
    swept = 0
    for organization in await organizations.every(store):
        for file_id in await contents.unkept(store, organization.id, before):
            if await store.of(StoredFile).first(organization.id, {"_id": file_id}):
                await contents.mark_kept(store, organization.id, file_id)
                continue
            await contents.discard(store, organization.id, file_id)
            swept += 1
    return swept


async def sweep_expired(store: Store, before: datetime) -> int:
    """Remove the files whose time is over now; return how many."""
    swept = 0
    for organization in await organizations.every(store):
        over = {"expires_at": {"$lte": now()}}
        async for file in store.of(StoredFile).each(organization.id, over):
            await library.remove(store, file)
            swept += 1
    return swept


Sweep = Callable[[Store, datetime], Awaitable[int]]


class Sweeper:
    """The sweeping work of a server; several servers may sweep at once.

    Each of the sweeps removes what was begun before a moment and came to nothing.
    """

    def __init__(self, store: Store, sweeps: Sequence[Sweep]) -> None:
        self._store = store
        self._sweeps = sweeps

    async def run(self) -> None:
        """Sweep at once and then every few hours, until cancelled."""
        while True:
            try:
                before = now() - UNKEPT_FOR
                swept = sum([await each(self._store, before) for each in self._sweeps])
            except PyMongoError:
                await _logger.awarning("sweep_failed", exc_info=True)
            else:
                if swept:
                    await _logger.ainfo("leftovers_swept", count=swept)
            heed_cancellation()
            await rest(EVERY.total_seconds())
