"""Locks: which lessons are closed to a person at a moment, and why."""

from datetime import datetime, timedelta

from msgspec import structs
from recorded_log import START

from content.courses.outline import Outline, OutlineLesson, OutlineModule
from content.enrollment.enrollments import Enrollment
from content.lessons.locks import Locked, locked

COMMON = {"organization_id": "o", "created_at": START, "updated_at": START}
ENROLLED = Enrollment(
    id="e", person_id="p", course_id="c", registration="r", enrolled_at=START, **COMMON
)
LATER = START + timedelta(days=3)


def lesson(name: str, *needed: str, free: bool = False) -> OutlineLesson:
    return OutlineLesson(
        id=name, title=name.upper(), activity_id=name, prerequisites=needed, free_preview=free
    )


def outline(*lessons: OutlineLesson, sequential: bool = False, **second: object) -> Outline:
    """All lessons but the last in one module, the last in another."""
    modules = (
        OutlineModule(id="m", title="M", lessons=lessons[:-1]),
        OutlineModule(id="n", title="N", lessons=lessons[-1:], **second),  # type: ignore[arg-type]
    )
    return Outline(
        course_id="c",
        version=1,
        activity_id="c",
        modules=modules,
        places={},
        sequential=sequential,
    )


def codes(found: Locked) -> dict[str, list[str]]:
    return {name: [each.code for each in reasons] for name, reasons in found.items()}


def test_without_enrollment_only_free_previews_are_open() -> None:
    course = outline(lesson("a"), lesson("b", free=True), lesson("c", "a"))
    found = locked(course, None, (), LATER)
    assert codes(found) == {"a": ["enrollment_required"], "c": ["enrollment_required"]}


def test_an_expired_enrollment_closes_what_was_completed_too() -> None:
    expired = structs.replace(ENROLLED, expires_at=LATER)
    course = outline(lesson("a"), lesson("b", free=True))
    assert codes(locked(course, expired, ["a"], LATER)) == {"a": ["enrollment_expired"]}
    assert locked(course, expired, (), LATER - timedelta(seconds=1)) == {}


def test_a_module_opens_at_the_later_of_its_moments() -> None:
    at = START + timedelta(days=2)
    course = outline(lesson("a"), lesson("b"), unlock_at=at, unlock_after_days=5)

    def until(moment: datetime) -> datetime | None:
        found = locked(course, ENROLLED, (), moment)
        return found["b"][0].until if "b" in found else None

    assert until(START) == START + timedelta(days=5)
    assert until(START + timedelta(days=5)) is None
    fixed = outline(lesson("a"), lesson("b"), unlock_at=at)
    assert locked(fixed, ENROLLED, (), at - timedelta(seconds=1))["b"][0].until == at
    assert locked(fixed, ENROLLED, (), at) == {}


def test_a_lesson_waits_for_its_prerequisites() -> None:
    course = outline(lesson("a"), lesson("b"), lesson("c", "a", "b"))
    (reason,) = locked(course, ENROLLED, ["a"], LATER)["c"]
    assert (reason.code, reason.lesson_ids) == ("lesson_locked", ("b",))
    assert reason.detail == "Complete first: B."
    assert locked(course, ENROLLED, ["a", "b"], LATER) == {}


def test_a_prerequisite_that_left_the_course_closes_nothing() -> None:
    assert locked(outline(lesson("a", "gone"), lesson("b")), ENROLLED, (), LATER) == {}


def test_in_a_sequence_everything_waits_for_the_first_that_is_open() -> None:
    course = outline(lesson("a"), lesson("b"), lesson("c"), sequential=True)
    found = locked(course, ENROLLED, (), LATER)
    assert {name: each[0].lesson_ids for name, each in found.items()} == {"b": ("a",), "c": ("a",)}
    assert codes(locked(course, ENROLLED, ["a"], LATER)) == {"c": ["lesson_locked"]}
    assert codes(locked(course, ENROLLED, ["b"], LATER)) == {"c": ["lesson_locked"]}
    assert locked(course, ENROLLED, ["a", "b"], LATER) == {}


def test_what_was_completed_stays_open() -> None:
    course = outline(
        lesson("a"), lesson("b", "a"), sequential=True, unlock_at=LATER + timedelta(days=1)
    )
    assert locked(course, ENROLLED, ["b"], LATER) == {}
