"""What was handed in, and how it was graded."""

from datetime import datetime
from typing import ClassVar

from msgspec import Struct

from content.telling.outbox import Telling

STATUSES = ("submitted", "graded")


class CriterionScore(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The points that one criterion was given."""

    criteria: str
    points: float


class Grade(Struct, frozen=True, kw_only=True):
    """One grading; `number` counts from 1 for a submission.

    `total_score` is what the work is worth, `penalty` what lateness costs, `final_score` the
    rest, out of `max_score`. `passed` is None where nobody passes or fails. `statements` are the
    ids of those that tell score and verdict: another grading voids them. `completes` says that
    the lesson was completed by it.
    """

    number: int
    scores: tuple[CriterionScore, ...]
    total_score: float
    penalty: float
    final_score: float
    max_score: float
    passed: bool | None
    feedback: str
    graded_by: str
    graded_at: datetime
    statements: tuple[str, ...] = ()
    completes: bool = False


class Submission(Telling, frozen=True, kw_only=True):
    """Work that a person handed in; `number` counts the person's from 1.

    `registration` is that of the attempt on the lesson that it is. `submitted_at` is when it
    began to arrive. `grades` are all gradings, the last one in force.
    """

    kind: ClassVar[str] = "submission"
    sortable: ClassVar[tuple[str, ...]] = ("submitted_at", "updated_at")

    assignment_id: str
    course_id: str
    lesson_id: str
    enrollment_id: str
    person_id: str
    registration: str
    number: int
    submitted_at: datetime
    submitted_by: str
    text: str = ""
    notes: str = ""
    file_ids: tuple[str, ...] = ()
    status: str = "submitted"
    grades: tuple[Grade, ...] = ()

    @property
    def grade(self) -> Grade | None:
        """The grading in force."""
        return self.grades[-1] if self.grades else None


class SubmissionFilter(Struct, frozen=True, kw_only=True):
    """Which submissions: all that is given must hold."""

    assignment_id: str | None = None
    person_id: str | None = None
    course_id: str | None = None
    status: str | None = None
