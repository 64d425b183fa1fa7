"""The statuses that somebody can have under a requirement, in the order in which they are shown."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from content.progress.rollup import Standing

NOT_ASSIGNED: Final = "not_assigned"
ASSIGNED: Final = "assigned"
IN_PROGRESS: Final = "in_progress"
COMPLIANT: Final = "compliant"
DUE_SOON: Final = "due_soon"
OVERDUE: Final = "overdue"
EXPIRED: Final = "expired"
WAIVED: Final = "waived"
STATUSES: Final = (
    NOT_ASSIGNED,
    ASSIGNED,
    IN_PROGRESS,
    COMPLIANT,
    DUE_SOON,
    OVERDUE,
    EXPIRED,
    WAIVED,
)


def status_at(
    *, assigned: bool, due_at: datetime | None, standing: Standing | None, moment: datetime
) -> str:
    """not_assigned, assigned, in_progress, compliant or overdue, at the moment.

    Completed late is compliant: the due date decides only over what is not done. Due is the last
    moment that is still in time.
    """
    if not assigned:
        return NOT_ASSIGNED
    if standing and standing.completed_at is not None and standing.completed_at <= moment:
        return COMPLIANT
    if due_at is not None and moment > due_at:
        return OVERDUE
    if standing and standing.started_at is not None and standing.started_at <= moment:
        return IN_PROGRESS
    return ASSIGNED


def telling(standings: Iterable[Standing]) -> Standing | None:
    """Of a person's enrollments in the course, the one that counts.

    The earliest completion; without one, the enrollment in which most is done.
    """
    return min(standings, key=_weight, default=None)


def _weight(standing: Standing) -> tuple[bool, float, float]:
    completed_at = standing.completed_at
    moment = completed_at.timestamp() if completed_at else 0.0
    return completed_at is None, moment, -standing.progress
