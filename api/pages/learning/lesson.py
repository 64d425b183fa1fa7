"""/learn/…/…: a lesson, whatever it is made of, and the lessons beside it."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from api.pages.boundary import POLICY
from api.pages.learning import assignment, quiz
from api.pages.learning.course import access_of, way_of
from api.pages.learning.visit import Visit, details, visit
from api.pages.redirection import onward
from api.permissions import Permission
from api.rest import captions, learn, lesson_progress
from api.rest.problems import Problem
from content import files
from content.errors import NotFound
from content.files import StoredFile

table = web.RouteTableDef()

ADDRESS = "/learn/{course_id}/{lesson_id}"
SELF_COMPLETED = ("document", "embed", "text", "video")
MOST_TRACKS = 100


@table.get(ADDRESS)
async def lesson_page(request: web.Request) -> web.Response:
    """Show a lesson that is open; of one that is closed, why."""
    return await show(await visit(request, Permission.COURSES_READ))


@table.post(f"{ADDRESS}/complete")
async def complete(request: web.Request) -> web.Response:
    """Say that the lesson is completed, and go on to the next one that is open."""
    seen = await visit(request, Permission.PROGRESS_WRITE_OWN)
    course_id, lesson_id = seen.named("course_id"), seen.named("lesson_id")
    asked = seen.ask(lesson_progress.complete_lesson, lesson_id=lesson_id, body={})
    problem = await seen.tried(asked)
    if problem:
        return await show(seen, problem)
    way = await way_of(seen, await access_of(seen, course_id))
    if way.next is None:
        return onward(f"/learn/{course_id}", "Completed. That was the last open lesson.")
    onto = f"/learn/{course_id}/{way.next.id}"
    return onward(onto, "Completed. Here is the next lesson.")


@table.post(f"{ADDRESS}/place")
async def keep_place(request: web.Request) -> web.Response:
    """Keep the page of a document that the person is on."""
    seen = await visit(request, Permission.PROGRESS_WRITE_OWN)
    form = await request.post()
    page, total = (str(form.get(name, "")) for name in ("page", "total"))
    lesson_id = seen.named("lesson_id")
    if page.isdecimal() and total.isdecimal() and 0 < int(page) <= int(total) < 1_000_000:
        body = {"position": int(page), "total": int(total)}
        asked = seen.ask(lesson_progress.update_lesson_progress, lesson_id=lesson_id, body=body)
        if problem := await seen.tried(asked):
            return await show(seen, problem)
    return onward(f"/learn/{seen.named('course_id')}/{lesson_id}", "Your place is kept.")


@table.post(f"{ADDRESS}/hand-in")
async def hand_in(request: web.Request) -> web.Response:
    """Hand in work for the lesson's assignment."""
    seen = await visit(request, Permission.ASSIGNMENTS_OWN)
    if problem := await assignment.handed_in(seen, seen.named("lesson_id")):
        return await show(seen, problem)
    address = f"/learn/{seen.named('course_id')}/{seen.named('lesson_id')}"
    return onward(address, "Your work is handed in.")


@table.post(f"{ADDRESS}/attempts")
async def start_quiz(request: web.Request) -> web.Response:
    """Start an attempt at the lesson's quiz, or go on with the one that is open."""
    seen = await visit(request, Permission.QUIZZES_TAKE)
    try:
        attempt_id = await quiz.started(seen, seen.named("lesson_id"))
    except Exception as error:
        return await show(seen, seen.problem(error))
    return onward(f"/quiz-attempts/{attempt_id}")


async def show(seen: Visit, problem: Problem | None = None) -> web.Response:
    """The lesson's page, with what was wrong with what was asked of it."""
    course_id, lesson_id = seen.named("course_id"), seen.named("lesson_id")
    found = await access_of(seen, course_id)
    way = await way_of(seen, found, lesson_id)
    here = way.line(lesson_id)
    if here is None:
        raise NotFound("lesson", lesson_id)
    shown: dict[str, Any] = {"way": way, "course": found.course, "here": here}
    try:
        asked = await seen.ask(learn.learn_lesson, course_id=course_id, lesson_id=lesson_id)
    except Exception as error:
        closed = seen.problem(error)
        return seen.page("learning/lesson_closed.html", 403, **shown, why=details(closed))
    lesson = asked.attributes
    content = lesson.content or {}
    shown |= await _beside(seen, lesson, content)
    response = seen.page(
        "learning/lesson.html",
        problem.status if problem else 200,
        **shown,
        lesson=lesson,
        content=content,
        problem=details(problem) if problem else "",
        before=way.line(lesson.previous_lesson_id or ""),
        after=way.line(lesson.next_lesson_id or ""),
        completes=lesson.content_type in SELF_COMPLETED and way.enrolled,
    )
    origin = seen.services.settings.content_origin
    response.headers["Content-Security-Policy"] = policy(content).format(content=origin)
    return response


def policy(content: dict[str, Any]) -> str:
    """The page's policy: with pictures of https, and the one host that the lesson shows."""
    policy = POLICY.replace("img-src 'self' data:", "img-src 'self' data: https:")
    film, frame = (_origins(content.get(name)) for name in ("video_url", "url"))
    return f"{policy}; media-src 'self' https: {film}; frame-src 'self' {frame}"


def _origins(address: Any) -> str:
    """The origin of an address; nothing for none, and for what a policy could not name."""
    parts = urlsplit(address) if isinstance(address, str) else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.netloc:
        return ""
    return "" if set(parts.netloc) & set(" ;,'\"{}") else f"{parts.scheme}://{parts.netloc}"


async def _beside(seen: Visit, lesson: Any, content: dict[str, Any]) -> dict[str, Any]:
    """What a lesson of its type has besides its content."""
    lesson_id = seen.named("lesson_id")
    match lesson.content_type:
        case "quiz":
            return {"quiz": await quiz.entrance(seen, lesson_id)}
        case "assignment":
            return {"assignment": await assignment.desk(seen, lesson_id)}
        case "video":
            return {"tracks": await _tracks(seen, lesson_id)}
        case "document":
            return {"file": await _file(seen, content)}
    return {}


async def _tracks(seen: Visit, lesson_id: str) -> Sequence[Any]:
    query = {"per_page": MOST_TRACKS}
    found = await seen.ask(captions.list_captions, lesson_id=lesson_id, query=query)
    return [each.attributes for each in found.items]


async def _file(seen: Visit, content: dict[str, Any]) -> StoredFile | None:
    """The file that a document shows, unless it is gone."""
    if not content.get("file_id"):
        return None
    try:
        return await files.get(seen.store, seen.organization_id, content["file_id"])
    except NotFound:
        return None
