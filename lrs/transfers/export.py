"""Every statement that matches, in the order of `stored`, as a file of any size.

The place in an export is the `stored` of its last statement: no two have the same. So an export
that was cut goes on after the last whole line that arrived, and a later one brings only what came
since. What is in memory is a portion of it, and what MongoDB sends at once.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence

import msgspec

from lrs.log import StatementLog
from lrs.query import StatementQuery
from lrs.timestamps import SECOND, now
from lrs.transfers import columns as table

_LONGEST_WAIT = 5 * SECOND
_LOOK_AGAIN_SECONDS = 0.02
_PORTION_BYTES = 2**17


async def complete_through(log: StatementLog) -> int:
    """Return a time, in microseconds, up to which an export begun now misses nothing.

    Other servers may still be writing what they have stamped a moment ago, so this waits until
    the log is consistent through the present; for some seconds at most.
    """
    begun = now()
    latest = begun + _LONGEST_WAIT
    while log.consistent_through < begun and now() < latest:  # noqa: ASYNC110
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    return log.consistent_through


def statements(
    log: StatementLog, organization_id: str, query: StatementQuery, through: int
) -> AsyncIterator[bytes]:
    """Return the statements stored until `through` as JSON, `query.limit` in all (0: no limit)."""
    until = through if query.until is None else min(query.until, through)
    wanted = msgspec.structs.replace(query, ascending=True, until=until)
    return log.stream(organization_id, wanted)


async def as_ndjson(found: AsyncIterator[bytes]) -> AsyncGenerator[bytes]:
    """Yield the statements one on a line, a portion at a time."""
    async for portion in portions(found):
        yield b"\n".join(portion) + b"\n"


async def as_csv(
    found: AsyncIterator[bytes], columns: Sequence[str], *, heading: bool = True
) -> AsyncGenerator[bytes]:
    """Yield the statements as rows, under a heading where one is wanted, a portion at a time."""
    if heading:
        yield table.heading(columns)
    async for portion in portions(found):
        yield table.rows(portion, columns)


async def portions(found: AsyncIterator[bytes]) -> AsyncIterator[list[bytes]]:
    """Yield the statements in lists of bounded size."""
    portion, size = [], 0
    async for statement in found:
        portion.append(statement)
        size += len(statement)
        if size >= _PORTION_BYTES:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion
