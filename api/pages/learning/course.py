"""/learn/…: the way through a course."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from api.pages.desk import Desk, at_desk
from api.pages.learning.lines import Chapter, LessonLine, lesson_lines
from api.pages.learning.ways import ways_in
from api.pages.wording import Badge, badge, length, percent
from api.permissions import Permission
from api.rest.visibility import visible_course
from content.courses.courses import Course
from content.enrollment import enrollments
from content.identity import now
from content.lessons import access, learning, locks
from content.lessons.access import CourseAccess

table = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class Way:
    """A course as it lies before a person: how they stand, its chapters, where to go on."""

    course: Course
    enrolled: bool
    badge: Badge | None
    percent: str
    summary: str
    chapters: Sequence[Chapter]
    next: LessonLine | None

    def line(self, lesson_id: str) -> LessonLine | None:
        """The line of a lesson."""
        lines = (each for chapter in self.chapters for each in chapter.lessons)
        return next((each for each in lines if each.id == lesson_id), None)


@table.get("/learn/{course_id}")
async def course_page(request: web.Request) -> web.Response:
    """Show the lessons of a course, what is done, what is closed and why."""
    desk = await at_desk(request, Permission.COURSES_READ)
    found = await access_of(desk, desk.named("course_id"))
    return desk.show("learning/course.html", way=await way_of(desk, found), course=found.course)


async def access_of(desk: Desk, course_id: str) -> CourseAccess:
    """How a course lies before who looks. Raises NotFound."""
    course = await visible_course(desk.call, course_id)
    return await access.to_course(desk.store, desk.services.progress, desk.person, course)


async def way_of(desk: Desk, found: CourseAccess, here: str | None = None) -> Way:
    """The way through a course; `here` is the lesson that is shown."""
    course, report, enrollment = found.course, found.report, found.enrollment
    ways = await ways_in(desk.store, course, report) if report else {}
    lines = lesson_lines(found, ways, here)
    standing = report.standing if report else None
    shown, summary = None, ""
    if standing and enrollment:
        status = enrollments.status_of(enrollment, standing.completed_at, now())
        shown = badge(standing.status if status == "active" else status)
        spent = f", {length(standing.seconds)} spent" if standing.seconds >= 60 else ""
        total = standing.total_lessons
        summary = f"{standing.lessons_completed} of {total} lessons completed{spent}"
    return Way(
        course=course,
        enrolled=enrollment is not None,
        badge=shown,
        percent=percent(standing.progress) if standing else "0",
        summary=summary,
        chapters=[
            Chapter(
                each.id,
                each.title,
                locks.opens_at(each, enrollment.enrolled_at) if enrollment else each.unlock_at,
                [lines[lesson.id] for lesson in each.lessons],
            )
            for each in found.outline.modules
        ],
        next=lines.get(learning.coming(found) or "") if enrollment else None,
    )
