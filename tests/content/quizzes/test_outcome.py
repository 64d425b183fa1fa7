"""Outcomes: a verdict is given only when nothing that is pending can change it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from content.quizzes.outcome import Worth, completes, outcome
from content.quizzes.rules import Rules

_cents = st.integers(0, 40)


@st.composite
def _worths(draw: st.DrawFn) -> list[Worth]:
    found = []
    for _ in range(draw(st.integers(0, 6))):
        points, pending = draw(_cents), draw(st.booleans())
        earned = 0 if pending else draw(st.integers(0, points))
        found.append(Worth(points / 4, earned / 4, pending))
    return found


def _reviewed(worths: list[Worth], share: float) -> list[Worth]:
    return [
        Worth(each.points, each.points * share, False) if each.pending else each for each in worths
    ]


@settings(max_examples=60)
@given(_worths(), st.integers(0, 100))
def test_a_verdict_holds_however_the_rest_is_reviewed(worths: list[Worth], passing: int) -> None:
    rules = Rules(passing_score=passing)
    least = outcome(_reviewed(worths, 0), rules).passed
    most = outcome(_reviewed(worths, 1), rules).passed
    found = outcome(worths, rules)
    assert found.passed == (least if least == most else None)
    assert found.pending_review == sum(each.pending for each in worths)
    assert found.score is None or 0 <= found.score <= 100


def test_without_a_passing_score_there_is_no_verdict_and_any_submission_completes() -> None:
    found = outcome([Worth(10, 10, False)], Rules())
    assert (found.passed, found.score) == (None, 100)
    assert completes(found, Rules())
    failed = outcome([Worth(10, 0, False)], Rules(passing_score=1))
    assert not completes(failed, Rules(passing_score=1))
    assert completes(failed, Rules(passing_score=1, completes_on="submission"))


def test_thirds_add_up() -> None:
    worths = [Worth(1 / 3, 1 / 3, False)] * 3
    assert outcome(worths, Rules(passing_score=100)).passed is True
