"""Requests that arrive together become one write, and each is answered when it is durable.

While one group is being written the next one gathers; so the busier the server, the larger its
groups. All of a lane's writes can be closed out: so those of a server that was declared dead come
to nothing, however late they arrive.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from operator import itemgetter

import pymongo

from lrs.errors import LeaseLost
from lrs.statements.document import to_document
from lrs.statements.store import StatementStore
from lrs.store import Document
from lrs.writing.group import Item, Written, write_group
from lrs.writing.queue import Limits, Write, WriteQueue
from lrs.writing.writers import Writer

Durable = Callable[[list[Document]], Awaitable[None]]


class GroupCommit:
    """The writing of a server, in some lanes: while one group is written another one can be.

    `durable` is awaited with each group's documents, one group after the other, after they are
    durable and before their requests are answered.
    """

    def __init__(
        self, store: StatementStore, writer: Writer, durable: Durable, limits: Limits
    ) -> None:
        self._store, self._writer, self._durable = store, writer, durable
        self._limits = limits
        self._queue = WriteQueue(limits)
        self._first_in_flight: dict[int, int] = {}
        self._lanes: list[asyncio.Task[None]] = []
        self._telling = asyncio.Lock()

    def start(self) -> None:
        """Begin to write."""
        self._lanes = [
            asyncio.create_task(self._run(lane), name=f"group commit {lane}")
            for lane in range(self._limits.lanes)
        ]

    async def drain(self) -> bool:
        """Take no more and write what waits; say whether all of it came to an end."""
        self._queue.close()
        if not self._lanes:
            return True
        _, late = await asyncio.wait(self._lanes, timeout=self._limits.drain_seconds)
        return not late

    async def abandon(self) -> None:
        """End what did not come to an end; its requests are not answered."""
        for lane in self._lanes:
            lane.cancel()
        await asyncio.gather(*self._lanes, return_exceptions=True)

    @property
    def floor(self) -> int:
        """All that this server stored up to here can be read, and nothing will be added to it."""
        if self._first_in_flight:
            return min(self._first_in_flight.values()) - 1
        return self._writer.clock.pass_by()

    async def submit(self, write: Write) -> None:
        """Return when the write is durable.

        Raises:
            Overloaded: too much waits already; nothing was written.
            StatementConflict: an id is taken by a different statement; nothing was written.
        """
        self._queue.put(write)
        await write.done

    async def _run(self, lane: int) -> None:
        """One lane: write a group, then the next, until there is no more."""
        while await self._queue.filled():
            await self._writer.held()
            group = self._queue.next_group()
            if group:
                await self._write_group(lane, group)

    async def _write_group(self, lane: int, group: list[Write]) -> None:
        name = self._writer.lane(lane)
        first = self._first_in_flight[lane] = self._writer.clock.stamp()
        try:
            with pymongo.timeout(self._limits.write_seconds):
                written = await write_group(self._store, self._stamped(group), name, first)
        except LeaseLost:
            self._writer.lost(name)
            self._queue.put_back(group)
            return
        except Exception as error:
            for write in group:
                write.fail(error)
            await self._writer.settle(name)
            return
        finally:
            del self._first_in_flight[lane]
        await self._answer(group, written)

    async def _answer(self, group: list[Write], written: Written) -> None:
        documents = sorted(written.documents, key=itemgetter("stored"))
        async with self._telling:
            await self._durable(documents)
        for write, reason in written.refused.items():
            write.fail(reason)
        for write in group:
            write.succeed()

    def _stamped(self, group: Sequence[Write]) -> list[Item]:
        """Give each statement its `stored` and its document."""
        clock = self._writer.clock
        return [
            Item(write, statement, to_document(write.organization_id, statement, clock.stamp()))
            for write in group
            for statement in write.statements
        ]
