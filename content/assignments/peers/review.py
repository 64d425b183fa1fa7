"""One person's review of another's work."""

from datetime import datetime
from typing import ClassVar

from msgspec import Struct, structs

from content.assignments.assignment import Assignment
from content.assignments.submission import CriterionScore
from content.telling.outbox import Telling

STATUSES = ("assigned", "draft", "submitted")


class Flag(Struct, frozen=True, kw_only=True):
    """What a reviewer finds improper in the work."""

    reason: str
    flagged_at: datetime


class PeerReview(Telling, frozen=True, kw_only=True):
    """A review: assigned, begun (draft), then submitted.

    `total_score` is out of what the rubric adds up to. A `dismissed` one does not count, by an
    instructor's decision.
    """

    kind: ClassVar[str] = "peer_review"
    sortable: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "submitted_at")

    assignment_id: str
    course_id: str
    lesson_id: str
    submission_id: str
    author_id: str
    reviewer_id: str
    anonymous: bool
    status: str = "assigned"
    scores: tuple[CriterionScore, ...] = ()
    total_score: float | None = None
    comments: str = ""
    submitted_at: datetime | None = None
    flag: Flag | None = None
    dismissed_at: datetime | None = None
    dismissed_by: str | None = None

    @property
    def counts(self) -> bool:
        """Whether it is one of those that a grade may be made of."""
        return self.status == "submitted" and self.dismissed_at is None


class PeerReviewFilter(Struct, frozen=True, kw_only=True):
    """Which reviews: all that is given must hold."""

    assignment_id: str | None = None
    reviewer_id: str | None = None
    author_id: str | None = None
    submission_id: str | None = None
    status: str | None = None
    flagged: bool | None = None


def scale(assignment: Assignment) -> Assignment:
    """The assignment as its reviewers mark it: by the rubric for them, where it has one."""
    settings = assignment.peer_review
    if settings is None or not settings.rubric:
        return assignment
    highest = sum(each.max_points for each in settings.rubric)
    return structs.replace(assignment, rubric=settings.rubric, max_score=highest)
