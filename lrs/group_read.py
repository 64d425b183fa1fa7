"""Reads by id that come together become one query; each is a read of what is there now."""

from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping, Sequence
from typing import Generic, TypeVar

from lrs.lanes import Lanes

Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found")

LARGEST_GROUP = 128


class GroupRead(Generic[Key, Found]):
    """Reads by id: while some are under way the next ones gather.

    A read begins after it was asked for, so that none misses what was written before.
    """

    def __init__(self, read: Callable[[Collection[Key]], Awaitable[Mapping[Key, Found]]]) -> None:
        self._read = read
        self._lanes: Lanes[Key, Found | None] = Lanes(self._group, LARGEST_GROUP)

    async def get(self, wanted: Key) -> Found | None:
        """Return what has this id; None where nothing has."""
        return await self._lanes.ask(wanted)

    async def _group(self, wanted: Sequence[Key]) -> Sequence[Found | None]:
        known = await self._read(set(wanted))
        return [known.get(each) for each in wanted]
