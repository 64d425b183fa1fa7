"""A report's answer as cells and, where its rows are groups, as a chart. Pure."""

from typing import Any, Final
from zoneinfo import ZoneInfo

from api.pages.charts import Chart, bars, lines
from content.reports.definitions import ReportDefinition
from content.reports.running import Answer
from content.reports.writing import said

MOST_BARS: Final = 30
MOST_MOMENTS: Final = 400


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
        told = sorted((str(row[0]), row[first]) for row in answer.rows if row[0] is not None)
        shown = told[-MOST_MOMENTS:]
        series = {head[1]: [each for _, each in shown]}
        return lines(title, [moment for moment, _ in shown], series, area=True, head=head[0])
    items = [(_said(row[0], zone) or "None", row[first]) for row in answer.rows[:MOST_BARS]]
    return bars(title, items, head=head)


def _said(value: Any, zone: ZoneInfo) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return said(value, zone)
