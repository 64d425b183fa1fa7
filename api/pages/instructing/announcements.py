"""/courses/…/announcements: what those who teach tell a course."""

from datetime import UTC, datetime

from aiohttp import web
from msgspec import structs

from api.pages.desk import SAVED, Desk, at_desk
from api.pages.forms import Form, carried_out, written
from api.pages.wording import badge
from api.permissions import Permission
from api.rest.announcements import ChangedAnnouncement, NewAnnouncement
from content.announcements import announcements
from content.announcements.announcements import (
    Announcement,
    AnnouncementChanges,
    AnnouncementDraft,
    AnnouncementFilter,
)
from content.courses import courses
from content.courses.courses import Course
from content.documents import Paging
from content.enrollment import cohorts
from content.errors import NotFound

table = web.RouteTableDef()

ADDRESS = "/courses/{course_id}/announcements"
SHOWN = 50


@table.get(ADDRESS)
async def announcements_page(request: web.Request) -> web.Response:
    """Show a course's announcements, and the form of a new one."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    return await _page(desk, await _course(desk), Form(zone=desk.zone))


@table.post(ADDRESS)
async def announce(request: web.Request) -> web.Response:
    """Announce something, now or later."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    course = await _course(desk)
    sent = await written(desk, NewAnnouncement)
    refused: Form | None = sent.form
    if sent.body is not None:
        draft = AnnouncementDraft(course_id=course.id, **sent.body.model_dump())
        own = desk.person.id
        made = announcements.create(
            desk.store, desk.services.outbox, desk.organization_id, draft, own
        )
        refused = await carried_out(sent.form, made)
    if refused is not None:
        return await _page(desk, course, refused)
    await desk.audit("POST /courses/{course_id}/announcements", course.id)
    return desk.go(f"/courses/{course.id}/announcements", "It is announced.")


@table.get(ADDRESS + "/{announcement_id}")
async def announcement_page(request: web.Request) -> web.Response:
    """Show an announcement to who changes it."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    found = await _found(desk)
    return await _form(desk, found, Form(structs.asdict(found), zone=desk.zone))


@table.post(ADDRESS + "/{announcement_id}")
async def change(request: web.Request) -> web.Response:
    """Change an announcement; what was published stays so."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    found = await _found(desk)
    sent = await written(desk, ChangedAnnouncement)
    refused: Form | None = sent.form
    if sent.body is not None:
        changes = AnnouncementChanges(**sent.body.model_dump(exclude_unset=True))
        changed = announcements.update(desk.store, found, changes, sent.version)
        refused = await carried_out(sent.form, changed)
    if refused is not None:
        return await _form(desk, await _found(desk), refused)
    await desk.audit("PATCH /announcements/{announcement_id}", found.id)
    return desk.go(f"/courses/{found.course_id}/announcements", SAVED)


@table.post(ADDRESS + "/{announcement_id}/delete")
async def delete(request: web.Request) -> web.Response:
    """Take an announcement away."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    found = await _found(desk)
    await announcements.delete(desk.store, found)
    await desk.audit("DELETE /announcements/{announcement_id}", found.id)
    return desk.go(f"/courses/{found.course_id}/announcements", "The announcement is gone.")


async def _course(desk: Desk) -> Course:
    return await courses.get(desk.store, desk.organization_id, desk.named("course_id"))


async def _found(desk: Desk) -> Announcement:
    sought = desk.named("announcement_id")
    found = await announcements.get(desk.store, desk.organization_id, sought)
    if found.course_id != desk.named("course_id"):
        raise NotFound("announcement", sought)
    return found


async def _cohorts(desk: Desk) -> list[tuple[str, str]]:
    found = await cohorts.every(desk.store, desk.organization_id)
    return [(each.id, each.name) for each in found]


async def _page(desk: Desk, course: Course, form: Form) -> web.Response:
    paging = Paging(per_page=SHOWN, sort="-publish_at")
    filters = AnnouncementFilter(course_id=course.id)
    found = await announcements.find(desk.store, desk.organization_id, filters, paging)
    now = datetime.now(UTC)
    return desk.show(
        "instructing/announcements.html",
        form.status,
        course=course,
        badge=badge(course.status),
        announcements=[
            (each, desk.minute(each.publish_at), each.publish_at > now) for each in found.items
        ],
        cohorts=await _cohorts(desk),
        form=form,
    )


async def _form(desk: Desk, found: Announcement, form: Form) -> web.Response:
    return desk.show(
        "instructing/announcement.html",
        form.status,
        course=await _course(desk),
        announcement=found,
        scheduled=found.publish_at > datetime.now(UTC),
        cohorts=await _cohorts(desk),
        form=form.beside(structs.asdict(found)),
    )
