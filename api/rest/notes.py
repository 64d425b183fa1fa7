"""/notes: what a learner writes for themselves beside a lesson."""

from datetime import datetime

from aiohttp import web
from pydantic import Field

from api.permissions import Permission
from api.rest.bodies import Draft, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.engagement import ENTRY, open_lesson, visible_lesson
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from content.lessons import annotations
from content.lessons.annotations import AnnotationFilter, Note, NoteChanges, NoteDraft

table = RouteTable()

LONGEST = 100_000
KNOWN = ("lesson_not_found", "note_not_found")


class NoteAttributes(Attributes):
    """A note in plain text; `position` is in the lesson's own measure, `quote` what it is about."""

    type_name = "note"
    relationship_types = {"course": "course", "lesson": "lesson"}

    content: str
    quote: str
    position: float | None
    created_at: datetime
    updated_at: datetime


class NewNote(Draft):
    """A new note."""

    content: str = Field(max_length=LONGEST)
    quote: str = ""
    position: float | None = None


class ChangedNote(Draft):
    """What may be changed; what is not given stays."""

    content: str = Field("", max_length=LONGEST)
    quote: str = ""
    position: float | None = None


class NoteQuery(PageQuery):
    """In which order; the oldest first unless sorted."""

    sort: str | None = None


class MyNotesQuery(NoteQuery):
    """Of which course or lesson; the newest first unless sorted."""

    course_id: str | None = None
    lesson_id: str | None = None


def note_resource(note: Note) -> Resource[NoteAttributes]:
    """The note as a resource."""
    related = {"course": note.course_id, "lesson": note.lesson_id}
    return Resource(note.id, NoteAttributes.model_validate(note), related, note.version)


@table.route("GET", "/my/notes", permission=Permission.NOTES_OWN)
async def my_notes(call: Call, query: MyNotesQuery) -> ResourcePage[NoteAttributes]:
    """List all of one's own notes."""
    filters = AnnotationFilter(
        person_id=call.principal.person.id,
        course_id=query.course_id,
        lesson_id=query.lesson_id,
    )
    return await _page(call, filters, query, query.sort or "-created_at")


@table.route(
    "GET",
    "/lessons/{lesson_id}/notes",
    permission=Permission.NOTES_OWN,
    errors=("lesson_not_found",),
)
async def list_notes(call: Call, lesson_id: str, query: NoteQuery) -> ResourcePage[NoteAttributes]:
    """List one's own notes beside a lesson."""
    lesson = await visible_lesson(call, lesson_id)
    filters = AnnotationFilter(person_id=call.principal.person.id, lesson_id=lesson.id)
    return await _page(call, filters, query, query.sort)


@table.route(
    "POST",
    "/lessons/{lesson_id}/notes",
    permission=Permission.NOTES_OWN,
    status=201,
    errors=ENTRY,
)
async def create_note(call: Call, lesson_id: str, body: NewNote) -> Resource[NoteAttributes]:
    """Write a note."""
    lesson, own = await open_lesson(call, lesson_id), call.principal.person.id
    draft = NoteDraft(**body.model_dump())
    return note_resource(await annotations.note(call.services.content, lesson, own, draft))


@table.route(
    "GET", "/lessons/{lesson_id}/notes/{note_id}", permission=Permission.NOTES_OWN, errors=KNOWN
)
async def get_note(call: Call, lesson_id: str, note_id: str) -> Resource[NoteAttributes]:
    """Show a note of one's own."""
    return note_resource(await _own(call, lesson_id, note_id))


@table.route(
    "PATCH",
    "/lessons/{lesson_id}/notes/{note_id}",
    permission=Permission.NOTES_OWN,
    errors=(*KNOWN, "version_mismatch"),
)
async def update_note(
    call: Call, lesson_id: str, note_id: str, body: ChangedNote
) -> Resource[NoteAttributes]:
    """Change a note of one's own."""
    note = await _own(call, lesson_id, note_id)
    changes = NoteChanges(**body.model_dump(exclude_unset=True))
    version = expected_version(call.request)
    store = call.services.content
    return note_resource(await annotations.change_note(store, note, changes, version))


@table.route(
    "DELETE",
    "/lessons/{lesson_id}/notes/{note_id}",
    permission=Permission.NOTES_OWN,
    status=204,
    errors=KNOWN,
)
async def delete_note(call: Call, lesson_id: str, note_id: str) -> web.Response:
    """Remove a note of one's own."""
    note = await _own(call, lesson_id, note_id)
    await annotations.delete(call.services.content, note)
    return web.Response(status=204)


async def _own(call: Call, lesson_id: str, note_id: str) -> Note:
    lesson, own = await visible_lesson(call, lesson_id), call.principal.person.id
    return await annotations.own(call.services.content, Note, lesson, own, note_id)


async def _page(
    call: Call, filters: AnnotationFilter, query: PageQuery, sort: str | None
) -> ResourcePage[NoteAttributes]:
    store, page = call.services.content, paging(query, sort)
    found = await annotations.find(store, Note, call.organization_id, filters, page)
    return page_of(found, note_resource)
