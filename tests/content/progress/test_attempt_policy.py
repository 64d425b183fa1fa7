"""Attempts: which one counts, when the next one begins, and what a reset takes away."""

from datetime import datetime, timedelta

import pytest
from msgspec import structs
from recorded_log import START, statement

from content.courses.outline import Outline, OutlineLesson, OutlineModule
from content.errors import Conflict, LessonLocked
from content.progress import attempts
from content.progress.attempts import AttemptPolicy, AttemptStanding, AttemptStart, Timeline
from content.progress.counting import counted, counting, standings
from content.progress.fold import RESET, ActivityState, CourseState, fold_all
from lrs.statement import StoredStatement

LESSON = "https://a.example/l/1"
FIRST, SECOND, THIRD = "r-1", "r-2", "r-3"


def start(number: int, registration: str, minute: int) -> AttemptStart:
    return AttemptStart(
        lesson_id="l",
        number=number,
        registration=registration,
        started_at=START + timedelta(minutes=minute),
        by="p",
    )


TIMELINE = Timeline(first=FIRST, later=(start(2, SECOND, 10), start(3, THIRD, 20)))


def says(verb: str, registration: str | None, minute: int, **result: object) -> StoredStatement:
    return statement(
        "o",
        "a",
        verb,
        LESSON,
        registration=registration,
        minute=minute,
        **result,  # type: ignore[arg-type]
    )


def reset(registration: str, minute: int) -> StoredStatement:
    return structs.replace(says("voided", registration, minute), verb=RESET)


def told(*statements: StoredStatement) -> dict[str, ActivityState]:
    lesson = OutlineLesson(id="l", title="L", activity_id=LESSON)
    outline = Outline(
        course_id="c",
        version=1,
        activity_id="https://a.example/c",
        modules=(OutlineModule(id="m", title="M", lessons=(lesson,)),),
        places={LESSON: "l"},
    )
    return fold_all(CourseState(), outline, statements, TIMELINE).attempts.get("l", {})


THREE = (
    says("failed", FIRST, 1, scaled=0.4),
    says("passed", SECOND, 11, scaled=0.9),
    says("terminated", SECOND, 12, duration=60.0),
    says("failed", THIRD, 21, scaled=0.5),
    says("terminated", THIRD, 22, duration=30.0),
)


@pytest.mark.parametrize(
    ("policy", "registration"),
    [
        (AttemptPolicy(counts="first"), FIRST),
        (AttemptPolicy(counts="best"), SECOND),
        (AttemptPolicy(counts="latest"), THIRD),
    ],
)
def test_the_policy_says_which_attempt_counts(policy: AttemptPolicy, registration: str) -> None:
    assert counting(policy, told(*THREE)) == registration
    assert counting(policy, told(*reversed(THREE))) == registration


def test_the_verdict_is_that_of_one_attempt_and_the_time_that_of_all() -> None:
    state = counted(AttemptPolicy(counts="latest"), told(*THREE))
    assert state.passed is None
    assert state.failed is not None
    assert sum(each.seconds for each in state.sessions) == 90
    assert state.first is not None
    assert state.first.at == START + timedelta(minutes=1)


def test_what_was_reset_does_not_count_and_leaves_no_time() -> None:
    attempts = told(*THREE, reset(SECOND, 30))
    assert counting(AttemptPolicy(counts="best"), attempts) == THIRD
    state = counted(AttemptPolicy(), attempts)
    assert sum(each.seconds for each in state.sessions) == 30
    shown = standings(AttemptPolicy(), TIMELINE.on("l"), attempts)
    assert [each.live for each in shown] == [True, False, True]
    assert [each.counts for each in shown] == [False, False, True]


def test_a_reset_attempt_alone_leaves_the_lesson_untouched() -> None:
    attempts = told(says("passed", FIRST, 1), reset(FIRST, 2))
    assert counting(AttemptPolicy(), attempts) is None
    assert counted(AttemptPolicy(), attempts) == ActivityState()


def test_a_statement_without_a_registration_belongs_to_the_attempt_of_its_moment() -> None:
    attempts = told(
        says("passed", None, 1), says("completed", None, 15), says("failed", "else", 25)
    )
    assert attempts[FIRST].passed is not None
    assert attempts[SECOND].completed is not None
    assert attempts[THIRD].failed is not None


def standing(
    number: int,
    *,
    started: bool = True,
    finished: bool = True,
    passed: bool = False,
    live: bool = True,
) -> AttemptStanding:
    moment: datetime = START
    return AttemptStanding(
        number=number,
        registration=f"r-{number}",
        started_at=moment if started else None,
        finished=finished,
        passed=passed,
        reset_at=None if live else moment,
    )


NEW, RUNNING, DONE = (
    standing(1, started=False, finished=False),
    standing(1, finished=False),
    standing(1),
)


@pytest.mark.parametrize(
    ("policy", "known", "asked", "begun"),
    [
        (AttemptPolicy(), [NEW], False, False),
        (AttemptPolicy(), [NEW], True, False),
        (AttemptPolicy(), [RUNNING], False, False),
        (AttemptPolicy(), [DONE], False, False),
        (AttemptPolicy(), [DONE], True, True),
        (AttemptPolicy(renewal="when_finished"), [DONE], False, True),
        (AttemptPolicy(renewal="when_finished"), [RUNNING], False, False),
        (AttemptPolicy(limit=2), [DONE], False, True),
        (AttemptPolicy(), [standing(1, live=False)], False, True),
        (AttemptPolicy(limit=1), [standing(1, live=False)], False, True),
        (AttemptPolicy(limit=2), [standing(1, live=False), standing(2)], False, True),
    ],
)
def test_when_the_next_attempt_begins(
    policy: AttemptPolicy, known: list[AttemptStanding], asked: bool, begun: bool
) -> None:
    assert attempts.begins(policy, known, asked=asked) is begun


@pytest.mark.parametrize(
    ("policy", "known", "asked", "code"),
    [
        (AttemptPolicy(), [RUNNING], True, "attempt_not_finished"),
        (AttemptPolicy(limit=1), [DONE], False, "attempts_exhausted"),
        (AttemptPolicy(limit=2), [DONE, standing(2)], True, "attempts_exhausted"),
        (AttemptPolicy(locked_after_pass=True), [standing(1, passed=True)], True, "lesson_locked"),
        (
            AttemptPolicy(locked_after_pass=True),
            [standing(1, passed=True), standing(2, finished=False)],
            False,
            "lesson_locked",
        ),
    ],
)
def test_when_no_attempt_may_begin(
    policy: AttemptPolicy, known: list[AttemptStanding], asked: bool, code: str
) -> None:
    with pytest.raises((Conflict, LessonLocked)) as refused:
        attempts.begins(policy, known, asked=asked)
    assert refused.value.code == code


def test_a_reset_pass_opens_a_locked_lesson() -> None:
    known = [standing(1, passed=True, live=False), standing(2, started=False, finished=False)]
    assert not attempts.begins(AttemptPolicy(locked_after_pass=True), known)


def test_an_attempt_that_cannot_count_is_not_for_credit() -> None:
    first = AttemptPolicy(counts="first")
    assert attempts.for_credit(first, [DONE], 1)
    assert not attempts.for_credit(first, [DONE], 2)
    assert attempts.for_credit(first, [standing(1, live=False)], 2)
    assert attempts.for_credit(AttemptPolicy(), [DONE], 2)
    assert not attempts.for_credit(AttemptPolicy(credit=False), [NEW], 1)


def test_a_review_shows_the_last_attempt_that_was_begun() -> None:
    known = [DONE, standing(2), standing(3, started=False)]
    assert attempts.present(known).number == 2
    assert attempts.present([NEW]).number == 1
