"""Many server processes write one log: each holds a slot of the clock and publishes its floor.

See docs/decisions/0009-many-writers.md for why this is right.
"""

import asyncio
import contextlib
import time
import uuid
from collections.abc import Callable, Collection, Sequence

import msgspec
import pymongo
import structlog
from pymongo.errors import PyMongoError

from lrs.cancellation import heed_cancellation, rest
from lrs.errors import DifferentUser, TooManyServers
from lrs.store import Database
from lrs.writing.clock import Clock
from lrs.writing.store import Slot, WriterStore, lane_id

_logger = structlog.get_logger(__name__)

SLOTS = 32
_CLOSE_AGAIN_SECONDS = 300


class Heartbeat(msgspec.Struct, frozen=True, kw_only=True):
    """How often a writer shows that it lives, and after how long a silence it is taken for dead."""

    every_seconds: float = 0.5
    dead_after_seconds: float = 10.0


class Watch:
    """Which writers have been silent for too long, by this process's own clock alone."""

    def __init__(self, dead_after: float, read: Callable[[], float] = time.monotonic) -> None:
        self._dead_after, self._read = dead_after, read
        self._changed: dict[tuple[str, int], float] = {}

    def silent(self, slots: Collection[Slot]) -> list[Slot]:
        """Return the slots whose writers have not beaten for too long."""
        now = self._read()
        beats = {(each.writer, each.beat): each for each in slots if each.writer is not None}
        self._changed = {
            (writer, beat): self._changed.get((writer, beat), now)
            for writer, beat in beats
            if writer is not None
        }
        return [beats[seen] for seen, at in self._changed.items() if now - at >= self._dead_after]


class Writer:
    """This process among the writers: its clock, its lease, and what all of them have promised."""

    def __init__(self, database: Database, lanes: int, heartbeat: Heartbeat | None = None) -> None:
        self._store = WriterStore(database, lanes)
        self._heartbeat = heartbeat or Heartbeat()
        self._watch = Watch(self._heartbeat.dead_after_seconds)
        self._name = ""
        self._slot = 0
        self._through = 0
        self._floor: Callable[[], int] = lambda: 0
        self._held = asyncio.Event()
        self._lost = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.clock = Clock(0, SLOTS)

    @property
    def consistent_through(self) -> int:
        """Nothing will be added up to this time by any server, in microseconds since 1970."""
        return self._through

    async def start(self, floor: Callable[[], int]) -> None:
        """Take a slot and begin to publish `floor`.

        Raises:
            TooManyServers: no slot became free.
        """
        self._floor = floor
        await self._store.prepare(SLOTS)
        await self._register()
        await self._beat()
        self._tasks = [
            asyncio.create_task(self._run(), name="writer heartbeat"),
            asyncio.create_task(self._keep_closed(), name="closed lanes"),
        ]

    async def stop(self, *, clean: bool) -> None:
        """Publish the last floor and give the slot back.

        Unless it is `clean`: then something may be in flight, and the others find out.
        """
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if clean and self._held.is_set():
            with contextlib.suppress(PyMongoError):
                await self._store.beat(self._slot, self._name, self._floor())
                await self._store.remove_lanes(self._name)
                await self._store.free(self._slot, self._name)
        self._held.clear()

    async def held(self) -> None:
        """Return when this process may write."""
        await self._held.wait()

    def lane(self, number: int) -> str:
        """Return the `_id` of a lane; once it is closed, nothing more is written in it."""
        return lane_id(self._name, number)

    def lost(self, lane: str) -> None:
        """Write no more under the lease that this lane belongs to: it was taken away."""
        if lane.startswith(self._name):
            self._held.clear()
            self._lost.set()

    async def settle(self, lane: str) -> None:
        """Return when what this lane began was written or never will be, however long it takes."""
        while True:
            heed_cancellation()
            try:
                return await self._store.settle(lane, self.clock.stamp())
            except PyMongoError as error:
                await _logger.awarning("outcome_unknown", lane=lane, reason=str(error))
                await rest(self._heartbeat.every_seconds)

    async def _run(self) -> None:
        while True:
            heed_cancellation()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._lost.wait(), self._heartbeat.every_seconds)
            self._lost.clear()
            try:
                with pymongo.timeout(self._heartbeat.dead_after_seconds):
                    if not self._held.is_set():
                        await self._register()
                    await self._beat()
            except (PyMongoError, TooManyServers) as error:
                await _logger.awarning("heartbeat_failed", reason=str(error))

    async def _beat(self) -> None:
        if not await self._store.beat(self._slot, self._name, self._floor()):
            await _logger.awarning("lease_lost", slot=self._slot)
            self.lost(self.lane(0))
            return
        slots = await self._store.slots()
        self._through = max(self._through, consistent_through(slots))
        await self._bury(self._watch.silent(slots))

    async def _register(self) -> None:
        """Take a free slot; start the clock above all that was ever published."""
        self._name = uuid.uuid4().hex
        await self._store.open_lanes(self._name)
        deadline = time.monotonic() + 2 * self._heartbeat.dead_after_seconds
        while not await self._take_any():
            if time.monotonic() > deadline:
                raise TooManyServers(SLOTS)
            await rest(self._heartbeat.every_seconds)

    async def _take_any(self) -> bool:
        slots = await self._store.slots()
        published = max(each.floor for each in slots)
        for free in [each for each in slots if each.writer is None]:
            now = await self._store.take(free.number, self._name, published)
            if now:
                self._slot = free.number
                above = max(each.floor for each in now)
                self.clock = Clock(free.number, SLOTS, after=max(above, self.clock.pass_by()))
                self._held.set()
                return True
        await self._bury(self._watch.silent(slots))
        return False

    async def _bury(self, dead: Sequence[Slot]) -> None:
        """First its lanes, then its floor: between the two it only holds the others back."""
        for slot in dead:
            if slot.writer and slot.writer != self._name:
                await _logger.awarning("writer_declared_dead", slot=slot.number)
                try:
                    with pymongo.timeout(self._heartbeat.dead_after_seconds / 2):
                        await self._store.close_lanes(slot)
                        await self._store.free(slot.number, slot.writer)
                except (PyMongoError, DifferentUser) as error:
                    await _logger.awarning("not_buried", slot=slot.number, reason=str(error))

    async def _keep_closed(self) -> None:
        while True:
            heed_cancellation()
            await rest(_CLOSE_AGAIN_SECONDS)
            try:
                with pymongo.timeout(_CLOSE_AGAIN_SECONDS):
                    await self._store.close_again()
            except PyMongoError as error:
                await _logger.awarning("not_closed", reason=str(error))


def consistent_through(slots: Collection[Slot]) -> int:
    """Return the least floor of the living; 0 where nobody lives."""
    return min((each.floor for each in slots if each.writer is not None), default=0)
