"""Periods that end now, and the days in them; pure. Days are those of UTC."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final

from msgspec import Struct

DAYS: Final = {"7d": 7, "30d": 30, "90d": 90, "1y": 365}
ALL: Final = "all"
PERIODS: Final = (*DAYS, ALL)
LONGEST_TIMELINE: Final = 366


class Period(Struct, frozen=True, kw_only=True):
    """From a moment (None: from the beginning) to another, the present."""

    since: datetime | None
    until: datetime

    @property
    def earlier(self) -> "Period | None":
        """The period of the same length before; None before the beginning."""
        if self.since is None:
            return None
        return Period(since=self.since - (self.until - self.since), until=self.since)

    def days(self, first: datetime | None) -> list[date]:
        """The days of the period, from the `first` of which something is known; the last year's."""
        since = self.since or first
        if since is None:
            return []
        begun = max(since.date(), self.until.date() - timedelta(days=LONGEST_TIMELINE - 1))
        count = (self.until.date() - begun).days + 1
        return [begun + timedelta(days=number) for number in range(count)]


def period_of(name: str, until: datetime) -> Period:
    """The period of a name in PERIODS, up to a moment."""
    days = DAYS.get(name)
    return Period(since=None if days is None else until - timedelta(days=days), until=until)


def streak(days: Collection[int], today: int) -> int:
    """How many days in a row, up to today or yesterday, are among these (ordinals)."""
    known = set(days)
    last = today if today in known else today - 1
    count = 0
    while last - count in known:
        count += 1
    return count


def longest_streak(days: Collection[int]) -> int:
    """The most days in a row."""
    longest, known = 0, set(days)
    for day in known:
        if day - 1 not in known:
            longest = max(longest, streak(known, _last(known, day)))
    return longest


def trend(now: int, before: int) -> float | None:
    """The change in percent; None where there was nothing before."""
    return round(100 * (now - before) / before, 1) if before else None


def _last(known: Collection[int], day: int) -> int:
    while day + 1 in known:
        day += 1
    return day
