"""A course and its lessons as the learner sees them: how they stand, what is closed and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from api.pages.learning.ways import Action, ways_in
from api.pages.wording import Badge, badge, length, number, percent
from api.services import Services
from content.courses import courses
from content.courses.outline import OutlineLesson
from content.enrollment import enrollments
from content.enrollment.enrollments import Enrollment
from content.lessons import access, learning
from content.lessons.access import CourseAccess
from content.progress.rollup import NOT_STARTED, LessonProgress

KINDS = {
    "assignment": "Assignment",
    "cmi5": "Interactive",
    "document": "Document",
    "embed": "Embedded page",
    "quiz": "Quiz",
    "scorm": "Interactive",
    "text": "Reading",
    "video": "Video",
    "xapi": "Interactive",
}


@dataclass(frozen=True, slots=True)
class LessonLine:
    """A lesson in its course; `closed` says why there is no way in now. One with `actions` is
    played, any other one is opened on its page.
    """

    id: str
    title: str
    kind: str
    minutes: int
    badge: Badge
    score: str
    actions: Sequence[Action]
    closed: str = ""
    preview: bool = False
    current: bool = False

    @property
    def way(self) -> str:
        """What the link to its page says."""
        return {"not_started": "Start", "in_progress": "Continue"}.get(self.badge.status, "Open")


@dataclass(frozen=True, slots=True)
class Chapter:
    """A module; `opens_at` where it is not open from the start."""

    id: str
    title: str
    opens_at: datetime | None
    lessons: Sequence[LessonLine]


@dataclass(frozen=True, slots=True)
class CourseCard:
    """A course that somebody is in; `next` is the lesson to go on with."""

    id: str
    title: str
    description: str
    badge: Badge
    percent: str
    summary: str
    next: LessonLine | None
    last_activity_at: datetime | None
    expires_at: datetime | None


async def card_of(services: Services, enrollment: Enrollment) -> CourseCard:
    """The card of an enrollment's course."""
    store, organization_id = services.content, enrollment.organization_id
    course = await courses.get(store, organization_id, enrollment.course_id)
    outline = await services.progress.outline(course)
    report = await services.progress.report_of(enrollment, outline)
    locked = await access.closed(store, course, outline, report)
    found = CourseAccess(
        course=course, outline=outline, enrollment=enrollment, report=report, locked=locked
    )
    standing = report.standing
    status = enrollments.status_of(enrollment, standing.completed_at, datetime.now(UTC))
    coming = None if status in ("expired", "completed") else learning.coming(found)
    lines = lesson_lines(found, await ways_in(store, course, report)) if coming else {}
    done = f"{standing.lessons_completed} of {standing.total_lessons} lessons completed"
    spent = length(standing.seconds) if standing.seconds >= 60 else ""
    return CourseCard(
        id=course.id,
        title=course.title,
        description=course.description,
        badge=badge(standing.status if status == "active" else status),
        percent=percent(standing.progress),
        summary=f"{done}, {spent} spent" if spent else done,
        next=lines.get(coming or ""),
        last_activity_at=standing.last_activity_at,
        expires_at=enrollment.expires_at,
    )


def lesson_lines(
    found: CourseAccess, ways: Mapping[str, Sequence[Action]], here: str | None = None
) -> dict[str, LessonLine]:
    """Every lesson of a course, by its id; `here` is the one that is shown."""
    return {each.id: _line(found, each, ways, here) for each in found.outline.lessons()}


def _line(
    found: CourseAccess,
    lesson: OutlineLesson,
    ways: Mapping[str, Sequence[Action]],
    here: str | None,
) -> LessonLine:
    standing, closed = found.standings.get(lesson.id), found.locked.get(lesson.id, ())
    return LessonLine(
        id=lesson.id,
        title=lesson.title,
        kind=KINDS.get(lesson.content_type, "Lesson"),
        minutes=lesson.minutes,
        badge=badge(_status(standing)),
        score=number(standing.score) if standing else "",
        actions=() if closed else ways.get(lesson.id, ()),
        closed=" ".join(each.detail for each in closed),
        preview=lesson.free_preview,
        current=lesson.id == here,
    )


def _status(standing: LessonProgress | None) -> str:
    if standing is None:
        return NOT_STARTED
    return {True: "passed", False: "failed", None: standing.status}[standing.success]
