"""/courses/…/edit: the outline of a course, where modules and lessons are put in order."""

from dataclasses import dataclass

from aiohttp import web

from api.pages.desk import Desk, at_desk
from api.pages.forms import Form
from api.pages.wording import badge
from api.permissions import Permission
from content.courses import courses, modules, readiness
from content.courses.courses import Course
from content.courses.modules import Module
from content.courses.readiness import Lack
from content.lessons import lessons
from content.lessons.lessons import Lesson

table = web.RouteTableDef()

KINDS = {
    "text": "Text",
    "video": "Video",
    "document": "Document",
    "embed": "Embedded page",
    "quiz": "Quiz",
    "assignment": "Assignment",
    "scorm": "SCORM package",
    "xapi": "xAPI content elsewhere",
    "cmi5": "cmi5 unit elsewhere",
}


@dataclass(frozen=True, slots=True)
class LessonLine:
    """A lesson in the outline; `lacks` is what it has not got yet."""

    id: str
    version: int
    title: str
    kind: str
    minutes: int
    lacks: str
    edit: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A module in the outline."""

    id: str
    version: int
    title: str
    opens: str
    lessons: list[LessonLine]


@table.get("/courses/{course_id}/edit")
async def outline_page(request: web.Request) -> web.Response:
    """Show the outline."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    course = await courses.get(desk.store, desk.organization_id, desk.named("course_id"))
    return await outline(desk, course, Form())


async def outline(desk: Desk, course: Course, form: Form) -> web.Response:
    """The outline's page, with a form of it that was refused."""
    lacks = await readiness.lacking(desk.store, course)
    return desk.show(
        "authoring/outline.html",
        form.status,
        course=course,
        badge=badge(course.status),
        chapters=await _chapters(desk, course, lacks),
        lacks=lacks,
        form=form,
        kinds=KINDS,
    )


def opens(desk: Desk, module: Module) -> str:
    """When a module opens, in words; empty where it is open at once."""
    said = []
    if module.unlock_at is not None:
        said.append(f"on {desk.minute(module.unlock_at)}")
    if days := module.unlock_after_days:
        said.append(f"{days} {'day' if days == 1 else 'days'} after enrollment")
    return f"Opens {' and '.join(said)}" if said else ""


async def _chapters(desk: Desk, course: Course, lacks: list[Lack]) -> list[Chapter]:
    found = await lessons.of_course(desk.store, desk.organization_id, course.id)
    missing = {each.lesson_id: each.detail for each in lacks if each.lesson_id}
    return [
        Chapter(
            id=each.id,
            version=each.version,
            title=each.title,
            opens=opens(desk, each),
            lessons=[
                _line(lesson, missing.get(lesson.id, ""))
                for lesson in found
                if lesson.module_id == each.id
            ],
        )
        for each in await modules.within(desk.store, desk.organization_id, course.id)
    ]


def _line(lesson: Lesson, lacks: str) -> LessonLine:
    return LessonLine(
        id=lesson.id,
        version=lesson.version,
        title=lesson.title,
        kind=KINDS[lesson.content_type],
        minutes=lesson.minutes or lesson.duration_minutes or 0,
        lacks=lacks,
        edit=f"/courses/{lesson.course_id}/lessons/{lesson.id}/edit",
    )
