"""What the reviews of one piece of work come to together. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from content.assignments.assignment import Assignment
from content.assignments.peers.review import PeerReview, scale
from content.assignments.submission import CriterionScore


class Aggregate(Struct, frozen=True, kw_only=True):
    """The mean of the reviews that count, in points of the assignment; None without any.

    `scores` are the criteria's means, where the reviewers mark by the assignment's own rubric.
    """

    reviews: int
    total_score: float | None
    scores: tuple[CriterionScore, ...] = ()


def aggregate(assignment: Assignment, reviews: Sequence[PeerReview]) -> Aggregate:
    """What the reviews come to."""
    counted = [each for each in reviews if each.counts and each.total_score is not None]
    if not counted:
        return Aggregate(reviews=0, total_score=None)
    scores = _means(assignment, counted)
    if scores:
        total = sum(each.points for each in scores)
    else:
        ratio = _mean([each.total_score or 0.0 for each in counted]) / scale(assignment).max_score
        total = ratio * assignment.max_score
    return Aggregate(reviews=len(counted), total_score=round(total, 2), scores=scores)


def _means(assignment: Assignment, reviews: Sequence[PeerReview]) -> tuple[CriterionScore, ...]:
    own = scale(assignment).rubric == assignment.rubric
    if not own or not all(each.scores for each in reviews):
        return ()
    points = [{each.criteria: each.points for each in review.scores} for review in reviews]
    return tuple(
        CriterionScore(
            criteria=criterion.criteria,
            points=round(_mean([each.get(criterion.criteria, 0.0) for each in points]), 2),
        )
        for criterion in assignment.rubric
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
