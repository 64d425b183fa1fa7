"""What an assignment is, and the rules that it keeps."""

from datetime import datetime
from typing import ClassVar, Literal

from msgspec import UNSET, Struct, UnsetType

from content import findings
from content.documents import Document
from content.files.kinds import KINDS
from content.findings import Finding

PenaltyPer = Literal["submission", "day"]
CompletedOn = Literal["submitted", "graded", "passed"]
MOST_CRITERIA = 50
MOST_POINTS = 1_000_000
ROUNDING = 1e-6


class Criterion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of a rubric: what is looked at, and for how many points at most."""

    criteria: str
    max_points: float
    description: str = ""


class PeerReviewSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How learners review each other's work; without a rubric of its own by the assignment's."""

    reviews_per_submission: int = 2
    anonymous: bool = True
    rubric: tuple[Criterion, ...] = ()


class Assignment(Document, frozen=True, kw_only=True):
    """The work of one lesson.

    `passing_score` is in percent (None: nobody passes or fails). Without `due_date` nothing is
    late; what is handed in up to `grace_minutes` after it is not either. What is late is taken
    with `allow_late_submission`, and loses `late_penalty_percent` of `max_score`, once for the
    submission or for each day begun. No `allowed_file_types` means all that files are taken of.
    `max_submissions` None is the lesson's own limit. The lesson is completed once the work is
    `completed_on`: submitted, graded or passed. `allotments` counts how often peer reviews were
    given out; `reminded_of` is the due date that people were reminded of.
    """

    kind: ClassVar[str] = "assignment"
    sortable: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "due_date", "title")

    course_id: str
    lesson_id: str
    title: str
    description: str = ""
    due_date: datetime | None = None
    max_score: float = 100.0
    passing_score: float | None = None
    allow_late_submission: bool = False
    late_penalty_percent: float = 0.0
    late_penalty_per: PenaltyPer = "submission"
    grace_minutes: int = 0
    rubric: tuple[Criterion, ...] = ()
    allowed_file_types: tuple[str, ...] = ()
    max_file_size_mb: float | None = None
    max_files: int = 10
    max_submissions: int | None = None
    completed_on: CompletedOn = "graded"
    peer_review: PeerReviewSettings | None = None
    archived_at: datetime | None = None
    allotments: int = 0
    reminded_of: datetime | None = None


class AssignmentDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new assignment."""

    lesson_id: str
    title: str
    description: str = ""
    due_date: datetime | None = None
    max_score: float = 100.0
    passing_score: float | None = None
    allow_late_submission: bool = False
    late_penalty_percent: float = 0.0
    late_penalty_per: PenaltyPer = "submission"
    grace_minutes: int = 0
    rubric: tuple[Criterion, ...] = ()
    allowed_file_types: tuple[str, ...] = ()
    max_file_size_mb: float | None = None
    max_files: int = 10
    max_submissions: int | None = None
    completed_on: CompletedOn = "graded"
    peer_review: PeerReviewSettings | None = None


class AssignmentChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays."""

    title: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    due_date: datetime | UnsetType | None = UNSET
    max_score: float | UnsetType = UNSET
    passing_score: float | UnsetType | None = UNSET
    allow_late_submission: bool | UnsetType = UNSET
    late_penalty_percent: float | UnsetType = UNSET
    late_penalty_per: PenaltyPer | UnsetType = UNSET
    grace_minutes: int | UnsetType = UNSET
    rubric: tuple[Criterion, ...] | UnsetType = UNSET
    allowed_file_types: tuple[str, ...] | UnsetType = UNSET
    max_file_size_mb: float | UnsetType | None = UNSET
    max_files: int | UnsetType = UNSET
    max_submissions: int | UnsetType | None = UNSET
    completed_on: CompletedOn | UnsetType = UNSET
    peer_review: PeerReviewSettings | UnsetType | None = UNSET


class AssignmentFilter(Struct, frozen=True, kw_only=True):
    """Which assignments, of those that are not archived."""

    course_id: str | None = None
    lesson_id: str | None = None


def broken(assignment: Assignment) -> list[Finding]:
    """Everything that is wrong with an assignment."""
    return [
        *findings.title("title", assignment.title),
        *findings.text("description", assignment.description),
        *findings.moment("due_date", assignment.due_date),
        *_bounds(assignment),
        *_rubric("rubric", assignment.rubric),
        *_sum(assignment),
        *_peer_review(assignment.peer_review),
        *_file_types(assignment.allowed_file_types),
        *_completion(assignment),
    ]


def _bounds(assignment: Assignment) -> list[Finding]:
    bounds: tuple[tuple[str, float | None, float, float], ...] = (
        ("max_score", assignment.max_score, 0.01, MOST_POINTS),
        ("passing_score", assignment.passing_score, 0, 100),
        ("late_penalty_percent", assignment.late_penalty_percent, 0, 100),
        ("grace_minutes", assignment.grace_minutes, 0, 60 * 24 * 366),
        ("max_file_size_mb", assignment.max_file_size_mb, 0.001, 65_536),
        ("max_files", assignment.max_files, 0, 100),
        ("max_submissions", assignment.max_submissions, 1, 1000),
    )
    return [
        Finding(where=where, detail=f"must be from {least:g} to {most:g}")
        for where, value, least, most in bounds
        if value is not None and not least <= value <= most
    ]


def _rubric(where: str, rubric: tuple[Criterion, ...]) -> list[Finding]:
    """Its criteria have names of their own, and are worth something."""
    found, seen = [], set[str]()
    if len(rubric) > MOST_CRITERIA:
        found.append(Finding(where=where, detail=f"must have at most {MOST_CRITERIA} criteria"))
    for position, each in enumerate(rubric):
        place, name = f"{where}/{position}", each.criteria.strip().casefold()
        found += findings.title(f"{place}/criteria", each.criteria)
        if name in seen:
            found.append(Finding(where=f"{place}/criteria", detail="is another criterion's name"))
        seen.add(name)
        if not 0 < each.max_points <= MOST_POINTS:
            found.append(Finding(where=f"{place}/max_points", detail="must be more than 0"))
    return found


def _sum(assignment: Assignment) -> list[Finding]:
    total, score = sum(each.max_points for each in assignment.rubric), assignment.max_score
    if not assignment.rubric or abs(total - score) <= ROUNDING:
        return []
    detail = f"must add up to max_score: {total:g} is not {score:g}"
    return [Finding(where="rubric", detail=detail)]


def _peer_review(settings: PeerReviewSettings | None) -> list[Finding]:
    if settings is None:
        return []
    found = _rubric("peer_review/rubric", settings.rubric)
    if not 1 <= settings.reviews_per_submission <= 20:
        where = "peer_review/reviews_per_submission"
        found.append(Finding(where=where, detail="must be from 1 to 20"))
    return found


def _file_types(extensions: tuple[str, ...]) -> list[Finding]:
    taken = ", ".join(sorted(KINDS))
    return [
        Finding(where=f"allowed_file_types/{position}", detail=f"must be one of {taken}")
        for position, each in enumerate(extensions)
        if each not in KINDS
    ]


def _completion(assignment: Assignment) -> list[Finding]:
    if assignment.completed_on == "passed" and assignment.passing_score is None:
        return [Finding(where="completed_on", detail="passed needs a passing_score")]
    return []
