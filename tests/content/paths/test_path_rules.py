"""Learning paths as graphs, and how far somebody is on one."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from content.paths import graph
from content.paths.graph import PathCourse
from content.paths.standing import counted, path_standing
from content.progress.rollup import Standing

START = datetime(2026, 3, 1, tzinfo=UTC)


def course(course_id: str, *prerequisites: str, required: bool = True) -> PathCourse:
    return PathCourse(course_id=course_id, required=required, prerequisites=prerequisites)


FRONTEND = (
    course("html"),
    course("css", "html"),
    course("js", "html", "css"),
    course("react", "js"),
    course("testing", "react", required=False),
)


def done(day: int, hours: float = 8) -> Standing:
    moment = START + timedelta(days=day)
    return Standing(
        progress=100.0, started_at=START, completed_at=moment, seconds=hours * 3600, success=True
    )


def test_a_path_without_circles_is_not_complained_of() -> None:
    assert graph.broken(FRONTEND) == []
    assert graph.broken(()) == []


def test_every_finding_is_told_with_its_place() -> None:
    courses = (
        course("a", "c"),
        course("b", "a", "x"),
        course("c", "b"),
        course("a"),
        course("d", "d", "e", "e"),
        course("e"),
    )
    assert {each.where: each.detail for each in graph.broken(courses)} == {
        "courses/0/prerequisites/0": "makes a circle: a needs c needs b needs a",
        "courses/1/prerequisites/0": "makes a circle: b needs a needs c needs b",
        "courses/1/prerequisites/1": "x is not a course of this path",
        "courses/2/prerequisites/0": "makes a circle: c needs b needs a needs c",
        "courses/3/course_id": "a is named twice",
        "courses/4/prerequisites/0": "makes a circle: d needs d",
        "courses/4/prerequisites/2": "e is named twice",
    }


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20))
def test_a_circle_is_found_exactly_where_there_is_no_order(edges: list[tuple[int, int]]) -> None:
    needs: dict[int, set[int]] = {each: set() for each in range(8)}
    for one, other in edges:
        needs[one].add(other)
    courses = [course(str(each), *map(str, sorted(needs[each]))) for each in needs]
    completed: set[str] = set()
    while opened := graph.available(courses, completed):
        completed |= set(opened)
    assert (graph.broken(courses) == []) == (len(completed) == 8)


def test_what_is_available_and_what_is_locked() -> None:
    assert graph.available(FRONTEND, []) == ["html"]
    assert graph.locked(FRONTEND, []) == ["css", "js", "react", "testing"]
    completed = ["html", "css", "js"]
    assert graph.available(FRONTEND, completed) == ["react"]
    assert graph.locked(FRONTEND, completed) == ["testing"]


def test_the_standing_on_a_path() -> None:
    standings = {each: done(day) for day, each in enumerate(("html", "css", "js"))}
    minutes = dict.fromkeys(("html", "css", "js", "react", "testing"), 480)
    path = path_standing(FRONTEND, standings, minutes)
    assert (path.progress, path.courses_completed, path.total_courses) == (60, 3, 5)
    assert (path.current_course, path.available, path.locked) == ("react", ("react",), ("testing",))
    assert (path.seconds / 3600, path.remaining_minutes / 60) == (24, 16)
    assert (path.status, path.completed_at) == ("in_progress", None)


def test_a_path_is_completed_with_the_last_required_course() -> None:
    standings = {each: done(day) for day, each in enumerate(("html", "css", "js", "react"))}
    path = path_standing(FRONTEND, standings, {})
    assert (path.status, path.completed_at) == ("completed", START + timedelta(days=3))
    assert (path.progress, path.current_course) == (80, "testing")
    optional = (course("a", required=False), course("b", required=False))
    assert path_standing(optional, {"a": done(1)}, {}).completed_at is None
    both = path_standing(optional, {"a": done(1), "b": done(2)}, {})
    assert both.completed_at == START + timedelta(days=2)
    assert path_standing((), {}, {}).completed_at is None


def test_a_failed_course_opens_nothing() -> None:
    failed = Standing(progress=100.0, completed_at=START, success=False)
    path = path_standing(FRONTEND[:2], {"html": failed}, {})
    assert (path.available, path.locked) == (("html",), ("css",))


def test_the_course_that_was_worked_on_last_is_the_current_one() -> None:
    free = [course(each) for each in "abc"]
    worked = [
        Standing(progress=20, started_at=START, last_activity_at=START + timedelta(hours=hour))
        for hour in (3, 1)
    ]
    path = path_standing(free, {"b": worked[0], "c": worked[1]}, {"a": 60, "b": 60, "c": 60})
    assert path.current_course == "b"
    assert path.remaining_minutes == 60 + 48 + 48


def test_of_several_enrollments_the_first_completion_counts() -> None:
    standings = [Standing(progress=90), done(5), done(2), Standing(progress=10)]
    assert counted(standings) == done(2)
    assert counted(standings[::3]).progress == 90
    assert counted([]) == Standing()
    assert all(one.course_id in other.prerequisites for one, other in pairwise(FRONTEND[1:]))
