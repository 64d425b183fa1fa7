"""Statistics of questions, against their definitions worked out by hand."""

from datetime import UTC, datetime
from typing import Any

import pytest

from content.quizzes.attempts import Line, QuizAttempt
from content.quizzes.outcome import Worth, outcome
from content.quizzes.paper import AS_WRITTEN
from content.quizzes.rules import Rules
from content.quizzes.statistics import QuizStatistics, Tally

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def _attempt(earned: list[float], given: list[Any], kinds: list[str] | None = None) -> QuizAttempt:
    """An attempt at questions of 10 points each."""
    kinds = kinds or ["multiple_choice"] * len(earned)
    lines = tuple(
        Line(question_id=f"q{n}", type=kind, points=10, given=answer, points_earned=points)
        for n, (points, answer, kind) in enumerate(zip(earned, given, kinds, strict=True))
    )
    rules = Rules(passing_score=50)
    return QuizAttempt(
        id="a",
        organization_id="o",
        created_at=NOON,
        updated_at=NOON,
        quiz_id="z",
        person_id="p",
        lesson_id=None,
        course_id=None,
        enrollment_id=None,
        registration=None,
        attempt_number=1,
        edition=1,
        rules=rules,
        layout=AS_WRITTEN,
        lines=lines,
        started_at=NOON,
        status="submitted",
        time_taken_seconds=60,
        outcome=outcome([Worth(each.points, each.points_earned, False) for each in lines], rules),
    )


def _statistics(*attempts: QuizAttempt) -> QuizStatistics:
    tally = Tally()
    for each in attempts:
        tally.add(each)
    return tally.statistics()


def test_figures_are_as_they_are_defined() -> None:
    found = _statistics(
        _attempt([10, 10, 0], ["a", "x", "m"]),
        _attempt([10, 0, 5], ["a", "y", None]),
        _attempt([0, 0, 10], ["b", "y", "n"]),
        _attempt([10, 10, 5], ["a", "x", "n"]),
    )
    assert (found.attempts, found.passed, found.failed) == (4, 3, 1)
    assert found.mean_score == pytest.approx((66.67 + 50 + 33.33 + 83.33) / 4, abs=0.01)
    first, second, third = found.questions
    assert (first.facility_index, second.facility_index, third.facility_index) == (75, 50, 50)
    assert first.standard_deviation == 43.3
    # x = 1, 1, 0, 1; y = .5, .25, .5, .75: covariance 0, so no discrimination.
    assert first.discrimination_index == 0
    # x = 1, 0, 0, 1; y = .5, .75, .5, .75: covariance 0 as well.
    assert second.discrimination_index == 0
    # x = 0, .5, 1, .5; y = 1, .5, 0, 1: who does well elsewhere does badly here.
    assert third.discrimination_index == pytest.approx(-85.28, abs=0.01)
    assert first.option_counts == {"a": 3, "b": 1}
    assert [(each.answer, each.count) for each in third.answers] == [("n", 2), ("m", 1), (None, 1)]
    assert (third.answered, third.attempts) == (3, 4)
    # Variances in points: 18.75, 25, 12.5; of the totals 20, 15, 10, 25: 31.25.
    assert found.reliability == pytest.approx(3 / 2 * (1 - 56.25 / 31.25), abs=1e-4)


def test_what_is_undefined_is_none() -> None:
    nothing = _statistics()
    assert (nothing.attempts, nothing.mean_score, nothing.reliability) == (0, None, None)
    alone = _statistics(_attempt([10, 0], ["a", "b"]))
    assert [each.discrimination_index for each in alone.questions] == [None, None]
    assert [each.mean_seconds for each in alone.questions] == [None, None]
    same = _statistics(*[_attempt([10, 0], ["a", "b"])] * 3)
    assert same.reliability is None


def test_texts_of_people_are_no_options() -> None:
    found = _statistics(_attempt([5, 10], ["A whole life", ["x"]], ["essay", "fill_blank"]))
    essay, blank = found.questions
    assert (essay.answers, essay.option_counts, blank.option_counts) == ((), {}, {})
    assert [each.answer for each in blank.answers] == [["x"]]
