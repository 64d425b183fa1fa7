"""Admission: on what terms a course takes people in. Pure rules."""

from collections.abc import Collection

from msgspec import Struct

from content.courses.courses import Course
from content.errors import Conflict, Refused

ENROLLED = "enrolled"
ALREADY_ENROLLED = "already_enrolled"
LIMIT_REACHED = "enrollment_limit_reached"
PREREQUISITE_NOT_MET = "prerequisite_not_met"


class Terms(Struct, frozen=True, kw_only=True):
    """A course's terms: `seats` is how many may be in it at once (None: any number),
    `prerequisites` are the ids of the courses to be completed before.
    """

    title: str
    status: str
    self_enrollment: bool = False
    seats: int | None = None
    prerequisites: tuple[str, ...] = ()


def terms_of(course: Course) -> Terms:
    """The terms that the course's settings come to."""
    return Terms(
        title=course.title,
        status=course.status,
        self_enrollment=course.settings.self_enrollment,
        seats=course.settings.max_enrollments,
        prerequisites=course.prerequisites,
    )


def check_open(terms: Terms, *, by_oneself: bool) -> None:
    """Whether the course takes anybody in.

    Raises Conflict (course_archived), and Refused (self_enrollment_disabled) where people may not
    enrol themselves.
    """
    if terms.status == "archived":
        raise Conflict("course_archived", f"{terms.title} is archived and takes nobody in.")
    if by_oneself and not (terms.self_enrollment and terms.status == "published"):
        detail = f"{terms.title} takes in whom its instructors enrol. Ask for it by a request."
        raise Refused("self_enrollment_disabled", detail)


def lacking(required: Collection[str], completed: Collection[str]) -> tuple[str, ...]:
    """The required courses that are not completed, in their order."""
    return tuple(each for each in required if each not in completed)


def full(terms: Terms) -> Conflict:
    """Why nobody else can come in."""
    detail = f"{terms.title} takes {terms.seats} people and is full."
    return Conflict(LIMIT_REACHED, detail, "course_id")
