"""Figures of a course: each is what its definition says."""

from datetime import UTC, datetime, timedelta

import pytest

from content.analytics.activity import grid, pipeline
from content.analytics.at_risk import at_risk
from content.analytics.funnel import funnel
from content.analytics.learners import Learner, Try
from content.analytics.scores import cohorts, distribution
from content.quizzes.statistics import upper_lower

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LESSONS = (("a", "What burns"), ("b", "Extinguishers"))


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def learner(name: str, *tries: Try, last: float | None = None, **fields: object) -> Learner:
    told = {
        "id": name,
        "person_id": f"person_{name}",
        "enrolled_at": ago(30),
        "started_at": None if last is None else ago(29),
        "last_activity_at": None if last is None else ago(last),
        "tries": tries,
        **fields,
    }
    return Learner(**told)  # type: ignore[arg-type]


DONE = learner(
    "done",
    Try(lesson_id="a", completed_at=ago(20), seconds=600),
    Try(lesson_id="b", completed_at=ago(20), seconds=60),
    last=20,
    completed_at=ago(20),
    score=100.0,
    progress=100.0,
    cohort_id="spring",
)
STOPPED = learner(
    "stopped",
    Try(lesson_id="a", completed_at=ago(16), seconds=900),
    Try(lesson_id="a", seconds=900),
    Try(lesson_id="b"),
    last=15,
    progress=50.0,
    score=19.9,
)
BUSY = learner("busy", Try(lesson_id="b", failed_at=ago(1)), last=1, progress=5.0, score=20.0)
NEW = learner("new", enrolled_at=ago(3))
ALL = (DONE, STOPPED, BUSY, NEW)


def test_a_funnel_counts_people_and_not_attempts() -> None:
    made = funnel(ALL, LESSONS, NOW)
    assert (made.enrolled, made.began, made.completed) == (4, 3, 1)
    first, second = made.lessons
    assert (first.began, first.completed, first.stopped, first.drop_rate) == (2, 2, 0, 0.0)
    assert (first.median_minutes, first.mean_minutes) == (20.0, 20.0)
    assert (second.began, second.completed, second.stopped, second.drop_rate) == (3, 1, 1, 33.3)


def test_scores_fall_into_bins_that_do_not_overlap() -> None:
    made = distribution(ALL)
    assert made.bins == (0, 1, 1, 0, 0, 0, 0, 0, 0, 1)
    assert (made.count, made.median, made.mean) == (3, 20.0, 46.6)
    assert distribution(()).mean is None


def test_cohorts_are_compared_by_rates_and_those_in_none_come_last() -> None:
    spring, none = cohorts(ALL, {"spring": "Spring"}, NOW)
    assert (spring.name, spring.enrolled, spring.completion_rate) == ("Spring", 1, 100.0)
    assert (spring.mean_days, spring.active_rate) == (10.0, 0.0)
    assert (none.cohort_id, none.enrolled, none.began_rate) == (None, 3, 66.7)
    assert (none.active_rate, none.mean_days) == (33.3, None)


def test_who_is_at_risk_is_told_with_every_reason() -> None:
    late = learner(
        "late",
        Try(lesson_id="b", failed_at=ago(20)),
        Try(lesson_id="b", failed_at=ago(19)),
        Try(lesson_id="a", failed_at=ago(19)),
        Try(lesson_id="a", failed_at=ago(18)),
        Try(lesson_id="a", passed_at=ago(18)),
        last=18,
        progress=40.0,
        expires_at=NOW + timedelta(days=10),
    )
    over = learner("over", expires_at=ago(1))
    found = at_risk((*ALL, late, over), {"spring": ago(1)}, {}, dict(LESSONS), NOW)
    assert [(each.enrollment_id, [one.code for one in each.reasons]) for each in found] == [
        ("late", ["behind", "inactive", "failing"]),
        ("stopped", ["inactive"]),
    ]
    assert [each.words for each in found[0].reasons] == [
        "40 % through when 75 % of the time to 1 December 2026 is over",
        "did nothing in the course for 18 days",
        "failed Extinguishers 2 times",
    ]


def test_a_cohort_that_has_ended_and_a_week_without_a_beginning_are_told() -> None:
    waits = learner("waits", enrolled_at=ago(7), cohort_id="spring")
    (found,) = at_risk((waits,), {"spring": ago(1)}, {}, {}, NOW)
    assert [each.code for each in found.reasons] == ["overdue", "not_begun"]
    assert found.due_at == ago(1)
    (asked,) = at_risk((waits,), {}, {"person_waits": ago(2)}, {}, NOW)
    assert asked.due_at == ago(2)


def test_activity_lies_in_a_week_that_begins_on_monday() -> None:
    rows = [
        {"_id": {"weekday": 1, "hour": 23}, "count": 2},
        {"_id": {"weekday": 2, "hour": 0}, "count": 3},
    ]
    made = grid(rows)
    assert (made[6][23], made[0][0], sum(map(sum, made))) == (2, 3, 5)
    stages = pipeline(["https://example.org/a"], NOW, "Asia/Tokyo")
    assert stages[0]["$match"]["stored"] == {"$gt": {"$date": "2026-11-21T12:00:00Z"}}


def test_a_question_tells_the_best_from_the_worst_by_the_ends() -> None:
    totals = [each / 10 for each in range(10)]
    shares = [0.0] * 5 + [1.0] * 5
    assert upper_lower(totals, shares) == 1.0
    assert upper_lower(totals, [1.0] * 10) == 0.0
    assert upper_lower(totals[:3], shares[:3]) is None


def test_equal_totals_count_alike_in_whatever_order_they_come() -> None:
    """The best three of ten: one with 1.0 and two of the four with 0.5, who earn 3/4 on average:
    (1 + 3/4 + 3/4) / 3. The worst three are three of the five with 0.0, who earn 1/5.
    """
    made = [(1.0, 1.0), *[(0.5, 1.0)] * 3, (0.5, 0.0), (0.0, 1.0), *[(0.0, 0.0)] * 4]
    for each in (made, made[::-1]):
        totals, shares = zip(*each, strict=True)
        assert upper_lower(totals, shares) == pytest.approx(2.5 / 3 - 1 / 5)
    assert upper_lower([0.5] * 4, [1.0, 0.0, 1.0, 0.0]) == 0.0
