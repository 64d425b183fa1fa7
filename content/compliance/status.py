"""The statuses that somebody can have under a requirement, in the order in which they are shown."""

from typing import Final

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
