"""/courses/…/publish and its like: what becomes of a course as a whole."""

from aiohttp import web

from api.pages.authoring.outline import outline
from api.pages.desk import at_desk
from api.pages.forms import Form, carried_out
from api.permissions import Permission
from api.rest.courses import CARRIED
from content.courses import courses, duplication
from content.courses.courses import CourseChanges

table = web.RouteTableDef()

BECOMES = {"publish": "published", "withdraw": "draft"}
TOLD = {
    "published": "The course is published: people can find it.",
    "draft": "The course is a draft again: learners do not find it.",
}


@table.post("/courses/{course_id}/{change:publish|withdraw}")
async def publish(request: web.Request) -> web.Response:
    """Let people find a course, or take it back to a draft."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    course_id, status = desk.named("course_id"), BECOMES[desk.named("change")]
    changes = CourseChanges(status=status)
    await courses.update(desk.store, desk.organization_id, course_id, changes)
    await desk.audit("POST /courses/{course_id}/publish", course_id)
    return desk.go(f"/courses/{course_id}/edit", TOLD[status])


@table.post("/courses/{course_id}/archive")
async def archive(request: web.Request) -> web.Response:
    """Take a course out of use."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    course_id = desk.named("course_id")
    await courses.archive(desk.store, desk.organization_id, course_id)
    await desk.audit("POST /courses/{course_id}/archive", course_id)
    return desk.go(f"/courses/{course_id}/edit", "The course is archived. What was learnt stays.")


@table.post("/courses/{course_id}/restore")
async def restore(request: web.Request) -> web.Response:
    """Take an archived course back, as a draft."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    course_id = desk.named("course_id")
    restored = courses.restore(desk.store, desk.organization_id, course_id)
    if refused := await carried_out(Form(), restored):
        course = await courses.get(desk.store, desk.organization_id, course_id)
        return await outline(desk, course, refused)
    await desk.audit("POST /courses/{course_id}/restore", course_id)
    return desk.go(f"/courses/{course_id}/edit", "The course is back, as a draft.")


@table.post("/courses/{course_id}/duplicate")
async def duplicate(request: web.Request) -> web.Response:
    """Copy a course, and go to the copy."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    course_id = desk.named("course_id")
    copy = await duplication.duplicate(desk.store, desk.organization_id, course_id, None, CARRIED)
    await desk.audit("POST /courses/{course_id}/duplicate", course_id, copy.id)
    return desk.go(f"/courses/{copy.id}/edit", "This is the copy: a draft without people.")
