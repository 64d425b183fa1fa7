"""Reminding: when people are told of what they owe, and others of what is overdue. Pure.

People are reminded so many days before a due date and after it, at eight in the morning where they
live. Later the overdue are told of to those who answer for them, once a day and requirement; each
by name to their supervisor, and after as many days more to that one's.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from content.findings import Finding

HOUR: Final = time(8)
MOST_DAYS: Final = 366
MOST_STEPS: Final = 20
INSTRUCTOR: Final = "instructor"
OFFICERS: Final = "officers"
SUPERVISOR: Final = "supervisor"
ANSWERABLE: Final = (INSTRUCTOR, OFFICERS, SUPERVISOR)
LEVELS: Final = (1, 2)
"""The supervisor is told first, then the one above."""
INSTANT: Final = timedelta(milliseconds=1)


class Reminding(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many days before and after a due date the person is reminded; after how many more
    `escalate_to` (instructor of the course, officers, supervisor) are told (None: never).
    """

    before_days: tuple[int, ...] = (30, 7, 1)
    overdue_days: tuple[int, ...] = (1, 7)
    escalate_days: int | None = 7
    escalate_to: tuple[str, ...] = (INSTRUCTOR, OFFICERS)


class Step(Struct, frozen=True, kw_only=True):
    """A reminder: so many `days` from the due date (negative: before it), at a moment."""

    days: int
    at: datetime


def steps(reminding: Reminding, due_at: datetime, zone: str) -> list[Step]:
    """The reminders of a person who lives in the zone, in order; `due_at` is the first moment
    after the last day in time.
    """
    last_day = (due_at - INSTANT).astimezone(ZoneInfo(zone)).date()
    days = {-each for each in reminding.before_days} | set(reminding.overdue_days)
    return [Step(days=each, at=morning(last_day, each, zone)) for each in sorted(days)]


def between(
    reminding: Reminding, due_at: datetime, zone: str, since: datetime, until: datetime
) -> Step | None:
    """The last of the reminders after `since` that has come by `until`; those it overtook are
    not sent any more.
    """
    found = [each for each in steps(reminding, due_at, zone) if since < each.at <= until]
    return found[-1] if found else None


def reach(reminding: Reminding, since: datetime, until: datetime) -> tuple[datetime, datetime]:
    """Between which due dates a reminder may come after `since` and by `until`, wherever."""
    earliest = -max(reminding.overdue_days, default=0)
    latest = max(reminding.before_days, default=0)
    slack = timedelta(days=3)
    return since + timedelta(days=earliest) - slack, until + timedelta(days=latest) + slack


def mornings(since: datetime, until: datetime) -> Iterator[date]:
    """The days whose morning, in UTC, lies after `since` and has come by `until`; at most seven."""
    since = max(since, until - timedelta(days=7))
    day = since.astimezone(UTC).date()
    while morning(day, 0, "UTC") <= until:
        if morning(day, 0, "UTC") > since:
            yield day
        day += timedelta(days=1)


def morning(day: date, days: int, zone: str) -> datetime:
    """Eight in the morning, so many days after a day, in UTC."""
    there = datetime.combine(day + timedelta(days=days), HOUR, ZoneInfo(zone))
    return there.astimezone(UTC)


def levels(reminding: Reminding) -> list[tuple[int, int]]:
    """The levels of supervisors who are told of somebody overdue, and after how many days."""
    days = reminding.escalate_days
    if days is None or SUPERVISOR not in reminding.escalate_to:
        return []
    return [(level, level * days) for level in LEVELS if days or level == LEVELS[0]]


def told_at(level: int, above: Sequence[str]) -> str | None:
    """Which of a person's supervisors, the nearest first, is told at a level; None: nobody."""
    return above[level - 1] if level <= len(above) else None


def broken(reminding: Reminding) -> list[Finding]:
    """Every rule that the plan breaks."""
    found = _days("reminding/before_days", reminding.before_days)
    found += _days("reminding/overdue_days", reminding.overdue_days)
    if reminding.escalate_days is not None:
        found += _days("reminding/escalate_days", (reminding.escalate_days,))
    for index, each in enumerate(reminding.escalate_to):
        if each not in ANSWERABLE:
            detail = f"must be one of {', '.join(ANSWERABLE)}"
            found.append(Finding(where=f"reminding/escalate_to/{index}", detail=detail))
    return found


def _days(where: str, days: tuple[int, ...]) -> list[Finding]:
    if len(days) > MOST_STEPS:
        return [Finding(where=where, detail=f"must be at most {MOST_STEPS} numbers of days")]
    if all(0 <= each <= MOST_DAYS for each in days):
        return []
    return [Finding(where=where, detail=f"must be from 0 to {MOST_DAYS}")]
