"""The register as CSV (RFC 4180), row by row, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from datetime import datetime

from content.compliance.records import Record
from content.compliance.requirements import Requirement
from lrs.transfers.spreadsheet import harmless

COLUMNS = (
    "requirement_id",
    "requirement",
    "person_id",
    "name",
    "email",
    "department",
    "status",
    "since",
    "due_at",
    "completed_at",
    "progress",
    "score",
    "evidence",
)
ROWS_AT_ONCE = 500


async def as_csv(
    asked: Iterable[Requirement], records: AsyncIterable[Record]
) -> AsyncIterator[str]:
    """The lines of the file, some hundreds at a time, headings first; evidence ids by spaces.

    `asked` are the requirements of the records.
    """
    titles = {each.id: each.title for each in asked}
    rows: list[Iterable[str]] = [COLUMNS]
    async for record in records:
        rows.append(_row(titles[record.requirement_id], record))
        if len(rows) == ROWS_AT_ONCE:
            yield _lines(rows)
            rows = []
    yield _lines(rows)


def _row(title: str, record: Record) -> list[str]:
    cells = (
        record.requirement_id,
        title,
        record.person_id,
        record.name,
        record.email,
        record.department or "",
        record.status,
        _moment(record.since),
        _moment(record.due_at),
        _moment(record.completed_at),
        _number(record.progress),
        _number(record.score),
        " ".join(record.evidence),
    )
    return [harmless(cell) for cell in cells]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _moment(moment: datetime | None) -> str:
    """A moment as it is read from the store, in UTC."""
    return "" if moment is None else f"{moment.replace(tzinfo=None).isoformat()}Z"


def _lines(rows: Iterable[Iterable[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()
