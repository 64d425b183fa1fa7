"""Access: whether a person may go into a lesson now, by the rules of its course."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from content.courses import courses
from content.courses.courses import Course
from content.courses.outline import Outline
from content.enrollment import enrollments
from content.enrollment.enrollments import Enrollment
from content.errors import LessonLocked, NotFound, Refused
from content.identity import now
from content.lessons import lessons, locks
from content.lessons.lessons import Lesson
from content.lessons.locks import Locked, Reason
from content.people.people import Person
from content.progress import completions
from content.progress.attempts import AttemptStanding
from content.progress.progress import Progress, ProgressReport
from content.progress.rollup import LessonProgress
from content.store import Store


class CourseAccess(Struct, frozen=True, kw_only=True):
    """How a course lies before a person: `report` is None without an enrollment, `locked` has the
    reasons for which lessons are closed.
    """

    course: Course
    outline: Outline
    enrollment: Enrollment | None
    report: ProgressReport | None
    locked: Locked

    @property
    def standings(self) -> Mapping[str, LessonProgress]:
        """How far the person is in each lesson, by its id."""
        parts = self.report.modules if self.report else ()
        return {each.lesson_id: each for part in parts for each in part.lessons}


class Admitted(Struct, frozen=True, kw_only=True):
    """A lesson that a person may go into, and the enrollment in which they do."""

    course: Course
    lesson: Lesson
    enrollment: Enrollment
    report: ProgressReport

    @property
    def attempts(self) -> list[AttemptStanding]:
        """How the attempts on the lesson stand, in order."""
        lessons = self.report.outline.lessons()
        return self.report.attempts_on(next(e for e in lessons if e.id == self.lesson.id))

    @property
    def standing(self) -> LessonProgress:
        """How far the person is in the lesson."""
        lessons = (each for part in self.report.modules for each in part.lessons)
        return next(each for each in lessons if each.lesson_id == self.lesson.id)


async def to_course(
    store: Store, progress: Progress, person: Person, course: Course, moment: datetime | None = None
) -> CourseAccess:
    """How the course lies before the person at a moment."""
    outline = await progress.outline(course)
    enrollment = await enrollments.current(store, course.organization_id, person.id, course.id)
    report = await progress.report_of(enrollment, outline) if enrollment else None
    locked = await closed(store, course, outline, report, moment)
    return CourseAccess(
        course=course, outline=outline, enrollment=enrollment, report=report, locked=locked
    )


async def closed(
    store: Store,
    course: Course,
    outline: Outline,
    report: ProgressReport | None,
    moment: datetime | None = None,
) -> Locked:
    """Why lessons of the course are closed to whose report it is, else to who has no enrollment."""
    enrollment = report.enrollment if report else None
    locked = locks.locked(outline, enrollment, _completed(report), moment or now())
    if enrollment is None or enrollment.prerequisites_waived:
        return locked
    needed = await _unprepared(store, enrollment, course)
    if needed is None:
        return locked
    return {
        each.id: (needed, *locked.get(each.id, ()))
        for each in outline.lessons()
        if not each.free_preview
    }


async def admit(
    store: Store,
    progress: Progress,
    person: Person,
    lesson_id: str,
    *,
    despite_locks: bool = False,
) -> Admitted:
    """Let a person into a lesson of a course that they are enrolled in; `despite_locks` where
    an instructor answers for it.

    Raises:
        NotFound: no such lesson.
        Refused: enrollment_required, enrollment_expired, prerequisite_not_met, lesson_locked.
    """
    lesson = await lessons.get(store, person.organization_id, lesson_id)
    course = await courses.get(store, person.organization_id, lesson.course_id)
    access = await to_course(store, progress, person, course)
    if lesson_id not in {each.id for each in access.outline.lessons()}:
        raise NotFound("lesson", lesson_id)
    barrier = locks.shut(access.enrollment, now())
    if access.enrollment is None or access.report is None:
        raise Refused("enrollment_required", f"Enrol in {course.title} first.")
    if not despite_locks:
        check([barrier] if barrier else access.locked.get(lesson_id, ()))
    return Admitted(
        course=course, lesson=lesson, enrollment=access.enrollment, report=access.report
    )


def check(reasons: Sequence[Reason]) -> None:
    """Go on only where nothing closes a lesson. Raises Refused by the first reason."""
    if not reasons:
        return
    first = reasons[0]
    if first.code == "lesson_locked":
        raise LessonLocked(" ".join(each.detail for each in reasons))
    raise Refused(first.code, first.detail)


def _completed(report: ProgressReport | None) -> set[str]:
    parts = report.modules if report else ()
    return {each.lesson_id for part in parts for each in part.lessons if each.completed_at}


async def _unprepared(store: Store, enrollment: Enrollment, course: Course) -> Reason | None:
    """Why somebody who is in the course cannot begin it."""
    organization_id, needed = course.organization_id, course.prerequisites
    owing = await completions.unprepared(store, organization_id, enrollment.person_id, needed)
    return None if owing is None else Reason(code="prerequisite_not_met", detail=owing)
