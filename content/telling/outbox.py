"""From a change to the statements and events that tell of it, across crashes.

Who changes a document that tells of something writes what is to be told into the same document, in
the same update. It is told right after, and then cleared; what a crash left is told by a sweep.
Ids of statements and events are derived from what they tell of, so telling twice does no harm.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, Final

import msgspec
import structlog

from content import organizations
from content.documents import Document
from content.identity import now
from content.store import Store
from content.telling import events
from content.telling.events import Event
from content.telling.statements import Statement
from lrs.cancellation import heed_cancellation, rest
from scorm_runtime.sink import StatementSink, StatementsRefused

log = structlog.get_logger(__name__)

SWEEP_SECONDS: Final = 10.0
SETTLED: Final = timedelta(seconds=10)


class Telling(Document, frozen=True, kw_only=True):
    """A document whose changes are told of; `untold` waits, in JSON."""

    untold: tuple[str, ...] = ()


class _Untold(msgspec.Struct, omit_defaults=True):
    statement: dict[str, Any] | None = None
    event: Event | None = None


def untold(statements: Iterable[Statement] = (), happened: Iterable[Event] = ()) -> tuple[str, ...]:
    """What a change is to tell, as a document keeps it: for a new one's `untold`, or to push."""
    waiting = [_Untold(statement=each) for each in statements]
    waiting += [_Untold(event=each) for each in happened]
    return tuple(msgspec.json.encode(each).decode() for each in waiting)


class Outbox:
    """Tells what documents wait to tell: statements to the log, events to their reactions."""

    def __init__(
        self, store: Store, record: StatementSink, kinds: Sequence[type[Telling]] = ()
    ) -> None:
        """`kinds` are the documents that a sweep looks through."""
        self._store = store
        self._record = record
        self._kinds = kinds

    async def tell(self, document: Telling) -> None:
        """Tell what waits. What cannot be told now stays and is told by a sweep."""
        try:
            await self._tell(document)
        except Exception:
            log.exception("what happened waits to be told", kind=document.kind, id=document.id)

    async def run(self) -> None:
        """Sweep every now and then, until cancelled."""
        while True:
            heed_cancellation()
            try:
                await self.sweep()
            except Exception:
                log.exception("the sweep of untold changes failed and is tried again")
            await rest(SWEEP_SECONDS)

    async def sweep(self, settled: timedelta = SETTLED) -> int:
        """Tell what was left untold for some time; return how many documents did."""
        count = 0
        waiting = {"untold.0": {"$exists": True}, "updated_at": {"$lte": now() - settled}}
        for organization in await organizations.every(self._store):
            for kind in self._kinds:
                async for document in self._store.of(kind).each(organization.id, waiting):
                    await self.tell(document)
                    count += 1
        return count

    async def _tell(self, document: Telling) -> None:
        if not document.untold:
            return
        waiting = [msgspec.json.decode(each, type=_Untold) for each in document.untold]
        said = [each.statement for each in waiting if each.statement is not None]
        happened = [each.event for each in waiting if each.event is not None]
        if said:
            await self._say(document.organization_id, said)
        await events.emit(self._store, happened)
        await self._store.of(type(document)).collection.update_one(
            {"organization_id": document.organization_id, "_id": document.id},
            {"$pullAll": {"untold": list(document.untold)}},
        )

    async def _say(self, organization_id: str, said: Sequence[Statement]) -> None:
        """Record all; one that the log will never take must not hold up the others."""
        try:
            await self._record(organization_id, said)
        except StatementsRefused as refused:
            if len(said) == 1:
                log.error("statement refused", statement=said[0], reason=str(refused))
                return
            for each in said:
                await self._say(organization_id, [each])
