"""Reads by id that come together become one query; each is a read of what is there now."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Generic, TypeVar

Found = TypeVar("Found")

_LANES = 2
_MOST = 128


class GroupRead(Generic[Found]):
    """Reads by id: while some are under way the next ones gather."""

    def __init__(self, read: Callable[[Collection[str]], Awaitable[Mapping[str, Found]]]) -> None:
        self._read = read
        self._waiting: list[tuple[str, asyncio.Future[Found | None]]] = []
        self._lanes: set[asyncio.Task[None]] = set()

    async def get(self, wanted: str) -> Found | None:
        """Return what has this id; None where nothing has."""
        found: asyncio.Future[Found | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((wanted, found))
        if len(self._lanes) < _LANES:
            lane = asyncio.create_task(self._run())
            self._lanes.add(lane)
            lane.add_done_callback(self._lanes.discard)
        return await found

    async def _run(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
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
