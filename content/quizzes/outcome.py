"""What an attempt comes to: points, score, and whether it is passed. Pure."""

from collections.abc import Iterable

from msgspec import Struct

from content.quizzes.rules import Rules

_CLOSE = 1e-9


class Worth(Struct, frozen=True):
    """What one answer may earn, has earned, and whether a person has yet to say."""

    points: float
    earned: float
    pending: bool


class Outcome(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The state of an attempt.

    `score` is in percent of all points, those that are pending earning nothing yet; None where
    there is nothing to earn. `passed` is None without a passing score, and as long as pending
    answers may decide it either way.
    """

    points_earned: float = 0.0
    total_points: float = 0.0
    score: float | None = None
    passed: bool | None = None
    pending_review: int = 0


def outcome(worths: Iterable[Worth], rules: Rules) -> Outcome:
    """What the answers come to under the rules."""
    found = list(worths)
    earned = sum(each.earned for each in found)
    total = sum(each.points for each in found)
    undecided = sum(each.points for each in found if each.pending)
    return Outcome(
        points_earned=round(earned, 6),
        total_points=total,
        score=round(100 * earned / total, 2) if total else None,
        passed=_passed(earned, undecided, total, rules.passing_score),
        pending_review=sum(each.pending for each in found),
    )


def completes(found: Outcome, rules: Rules) -> bool:
    """Whether the attempt completes the quiz."""
    if rules.completes_on == "submission" or rules.passing_score is None:
        return True
    return found.passed is True


def _passed(earned: float, undecided: float, total: float, passing: float | None) -> bool | None:
    if passing is None:
        return None
    needed = total * passing / 100 - _CLOSE
    if earned >= needed:
        return True
    return False if earned + undecided < needed else None
