"""What requests want written, waiting for its turn; bounded."""

import asyncio
from collections import deque
from collections.abc import Sequence

import msgspec

from lrs.errors import Overloaded
from lrs.statements.document import document_id
from lrs.statements.intake import NewStatement


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much may wait, how much is written at once, and how long a group and the end may take."""

    waiting_statements: int = 20_000
    waiting_bytes: int = 128 * 2**20
    lanes: int = 2
    group_statements: int = 512
    group_bytes: int = 8 * 2**20
    write_seconds: float = 30.0
    drain_seconds: float = 15.0


class Write:
    """What one request wants written, all or nothing."""

    __slots__ = ("count", "done", "ids", "organization_id", "size", "statements")

    def __init__(self, organization_id: str, statements: Sequence[NewStatement]) -> None:
        self.organization_id = organization_id
        self.statements = list(statements)
        self.ids = [document_id(organization_id, each.statement_id) for each in statements]
        self.count = len(self.statements)
        self.size = sum(len(each.tail) for each in statements)
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def fail(self, error: BaseException) -> None:
        """Answer the request with an error."""
        if not self.done.done():
            self.done.set_exception(error)

    def succeed(self) -> None:
        """Answer the request: its statements are durable."""
        if not self.done.done():
            self.done.set_result(None)


class WriteQueue:
    """Writes in the order of their arrival; they count as waiting until they are answered."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._waiting: deque[Write] = deque()
        self._statements = 0
        self._bytes = 0
        self._arrived = asyncio.Event()
        self._closed = False

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def close(self) -> None:
        """Take no more."""
        self._closed = True
        self._arrived.set()

    def put(self, write: Write) -> None:
        """Let a write wait.

        Raises:
            Overloaded: too much waits already.
        """
        statements, size = self._statements + write.count, self._bytes + write.size
        full = statements > self._limits.waiting_statements or size > self._limits.waiting_bytes
        if self._closed or (full and self._statements):
            raise Overloaded
        self._statements, self._bytes = statements, size
        self._waiting.append(write)
        write.done.add_done_callback(lambda _: self._release(write))
        self._arrived.set()

    def put_back(self, group: Sequence[Write]) -> None:
        """Let a group that could not be written go first again."""
        self._waiting.extendleft(reversed(group))
        self._arrived.set()

    def _release(self, write: Write) -> None:
        self._statements -= write.count
        self._bytes -= write.size

    async def filled(self) -> bool:
        """Return when something waits: True; or when nothing more will come: False."""
        while not self._waiting and not self._closed:
            self._arrived.clear()
            await self._arrived.wait()
        return bool(self._waiting)

    def next_group(self) -> list[Write]:
        """Take what waits, up to a group's limits, each id at most once."""
        group: list[Write] = []
        ids: set[str] = set()
        count = size = 0
        while self._waiting:
            write = self._waiting[0]
            count += write.count
            size += write.size
            full = count > self._limits.group_statements or size > self._limits.group_bytes
            if group and (full or not ids.isdisjoint(write.ids)):
                break
            ids.update(write.ids)
            group.append(self._waiting.popleft())
        return group
