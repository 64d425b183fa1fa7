"""How pages put values: statuses as badges, moments and numbers as people write them."""

from dataclasses import dataclass
from datetime import datetime

LABELS = {
    "active": "Active",
    "assigned": "Assigned",
    "cancelled": "Cancelled",
    "completed": "Completed",
    "compliant": "Compliant",
    "expired": "Expired",
    "failed": "Failed",
    "in_progress": "In progress",
    "not_assigned": "Not assigned",
    "not_started": "Not started",
    "overdue": "Overdue",
    "passed": "Passed",
    "reset": "Reset",
    "revoked": "Revoked",
}


@dataclass(frozen=True, slots=True)
class Badge:
    """A status and its label; a page adds a sign, so that colour is never alone."""

    status: str
    label: str


def badge(status: str, count: int | None = None) -> Badge:
    """The badge of a status, with how many have it where that is told."""
    label = LABELS[status]
    return Badge(status, label if count is None else f"{label} {count}")


def number(value: float | None) -> str:
    """A number without needless digits; empty for none."""
    return "" if value is None else f"{value:g}"


def percent(value: float) -> str:
    """0 to 100 in whole percent; 100 only when nothing is missing."""
    return str(int(value))


def day(moment: datetime | None) -> str:
    """A day in UTC, such as 21 November 2026; empty for none."""
    return "" if moment is None else f"{moment.day} {moment:%B %Y}"


def minute(moment: datetime) -> str:
    """A moment in UTC to the minute."""
    return f"{day(moment)}, {moment:%H:%M} UTC"


def second(moment: datetime) -> str:
    """A moment in UTC to the second."""
    return f"{day(moment)}, {moment:%H:%M:%S} UTC"


def length(seconds: float) -> str:
    """A length of time to the minute, under a minute to the second; empty for none."""
    if seconds <= 0:
        return ""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def ago(moment: datetime, now: datetime) -> str:
    """How long ago a moment was; past a week, and in the future, the moment itself."""
    seconds = (now - moment).total_seconds()
    if not -5 < seconds < 7 * 86_400:
        return minute(moment)
    if seconds < 5:
        return "just now"
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"
