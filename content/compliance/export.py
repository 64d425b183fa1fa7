"""The register as CSV (RFC 4180), row by row, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from content.ahead import ahead
from content.compliance import evidence, records
from content.compliance.entries import spans_holding
from content.compliance.evidence import Evidence
from content.compliance.records import EVERYBODY, RecordFilter
from content.compliance.requirements import Requirement
from content.compliance.status import NOT_ASSIGNED
from content.identity import now
from content.store import Store
from lrs.transfers.spreadsheet import harmless

Fields = Mapping[str, Any]

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
NO_SPAN: Fields = {}


async def as_csv(
    store: Store,
    asked: Iterable[Requirement],
    filters: RecordFilter = EVERYBODY,
    as_of: datetime | None = None,
) -> AsyncIterator[str]:
    """The lines of the file, many at a time, headings first; evidence ids by spaces.

    One requirement comes after the other. A register has millions of lines, so of entries and of
    what is behind them no more is read than the columns show. Raises RuleBroken.
    """
    heading = _lines([COLUMNS])
    async for requirement, batch, proven in ahead(_portions(store, asked, filters, as_of)):
        yield heading + _lines(_rows(requirement, batch, proven))
        heading = ""
    if heading:
        yield heading


async def _portions(
    store: Store, asked: Iterable[Requirement], filters: RecordFilter, as_of: datetime | None
) -> AsyncGenerator[tuple[Requirement, Sequence[Fields], Evidence], None]:
    """Entries with what is behind them."""
    shown = {"person_id": 1, "name": 1, "span": {"$first": spans_holding(as_of or now())}}
    for requirement in asked:
        async for batch in records.entries(store, requirement, filters, as_of, shown):
            yield requirement, batch, await _proven(store, requirement, batch, as_of)


async def _proven(
    store: Store, requirement: Requirement, batch: Sequence[Fields], as_of: datetime | None
) -> Evidence:
    spans = [each.get("span", NO_SPAN) for each in batch]
    behind = {span.get(each) for span in spans for each in ("basis", "signed_by")} - {None}
    people = [each["person_id"] for each in batch]
    owner, targets = requirement.organization_id, requirement.terms.targets
    return await evidence.briefly(store, owner, people, targets, behind, as_of)


def _rows(
    requirement: Requirement, batch: Iterable[Fields], proven: Evidence
) -> Iterator[tuple[str, ...]]:
    title, targets = harmless(requirement.title), requirement.terms.targets
    for entry in batch:
        span, person_id = entry.get("span", NO_SPAN), entry["person_id"]
        completed_at, basis = span.get("completed_at"), span.get("basis")
        progress = 100.0 if completed_at else proven.progress(person_id, targets)
        yield (
            requirement.id,
            title,
            person_id,
            harmless(entry["name"]),
            harmless(proven.emails.get(person_id, "")),
            harmless(span.get("department") or ""),
            span.get("status", NOT_ASSIGNED),
            _moment(span.get("since")),
            _moment(span.get("due_at")),
            _moment(completed_at),
            _number(progress),
            _number(proven.score(basis) if completed_at else None),
            " ".join(proven.statements(basis, span.get("signed_by"))),
        )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _moment(moment: datetime | None) -> str:
    """A moment as it is read from the store, in UTC."""
    return "" if moment is None else f"{moment.replace(tzinfo=None).isoformat()}Z"


def _lines(rows: Iterable[Iterable[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()
