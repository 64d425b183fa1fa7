"""Notes and bookmarks: beside a lesson, and all of them at /my/notes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from api.pages.desk import Desk, at_desk
from api.pages.learning import lesson
from api.pages.paging import page_asked, pages_of
from api.permissions import Permission
from api.rest import bookmarks, notes
from api.rest.route import Handler
from content.courses.courses import Course
from content.lessons.lessons import Lesson

table = web.RouteTableDef()

PERMISSION = Permission.NOTES_OWN
PER_PAGE = 20
MOST = 100
LIST = "/my/notes"


@dataclass(frozen=True, slots=True)
class Line:
    """A note or bookmark in the list of all; `href` is its lesson."""

    href: str
    lesson: str
    course: str
    text: str
    at: datetime


@table.get(LIST)
async def all_notes(request: web.Request) -> web.Response:
    """Show everything that one has written and marked, the latest first."""
    desk = await at_desk(request, PERMISSION)
    page = page_asked(request)
    query = {"page": page, "per_page": PER_PAGE}
    written = await desk.ask(notes.my_notes, query=query)
    marked = await desk.ask(bookmarks.my_bookmarks, query={"per_page": MOST})
    return desk.show(
        "learning/notes.html",
        notes=await _lines(desk, written.items, "content"),
        bookmarks=await _lines(desk, marked.items, "label"),
        pages=pages_of(request, page, written.total, PER_PAGE),
    )


@table.post(f"{lesson.ADDRESS}/notes")
async def write(request: web.Request) -> web.Response:
    """Write a note beside a lesson."""
    desk = await at_desk(request, PERMISSION)
    body = {"content": _text(await request.post(), "content")}
    return await _done(desk, notes.create_note, body, None, "Your note is kept.")


@table.post(f"{lesson.ADDRESS}/notes/{{note_id}}")
async def change(request: web.Request) -> web.Response:
    """Change a note, or remove it."""
    desk = await at_desk(request, PERMISSION)
    form = await request.post()
    if form.get("do") == "remove":
        return await _done(desk, notes.delete_note, {}, None, "The note is removed.")
    version = _text(form, "version")
    expected = int(version) if version.isdecimal() else None
    body = {"content": _text(form, "content")}
    return await _done(desk, notes.update_note, body, expected, "Your note is kept.")


@table.post(f"{lesson.ADDRESS}/bookmarks")
async def mark(request: web.Request) -> web.Response:
    """Set a bookmark on a lesson."""
    desk = await at_desk(request, PERMISSION)
    body = {"label": _text(await request.post(), "label")}
    return await _done(desk, bookmarks.create_bookmark, body, None, "The bookmark is set.")


@table.post(f"{lesson.ADDRESS}/bookmarks/{{bookmark_id}}/remove")
async def unmark(request: web.Request) -> web.Response:
    """Remove a bookmark."""
    desk = await at_desk(request, PERMISSION)
    return await _done(desk, bookmarks.delete_bookmark, {}, None, "The bookmark is removed.")


def _text(form: Any, name: str) -> str:
    return str(form.get(name, "")).replace("\r\n", "\n").strip()


async def _done(
    desk: Desk, handler: Handler, body: dict[str, str], version: int | None, told: str
) -> web.Response:
    """Back to the lesson, or the lesson's page with what was wrong."""
    outcome = await desk.submit(handler, body, version)
    if outcome.problems:
        return await lesson.show(desk, outcome.problems)
    return desk.go(f"/learn/{desk.named('course_id')}/{desk.named('lesson_id')}#notes", told)


async def _lines(desk: Desk, found: Sequence[Any], text: str) -> list[Line]:
    lessons = await _titles(desk, Lesson, [each.related["lesson"] for each in found])
    courses = await _titles(desk, Course, [each.related["course"] for each in found])
    return [
        Line(
            f"/learn/{each.related['course']}/{each.related['lesson']}#notes",
            lessons.get(each.related["lesson"], "A lesson that is gone"),
            courses.get(each.related["course"], ""),
            getattr(each.attributes, text),
            each.attributes.created_at,
        )
        for each in found
    ]


async def _titles(desk: Desk, kind: type[Course] | type[Lesson], ids: list[str]) -> dict[str, str]:
    wanted = {"_id": {"$in": list(set(ids))}}
    found: list[Any] = await desk.store.of(kind).all(desk.organization_id, wanted)
    return {each.id: each.title for each in found}
