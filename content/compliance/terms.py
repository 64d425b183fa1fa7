"""Terms: what a requirement asks for: which targets, by when, how often again, signed by whom."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from msgspec import Struct

from content import findings
from content.compliance import calendars
from content.findings import Finding

COURSE: Final = "course"
PATH: Final = "path"
PACKAGE: Final = "package"
ACTIVITY: Final = "activity"
TARGETS: Final = (COURSE, PATH, PACKAGE, ACTIVITY)
ASSIGNMENT: Final = "assignment"
HIRE: Final = "hire"
NO_SIGN_OFF: Final = "none"
SIGN_OFFS: Final = (NO_SIGN_OFF, "person", "supervisor")
MOST_TARGETS: Final = 50
MOST_DAYS: Final = 36_500
LEAP_YEAR: Final = 2024


class Target(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be completed: a course, path or package by its id, or an activity by its IRI."""

    kind: str
    id: str


class Due(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By when: at the moment `at`, or at the end of the day that is so many `days` after the
    assignment or the hire; neither: without a date.
    """

    at: datetime | None = None
    days: int | None = None
    after: str = ASSIGNMENT


class Recurrence(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often again: `every` so many units after a completion, or each year on `month`/`day`.

    Who completes within `window_days` before the end keeps the rhythm: the next term is counted
    from the end, not from the completion. On a fixed day of the year only completions within the
    window before it count for it; without a window, those of the whole year before it.
    """

    every: int | None = None
    unit: str = calendars.YEARS
    month: int | None = None
    day: int | None = None
    window_days: int | None = None


class Terms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked: any one of the `targets`.

    For `grace_days` after the end nobody is overdue or expired yet; `due_soon_days` before it
    they are due soon. With `sign_off` a completion counts from its sign-off on.
    """

    targets: tuple[Target, ...]
    due: Due = Due()
    recurrence: Recurrence | None = None
    grace_days: int = 0
    due_soon_days: int = 14
    sign_off: str = NO_SIGN_OFF


def valid_until(completed: Iterable[date], recurrence: Recurrence) -> list[date]:
    """The last day on which each completion counts, in the order of completion."""
    if recurrence.every is None:
        return [_fixed_until(each, recurrence) for each in completed]
    return _rhythm(completed, recurrence, recurrence.every)


def fixed_day(recurrence: Recurrence, year: int) -> date:
    """The fixed day of a year; 29 February is the 28th in most."""
    return calendars.of_month(year, recurrence.month or 1, recurrence.day or 1)


def fixed_from(recurrence: Recurrence, day: date) -> date:
    """The first fixed day that is not before a day."""
    this_year = fixed_day(recurrence, day.year)
    return this_year if this_year >= day else fixed_day(recurrence, day.year + 1)


def broken(terms: Terms) -> list[Finding]:
    """Every rule that the terms break."""
    found = _broken_targets(terms.targets) + _broken_due(terms.due)
    found += _days("grace_days", terms.grace_days) + _days("due_soon_days", terms.due_soon_days)
    found += findings.one_of("sign_off", terms.sign_off, SIGN_OFFS)
    return found + (_broken_recurrence(terms.recurrence) if terms.recurrence else [])


def _rhythm(completed: Iterable[date], recurrence: Recurrence, every: int) -> list[date]:
    """Terms are counted from an anchor, so that ends of months do not creep forward."""
    ends: list[date] = []
    anchor, rounds, end = date.min, 0, date.min
    window = recurrence.window_days or 0
    for day in completed:
        in_window = rounds and end - day <= timedelta(days=window) and day <= end
        begun, count = (anchor, rounds + 1) if in_window else (day, 1)
        reached = calendars.later(begun, count * every, recurrence.unit)
        if reached > end:
            anchor, rounds, end = begun, count, reached
        ends.append(end)
    return ends


def _fixed_until(day: date, recurrence: Recurrence) -> date:
    upcoming = fixed_from(recurrence, day)
    window = recurrence.window_days
    if window is not None and day < calendars.days_after(upcoming, -window):
        return upcoming
    return fixed_day(recurrence, upcoming.year + 1)


def _broken_targets(targets: tuple[Target, ...]) -> list[Finding]:
    found = []
    if not 1 <= len(targets) <= MOST_TARGETS:
        found.append(Finding(where="targets", detail=f"must be 1 to {MOST_TARGETS}"))
    for index, each in enumerate(targets):
        found += findings.one_of(f"targets/{index}/kind", each.kind, TARGETS)
        if each.kind == ACTIVITY:
            found += findings.iri(f"targets/{index}/id", each.id)
        if each in targets[:index]:
            found.append(Finding(where=f"targets/{index}", detail="is named twice"))
    return found


def _broken_due(due: Due) -> list[Finding]:
    found = findings.moment("due/at", due.at)
    found += findings.one_of("due/after", due.after, (ASSIGNMENT, HIRE))
    if due.days is not None:
        found += _days("due/days", due.days)
        if due.at is not None:
            found.append(Finding(where="due/days", detail="does not go with at"))
    return found


def _broken_recurrence(recurrence: Recurrence) -> list[Finding]:
    found = findings.one_of("recurrence/unit", recurrence.unit, calendars.UNITS)
    fixed = (recurrence.month, recurrence.day) != (None, None)
    if (recurrence.every is not None) == fixed:
        detail = "must have either every, or month and day"
        found.append(Finding(where="recurrence", detail=detail))
    if recurrence.every is not None and not 1 <= recurrence.every <= MOST_DAYS:
        found.append(Finding(where="recurrence/every", detail=f"must be from 1 to {MOST_DAYS}"))
    if fixed and not _exists(recurrence.month, recurrence.day):
        found.append(Finding(where="recurrence/day", detail="must be a day of the month"))
    if recurrence.window_days is not None:
        found += _days("recurrence/window_days", recurrence.window_days)
    return found


def _exists(month: int | None, day: int | None) -> bool:
    try:
        return bool(date(LEAP_YEAR, month or 0, day or 0))
    except ValueError:
        return False


def _days(where: str, value: int) -> list[Finding]:
    if 0 <= value <= MOST_DAYS:
        return []
    return [Finding(where=where, detail=f"must be from 0 to {MOST_DAYS}")]
