"""Reads by id that come together become one query; each is a read of what is there now."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping
from contextvars import Context
from typing import Generic, TypeVar, cast

Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found")

LARGEST_GROUP = 128
_LANES = 2


class GroupRead(Generic[Key, Found]):
    """Reads by id: while some are under way the next ones gather.

    A read begins after it was asked for, so that none misses what was written before.
    """

    def __init__(self, read: Callable[[Collection[Key]], Awaitable[Mapping[Key, Found]]]) -> None:
        self._read = read
        self._waiting: list[tuple[Key, asyncio.Future[Found | None]]] = []
        self._lanes: set[asyncio.Task[None]] = set()

    async def get(self, wanted: Key) -> Found | None:
        """Return what has this id; None where nothing has."""
        found: asyncio.Future[Found | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((wanted, found))
        if len(self._lanes) < _LANES:
            # A lane reads for many: it takes over nobody's time limit and nobody's log lines.
            self._lanes.add(asyncio.create_task(self._lane(), context=Context()))
        return await found

    async def _lane(self) -> None:
        try:
            await self._run()
        finally:
            # At once, not by a callback: whoever asks in between would wait for a lane that ended.
            self._lanes.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    async def _run(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:LARGEST_GROUP], self._waiting[LARGEST_GROUP:]
            try:
                known = await self._read({wanted for wanted, _ in group})
            except Exception as error:
                for _, found in group:
                    if not found.done():
                        found.set_exception(error)
            else:
                for wanted, found in group:
                    if not found.done():
                        found.set_result(known.get(wanted))
