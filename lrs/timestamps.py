"""Times and durations: ISO 8601 text to and from microseconds since 1970, UTC (Data 4.5, 4.6)."""

import re
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000_000

_FIRST = -62_135_596_800 * SECOND
_BEYOND = 253_402_300_800 * SECOND

_LEAP_SECOND = re.compile(r"(T\d\d:?\d\d:?)60")
_DURATION_PART = re.compile(r"(\d+(?:[.,]\d+)?)([YMWDHS])")
_YEAR = 31_556_952.0
_DATE_UNITS = {"Y": _YEAR, "M": _YEAR / 12, "W": 604_800.0, "D": 86_400.0}
_TIME_UNITS = {"H": 3_600.0, "M": 60.0, "S": 1.0}


def now() -> int:
    """Return the present in microseconds since 1970."""
    return time.time_ns() // 1000


def parse_timestamp(text: str) -> int:
    """Return the instant in microseconds; a time without an offset is read as UTC.

    Raises:
        ValueError: there is no such date in the calendar of the years 1 to 9999, in UTC, or the
            text is no ISO 8601 time.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime.fromisoformat(_LEAP_SECOND.sub(r"\g<1>59", text))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    since = moment - EPOCH
    instant = (since.days * 86_400 + since.seconds) * SECOND + since.microseconds
    if not _FIRST <= instant < _BEYOND:
        raise ValueError("the year is outside the calendar")
    return instant


def in_utc(text: str) -> str:
    """Return an RFC 3339 time in UTC, its fraction as it was.

    Raises:
        ValueError: as parse_timestamp.
    """
    if text.endswith("Z"):
        return text
    local, offset = text[:-6], text[-6:]
    whole, point, fraction = local.partition(".")
    return f"{_to_the_second(parse_timestamp(whole + offset) // SECOND)}{point}{fraction}Z"


def format_timestamp(microseconds: int) -> str:
    """Return the instant as ISO 8601 in UTC, to the microsecond."""
    seconds, fraction = divmod(microseconds, SECOND)
    return f"{_to_the_second(seconds)}.{fraction:06d}Z"


def as_datetime(microseconds: int) -> datetime:
    """Return the instant as an aware datetime in UTC."""
    return EPOCH + timedelta(microseconds=microseconds)


def as_microseconds(moment: datetime) -> int:
    """Return an aware datetime in microseconds since 1970."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def parse_duration(text: str) -> float:
    """Return an ISO 8601 duration in seconds; a year counts as 365.2425 days."""
    date, _, clock = text[1:].partition("T")
    return _sum(date, _DATE_UNITS) + _sum(clock, _TIME_UNITS)


def _sum(parts: str, units: dict[str, float]) -> float:
    return sum(
        float(number.replace(",", ".")) * units[unit]
        for number, unit in _DURATION_PART.findall(parts)
    )


@lru_cache(maxsize=64)
def _to_the_second(seconds: int) -> str:
    return (EPOCH + timedelta(seconds=seconds)).replace(tzinfo=None).isoformat()
