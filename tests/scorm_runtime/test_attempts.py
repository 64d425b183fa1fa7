"""The rules of SCORM 1.2 attempts, case by case."""

import pytest

from scorm_runtime.attempts import (
    ItemProgress,
    Score,
    final_status,
    lasting_status,
    next_entry,
    opening_values,
    running_status,
    score_of,
)
from scorm_runtime.cmi.timespan import duration_of, seconds_of, timespan_of
from scorm_runtime.lesson import LessonProgress, roll_up
from scorm_runtime.outline import Activity
from tests.scorm_runtime.courses import a_launch

STATUS = "cmi.core.lesson_status"
RAW = "cmi.core.score.raw"
MASTERY = "cmi.student_data.mastery_score"


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({}, "completed"),
        ({"cmi.core.exit": "suspend"}, "incomplete"),
        ({"cmi.core.lesson_mode": "browse"}, "browsed"),
        ({STATUS: "incomplete"}, "incomplete"),
        ({STATUS: "completed", RAW: "10"}, "completed"),
        ({STATUS: "completed", RAW: "80", MASTERY: "80"}, "passed"),
        ({STATUS: "passed", RAW: "79.9", MASTERY: "80"}, "failed"),
        ({STATUS: "failed", RAW: "80", MASTERY: "80"}, "passed"),
        ({STATUS: "incomplete", RAW: "90", MASTERY: "80"}, "passed"),
        (
            {STATUS: "incomplete", RAW: "90", MASTERY: "80", "cmi.core.exit": "suspend"},
            "incomplete",
        ),
        ({STATUS: "passed", MASTERY: "80"}, "passed"),
        ({RAW: "10", MASTERY: "80"}, "failed"),
        ({STATUS: "passed", RAW: "1", MASTERY: "80", "cmi.core.credit": "no-credit"}, "passed"),
    ],
)
def test_status_at_the_end_of_a_session(values: dict[str, str], status: str) -> None:
    assert final_status(values) == status


def test_a_running_sco_that_said_nothing_is_incomplete() -> None:
    assert running_status({}) == "incomplete"
    assert running_status({STATUS: "completed", RAW: "1", MASTERY: "2"}) == "failed"


@pytest.mark.parametrize(
    ("before", "now", "lasting"),
    [
        ("not attempted", "incomplete", "incomplete"),
        ("completed", "incomplete", "completed"),
        ("completed", "failed", "failed"),
        ("passed", "completed", "passed"),
        ("passed", "failed", "failed"),
        ("failed", "incomplete", "incomplete"),
        ("failed", "completed", "completed"),
    ],
)
def test_what_was_finished_stays_finished(before: str, now: str, lasting: str) -> None:
    assert lasting_status(before, now) == lasting


@pytest.mark.parametrize(
    ("exit_", "finished", "entry"),
    [
        ("suspend", True, "resume"),
        ("", True, ""),
        ("logout", True, ""),
        ("time-out", True, ""),
        ("", False, "resume"),
    ],
)
def test_entry_of_the_next_session(exit_: str, finished: bool, entry: str) -> None:
    assert next_entry({"cmi.core.exit": exit_}, finished=finished) == entry


def test_a_launch_tells_the_sco_what_the_manifest_says() -> None:
    activity = Activity(
        identifier="a",
        title="A",
        data_from_lms="x=1",
        mastery_score="70",
        max_time_allowed="01:00:00",
    )
    values = opening_values(activity, a_launch(), ItemProgress("a", seconds=61.5), {})
    assert values["cmi.launch_data"] == "x=1"
    assert values["cmi.student_data.mastery_score"] == "70"
    assert values["cmi.student_data.max_time_allowed"] == "01:00:00"
    assert values["cmi.core.total_time"] == "0000:01:01.50"


@pytest.mark.parametrize(
    ("raw", "low", "high", "score"),
    [
        ("50", "", "", Score(50.0, 0.5)),
        ("5", "0", "10", Score(5.0, 0.5, 0.0, 10.0)),
        ("30", "20", "40", Score(30.0, 0.5, 20.0, 40.0)),
        ("50", "0", "10", Score(50.0, 0.5)),
        ("0", "0", "0", Score(0.0, 0.0)),
    ],
)
def test_scores_are_scaled_by_their_bounds(raw: str, low: str, high: str, score: Score) -> None:
    values = {RAW: raw, "cmi.core.score.min": low, "cmi.core.score.max": high}
    assert score_of(values) == score


def test_without_a_raw_score_there_is_no_score() -> None:
    assert score_of({RAW: "", "cmi.core.score.max": "100"}) is None


@pytest.mark.parametrize(
    ("seconds", "timespan", "duration"),
    [
        (0, "0000:00:00.00", "PT0S"),
        (61.5, "0000:01:01.50", "PT1M1.50S"),
        (3600, "0001:00:00.00", "PT1H"),
        (59.999, "0000:01:00.00", "PT1M"),
        (10**9, "9999:59:59.99", "PT277777H46M40S"),
    ],
)
def test_lengths_of_time(seconds: float, timespan: str, duration: str) -> None:
    assert timespan_of(seconds) == timespan
    assert duration_of(seconds) == duration


def test_timespans_may_overflow_their_minutes() -> None:
    assert seconds_of("00:90:00.5") == 5400.5


def items(*states: str) -> list[ItemProgress]:
    return [ItemProgress(str(n), status=state) for n, state in enumerate(states)]


@pytest.mark.parametrize(
    ("states", "percent", "completed", "success"),
    [
        (["not attempted", "not attempted"], 0, False, None),
        (["completed", "incomplete"], 50, False, None),
        (["completed", "completed"], 100, True, None),
        (["completed", "passed"], 100, True, True),
        (["passed", "incomplete"], 50, False, None),
        (["completed", "failed"], 50, False, False),
        (["passed", "failed", "completed"], 66, False, False),
    ],
)
def test_a_lesson_is_the_sum_of_its_items(
    states: list[str], percent: int, completed: bool, success: bool | None
) -> None:
    rolled = roll_up(items(*states), LessonProgress())
    assert (rolled.percent, rolled.completed, rolled.success) == (percent, completed, success)


def test_a_lessons_score_is_the_mean_of_the_scos_that_have_one() -> None:
    scored = [ItemProgress("a", score=Score(50, 0.5)), ItemProgress("b", score=Score(100, 1.0))]
    assert roll_up([*scored, ItemProgress("c")], LessonProgress()).scaled == 0.75


def test_a_completed_lesson_stays_completed() -> None:
    before = LessonProgress(percent=100, completed=True)
    assert roll_up(items("incomplete"), before).completed
