"""/announcements: what those who teach tell a course, or some of its cohorts."""

from datetime import datetime

from aiohttp import web
from pydantic import Field

from api.permissions import Permission
from api.rest.bodies import Draft, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from api.rest.visibility import visible_course
from content.announcements import announcements
from content.announcements.announcements import (
    Announcement,
    AnnouncementChanges,
    AnnouncementDraft,
    AnnouncementFilter,
)
from content.enrollment import participation
from content.errors import NotFound

table = RouteTable()

KNOWN = ("announcement_not_found", "version_mismatch")
ENTRY = ("course_not_found", "enrollment_expired", "enrollment_required")


class AnnouncementAttributes(Attributes):
    """An announcement; its content is HTML that was cleaned. Without cohorts it is for all."""

    type_name = "announcement"
    relationship_types = {"author": "user", "course": "course"}

    title: str
    content: str
    cohort_ids: tuple[str, ...]
    publish_at: datetime
    edited_at: datetime | None
    created_at: datetime


class NewAnnouncement(Draft):
    """A new announcement; without a moment it is published at once."""

    title: str
    content: str = Field(max_length=100_000)
    cohort_ids: tuple[str, ...] = Field((), max_length=1000)
    publish_at: datetime | None = None


class ChangedAnnouncement(Draft):
    """What may be changed; what is not given stays. Once published, the moment stays too."""

    title: str = ""
    content: str = Field("", max_length=100_000)
    cohort_ids: tuple[str, ...] = Field((), max_length=1000)
    publish_at: datetime = datetime.min


class AnnouncementQuery(PageQuery):
    """Which announcements: scheduled or published; learners see published ones for them."""

    status: str | None = None
    sort: str | None = None


def announcement_resource(announcement: Announcement) -> Resource[AnnouncementAttributes]:
    """The announcement as a resource."""
    related = {"author": announcement.author_id or None, "course": announcement.course_id}
    attributes = AnnouncementAttributes.model_validate(announcement)
    return Resource(announcement.id, attributes, related, announcement.version)


@table.route(
    "GET",
    "/courses/{course_id}/announcements",
    permission=Permission.COURSES_READ,
    errors=ENTRY,
)
async def list_announcements(
    call: Call, course_id: str, query: AnnouncementQuery
) -> ResourcePage[AnnouncementAttributes]:
    """List a course's announcements, the newest first; learners see those for them."""
    reader_id = await _reader(call, course_id)
    filters = AnnouncementFilter(course_id=course_id, status=query.status, reader_id=reader_id)
    page = paging(query, query.sort or "-publish_at")
    store = call.services.content
    found = await announcements.find(store, call.organization_id, filters, page)
    return page_of(found, announcement_resource)


@table.route(
    "POST",
    "/courses/{course_id}/announcements",
    permission=Permission.COURSES_WRITE,
    status=201,
    errors=("course_not_found",),
)
async def create_announcement(
    call: Call, course_id: str, body: NewAnnouncement
) -> Resource[AnnouncementAttributes]:
    """Announce something to a course, or to some cohorts, now or later."""
    services, own = call.services, call.principal.person.id
    draft = AnnouncementDraft(course_id=course_id, **body.model_dump())
    made = await announcements.create(
        services.content, services.outbox, call.organization_id, draft, own
    )
    return announcement_resource(made)


@table.route(
    "GET",
    "/announcements/{announcement_id}",
    permission=Permission.COURSES_READ,
    errors=("announcement_not_found", *ENTRY),
)
async def get_announcement(call: Call, announcement_id: str) -> Resource[AnnouncementAttributes]:
    """Show an announcement."""
    store = call.services.content
    announcement = await announcements.get(store, call.organization_id, announcement_id)
    reader_id = await _reader(call, announcement.course_id)
    if reader_id and not await announcements.is_for(store, announcement, reader_id):
        raise NotFound("announcement", announcement_id)
    return announcement_resource(announcement)


@table.route(
    "PATCH",
    "/announcements/{announcement_id}",
    permission=Permission.COURSES_WRITE,
    errors=(*KNOWN, "announcement_published"),
)
async def update_announcement(
    call: Call, announcement_id: str, body: ChangedAnnouncement
) -> Resource[AnnouncementAttributes]:
    """Change an announcement; once it is published its moment stays."""
    store = call.services.content
    announcement = await announcements.get(store, call.organization_id, announcement_id)
    changes = AnnouncementChanges(**body.model_dump(exclude_unset=True))
    version = expected_version(call.request)
    return announcement_resource(await announcements.update(store, announcement, changes, version))


@table.route(
    "DELETE",
    "/announcements/{announcement_id}",
    permission=Permission.COURSES_WRITE,
    status=204,
    errors=("announcement_not_found",),
)
async def delete_announcement(call: Call, announcement_id: str) -> web.Response:
    """Take an announcement away."""
    store = call.services.content
    announcement = await announcements.get(store, call.organization_id, announcement_id)
    await announcements.delete(store, announcement)
    return web.Response(status=204)


async def _reader(call: Call, course_id: str) -> str | None:
    """The learner for whom announcements are chosen; None for who sees them all.

    Raises:
        NotFound, Refused: the course is not theirs.
    """
    await visible_course(call, course_id)
    if call.principal.may(Permission.COURSES_READ_ALL):
        return None
    own = call.principal.person.id
    store = call.services.content
    await participation.require(store, call.organization_id, course_id, own)
    return own
