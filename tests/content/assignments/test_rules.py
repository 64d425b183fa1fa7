"""The rules of assignments: what one may be, when work is late, and how it is graded."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import structs

from content.assignments import Assignment, Criterion
from content.assignments.assignment import broken
from content.assignments.lateness import check_open, late_by, penalty
from content.assignments.rubric import Marking, grade
from content.assignments.rubric import broken as marking_broken
from content.assignments.submission import CriterionScore, Submission
from content.errors import Conflict, RuleBroken

DUE = datetime(2026, 4, 1, 23, 59, 59, tzinfo=UTC)
RUBRIC = (
    Criterion(criteria="Function", max_points=60),
    Criterion(criteria="Style", max_points=40),
)
PLAIN = Assignment(
    id="assignment_1",
    organization_id="organization_1",
    created_at=DUE,
    updated_at=DUE,
    course_id="course_1",
    lesson_id="lesson_1",
    title="Build a to-do list",
    due_date=DUE,
    rubric=RUBRIC,
)


def _having(**fields: Any) -> Assignment:
    return structs.replace(PLAIN, **fields)


def _submission(**after: float) -> Submission:
    return Submission(
        id="submission_1",
        organization_id="organization_1",
        created_at=DUE,
        updated_at=DUE,
        assignment_id=PLAIN.id,
        course_id="course_1",
        lesson_id="lesson_1",
        enrollment_id="enrollment_1",
        person_id="user_1",
        registration="r",
        number=1,
        submitted_at=DUE + timedelta(**after),
        submitted_by="user_1",
    )


def _places(found: Any) -> set[str]:
    return {each.where for each in found}


def test_everything_that_is_wrong_with_an_assignment_is_found_at_once() -> None:
    wrong = _having(
        title=" ",
        due_date=datetime(2026, 4, 1),
        max_score=-1,
        late_penalty_percent=101,
        passing_score=101,
        max_submissions=0,
        rubric=(*RUBRIC, Criterion(criteria=" function ", max_points=0)),
        allowed_file_types=(".zip", "exe"),
    )
    assert _places(broken(wrong)) == {
        "title",
        "due_date",
        "max_score",
        "late_penalty_percent",
        "passing_score",
        "max_submissions",
        "rubric",
        "rubric/2/criteria",
        "rubric/2/max_points",
        "allowed_file_types/1",
    }
    assert _places(broken(_having(completed_on="passed"))) == {"completed_on"}
    far = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    assert _places(broken(_having(due_date=far))) == {"due_date"}
    assert _places(broken(_having(max_score=99))) == {"rubric"}
    assert broken(_having(allowed_file_types=(".zip", ".tar.gz"), max_file_size_mb=0.5)) == []


@pytest.mark.parametrize(
    ("after", "grace", "late"),
    [(-1, 0, 0), (0, 0, 0), (1, 0, 1), (600, 10, 0), (601, 10, 601)],
)
def test_work_is_late_after_the_grace_by_all_of_its_delay(
    after: int, grace: int, late: int
) -> None:
    assignment = _having(grace_minutes=grace)
    assert late_by(assignment, DUE + timedelta(seconds=after)) == timedelta(seconds=late)


def test_late_work_is_refused_unless_it_is_allowed() -> None:
    check_open(PLAIN, DUE)
    with pytest.raises(Conflict) as refused:
        check_open(PLAIN, DUE + timedelta(milliseconds=1))
    assert refused.value.code == "assignment_past_due"
    check_open(_having(allow_late_submission=True), DUE + timedelta(days=9))
    check_open(_having(due_date=None), DUE + timedelta(days=9))


@pytest.mark.parametrize(
    ("per", "hours", "lost"),
    [
        ("submission", 0, 0),
        ("submission", 1, 10),
        ("submission", 99, 10),
        ("day", 1, 10),
        ("day", 24, 10),
        ("day", 25, 20),
        ("day", 24 * 99, 100),
    ],
)
def test_lateness_costs_once_or_for_each_day_begun(per: str, hours: float, lost: float) -> None:
    assignment = _having(late_penalty_percent=10, late_penalty_per=per)
    assert penalty(assignment, DUE + timedelta(hours=hours)) == lost


def _scores(*points: float) -> tuple[CriterionScore, ...]:
    names = (each.criteria for each in RUBRIC)
    return tuple(CriterionScore(criteria=n, points=p) for n, p in zip(names, points, strict=True))


def test_a_grade_is_the_sum_less_the_penalty_and_never_below_nothing() -> None:
    assignment = _having(late_penalty_percent=10, passing_score=50)
    marking = Marking(scores=_scores(35, 20), total_score=55)
    given = grade(assignment, _submission(hours=1), marking, "user_2", DUE)
    assert (given.total_score, given.penalty, given.final_score) == (55, 10, 45)
    assert given.passed is False
    on_time = grade(assignment, _submission(), marking, "user_2", DUE)
    assert (on_time.penalty, on_time.final_score, on_time.passed) == (0, 55, True)
    least = grade(assignment, _submission(hours=1), Marking(scores=_scores(5, 0)), "user_2", DUE)
    assert (least.penalty, least.final_score) == (5, 0)
    undecided = grade(PLAIN, _submission(), Marking(total_score=40), "user_2", DUE)
    assert (undecided.passed, undecided.scores) == (None, ())


@pytest.mark.parametrize(
    ("scores", "total", "places"),
    [
        ((("Function", 61), ("Style", -1)), None, {"scores/0/points", "scores/1/points"}),
        ((("Function", 60), ("Beauty", 1)), None, {"scores/1/criteria", "scores"}),
        (
            (("Style", 1), ("Style", 1)),
            None,
            {"scores/0/criteria", "scores/1/criteria", "scores"},
        ),
        ((("Function", 38), ("Style", 28)), 67, {"total_score"}),
        ((), None, {"total_score"}),
        ((), 101, {"total_score"}),
        ((), -1, {"total_score"}),
        ((("Function", 0.1), ("Style", 0.2)), 0.3, set()),
    ],
)
def test_everything_that_is_wrong_with_a_marking_is_found(
    scores: tuple[tuple[str, float], ...], total: float | None, places: set[str]
) -> None:
    given = tuple(CriterionScore(criteria=name, points=points) for name, points in scores)
    marking = Marking(scores=given, total_score=total)
    assert _places(marking_broken(PLAIN, marking)) == places
    if places:
        with pytest.raises(RuleBroken):
            grade(PLAIN, _submission(), marking, "user_2", DUE)
