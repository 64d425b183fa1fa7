"""/courses/…/preview: the course as a learner would find it; nothing of it is recorded."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from api import launching
from api.pages.authoring.lessons import lesson_of
from api.pages.authoring.outline import KINDS, opens
from api.pages.boundary import POLICY
from api.pages.desk import at_desk
from api.pages.wording import badge
from api.permissions import Permission
from content import assignments, files
from content.courses import courses, modules
from content.lessons import lesson_content, lessons
from content.lessons.lessons import Lesson
from content.quizzes import quizzes

table = web.RouteTableDef()

ADDRESS = "/courses/{course_id}/preview"
FOREIGN = "; frame-src https:; media-src 'self' https:"
"""What a lesson may show besides: pages of other sites in a frame, films and sounds."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A module as a learner finds it."""

    title: str
    description: str
    opens: str
    lessons: list[Lesson]


@table.get(ADDRESS)
async def course_preview(request: web.Request) -> web.Response:
    """Show the course."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    store, organization_id = desk.store, desk.organization_id
    course = await courses.get(store, organization_id, desk.named("course_id"))
    found = await lessons.of_course(store, organization_id, course.id)
    chapters = [
        Chapter(
            each.title,
            each.description,
            opens(desk, each),
            [lesson for lesson in found if lesson.module_id == each.id],
        )
        for each in await modules.within(store, organization_id, course.id)
    ]
    return desk.show(
        "authoring/course_preview.html",
        course=course,
        badge=badge(course.status),
        chapters=chapters,
        kinds=KINDS,
    )


@table.get(ADDRESS + "/{lesson_id}")
async def lesson_preview(request: web.Request) -> web.Response:
    """Show a lesson's content."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    store, organization_id = desk.store, desk.organization_id
    lesson = await lesson_of(desk)
    found = await lessons.of_course(store, organization_id, lesson.course_id)
    ids = [each.id for each in found]
    place = ids.index(lesson.id) if lesson.id in ids else 0
    content: dict[str, Any] = lesson_content.shown(lesson.content) if lesson.content else {}
    response = desk.show(
        "authoring/lesson_preview.html",
        course=await courses.get(store, organization_id, lesson.course_id),
        lesson=lesson,
        kind=KINDS[lesson.content_type],
        content=content,
        file=await files.shown_in(store, organization_id, content),
        quiz=await quizzes.of_lesson(store, organization_id, lesson.id),
        assignment=await assignments.of_lesson(store, organization_id, lesson.id),
        before=found[place - 1] if place else None,
        after=found[place + 1] if place + 1 < len(found) else None,
    )
    origin = desk.services.settings.content_origin
    policy = POLICY.replace("img-src 'self' data:", "img-src 'self' data: https:")
    response.headers["Content-Security-Policy"] = policy.format(content=origin) + FOREIGN
    return response


@table.post(ADDRESS + "/{lesson_id}")
async def play(request: web.Request) -> web.Response:
    """Open the player on a lesson's package; nothing is recorded."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    lesson = await lesson_of(desk)
    back = f"/courses/{lesson.course_id}/preview/{lesson.id}"
    launched = await launching.preview(desk.services, desk.person, lesson, back)
    return desk.go(launched.url)
