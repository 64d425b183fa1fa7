"""The statement log: the one way in, the one way to ask, and what happens after a write."""

from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Mapping,
    Sequence,
)
from datetime import datetime
from typing import Any

import msgspec
import structlog

from lrs.attachments.store import AttachmentStore
from lrs.attachments.sweeper import Sweeper
from lrs.query import StatementPage, StatementQuery
from lrs.statement import StoredStatement
from lrs.statements.change_stream import ResumeToken
from lrs.statements.document import refuse_too_large, to_statement
from lrs.statements.intake import NewStatement, admit
from lrs.statements.observed import Observed
from lrs.statements.store import StatementStore
from lrs.store import Database, Document, prepare
from lrs.writing.group_commit import GroupCommit
from lrs.writing.queue import Limits, Write
from lrs.writing.writers import Heartbeat, Writer

Observer = Callable[[Sequence[StoredStatement]], Awaitable[None]]

MOST_PER_PAGE = 500
DEFAULT_PER_PAGE = 100

__all__ = [
    "Heartbeat",
    "Limits",
    "Observer",
    "RawPage",
    "ResumeToken",
    "StatementLog",
    "StatementPage",
    "StatementQuery",
]

_logger = structlog.get_logger(__name__)


class RawPage(msgspec.Struct, frozen=True):
    """Statements as the JSON bytes that are returned; `stored` of the latest, in microseconds."""

    statements: list[bytes]
    latest: int | None
    cursor: int | None


class StatementLog:
    """The log of one server; started once, shared by every request."""

    def __init__(
        self,
        database: Database,
        *,
        limits: Limits | None = None,
        heartbeat: Heartbeat | None = None,
    ) -> None:
        limits = limits or Limits()
        self._database = database
        self._store = StatementStore(database)
        self.attachments = AttachmentStore(database, self._store.has_attachment)
        self._sweeper = Sweeper(self.attachments)
        self._observers: list[Observer] = []
        self._observed = Observed()
        self._writer = Writer(database, limits.lanes, heartbeat)
        self._commit = GroupCommit(self._store, self._writer, self._durable, limits)

    async def start(self) -> None:
        """Prepare the collections, join the other servers and begin to take writes.

        Raises:
            TooManyServers: no more processes can write this database.
        """
        await prepare(self._database)
        await self._writer.start(lambda: self._commit.floor)
        self._commit.start()
        self._sweeper.start()

    async def stop(self) -> None:
        """Finish the writes that were taken, and take no more."""
        await self._sweeper.stop()
        drained = await self._commit.drain()
        await self._writer.stop(clean=drained)
        await self._commit.abandon()

    @property
    def consistent_through(self) -> int:
        """Every statement stored up to this time can be found, in microseconds since 1970.

        It is true of every server's statements, and a heartbeat or two behind the present.
        """
        return self._writer.consistent_through

    async def record(
        self,
        organization_id: str,
        statements: Sequence[Mapping[str, Any]],
        *,
        authority: Mapping[str, Any],
        version: str = "1.0.3",
    ) -> list[str]:
        """Record statements, all or none; return their ids.

        They are durable (majority, journaled) on return and the observers have run.

        Raises:
            InvalidStatements: they break the specification; every finding is told.
            StatementConflict: an id is taken by a different statement.
            Overloaded: too much waits to be written.
            TooLarge: one is larger than can be stored.
        """
        return await self.append(
            organization_id, admit(statements, authority=authority, version=version)
        )

    async def append(self, organization_id: str, statements: Sequence[NewStatement]) -> list[str]:
        """Record statements that were admitted already; as `record`."""
        if statements:
            refuse_too_large(organization_id, statements)
            await self._commit.submit(Write(organization_id, statements))
        return [statement.statement_id for statement in statements]

    async def find(self, organization_id: str, query: StatementQuery) -> StatementPage:
        """Return the statements that match, newest first unless `query.ascending`."""
        found, more = await self._store.page(organization_id, query, _page_size(query))
        cursor = int(found[-1]["stored"]) if more else None
        return StatementPage([to_statement(each) for each in found], cursor)

    async def find_raw(self, organization_id: str, query: StatementQuery) -> RawPage:
        """Return the statements that match as JSON bytes; nothing is decoded."""
        rows, more = await self._store.raw_page(organization_id, query, _page_size(query))
        times = [stored for stored, _ in rows]
        cursor = times[-1] if more else None
        return RawPage([raw for _, raw in rows], max(times, default=None), cursor)

    def stream(self, organization_id: str, query: StatementQuery) -> AsyncIterator[bytes]:
        """Yield the JSON of every statement that matches, `query.limit` at most (0: all).

        However many there are, no more than a batch of MongoDB's is in memory.
        """
        return self._store.stream(organization_id, query)

    async def get(self, organization_id: str, statement_id: str) -> StoredStatement | None:
        """Return one statement, voided or not; None where there is none."""
        document = await self._store.get(organization_id, statement_id.lower())
        return to_statement(document) if document else None

    async def existing(self, organization_id: str, statement_ids: Iterable[str]) -> set[str]:
        """Return those of the ids that name a statement, voided or not."""
        return await self._store.existing(organization_id, statement_ids)

    async def voided_at(
        self, organization_id: str, statement_ids: Collection[str]
    ) -> dict[str, datetime]:
        """Return when each of these statements was voided; those that were not are not in it."""
        return await self._store.voided_at(organization_id, statement_ids)

    def subscribe(self, observer: Observer) -> None:
        """Await `observer` with each group of new statements, before they are acknowledged.

        An observer's failure is logged and fails no write.
        """
        self._observers.append(observer)

    async def follow(
        self, after: ResumeToken | None
    ) -> AsyncIterator[tuple[list[StoredStatement], ResumeToken]]:
        """Yield what any server has recorded after `after` (None: from now on), in portions.

        What this log's own observers were given without a failure is left out; so a portion may
        be empty. Statements are as they are now, those that were voided since among them.
        """
        async for portion in self._store.portions(after):
            missed = self._observed.without(portion.ids)
            found = await self._store.by_ids(missed) if missed else {}
            yield [to_statement(found[each]) for each in missed if each in found], portion.token

    async def _durable(self, documents: list[Document]) -> None:
        if self._observers and documents:
            statements = [to_statement(each) for each in documents]
            done = [await _observe(observer, statements) for observer in self._observers]
            if all(done):
                self._observed.add(each["_id"] for each in documents)


async def _observe(observer: Observer, statements: Sequence[StoredStatement]) -> bool:
    """Say whether the observer did not fail."""
    try:
        await observer(statements)
    except Exception:
        await _logger.aexception("observer_failed", statements=len(statements))
        return False
    return True


def _page_size(query: StatementQuery) -> int:
    return min(query.limit, MOST_PER_PAGE) if query.limit else DEFAULT_PER_PAGE
