"""Equal reads that come together become one; each is a read of what is there now."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from contextvars import Context
from typing import Any, TypeVar

Found = TypeVar("Found")


class SharedRead:
    """Reads by what they ask: while one is under way, those that ask the same gather for the next.

    A read begins after it was asked for, so that none misses what was written before. What is
    found belongs to all who asked: nobody may change it.
    """

    def __init__(self) -> None:
        self._present: dict[Hashable, asyncio.Task[Any]] = {}
        self._coming: dict[Hashable, asyncio.Task[Any]] = {}

    async def get(self, asked: Hashable, read: Callable[[], Awaitable[Found]]) -> Found:
        """Return what `read` finds; `asked` says all that this depends on."""
        coming = self._coming.get(asked)
        if coming is None:
            # It reads for many: it takes over nobody's time limit and nobody's log lines.
            coming = asyncio.create_task(self._read(asked, read), context=Context())
            coming.add_done_callback(_heed)
            self._coming[asked] = coming
        found: Found = await asyncio.shield(coming)
        return found

    async def _read(self, asked: Hashable, read: Callable[[], Awaitable[Found]]) -> Found:
        if asked in self._present:
            await asyncio.wait([self._present[asked]])
        self._present[asked] = self._coming.pop(asked)
        try:
            return await read()
        finally:
            del self._present[asked]


def _heed(task: asyncio.Task[Any]) -> None:
    """Look at what a read ended with, whom nobody waits for any more."""
    if not task.cancelled():
        task.exception()
