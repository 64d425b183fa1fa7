"""Calendar arithmetic: whole days, months and years where somebody lives.

A day belongs to a time zone and ends at its midnight there; what falls into a gap of the clock
moves on by the gap. Months and years keep the day, or take the month's last one.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

DAYS: Final = "days"
MONTHS: Final = "months"
YEARS: Final = "years"
UNITS: Final = (DAYS, MONTHS, YEARS)
LAST: Final = date(9998, 12, 31)
"""Nothing is reckoned beyond this day."""


def day_of(moment: datetime, zone: str) -> date:
    """The day of a moment there."""
    return moment.astimezone(_zone(zone)).date()


@lru_cache(maxsize=100_000)
def start_of(day: date, zone: str) -> datetime:
    """The first moment of a day there, in UTC."""
    return datetime.combine(day, time(), _zone(zone)).astimezone(UTC)


def end_of(day: date, zone: str) -> datetime:
    """The first moment that is not of the day any more."""
    return start_of(days_after(day, 1), zone)


def days_after(day: date, count: int) -> date:
    """The day so many days later (or earlier), never after LAST."""
    return LAST if count > (LAST - day).days else day + timedelta(days=count)


def later(day: date, count: int, unit: str) -> date:
    """The day so many units later; of a month that is too short, the last one."""
    if unit == DAYS:
        return days_after(day, count)
    months = day.year * 12 + day.month - 1 + count * (12 if unit == YEARS else 1)
    return of_month(months // 12, months % 12 + 1, day.day)


def of_month(year: int, month: int, day: int) -> date:
    """The day of a month, or the month's last one; never after LAST."""
    if year > LAST.year:
        return LAST
    return date(year, month, min(day, monthrange(year, month)[1]))


def shifted(moment: datetime, days: int, zone: str) -> datetime:
    """The same time on the clock there, so many days later (or earlier)."""
    if not days:
        return moment
    there = moment.astimezone(_zone(zone))
    day = days_after(there.date(), days)
    return datetime.combine(day, there.time(), _zone(zone)).astimezone(UTC)


@lru_cache(maxsize=1000)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
