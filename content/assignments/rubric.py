"""Grading by a rubric: what an instructor gives becomes a grade, or findings. Pure."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from content import findings
from content.assignments.assignment import ROUNDING, Assignment
from content.assignments.lateness import penalty
from content.assignments.submission import CriterionScore, Grade, Submission
from content.errors import RuleBroken
from content.findings import Finding


class Marking(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an instructor gives: points by criteria, their sum, or a total alone."""

    scores: tuple[CriterionScore, ...] = ()
    total_score: float | None = None
    feedback: str = ""


def grade(
    assignment: Assignment, submission: Submission, marking: Marking, by: str, at: datetime
) -> Grade:
    """The submission's next grade. Raises RuleBroken with everything that is wrong."""
    if wrong := broken(assignment, marking):
        raise RuleBroken(wrong)
    worth = total(marking)
    lost = min(penalty(assignment, submission.submitted_at), worth)
    final = round(worth - lost, 2)
    return Grade(
        number=len(submission.grades) + 1,
        scores=marking.scores,
        total_score=worth,
        penalty=round(lost, 2),
        final_score=final,
        max_score=assignment.max_score,
        passed=passes(assignment, final),
        feedback=marking.feedback,
        graded_by=by,
        graded_at=at,
    )


def passes(assignment: Assignment, final_score: float) -> bool | None:
    """Whether a score is enough; None where nobody passes or fails."""
    if assignment.passing_score is None:
        return None
    return final_score * 100 >= assignment.passing_score * assignment.max_score


def broken(assignment: Assignment, marking: Marking, *, whole: bool = True) -> list[Finding]:
    """Everything that is wrong with a marking; one that is not `whole` may lack what is to come."""
    return [
        *_criteria(assignment, marking.scores, whole=whole),
        *_total_score(assignment, marking, whole=whole),
        *findings.text("feedback", marking.feedback),
    ]


def total(marking: Marking) -> float:
    """What a whole marking gives."""
    return _sum(marking.scores) if marking.total_score is None else marking.total_score


def _criteria(
    assignment: Assignment, scores: Sequence[CriterionScore], *, whole: bool
) -> list[Finding]:
    most = {each.criteria: each.max_points for each in assignment.rubric}
    count = Counter(each.criteria for each in scores)
    found = []
    for position, each in enumerate(scores):
        where = f"scores/{position}"
        if each.criteria not in most:
            known = ", ".join(most) or "none: there is no rubric"
            found.append(
                Finding(where=f"{where}/criteria", detail=f"is no criterion; these are: {known}")
            )
        elif not 0 <= each.points <= most[each.criteria]:
            detail = f"must be from 0 to {most[each.criteria]:g}"
            found.append(Finding(where=f"{where}/points", detail=detail))
        if count[each.criteria] > 1:
            found.append(Finding(where=f"{where}/criteria", detail="must be given once"))
    if missing := [each for each in most if whole and scores and each not in count]:
        found.append(Finding(where="scores", detail=f"must have {', '.join(missing)} too"))
    return found


def _total_score(assignment: Assignment, marking: Marking, *, whole: bool) -> list[Finding]:
    given, scores = marking.total_score, marking.scores
    if given is None:
        needed = ["is required where there are no scores"] if whole and not scores else []
    elif not 0 <= given <= assignment.max_score:
        needed = [f"must be from 0 to {assignment.max_score:g}"]
    elif whole and scores and abs(given - _sum(scores)) > ROUNDING:
        needed = [f"must be the sum of the scores, {_sum(scores):g}"]
    else:
        needed = []
    return [Finding(where="total_score", detail=each) for each in needed]


def _sum(scores: Sequence[CriterionScore]) -> float:
    return sum(each.points for each in scores)
