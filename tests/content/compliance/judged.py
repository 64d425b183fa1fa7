"""A person's status at one moment, judged the slow way: straight from what was known by then.

It shares nothing with the timeline but the shapes of what goes in: no spans, no cuts, days counted
one by one where that is clearer.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

ONE_DAY = timedelta(days=1)


class History(Struct, frozen=True, kw_only=True):
    """All that ever became known, each thing with the moment since when it is."""

    editions: Sequence[Any]
    spells: Sequence[Any]
    posts: Sequence[Any]
    proofs: Sequence[Any]
    decisions: Sequence[Any]
    zone: str


def status(history: History, moment: datetime) -> str:
    """The status at the moment."""
    asked = [each for each in history.editions if each.in_force_from <= moment]
    spell = [each for each in history.spells if _within(each.since, each.until, moment)]
    if not asked or not spell or asked[-1].archived:
        return "not_assigned"
    post = ([each for each in history.posts if each.since <= moment] or history.posts[:1])[-1]
    zone, terms = ZoneInfo(post.zone or history.zone), asked[-1].terms
    held = [e for e in history.decisions if _within(e.decided_at, e.revoked_at, moment)]
    if any(each.act == "waiver" and _waives(each, moment) for each in held):
        return "waived"
    known = [
        each
        for each in history.proofs
        if each.target in terms.targets and _within(each.known_at, each.withdrawn_at, moment)
    ]
    until = _until(_done(known, held, terms), terms, zone)
    if until == "never":
        early, late = ("in_progress" if known else "assigned"), "overdue"
        end = _due(terms, spell[0].since.astimezone(zone).date(), post.hired_on, zone)
    else:
        early, late = "compliant", "expired"
        end = _midnight(until + ONE_DAY, zone) if isinstance(until, date) else None
    return _by_the_clock(end, early, late, held, terms, zone, moment)


def _by_the_clock(
    end: datetime | None,
    early: str,
    late: str,
    held: Sequence[Any],
    terms: Any,
    zone: ZoneInfo,
    moment: datetime,
) -> str:
    if end is None:
        return early
    end = max([end, *(each.due_at for each in held if each.act == "extension")])
    if moment >= _moved(end, terms.grace_days, zone):
        return late
    return "due_soon" if moment >= _moved(end, -terms.due_soon_days, zone) else early


def _within(since: datetime | None, until: datetime | None, moment: datetime) -> bool:
    return since is not None and since <= moment and not (until is not None and until <= moment)


def _waives(waiver: Any, moment: datetime) -> bool:
    begun = waiver.valid_from is None or waiver.valid_from <= moment
    return begun and (waiver.valid_until is None or waiver.valid_until > moment)


def _done(known: Sequence[Any], held: Sequence[Any], terms: Any) -> list[tuple[datetime, Any]]:
    """The completions that count, with the moment until which each is bounded."""
    told = [(e.known_at, e.at, e.id, None) for e in known if e.completed]
    told += [
        (e.decided_at, e.completed_at, e.id, e.valid_until)
        for e in held
        if e.act in ("external_evidence", "prior_learning")
    ]
    if terms.sign_off != "none":
        signed = [each.decided_at for each in held if each.act == "sign_off"]
        told = [each for each in told if any(at >= each[0] for at in signed)]
    ordered = sorted((min(at, known_at), name, bound) for known_at, at, name, bound in told)
    return [(at, bound) for at, _, bound in ordered]


def _until(done: Sequence[tuple[datetime, Any]], terms: Any, zone: ZoneInfo) -> date | str:
    """The last day that is covered; `never` done, or for `ever`."""
    if not done:
        return "never"
    days = [at.astimezone(zone).date() for at, _ in done]
    rhythm = _rhythm(days, terms.recurrence)
    bounds = [bound.astimezone(zone).date() if bound else None for _, bound in done]
    ends = [bound or end for bound, end in zip(bounds, rhythm, strict=True)]
    return "ever" if None in ends else max(end for end in ends if end is not None)


def _rhythm(days: Sequence[date], recurrence: Any) -> list[date | None]:
    if recurrence is None:
        return [None for _ in days]
    if recurrence.every is None:
        return [_fixed(day, recurrence) for day in days]
    ends: list[date | None] = []
    begun: tuple[date, int] | None = None
    covered: date | None = None
    for day in days:
        window = timedelta(days=recurrence.window_days or 0)
        renews = begun and covered and covered - window <= day <= covered
        tried = (begun[0], begun[1] + 1) if begun and renews else (day, 1)
        reached = _after(tried[0], tried[1] * recurrence.every, recurrence.unit)
        if covered is None or reached > covered:
            begun, covered = tried, reached
        ends.append(covered)
    return ends


def _fixed(day: date, recurrence: Any) -> date:
    """The last fixed day for which this completion counts, else the first that comes."""
    first = day
    while first != _in_month(first.year, recurrence.month, recurrence.day):
        first += ONE_DAY
    in_window = recurrence.window_days is None or (first - day).days <= recurrence.window_days
    return _in_month(first.year + 1, recurrence.month, recurrence.day) if in_window else first


def _after(day: date, count: int, unit: str) -> date:
    if unit == "days":
        return day + count * ONE_DAY
    year, month = day.year, day.month
    for _ in range(count * (12 if unit == "years" else 1)):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return _in_month(year, month, day.day)


def _in_month(year: int, month: int, day: int) -> date:
    """The day, or the last one that the month has."""
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1


def _due(terms: Any, assigned_on: date, hired_on: date | None, zone: ZoneInfo) -> datetime | None:
    due, again = terms.due, terms.recurrence
    if due.at is not None:
        moment: datetime = due.at
        return moment
    if due.days is not None:
        first = hired_on if due.after == "hire" and hired_on else assigned_on
        return _midnight(first + (due.days + 1) * ONE_DAY, zone)
    if again is not None and again.every is None:
        day = assigned_on
        while day != _in_month(day.year, again.month, again.day):
            day += ONE_DAY
        return _midnight(day + ONE_DAY, zone)
    return None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _moved(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same time on the clock, so many days on."""
    if not days:
        return moment
    there = moment.astimezone(zone).replace(tzinfo=None, fold=0) + days * ONE_DAY
    return there.replace(tzinfo=zone).astimezone(UTC)
