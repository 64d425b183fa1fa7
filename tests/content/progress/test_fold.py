"""The fold: what statements tell, in any order and any number of times."""

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from recorded_log import START, statement

from content.courses.courses import Course
from content.courses.modules import Module
from content.courses.outline import Outline, compose, place
from content.lessons.lessons import Lesson
from content.progress.attempts import AttemptStart, Timeline
from content.progress.fold import (
    RESET,
    ActivityState,
    CourseState,
    fold_all,
    happened,
    join,
    telling,
)
from content.progress.rollup import modules, standing
from lrs.statement import StoredStatement

LESSONS = ("https://a.example/l/1", "https://a.example/l/2")
COURSE = "https://a.example/course"
COMMON = {"organization_id": "o", "created_at": START, "updated_at": START}


def outline() -> Outline:
    course = Course(id="c", title="C", status="draft", activity_id=COURSE, **COMMON)
    chapter = Module(id="m", course_id="c", title="M", position=1, **COMMON)
    parts = [
        Lesson(
            id=f"l{index}",
            course_id="c",
            module_id="m",
            title="L",
            content_type="scorm",
            position=index,
            activity_id=each,
            **COMMON,
        )
        for index, each in enumerate(LESSONS)
    ]
    return compose(course, [chapter], parts)


def says(verb: str, activity: str = LESSONS[0], **rest: object) -> StoredStatement:
    return statement("o", "a", verb, activity, **rest)  # type: ignore[arg-type]


def told(*statements: StoredStatement) -> CourseState:
    return fold_all(CourseState(), outline(), statements)


VERBS = ("initialized", "completed", "passed", "failed", "mastered", "progressed", "terminated")
ACTIVITIES = (*LESSONS, f"{LESSONS[0]}/sco-1", COURSE, "https://elsewhere.example/x")
NUMBERS = st.one_of(st.none(), st.floats(-1, 1), st.floats(0, 100))
statements = st.builds(
    says,
    st.sampled_from(VERBS),
    st.sampled_from(ACTIVITIES),
    minute=st.integers(0, 5),
    statement_id=st.uuids().map(str),
    completion=st.sampled_from([None, True, False]),
    success=st.sampled_from([None, True, False]),
    scaled=st.one_of(st.none(), st.floats(-1, 1)),
    raw=NUMBERS,
    max=NUMBERS,
    progress=NUMBERS,
    duration=st.one_of(st.none(), st.floats(0, 1e6)),
)
some_statements = st.lists(statements, max_size=12, unique_by=lambda each: each.statement_id)


@given(some_statements, st.randoms(use_true_random=False))
def test_any_order_and_repetition_give_the_same_state(
    given_statements: list[StoredStatement], chance: random.Random
) -> None:
    again = [each for each in given_statements if chance.random() < 0.5]
    repeated = given_statements + again
    chance.shuffle(repeated)
    assert told(*repeated) == told(*given_statements)
    assert standing(outline(), told(*repeated)) == standing(outline(), told(*given_statements))


@given(statements, statements, statements)
def test_joining_is_associative_commutative_and_idempotent(
    a: StoredStatement, b: StoredStatement, c: StoredStatement
) -> None:
    one, two, three = (telling(each, own=True) for each in (a, b, c))
    assert join(one, join(two, three)) == join(join(one, two), three)
    assert join(one, two) == join(two, one)
    assert join(one, one) == one == join(one, ActivityState())


def test_the_earliest_completion_is_the_evidence_whenever_it_arrives() -> None:
    late, early = says("completed", minute=9), says("completed", minute=2)
    completed = told(late, early).attempts["l0"][""].completed
    assert completed is not None
    assert completed.statement_id == early.statement_id


@pytest.mark.parametrize(
    ("verb", "result", "completed", "success"),
    [
        ("completed", {}, True, None),
        ("completed", {"completion": False}, False, None),
        ("experienced", {"completion": True}, True, None),
        ("passed", {}, True, True),
        ("mastered", {}, True, True),
        ("passed", {"completion": False}, False, True),
        ("failed", {}, False, False),
        ("failed", {"completion": True}, True, False),
        ("answered", {"success": True}, False, True),
        ("attempted", {}, False, None),
    ],
)
def test_what_a_verb_and_its_result_mean(
    verb: str, result: dict[str, bool], completed: bool, success: bool | None
) -> None:
    lesson = modules(outline(), told(says(verb, **result)))[0].lessons[0]
    assert (lesson.completed_at is not None) is completed
    assert lesson.success is success


def test_who_passed_once_has_passed_and_the_best_score_stays() -> None:
    passed = says("passed", minute=1, scaled=0.9)
    failed = says("failed", minute=2, scaled=0.4)
    state = told(passed, failed).attempts["l0"][""]
    lesson = modules(outline(), told(passed, failed))[0].lessons[0]
    assert lesson.success is True
    assert lesson.score == 90
    assert state.latest is not None
    assert state.latest.scaled == 0.4


def test_scores_compare_between_their_bounds() -> None:
    half, most = says("scored", raw=50.0, max=100.0), says("scored", raw=8.0, min=0.0, max=10.0)
    assert modules(outline(), told(half, most))[0].lessons[0].score == 80


def test_a_part_of_a_lesson_gives_time_and_activity_but_never_completes_it() -> None:
    part = f"{LESSONS[0]}/sco-1"
    state = told(
        says("completed", part, minute=1, scaled=1.0),
        says("suspended", part, minute=2, duration=60.0),
        says("terminated", part, minute=3, duration=30.5),
    )
    lesson = modules(outline(), state)[0].lessons[0]
    assert (lesson.status, lesson.score, lesson.seconds) == ("in_progress", None, 90.5)


def test_progress_never_goes_back() -> None:
    state = told(says("progressed", progress=70.0), says("progressed", minute=5, progress=20.0))
    assert modules(outline(), state)[0].lessons[0].progress == 70
    assert standing(outline(), state).progress == 35


def test_a_place_may_go_back_and_is_the_latest_whenever_it_arrives() -> None:
    late, early = says("progressed", minute=5, progress=20.0), says("progressed", progress=70.0)
    assert modules(outline(), told(late, early))[0].lessons[0].position == 20


def test_who_completes_a_course_below_its_passing_score_has_not_passed() -> None:
    strict = structs.replace(outline(), passing_score=75.0)
    passed = says("passed", scaled=0.9)
    assert standing(strict, told(passed)).success is None
    whole = told(passed, says("completed", LESSONS[1], minute=1, scaled=0.5))
    assert (standing(strict, whole).score, standing(strict, whole).success) == (70, False)
    assert standing(outline(), whole).success is True
    assert standing(structs.replace(strict, passing_score=70.0), whole).success is True


def test_what_is_told_of_the_course_itself_can_be_reset_too() -> None:
    later = AttemptStart(
        lesson_id="c", number=2, registration="r2", started_at=START + timedelta(minutes=5), by="i"
    )
    timeline = Timeline(first="r1", later=(later,))
    done = says("completed", COURSE, minute=1)
    reset = structs.replace(says("x", COURSE, minute=4, registration="r1"), verb=RESET)
    state = fold_all(CourseState(), outline(), [reset, done], timeline)
    assert standing(outline(), state).status == "not_started"
    again = fold_all(state, outline(), [says("completed", COURSE, minute=6)], timeline)
    assert standing(outline(), again).status == "completed"


def test_a_course_is_completed_when_every_lesson_is() -> None:
    first, second = says("completed", minute=1), says("completed", LESSONS[1], minute=7)
    assert standing(outline(), told(first)).status == "in_progress"
    whole = standing(outline(), told(first, second))
    assert (whole.progress, whole.status, whole.lessons_completed) == (100, "completed", 2)
    assert whole.completed_at == START + timedelta(minutes=7)
    assert whole.evidence == (first.statement_id, second.statement_id)


def test_a_statement_about_the_course_itself_completes_it() -> None:
    said = says("passed", COURSE, minute=3, scaled=0.7)
    whole = standing(outline(), told(said))
    assert (whole.progress, whole.success, whole.score) == (100, True, 70)
    assert whole.evidence == (said.statement_id,)


def test_a_course_without_lessons_is_not_completed_by_being_empty() -> None:
    empty = structs.replace(outline(), modules=(), places={})
    assert standing(empty, CourseState()).status == "not_started"
    assert standing(empty, CourseState()).completed_at is None


def test_nothing_happens_after_it_was_stored_whatever_a_clock_said() -> None:
    said = says("completed", minute=1)
    ahead = structs.replace(said, timestamp=said.stored + timedelta(days=400))
    assert happened(ahead) == said.stored


def test_the_nearest_activity_is_the_place() -> None:
    nested = compose(
        Course(id="c", title="C", status="draft", activity_id="https://a.example", **COMMON), [], []
    )
    assert place(outline(), f"{LESSONS[1]}/a/b").lesson_id == "l1"
    assert place(outline(), LESSONS[1]).own
    assert place(outline(), "https://a.example/l/10").lesson_id is None
    assert place(nested, "https://a.example/" + "x/" * 1000).lesson_id is None
