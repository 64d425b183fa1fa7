"""/learn: a course as who learns goes through it, and the content of its lessons."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from api.permissions import Permission
from api.rest.call import Call
from api.rest.documents import Attributes, Resource
from api.rest.lessons import Content
from api.rest.route import RouteTable
from api.rest.visibility import visible_course
from content.assignments import library
from content.courses.outline import OutlineLesson, OutlineModule
from content.errors import NotFound
from content.lessons import access, learning, lesson_content, lessons, locks
from content.lessons.access import CourseAccess
from content.lessons.lessons import Lesson
from content.lessons.locks import Reason
from content.progress.rollup import NOT_STARTED
from content.quizzes import quizzes

table = RouteTable(limit="progress")


class Lock(BaseModel):
    """Why a lesson is closed: `until` when it opens by itself, `lesson_ids` to be completed."""

    code: str
    detail: str
    until: datetime | None
    lesson_ids: tuple[str, ...]


class LearnLesson(BaseModel):
    """A lesson on the way, with the person's progress in percent."""

    lesson_id: str
    title: str
    content_type: str
    duration_minutes: int
    free_preview: bool
    status: str
    progress: float
    score: float | None
    completed_at: datetime | None
    locked: bool
    locks: list[Lock]


class LearnModule(BaseModel):
    """A module on the way; `opens_at` is null where it is open from the start."""

    module_id: str
    title: str
    opens_at: datetime | None
    lessons: list[LearnLesson]


class LearnAttributes(Attributes):
    """The way through a course. `next_lesson_id` is where to go on."""

    type_name = "learn"
    relationship_types = {"course": "course", "enrollment": "enrollment"}

    title: str
    description: str
    enrolled: bool
    overall_progress: float
    lessons_completed: int
    total_lessons: int
    current_lesson_id: str | None
    next_lesson_id: str | None
    modules: list[LearnModule]


class LearnLessonAttributes(Attributes):
    """A lesson to be learnt, its content, and the lessons beside it in the course's order.

    `position` is where the person left off, in percent.
    """

    type_name = "learn_lesson"
    relationship_types = {"course": "course", "lesson": "lesson", "package": "package"}

    title: str
    description: str
    content_type: str
    content: Content
    duration_minutes: int
    status: str
    progress: float
    position: float | None
    score: float | None
    completed_at: datetime | None
    previous_lesson_id: str | None
    next_lesson_id: str | None


@table.route(
    "GET",
    "/learn/{course_id}",
    permission=Permission.COURSES_READ,
    errors=("course_not_found",),
)
async def learn_course(call: Call, course_id: str) -> Resource[LearnAttributes]:
    """Show the way through a course: what is done, what is open, what is closed and why."""
    found = await _access(call, course_id)
    course, standing = found.course, found.report.standing if found.report else None
    present = learning.current(found.standings)
    attributes = LearnAttributes(
        title=course.title,
        description=course.description,
        enrolled=found.enrollment is not None,
        overall_progress=standing.progress if standing else 0,
        lessons_completed=standing.lessons_completed if standing else 0,
        total_lessons=sum(1 for _ in found.outline.lessons()),
        current_lesson_id=present.lesson_id if present else None,
        next_lesson_id=learning.coming(found),
        modules=[_module(found, each) for each in found.outline.modules],
    )
    enrollment_id = found.enrollment.id if found.enrollment else None
    return Resource(course.id, attributes, {"course": course.id, "enrollment": enrollment_id})


@table.route(
    "GET",
    "/learn/{course_id}/{lesson_id}",
    permission=Permission.COURSES_READ,
    errors=(
        "course_not_found",
        "lesson_not_found",
        "enrollment_required",
        "enrollment_expired",
        "prerequisite_not_met",
        "lesson_locked",
    ),
)
async def learn_lesson(
    call: Call, course_id: str, lesson_id: str
) -> Resource[LearnLessonAttributes]:
    """Show a lesson's content to who is enrolled, or to everybody where it is a free preview."""
    found = await _access(call, course_id)
    lesson = await lessons.get(call.services.content, call.organization_id, lesson_id)
    if lesson_id not in {each.id for each in found.outline.lessons()}:
        raise NotFound("lesson", lesson_id)
    access.check(found.locked.get(lesson_id, ()))
    related = {"course": course_id, "lesson": lesson_id, "package": lesson.package_id}
    return Resource(lesson_id, _lesson(found, lesson, await _content(call, lesson)), related)


async def _access(call: Call, course_id: str) -> CourseAccess:
    """How the course lies before the person; nothing is closed to who may read all courses."""
    course = await visible_course(call, course_id)
    services, person = call.services, call.principal.person
    found = await access.to_course(services.content, services.progress, person, course)
    if not call.principal.may(Permission.COURSES_READ_ALL):
        return found
    return CourseAccess(
        course=course,
        outline=found.outline,
        enrollment=found.enrollment,
        report=found.report,
        locked={},
    )


async def _content(call: Call, lesson: Lesson) -> dict[str, Any] | None:
    """What the lesson consists of; a quiz and an assignment know their lesson, not it them."""
    store, organization_id = call.services.content, call.organization_id
    if lesson.content_type == "quiz":
        quiz = await quizzes.of_lesson(store, organization_id, lesson.id)
        return {"quiz_id": quiz.id if quiz else None}
    if lesson.content_type == "assignment":
        assignment = await library.of_lesson(store, organization_id, lesson.id)
        return {"assignment_id": assignment.id if assignment else None}
    return lesson_content.shown(lesson.content) if lesson.content else None


def _module(found: CourseAccess, module: OutlineModule) -> LearnModule:
    enrollment = found.enrollment
    return LearnModule(
        module_id=module.id,
        title=module.title,
        opens_at=locks.opens_at(module, enrollment.enrolled_at) if enrollment else module.unlock_at,
        lessons=[_line(found, each) for each in module.lessons],
    )


def _line(found: CourseAccess, lesson: OutlineLesson) -> LearnLesson:
    standing, closed = found.standings.get(lesson.id), found.locked.get(lesson.id, ())
    return LearnLesson(
        lesson_id=lesson.id,
        title=lesson.title,
        content_type=lesson.content_type,
        duration_minutes=lesson.minutes,
        free_preview=lesson.free_preview,
        status=standing.status if standing else NOT_STARTED,
        progress=standing.progress if standing else 0,
        score=standing.score if standing else None,
        completed_at=standing.completed_at if standing else None,
        locked=bool(closed),
        locks=[_lock(each) for each in closed],
    )


def _lock(reason: Reason) -> Lock:
    return Lock(
        code=reason.code, detail=reason.detail, until=reason.until, lesson_ids=reason.lesson_ids
    )


def _lesson(
    found: CourseAccess, lesson: Lesson, content: dict[str, Any] | None
) -> LearnLessonAttributes:
    standing = found.standings.get(lesson.id)
    before, after = learning.beside(found.outline, lesson.id)
    return LearnLessonAttributes(
        title=lesson.title,
        description=lesson.description,
        content_type=lesson.content_type,
        content=content,
        duration_minutes=lesson.minutes,
        status=standing.status if standing else NOT_STARTED,
        progress=standing.progress if standing else 0,
        position=standing.position if standing else None,
        score=standing.score if standing else None,
        completed_at=standing.completed_at if standing else None,
        previous_lesson_id=before,
        next_lesson_id=after,
    )
