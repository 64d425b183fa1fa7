"""The live tail: what is recorded while somebody looks.

Each round asks the log for what was stored after the last round, up to the time through which
the log is consistent. Nothing will ever be stored before that time, so nothing falls between two
rounds. In a burst a round brings its newest statements and says where the others are.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec

from lrs.cancellation import heed_cancellation
from lrs.log import StatementLog
from lrs.query import StatementQuery
from lrs.statement import StoredStatement
from lrs.timestamps import as_microseconds

ROUND_SECONDS = 1.0
MOST_A_ROUND = 50


@dataclass(frozen=True, slots=True)
class Gap:
    """Statements that a round left out: stored after `since` and up to `until`."""

    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Round:
    """What was stored up to `through` since the round before, newest first."""

    statements: list[StoredStatement]
    gap: Gap | None
    through: int


class Places:
    """How many tails a server keeps at once: each is a connection, and a query every second."""

    def __init__(self, most: int) -> None:
        self.free = most

    @contextmanager
    def take(self) -> Iterator[bool]:
        """Have a place for as long as this lasts; False where every one is taken."""
        if self.free <= 0:
            yield False
            return
        self.free -= 1
        try:
            yield True
        finally:
            self.free += 1


async def rounds(
    log: StatementLog, organization_id: str, query: StatementQuery, after: int
) -> AsyncIterator[Round]:
    """Yield round after round of what matches and was stored later than `after`, for ever."""
    while True:
        heed_cancellation()
        through = log.consistent_through
        yield await _round(log, organization_id, query, after, max(after, through))
        after = max(after, through)
        await asyncio.sleep(ROUND_SECONDS)


async def _round(
    log: StatementLog, organization_id: str, query: StatementQuery, after: int, through: int
) -> Round:
    if through == after:
        return Round([], None, through)
    since = max(after, query.since or 0)
    asked = msgspec.structs.replace(query, since=since, until=through, limit=MOST_A_ROUND)
    page = await log.find(organization_id, asked)
    gap = None if page.cursor is None else Gap(since, _oldest(page.statements) - 1)
    return Round(page.statements, gap, through)


def _oldest(statements: list[StoredStatement]) -> int:
    return as_microseconds(statements[-1].stored)
