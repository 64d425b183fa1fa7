"""/courses/…/settings: what a course is called, where it is found, and how it is run."""

from aiohttp import web
from msgspec import to_builtins

from api.pages.authoring.courses import category_choices
from api.pages.desk import SAVED, Desk, at_desk
from api.pages.forms import Form, carried_out, written
from api.pages.wording import badge
from api.permissions import Permission
from api.rest.course_bodies import ChangedCourse
from content.certificates import templates
from content.courses import courses
from content.courses.course_search import CourseFilter
from content.courses.course_settings import SettingsChanges
from content.courses.courses import Course, CourseChanges
from content.documents import Paging

table = web.RouteTableDef()

NEEDED_SHOWN = 100


@table.get("/courses/{course_id}/settings")
async def settings_page(request: web.Request) -> web.Response:
    """Show a course's settings."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    course = await courses.get(desk.store, desk.organization_id, desk.named("course_id"))
    return await _form(desk, course, Form(to_builtins(course)))


@table.post("/courses/{course_id}/settings")
async def change_settings(request: web.Request) -> web.Response:
    """Change a course's settings."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    store, organization_id, course_id = desk.store, desk.organization_id, desk.named("course_id")
    sent = await written(desk, ChangedCourse)
    refused: Form | None = sent.form
    if sent.body is not None:
        fields = sent.body.model_dump(exclude_unset=True)
        if "settings" in fields:
            fields["settings"] = SettingsChanges(**fields["settings"])
        change = courses.update(
            store, organization_id, course_id, CourseChanges(**fields), sent.version
        )
        refused = await carried_out(sent.form, change)
    if refused is not None:
        return await _form(desk, await courses.get(store, organization_id, course_id), refused)
    await desk.audit("PATCH /courses/{course_id}", course_id)
    return desk.go(f"/courses/{course_id}/settings", SAVED)


async def _form(desk: Desk, course: Course, form: Form) -> web.Response:
    paging = Paging(per_page=NEEDED_SHOWN, sort="title")
    others = await courses.find(desk.store, desk.organization_id, CourseFilter(), paging)
    made = await templates.find(desk.store, desk.organization_id, Paging(per_page=100))
    return desk.show(
        "authoring/settings.html",
        form.status,
        course=course,
        badge=badge(course.status),
        form=form.beside(to_builtins(course)),
        categories=await category_choices(desk),
        templates=[("", "The standard one"), *((each.id, each.name) for each in made.items)],
        others=[each for each in others.items if each.id != course.id],
    )
