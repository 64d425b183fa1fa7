"""Requests that arrive together become one write, and each is answered when it is durable.

While one group is being written the next one gathers; so the busier the server, the larger its
groups. Statements that came alone are written by one insert; what needs more care (batches,
references, ids that are taken) by one transaction, so that all of a batch is there or nothing,
even after a crash.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from operator import itemgetter

import msgspec
from pymongo.errors import PyMongoError

from lrs import references
from lrs.clock import Clock
from lrs.errors import Finding, Overloaded, StatementConflict
from lrs.identity import same_statement
from lrs.intake import NewStatement
from lrs.store import (
    Document,
    StatementStore,
    Transaction,
    Unwritten,
    document_id,
    result_document,
)
from lrs.timestamps import format_timestamp

Durable = Callable[[list[Document]], Awaitable[None]]


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much may wait, and how much is written at once."""

    waiting_statements: int = 20_000
    waiting_bytes: int = 128 * 2**20
    lanes: int = 2
    group_statements: int = 512
    group_bytes: int = 8 * 2**20


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


class Item(msgspec.Struct, frozen=True):
    """One statement of a write, and the document that it becomes."""

    write: Write
    statement: NewStatement
    document: Document

    @property
    def is_alone(self) -> bool:
        """Say whether it can be written without a look at any other document."""
        return self.write.count == 1 and self.statement.target is None

    @property
    def pointer(self) -> str:
        """Where its id stands in the request's body."""
        if self.write.count == 1:
            return "/id"
        return f"/{self.write.statements.index(self.statement)}/id"


class GroupCommit:
    """The writer of a server, in some lanes: while one group is written another one can be.

    `durable` is awaited with each group's documents, one group after the other, after they are
    durable and before their requests are answered.
    """

    def __init__(
        self, store: StatementStore, clock: Clock, durable: Durable, limits: Limits | None = None
    ) -> None:
        self._store, self._clock, self._durable = store, clock, durable
        self._limits = limits or Limits()
        self._waiting: deque[Write] = deque()
        self._waiting_statements = 0
        self._waiting_bytes = 0
        self._arrived = asyncio.Event()
        self._first_in_flight: dict[object, int] = {}
        self._lanes: list[asyncio.Task[None]] = []
        self._telling = asyncio.Lock()
        self._stopping = False

    def start(self) -> None:
        """Begin to write."""
        self._lanes = [
            asyncio.create_task(self._run(), name=f"group commit {lane}")
            for lane in range(self._limits.lanes)
        ]

    async def stop(self) -> None:
        """Write what waits, then end."""
        self._stopping = True
        self._arrived.set()
        await asyncio.gather(*self._lanes)

    @property
    def floor(self) -> int:
        """All that this server stored up to here can be read, and nothing will be added to it."""
        if self._first_in_flight:
            return min(self._first_in_flight.values()) - 1
        return self._clock.pass_by()

    async def submit(self, write: Write) -> None:
        """Return when the write is durable.

        Raises:
            Overloaded: too much waits already; nothing was written.
            StatementConflict: an id is taken by a different statement; nothing was written.
        """
        self._admit(write)
        await write.done

    def _admit(self, write: Write) -> None:
        statements = self._waiting_statements + write.count
        size = self._waiting_bytes + write.size
        full = statements > self._limits.waiting_statements or size > self._limits.waiting_bytes
        if self._stopping or (full and self._waiting_statements):
            raise Overloaded
        self._waiting_statements, self._waiting_bytes = statements, size
        self._waiting.append(write)
        write.done.add_done_callback(lambda _: self._release(write))
        self._arrived.set()

    def _release(self, write: Write) -> None:
        self._waiting_statements -= write.count
        self._waiting_bytes -= write.size

    async def _run(self) -> None:
        """One lane: write a group, then the next, until there is no more."""
        while self._waiting or not self._stopping:
            if self._waiting:
                await self._write_group(self._next_group())
            else:
                self._arrived.clear()
                await self._arrived.wait()

    def _next_group(self) -> list[Write]:
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

    async def _write_group(self, group: list[Write]) -> None:
        lane = object()
        try:
            items = self._items(group, lane)
            documents = await self._written(items)
        except Exception as error:
            for write in group:
                write.fail(error)
            return
        finally:
            del self._first_in_flight[lane]
        async with self._telling:
            await self._durable(documents)
        for write in group:
            write.succeed()

    def _items(self, group: Sequence[Write], lane: object) -> list[Item]:
        """Give each statement its `stored` and its document."""
        first = self._clock.stamp()
        self._first_in_flight[lane] = first
        return [
            Item(write, statement, to_document(write.organization_id, statement, stored))
            for write in group
            for statement in write.statements
            for stored in (self._clock.stamp(),)
        ]

    async def _written(self, items: list[Item]) -> list[Document]:
        """Write the items; return the documents that are new."""
        alone = [item for item in items if item.is_alone]
        written: list[Document] = []
        together = [item for item in items if not item.is_alone]
        if alone:
            try:
                taken = await self._store.insert_each([item.document for item in alone])
            except (Unwritten, PyMongoError):
                taken = set(range(len(alone)))
            written = [item.document for at, item in enumerate(alone) if at not in taken]
            together += [alone[at] for at in sorted(taken)]
        if together:
            written += await self._written_together(together)
        return sorted(written, key=itemgetter("stored"))

    async def _written_together(self, items: list[Item]) -> list[Document]:
        """Write the items in a transaction; return the documents that are new."""
        try:
            new, refused = await self._store.transact(lambda t: _write_together(t, items))
        except Exception as error:
            refused, new = {item.write: error for item in items}, []
        for write, reason in refused.items():
            write.fail(reason)
        return new


async def _write_together(
    transaction: Transaction, items: Sequence[Item]
) -> tuple[list[Document], dict[Write, Exception]]:
    """Write the items of each request, or none of them; return what is new and who is refused."""
    known = await transaction.existing(item.document["_id"] for item in items)
    refused = _conflicts(items, known)
    free = [item.document for item in items if item.write not in refused]
    places = {each: document for each, document in known.items() if "awaited" in document}
    new = [each for each in free if each["_id"] not in known or each["_id"] in places]
    if new:
        await references.write(transaction, new, places)
    written_before = [each for each in free if _is_ours(each, known.get(each["_id"]))]
    return [*new, *written_before], refused


def _is_ours(document: Document, known: Document | None) -> bool:
    """Say whether an earlier try, whose answer was lost, has written this very document."""
    return known is not None and known.get("stored") == document["stored"]


def _conflicts(items: Sequence[Item], known: Mapping[str, Document]) -> dict[Write, Exception]:
    findings: dict[Write, list[Finding]] = {}
    for item in items:
        document = known.get(item.document["_id"])
        if document is None or "awaited" in document or _same(item.statement, document):
            continue
        finding = Finding(
            detail=f"statement {item.statement.statement_id} exists and differs",
            where=item.pointer,
            rule="identity",
            requirement="XAPI-00142",
        )
        findings.setdefault(item.write, []).append(finding)
    return {write: StatementConflict(each) for write, each in findings.items()}


def _same(statement: NewStatement, document: Document) -> bool:
    sent = b"{" + statement.tail
    return same_statement(sent, document["raw"], with_timestamp=statement.timestamp is not None)


def to_document(organization_id: str, statement: NewStatement, stored: int) -> Document:
    """Return the document of a statement that is stored at a time."""
    document: Document = {
        "_id": document_id(organization_id, statement.statement_id),
        "organization_id": organization_id,
        "stored": stored,
        "timestamp": stored if statement.timestamp is None else statement.timestamp,
        "actor": statement.actor,
        "verb": statement.verb,
        "activity": statement.activity,
        "registration": statement.registration,
        "authority": statement.authority,
        "keys": statement.keys,
        "voided": False,
        "raw": _raw(statement, stored),
    }
    if statement.target is not None:
        document["target"] = statement.target
    result = result_document(statement.result)
    if result:
        document["result"] = result
    return document


def _raw(statement: NewStatement, stored: int) -> bytes:
    time = format_timestamp(stored).encode()
    if statement.timestamp is None:
        return b'%b,"stored":"%b","timestamp":"%b",%b' % (
            statement.head,
            time,
            time,
            statement.tail,
        )
    return b'%b,"stored":"%b",%b' % (statement.head, time, statement.tail)
