"""When a schedule's next run is: daily, weekly or monthly at an hour of a time zone. Pure."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo, available_timezones

from msgspec import Struct

from content import findings
from content.findings import Finding

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Timing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At `hour` and `minute` in `time_zone`: each day, each week on `weekday`, or each month on
    `day` (1 to 31; the last of a month that is shorter).

    Where the clocks leave an hour out the run is at the moment that hour would have been; where
    they repeat one, at the first of both.
    """

    every: Literal["day", "week", "month"]
    hour: int = 6
    minute: int = 0
    weekday: str = "monday"
    day: int = 1
    time_zone: str = "UTC"


def next_run(timing: Timing, after: datetime) -> datetime:
    """The first run after a moment, in UTC. However many were missed, there is one."""
    today = after.astimezone(ZoneInfo(timing.time_zone)).date()
    for ahead in range(64):
        day = today + timedelta(days=ahead)
        run = _at(timing, day)
        if _on(timing, day) and run > after:
            return run
    raise ValueError(timing)


def broken(timing: Timing) -> list[Finding]:
    """What is wrong with a timing."""
    found = findings.one_of("weekday", timing.weekday, WEEKDAYS)
    for name, value, low, high in (
        ("hour", timing.hour, 0, 23),
        ("minute", timing.minute, 0, 59),
        ("day", timing.day, 1, 31),
    ):
        if not low <= value <= high:
            found.append(Finding(where=name, detail=f"must be from {low} to {high}"))
    if timing.time_zone not in available_timezones():
        detail = "must be a time zone of the IANA database, such as Europe/Berlin"
        found.append(Finding(where="time_zone", detail=detail))
    return found


def _on(timing: Timing, day: date) -> bool:
    match timing.every:
        case "day":
            return True
        case "week":
            return WEEKDAYS[day.weekday()] == timing.weekday
    last = calendar.monthrange(day.year, day.month)[1]
    return day.day == min(timing.day, last)


def _at(timing: Timing, day: date) -> datetime:
    local = datetime.combine(day, time(timing.hour, timing.minute), ZoneInfo(timing.time_zone))
    return local.astimezone(UTC)
