"""Running reports: the rows of a definition, for somebody, as they may see them now."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final

from msgspec import Struct
from pymongo.errors import ExecutionTimeout, OperationFailure

from content.errors import RuleBroken
from content.findings import Finding
from content.reports.conditions import Asked
from content.reports.definitions import Column, ReportDefinition, Scope, columns_of
from content.reports.entities import ENTITIES
from content.reports.joins import Stage
from content.reports.pipelines import fetched, pipeline
from content.reports.sharing import PORTION, Row, Shared
from content.reports.soundness import MOST_ROWS, broken
from content.store import Store
from lrs.errors import TooExpensive

SECONDS: Final = 10.0
SECONDS_OF_EXPORTS: Final = 300.0
MOST_SHOWN: Final = 1000
_TOO_MUCH: Final = (146, 292, 10334)


class Reader(Struct, frozen=True, kw_only=True):
    """Who reads a report: in which organization and time zone, and what they may see."""

    organization_id: str
    scope: Scope
    zone: str = "UTC"


class Answer(Struct, frozen=True, kw_only=True):
    """Some rows of a report; `more` says that there are others after them."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    more: bool


async def answer(
    store: Store,
    definition: ReportDefinition,
    reader: Reader,
    moment: datetime,
    *,
    skip: int = 0,
    limit: int = MOST_SHOWN,
) -> Answer:
    """A page of a report's rows. Raises RuleBroken, TooExpensive."""
    check(definition, reader.scope)
    most = definition.limit or MOST_ROWS
    wanted = max(0, min(limit, MOST_SHOWN, most - skip))
    columns = columns_of(definition)
    if not wanted:
        return Answer(columns=columns, rows=(), more=False)
    asked = _asked(reader, moment, wanted + 1, skip)
    found = [each async for each in _rows(store, definition, asked, len(columns), SECONDS)]
    more = len(found) > wanted and skip + wanted < most
    return Answer(columns=columns, rows=tuple(found[:wanted]), more=more)


async def every(
    store: Store, definition: ReportDefinition, reader: Reader, moment: datetime
) -> AsyncIterator[Row]:
    """Every row, MOST_ROWS at the most, as MongoDB brings them. Raises RuleBroken, TooExpensive."""
    check(definition, reader.scope)
    asked = _asked(reader, moment, min(definition.limit or MOST_ROWS, MOST_ROWS))
    width = len(definition.names)
    async for row in _rows(store, definition, asked, width, SECONDS_OF_EXPORTS):
        yield row


def check(definition: ReportDefinition, scope: Scope) -> None:
    """Raises RuleBroken with everything that is wrong with a definition."""
    if found := wrong(definition, scope):
        raise RuleBroken(found)


def wrong(definition: ReportDefinition, scope: Scope) -> list[Finding]:
    """What is wrong with a definition, below the field that holds it."""
    return [
        Finding(where=f"definition/{each.where}", detail=each.detail)
        for each in broken(definition, scope)
    ]


async def count(
    store: Store, definition: ReportDefinition, reader: Reader, moment: datetime
) -> int:
    """How many rows there are, MOST_ROWS at the most. Raises RuleBroken, TooExpensive."""
    check(definition, reader.scope)
    asked = _asked(reader, moment, min(definition.limit or MOST_ROWS, MOST_ROWS))
    stages = [*pipeline(definition, asked), {"$count": "c0"}]
    found = [each async for each in _answered(store, definition, stages, 1, SECONDS_OF_EXPORTS)]
    return int(found[0][0]) if found else 0


def _asked(reader: Reader, moment: datetime, limit: int, skip: int = 0) -> Asked:
    return Asked(
        organization_id=reader.organization_id,
        scope=reader.scope,
        zone=reader.zone,
        moment=moment,
        skip=skip,
        limit=limit,
    )


async def _rows(
    store: Store, definition: ReportDefinition, asked: Asked, width: int, seconds: float
) -> AsyncIterator[Row]:
    rows = _answered(store, definition, pipeline(definition, asked), width, seconds)
    if later := fetched(definition):
        entity = ENTITIES[definition.entity]
        rows = Shared(store, asked.organization_id, entity, later).told(rows)
    async for row in rows:
        yield row


async def _answered(
    store: Store,
    definition: ReportDefinition,
    stages: list[Stage],
    width: int,
    seconds: float,
) -> AsyncIterator[Row]:
    collection = store.database[ENTITIES[definition.entity].collection]
    names = [f"c{at}" for at in range(width)]
    try:
        found = await collection.aggregate(
            stages,
            maxTimeMS=int(seconds * 1000),
            allowDiskUse=False,
            batchSize=PORTION,
        )
        async for each in found:
            yield tuple(each.get(name) for name in names)
    except ExecutionTimeout as error:
        raise TooExpensive(
            f"It takes longer than {seconds:g} s: filter by a date or a course, or ask for less."
        ) from error
    except OperationFailure as error:
        if error.code in _TOO_MUCH:
            raise TooExpensive("It takes too much memory: filter, or group by less.") from error
        raise
