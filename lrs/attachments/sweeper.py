"""Sweeps away, now and then, the attachments that no statement has."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog
from pymongo.errors import PyMongoError

from lrs.attachments.store import AttachmentStore
from lrs.cancellation import heed_cancellation, rest

EVERY = timedelta(hours=6)
UNUSED_FOR = timedelta(hours=24)

_logger = structlog.get_logger(__name__)


class Sweeper:
    """The sweeping task of a server; several servers may sweep at once."""

    def __init__(self, attachments: AttachmentStore) -> None:
        self._attachments = attachments
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to sweep."""
        self._task = asyncio.create_task(self._run(), name="attachment sweeper")

    async def stop(self) -> None:
        """Stop, in the middle of a sweep too."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            try:
                swept = await self._attachments.sweep(datetime.now(UTC) - UNUSED_FOR)
            except PyMongoError:
                await _logger.awarning("sweep_failed", exc_info=True)
            else:
                if swept:
                    await _logger.ainfo("attachments_swept", count=swept)
            heed_cancellation()
            await rest(EVERY.total_seconds())
