"""/progress: how far a person is in a course, told by the statements alone."""

from collections.abc import Iterable
from datetime import datetime

from pydantic import BaseModel, Field

from api import resetting
from api.permissions import Permission
from api.rest.bodies import Body
from api.rest.call import Call
from api.rest.documents import Attributes, Resource
from api.rest.route import RouteTable
from api.rest.visibility import visible_course
from content.courses.courses import Course
from content.enrollment import enrollments
from content.enrollment.enrollments import Enrollment
from content.lessons import learning
from content.progress.progress import ProgressReport
from content.progress.rollup import LessonProgress, ModuleProgress

table = RouteTable(limit="progress")


class ResetBody(Body):
    """Why the progress is reset, for the history."""

    reason: str = Field("", max_length=1000)


class ModuleStanding(BaseModel):
    """A module's progress in percent."""

    module_id: str
    title: str
    progress: float
    completed_at: datetime | None


class LessonStanding(BaseModel):
    """A lesson's progress, position and score in percent; `evidence` are ids of statements."""

    lesson_id: str
    module_id: str
    title: str
    progress: float
    position: float | None
    status: str
    success: bool | None
    score: float | None
    time_spent_seconds: float
    started_at: datetime | None
    last_activity_at: datetime | None
    completed_at: datetime | None
    evidence: tuple[str, ...]


class CompletedLesson(BaseModel):
    """A lesson that is done."""

    lesson_id: str
    completed_at: datetime
    time_spent_seconds: float


class CurrentLesson(BaseModel):
    """The lesson that was worked on last and is not done, and where: `position` of `total`."""

    lesson_id: str
    position: float
    total: int = 100


class ProgressAttributes(Attributes):
    """How far a person is in a course, in percent; `score` is in percent as well."""

    type_name = "progress"
    relationship_types = {"course": "course", "user": "user", "enrollment": "enrollment"}

    course_id: str
    user_id: str
    registration: str
    overall_progress: float
    status: str
    success: bool | None
    score: float | None
    modules: list[ModuleStanding]
    lessons: list[LessonStanding]
    lessons_completed: list[CompletedLesson]
    current_lesson: CurrentLesson | None
    total_time_spent_minutes: int
    enrolled_at: datetime
    started_at: datetime | None
    last_activity_at: datetime | None
    completed_at: datetime | None
    evidence: tuple[str, ...]


@table.route(
    "GET",
    "/progress/{course_id}/users/{user_id}",
    permission=Permission.PROGRESS_READ_OWN,
    errors=("course_not_found", "enrollment_not_found"),
)
async def get_progress(call: Call, course_id: str, user_id: str) -> Resource[ProgressAttributes]:
    """Show how far a person is in a course, lesson by lesson."""
    call.own_or(Permission.PROGRESS_READ, user_id)
    course = await visible_course(call, course_id)
    store, organization_id = call.services.content, call.organization_id
    enrollment = await enrollments.latest(store, organization_id, user_id, course_id)
    return await _shown(call, course, enrollment)


@table.route(
    "POST",
    "/progress/{course_id}/users/{user_id}/reset",
    permission=Permission.PROGRESS_RESET,
    errors=("course_not_found", "enrollment_not_found"),
)
async def reset_progress(
    call: Call, course_id: str, user_id: str, body: ResetBody
) -> Resource[ProgressAttributes]:
    """Let a person start a course afresh; what was done stays in the history."""
    course = await visible_course(call, course_id)
    store, organization_id = call.services.content, call.organization_id
    enrollment = await enrollments.latest(store, organization_id, user_id, course_id)
    by = call.principal.person
    await resetting.reset_course(call.services, by, course, enrollment, body.reason)
    return await _shown(call, course, enrollment)


async def _shown(
    call: Call, course: Course, enrollment: Enrollment
) -> Resource[ProgressAttributes]:
    progress = call.services.progress
    report = await progress.report_of(enrollment, await progress.outline(course))
    related = {
        "course": enrollment.course_id,
        "user": enrollment.person_id,
        "enrollment": enrollment.id,
    }
    return Resource(enrollment.id, _attributes(report), related)


def _attributes(report: ProgressReport) -> ProgressAttributes:
    standing, enrollment = report.standing, report.enrollment
    lessons = [each for module in report.modules for each in module.lessons]
    return ProgressAttributes(
        course_id=enrollment.course_id,
        user_id=enrollment.person_id,
        registration=enrollment.registration,
        overall_progress=standing.progress,
        status=standing.status,
        success=standing.success,
        score=standing.score,
        modules=[_module(module) for module in report.modules],
        lessons=[_lesson(module, each) for module in report.modules for each in module.lessons],
        lessons_completed=_completed(lessons),
        current_lesson=_current(lessons),
        total_time_spent_minutes=int(standing.seconds // 60),
        enrolled_at=enrollment.enrolled_at,
        started_at=standing.started_at,
        last_activity_at=standing.last_activity_at,
        completed_at=standing.completed_at,
        evidence=standing.evidence,
    )


def _module(module: ModuleProgress) -> ModuleStanding:
    return ModuleStanding(
        module_id=module.module_id,
        title=module.title,
        progress=module.progress,
        completed_at=module.completed_at,
    )


def _lesson(module: ModuleProgress, lesson: LessonProgress) -> LessonStanding:
    return LessonStanding(
        lesson_id=lesson.lesson_id,
        module_id=module.module_id,
        title=lesson.title,
        progress=lesson.progress,
        position=lesson.position,
        status=lesson.status,
        success=lesson.success,
        score=lesson.score,
        time_spent_seconds=lesson.seconds,
        started_at=lesson.started_at,
        last_activity_at=lesson.last_activity_at,
        completed_at=lesson.completed_at,
        evidence=lesson.evidence,
    )


def _completed(lessons: Iterable[LessonProgress]) -> list[CompletedLesson]:
    return [
        CompletedLesson(
            lesson_id=lesson.lesson_id,
            completed_at=lesson.completed_at,
            time_spent_seconds=lesson.seconds,
        )
        for lesson in lessons
        if lesson.completed_at is not None
    ]


def _current(lessons: Iterable[LessonProgress]) -> CurrentLesson | None:
    present = learning.current({each.lesson_id: each for each in lessons})
    if present is None:
        return None
    position = present.progress if present.position is None else present.position
    return CurrentLesson(lesson_id=present.lesson_id, position=position)
