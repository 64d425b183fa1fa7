"""Time intervals (RTE 4, 4.1.1.7: timeinterval(second,10,2)) and their sum.

A year counts 365 days and a month 30: the standard gives no date to count them from.
"""

import re
from decimal import Decimal

_INTERVAL = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
_SECONDS = (365 * 86400, 30 * 86400, 86400, 3600, 60, 1)


def seconds(interval: str) -> Decimal:
    """The length of an interval; raises ValueError."""
    found = _INTERVAL.fullmatch(interval)
    if found is None:
        raise ValueError(interval)
    return sum(
        (Decimal(part or 0) * unit for part, unit in zip(found.groups(), _SECONDS, strict=True)),
        Decimal(0),
    )


def written(length: Decimal) -> str:
    """An interval in days, hours, minutes and seconds."""
    whole, fraction = divmod(length, 1)
    minutes, rest = divmod(int(whole), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    remaining = f"{(rest + fraction).normalize():f}"
    date = f"{days}D" if days else ""
    return f"P{date}T{hours}H{minutes}M{remaining}S"


def add(one: str, other: str) -> str:
    """The sum of two intervals."""
    return written(seconds(one) + seconds(other))
