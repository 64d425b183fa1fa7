"""When a learner may see the right answers."""

from datetime import datetime
from typing import Literal, get_args

from content.identity import now

ShowCorrectAnswers = Literal["never", "after_submission", "after_passing", "after_due", "always"]
POLICIES: tuple[str, ...] = get_args(ShowCorrectAnswers)


def beforehand(policy: str) -> bool:
    """Whether the right answers may be seen without an attempt."""
    return policy == "always"


def afterwards(policy: str, *, submitted: bool, passed: bool, due_at: datetime | None) -> bool:
    """Whether the right answers may be seen in an attempt.

    A quiz that never closes has no time after it is due.
    """
    if policy == "always":
        return True
    if not submitted:
        return False
    if policy == "after_due":
        return due_at is not None and due_at <= now()
    return policy == "after_submission" or (policy == "after_passing" and passed)
