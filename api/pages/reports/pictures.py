"""A report's answer as cells and, where its rows are groups, as a chart. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from api.pages.charts import Chart, bars, lines
from content.reports.definitions import ReportDefinition
from content.reports.groups import FORMATS
from content.reports.running import Answer
from content.reports.writing import said

MOST_BARS: Final = 30
MOST_MOMENTS: Final = 400
FIRST_DAYS: Final = {"day": "", "week": "-1", "month": "-01", "year": "-01-01"}
PARTS: Final = {"day": "", "week": "-%u", "month": "-%d", "year": "-%m-%d"}


def cells(answer: Answer, zone: ZoneInfo) -> list[list[str]]:
    """The rows as people read them."""
    return [[_said(value, zone) for value in row] for row in answer.rows]


def picture(definition: ReportDefinition, answer: Answer, zone: ZoneInfo) -> Chart | None:
    """The first figure of each group: over time where groups are of a date, else as bars."""
    groups = len(definition.group)
    figures = [
        at for at, column in enumerate(answer.columns) if at >= groups and column.kind == "number"
    ]
    if groups != 1 or not figures or not answer.rows:
        return None
    first = figures[0]
    head = (answer.columns[0].label, answer.columns[first].label)
    title = f"{head[1]}, by {head[0]}"
    if definition.group[0].by is not None:
        told = {str(row[0]): row[first] for row in answer.rows if row[0] is not None}
        moments = spans(definition.group[0].by, list(told))
        absent = 0 if _counts(definition) and _whole(definition, answer) else None
        series = {head[1]: [told.get(each, absent) for each in moments]}
        return lines(title, moments, series, area=True, head=head[0])
    items = [(_said(row[0], zone) or "None", row[first]) for row in answer.rows[:MOST_BARS]]
    more = len(answer.rows) > MOST_BARS
    return bars(f"{title}: the first {MOST_BARS}" if more else title, items, head=head)


def spans(unit: str, known: Sequence[str]) -> list[str]:
    """Every day, week, month or year from the first that is known to the last; of many the last
    MOST_MOMENTS.
    """
    if not known:
        return []
    first, day = _first_day(unit, min(known)), _first_day(unit, max(known))
    found = [day]
    while day > first and len(found) < MOST_MOMENTS:
        day = _first_day(unit, f"{day - timedelta(days=1):{FORMATS[unit]}}")
        found.append(day)
    return [f"{each:{FORMATS[unit]}}" for each in reversed(found)]


def _first_day(unit: str, span: str) -> date:
    return datetime.strptime(span + FIRST_DAYS[unit], FORMATS[unit] + PARTS[unit]).date()


def _counts(definition: ReportDefinition) -> bool:
    """Whether the first figure of a span without rows is nought."""
    return definition.aggregates[0].function in ("count", "sum", "count_distinct")


def _whole(definition: ReportDefinition, answer: Answer) -> bool:
    """Whether what is not among the rows is not there at all: nothing of another order was cut."""
    name = definition.group[0].name
    by_time = not definition.sort or definition.sort[0].removeprefix("-") == name
    return by_time or not (answer.more or definition.limit)


def _said(value: Any, zone: ZoneInfo) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return said(value, zone)
