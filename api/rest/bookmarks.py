"""/bookmarks: the places in lessons that a learner comes back to."""

from datetime import datetime

from aiohttp import web

from api.permissions import Permission
from api.rest.bodies import Draft, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.engagement import ENTRY, open_lesson, visible_lesson
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from content.lessons import annotations
from content.lessons.annotations import AnnotationFilter, Bookmark, BookmarkChanges, BookmarkDraft

table = RouteTable()

KNOWN = ("lesson_not_found", "bookmark_not_found")


class BookmarkAttributes(Attributes):
    """A place in a lesson, in the lesson's own measure."""

    type_name = "bookmark"
    relationship_types = {"course": "course", "lesson": "lesson"}

    label: str
    position: float | None
    created_at: datetime
    updated_at: datetime


class NewBookmark(Draft):
    """A new bookmark."""

    label: str = ""
    position: float | None = None


class ChangedBookmark(Draft):
    """What may be changed; what is not given stays."""

    label: str = ""
    position: float | None = None


class BookmarkQuery(PageQuery):
    """In which order; the oldest first unless sorted."""

    sort: str | None = None


class MyBookmarksQuery(BookmarkQuery):
    """Of which course or lesson; the newest first unless sorted."""

    course_id: str | None = None
    lesson_id: str | None = None


def bookmark_resource(bookmark: Bookmark) -> Resource[BookmarkAttributes]:
    """The bookmark as a resource."""
    related = {"course": bookmark.course_id, "lesson": bookmark.lesson_id}
    return Resource(
        bookmark.id, BookmarkAttributes.model_validate(bookmark), related, bookmark.version
    )


@table.route("GET", "/my/bookmarks", permission=Permission.NOTES_OWN)
async def my_bookmarks(call: Call, query: MyBookmarksQuery) -> ResourcePage[BookmarkAttributes]:
    """List all of one's own bookmarks."""
    filters = AnnotationFilter(
        person_id=call.principal.person.id,
        course_id=query.course_id,
        lesson_id=query.lesson_id,
    )
    return await _page(call, filters, query, query.sort or "-created_at")


@table.route(
    "GET",
    "/lessons/{lesson_id}/bookmarks",
    permission=Permission.NOTES_OWN,
    errors=("lesson_not_found",),
)
async def list_bookmarks(
    call: Call, lesson_id: str, query: BookmarkQuery
) -> ResourcePage[BookmarkAttributes]:
    """List one's own bookmarks beside a lesson."""
    lesson = await visible_lesson(call, lesson_id)
    filters = AnnotationFilter(person_id=call.principal.person.id, lesson_id=lesson.id)
    return await _page(call, filters, query, query.sort)


@table.route(
    "POST",
    "/lessons/{lesson_id}/bookmarks",
    permission=Permission.NOTES_OWN,
    status=201,
    errors=ENTRY,
)
async def create_bookmark(
    call: Call, lesson_id: str, body: NewBookmark
) -> Resource[BookmarkAttributes]:
    """Set a bookmark."""
    lesson, own = await open_lesson(call, lesson_id), call.principal.person.id
    draft = BookmarkDraft(**body.model_dump())
    return bookmark_resource(await annotations.bookmark(call.services.content, lesson, own, draft))


@table.route(
    "GET",
    "/lessons/{lesson_id}/bookmarks/{bookmark_id}",
    permission=Permission.NOTES_OWN,
    errors=KNOWN,
)
async def get_bookmark(
    call: Call, lesson_id: str, bookmark_id: str
) -> Resource[BookmarkAttributes]:
    """Show a bookmark of one's own."""
    return bookmark_resource(await _own(call, lesson_id, bookmark_id))


@table.route(
    "PATCH",
    "/lessons/{lesson_id}/bookmarks/{bookmark_id}",
    permission=Permission.NOTES_OWN,
    errors=(*KNOWN, "version_mismatch"),
)
async def update_bookmark(
    call: Call, lesson_id: str, bookmark_id: str, body: ChangedBookmark
) -> Resource[BookmarkAttributes]:
    """Change a bookmark of one's own."""
    bookmark = await _own(call, lesson_id, bookmark_id)
    changes = BookmarkChanges(**body.model_dump(exclude_unset=True))
    version = expected_version(call.request)
    store = call.services.content
    return bookmark_resource(await annotations.change_bookmark(store, bookmark, changes, version))


@table.route(
    "DELETE",
    "/lessons/{lesson_id}/bookmarks/{bookmark_id}",
    permission=Permission.NOTES_OWN,
    status=204,
    errors=KNOWN,
)
async def delete_bookmark(call: Call, lesson_id: str, bookmark_id: str) -> web.Response:
    """Remove a bookmark of one's own."""
    bookmark = await _own(call, lesson_id, bookmark_id)
    await annotations.delete(call.services.content, bookmark)
    return web.Response(status=204)


async def _own(call: Call, lesson_id: str, bookmark_id: str) -> Bookmark:
    lesson, own = await visible_lesson(call, lesson_id), call.principal.person.id
    return await annotations.own(call.services.content, Bookmark, lesson, own, bookmark_id)


async def _page(
    call: Call, filters: AnnotationFilter, query: PageQuery, sort: str | None
) -> ResourcePage[BookmarkAttributes]:
    store, page = call.services.content, paging(query, sort)
    found = await annotations.find(store, Bookmark, call.organization_id, filters, page)
    return page_of(found, bookmark_resource)
