"""/courses and /courses/new: every course of the organization, and the short form of a new one."""

from dataclasses import dataclass

from aiohttp import web

from api.pages.desk import Desk, at_desk
from api.pages.forms import Form, carried_out, written
from api.pages.paging import page_asked, pages_of
from api.pages.wording import Badge, badge
from api.permissions import Permission
from api.rest.course_bodies import NewCourse
from content import category_tree
from content.courses import categories, courses
from content.courses.course_search import CourseFilter
from content.courses.course_settings import CourseSettings
from content.courses.courses import Course, CourseDraft
from content.documents import Paging

table = web.RouteTableDef()

COURSES_A_PAGE = 30
STATUSES = {"draft": "Draft", "published": "Published", "archived": "Archived"}


@dataclass(frozen=True, slots=True)
class CourseRow:
    """A course in the list."""

    id: str
    title: str
    description: str
    badge: Badge
    size: str
    changed: str


@table.get("/courses")
async def course_list(request: web.Request) -> web.Response:
    """Show the courses that are not archived, or those that are asked for."""
    desk = await at_desk(request, Permission.COURSES_READ_ALL)
    status = desk.asked("status")
    filters = CourseFilter(
        status=status if status in STATUSES else None, search=desk.asked("search")[:200] or None
    )
    paging = Paging(page=page_asked(request), per_page=COURSES_A_PAGE, sort="title")
    found = await courses.find(desk.store, desk.organization_id, filters, paging)
    return desk.show(
        "authoring/course_list.html",
        courses=[row(desk, each) for each in found.items],
        pages=pages_of(request, found.page, found.total, COURSES_A_PAGE),
        search=filters.search or "",
        chosen=filters.status or "",
        statuses=STATUSES,
    )


@table.get("/courses/new")
async def new_course(request: web.Request) -> web.Response:
    """Show the form of a new course."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    return await _form(desk, Form())


@table.post("/courses/new")
async def create_course(request: web.Request) -> web.Response:
    """Make a course, and go on to its outline."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    sent = await written(desk, NewCourse)
    if sent.body is None:
        return await _form(desk, sent.form)
    fields = sent.body.model_dump()
    draft = CourseDraft(**{**fields, "settings": CourseSettings(**fields["settings"])})
    made: list[Course] = []

    async def create() -> None:
        made.append(await courses.create(desk.store, desk.organization_id, draft))

    if refused := await carried_out(sent.form, create()):
        return await _form(desk, refused)
    await desk.audit("POST /courses", made[0].id)
    return desk.go(f"/courses/{made[0].id}/edit", "The course is made. Add its first module.")


def row(desk: Desk, course: Course) -> CourseRow:
    """A course as a row."""
    count = course.lesson_count
    return CourseRow(
        id=course.id,
        title=course.title,
        description=course.description,
        badge=badge(course.status),
        size=f"{count} {'lesson' if count == 1 else 'lessons'}",
        changed=desk.day(course.updated_at),
    )


async def category_choices(desk: Desk) -> list[tuple[str, str]]:
    """The categories by their path, for a list to choose from."""
    known = await categories.everything(desk.store, desk.organization_id)
    paths = {each: category_tree.path(known.values(), each) for each in known}
    choices = [(each, " / ".join(one.name for one in path)) for each, path in paths.items()]
    return [("", "None"), *sorted(choices, key=lambda each: each[1].casefold())]


async def _form(desk: Desk, form: Form) -> web.Response:
    return desk.show(
        "authoring/new_course.html",
        form.status,
        form=form,
        categories=await category_choices(desk),
    )
