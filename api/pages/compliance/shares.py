"""How people stand, as bars and badges: from counts of statuses to shares of a hundred."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from api.pages.wording import Badge, badge
from content.compliance.status import (
    ASSIGNED,
    COMPLIANT,
    DUE_SOON,
    EXPIRED,
    IN_PROGRESS,
    NOT_ASSIGNED,
    OVERDUE,
    WAIVED,
)

ORDER: Final = (COMPLIANT, WAIVED, IN_PROGRESS, ASSIGNED, DUE_SOON, EXPIRED, OVERDUE)
GOOD: Final = (COMPLIANT, WAIVED)
LATE: Final = (OVERDUE, EXPIRED)
SHORT: Final = {
    NOT_ASSIGNED: "\N{EN DASH}",
    ASSIGNED: "to do",
    IN_PROGRESS: "begun",
    COMPLIANT: "done",
    DUE_SOON: "soon",
    OVERDUE: "late",
    EXPIRED: "expired",
    WAIVED: "waived",
}
"""Statuses in a cell of the matrix."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many people have a status; `offset` and `width` place it in a bar of 100."""

    badge: Badge
    count: int
    offset: float
    width: float


def shares(counts: Mapping[str, int]) -> list[Share]:
    """The statuses that somebody has, side by side in a bar of 100."""
    total = assigned(counts)
    placed: list[Share] = []
    offset = 0.0
    for status in ORDER:
        if count := counts.get(status, 0):
            width = 100 * count / total
            placed.append(Share(badge(status, count), count, round(offset, 3), round(width, 3)))
            offset += width
    return placed


def assigned(counts: Mapping[str, int]) -> int:
    """How many people a requirement concerns."""
    return sum(counts.get(status, 0) for status in ORDER)


def fulfilled(counts: Mapping[str, int]) -> float | None:
    """The part that is compliant or waived, in percent; None for nobody."""
    total = assigned(counts)
    return 100 * sum(counts.get(each, 0) for each in GOOD) / total if total else None


def late(counts: Mapping[str, int]) -> int:
    """How many are overdue or expired."""
    return sum(counts.get(each, 0) for each in LATE)


def added(several: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Counts of several requirements in one."""
    total = dict.fromkeys(ORDER, 0)
    for counts in several:
        for status in ORDER:
            total[status] += counts.get(status, 0)
    return total


def in_percent(part: float | None) -> str:
    """A part in whole percent, 100 only where nothing is missing; a dash for none."""
    return "\N{EN DASH}" if part is None else f"{int(part)} %"
