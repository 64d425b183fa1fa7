"""A page of the list: which statements are on it, and how to turn to its neighbours."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from api.pages.statements.filters import Search
from lrs.log import StatementLog
from lrs.query import StatementQuery
from lrs.statement import StoredStatement
from lrs.timestamps import as_microseconds

_DIGITS = 17


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: `older` than a time or `newer`, in microseconds; else at the newest."""

    older: int | None = None
    newer: int | None = None

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> "Cursor":
        """Return what an address says; what is not a time counts as nothing."""
        return cls(read_time(parameters.get("before", "")), read_time(parameters.get("after", "")))

    @property
    def turned(self) -> bool:
        """Say whether this is not the first page."""
        return self.older is not None or self.newer is not None


@dataclass(frozen=True, slots=True)
class Page:
    """Statements, newest first; `newer` and `older` begin its neighbours, None for none.

    `missing` are the ids that were asked for and name no statement.
    """

    statements: list[StoredStatement] = field(default_factory=list)
    newer: int | None = None
    older: int | None = None
    missing: tuple[str, ...] = ()


async def find_page(
    log: StatementLog, organization_id: str, sought: Search, cursor: Cursor
) -> Page:
    """Return the page of what is sought."""
    if sought.ids:
        return await _by_ids(log, organization_id, sought.ids)
    if cursor.newer is not None:
        return await _newer(log, organization_id, sought.query, cursor.newer)
    query = msgspec.structs.replace(sought.query, cursor=cursor.older)
    found = await log.find(organization_id, query)
    first = _stored(found.statements[0]) if found.statements else cursor.older
    return Page(found.statements, first if cursor.turned else None, found.cursor)


async def _newer(
    log: StatementLog, organization_id: str, query: StatementQuery, after: int
) -> Page:
    cursor = max(after, query.since or 0)
    ascending = msgspec.structs.replace(query, cursor=cursor, ascending=True)
    found = await log.find(organization_id, ascending)
    older = _stored(found.statements[0]) if found.statements else None
    return Page(found.statements[::-1], found.cursor, older)


async def _by_ids(log: StatementLog, organization_id: str, ids: tuple[str, ...]) -> Page:
    found = await asyncio.gather(*(log.get(organization_id, each) for each in ids))
    statements = [each for each in found if each is not None]
    known = {each.statement_id for each in statements}
    return Page(
        statements=sorted(statements, key=lambda each: each.stored, reverse=True),
        missing=tuple(each for each in ids if each not in known),
    )


def _stored(statement: StoredStatement) -> int:
    return as_microseconds(statement.stored)


def read_time(text: str) -> int | None:
    """Return a number of microseconds since 1970; None for what is not one."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else None
