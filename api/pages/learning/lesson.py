"""/learn/…/…: a lesson, whatever it is made of, and the lessons beside it."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from api.pages.asking import NO_PROBLEMS, Problems
from api.pages.boundary import POLICY
from api.pages.desk import Desk, at_desk
from api.pages.learning import assignment, quiz
from api.pages.learning.course import access_of, way_of
from api.permissions import Permission
from api.rest import bookmarks, captions, learn, lesson_progress, notes, quiz_attempts
from content import files
from content.errors import NotFound

table = web.RouteTableDef()

ADDRESS = "/learn/{course_id}/{lesson_id}"
SELF_COMPLETED = ("document", "embed", "text", "video")
MOST_NOTES = 100
MOST_TRACKS = 100


@table.get(ADDRESS)
async def lesson_page(request: web.Request) -> web.Response:
    """Show a lesson that is open; of one that is closed, why."""
    return await show(await at_desk(request, Permission.COURSES_READ))


@table.post(f"{ADDRESS}/complete")
async def complete(request: web.Request) -> web.Response:
    """Say that the lesson is completed, and go on to the next one that is open."""
    desk = await at_desk(request, Permission.PROGRESS_WRITE_OWN)
    course_id, lesson_id = desk.named("course_id"), desk.named("lesson_id")
    outcome = await desk.submit(lesson_progress.complete_lesson, lesson_id=lesson_id)
    if outcome.problems:
        return await show(desk, outcome.problems)
    way = await way_of(desk, await access_of(desk, course_id))
    if way.next is None:
        return desk.go(f"/learn/{course_id}", "Completed. That was the last open lesson.")
    onto = f"/learn/{course_id}/{way.next.id}"
    return desk.go(onto, "Completed. Here is the next lesson.")


@table.post(f"{ADDRESS}/place")
async def keep_place(request: web.Request) -> web.Response:
    """Keep the page of a document that the person is on."""
    desk = await at_desk(request, Permission.PROGRESS_WRITE_OWN)
    form = await request.post()
    page, total = (str(form.get(name, "")) for name in ("page", "total"))
    lesson_id = desk.named("lesson_id")
    if page.isdecimal() and total.isdecimal() and 0 < int(page) <= int(total) < 1_000_000:
        body = {"position": int(page), "total": int(total)}
        place = lesson_progress.update_lesson_progress
        outcome = await desk.submit(place, body, lesson_id=lesson_id)
        if outcome.problems:
            return await show(desk, outcome.problems)
    return desk.go(f"/learn/{desk.named('course_id')}/{lesson_id}", "Your place is kept.")


@table.post(f"{ADDRESS}/hand-in")
async def hand_in(request: web.Request) -> web.Response:
    """Hand in work for the lesson's assignment."""
    desk = await at_desk(request, Permission.ASSIGNMENTS_OWN)
    problems = await assignment.handed_in(desk, desk.named("lesson_id"))
    if problems:
        return await show(desk, problems)
    address = f"/learn/{desk.named('course_id')}/{desk.named('lesson_id')}"
    return desk.go(address, "Your work is handed in.")


@table.post(f"{ADDRESS}/attempts")
async def start_quiz(request: web.Request) -> web.Response:
    """Start an attempt at the lesson's quiz, or go on with the one that is open."""
    desk = await at_desk(request, Permission.QUIZZES_TAKE)
    outcome = await desk.submit(quiz_attempts.start_attempt, quiz_id=desk.named("lesson_id"))
    if outcome.problems:
        return await show(desk, outcome.problems)
    return desk.go(f"/quiz-attempts/{outcome.answer.id}")


async def show(desk: Desk, problems: Problems = NO_PROBLEMS) -> web.Response:
    """The lesson's page, with what was wrong with what was asked of it."""
    course_id, lesson_id = desk.named("course_id"), desk.named("lesson_id")
    found = await access_of(desk, course_id)
    way = await way_of(desk, found, lesson_id)
    here = way.line(lesson_id)
    if here is None:
        raise NotFound("lesson", lesson_id)
    shown: dict[str, Any] = {"way": way, "course": found.course, "here": here}
    asked = await desk.submit(learn.learn_lesson)
    if asked.problems:
        return desk.show("learning/lesson_closed.html", 403, **shown, why=asked.problems.told)
    lesson = asked.answer.attributes
    content = lesson.content or {}
    shown |= await _beside(desk, lesson, content)
    shown |= await _notes(desk, enrolled=way.enrolled)
    response = desk.show(
        "learning/lesson.html",
        problems.status,
        **shown,
        lesson=lesson,
        content=content,
        problem=problems.told,
        before=way.line(lesson.previous_lesson_id or ""),
        after=way.line(lesson.next_lesson_id or ""),
        completes=lesson.content_type in SELF_COMPLETED and way.enrolled,
    )
    origin = desk.services.settings.content_origin
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


async def _beside(desk: Desk, lesson: Any, content: dict[str, Any]) -> dict[str, Any]:
    """What a lesson of its type has besides its content."""
    lesson_id = desk.named("lesson_id")
    match lesson.content_type:
        case "quiz":
            return {"quiz": await quiz.entrance(desk, lesson_id)}
        case "assignment":
            return {"assignment": await assignment.work_for(desk, lesson_id)}
        case "video":
            return {"tracks": await _tracks(desk, lesson_id)}
        case "document":
            return {"file": await files.shown_in(desk.store, desk.organization_id, content)}
    return {}


async def _notes(desk: Desk, *, enrolled: bool) -> dict[str, Any]:
    """What the person has written and marked beside the lesson; None where one cannot."""
    if not enrolled or not desk.principal.may(Permission.NOTES_OWN):
        return {"notes": None}
    query = {"per_page": MOST_NOTES}
    return {
        "notes": (await desk.ask(notes.list_notes, query=query)).items,
        "bookmarks": (await desk.ask(bookmarks.list_bookmarks, query=query)).items,
    }


async def _tracks(desk: Desk, lesson_id: str) -> Sequence[Any]:
    query = {"per_page": MOST_TRACKS}
    found = await desk.ask(captions.list_captions, lesson_id=lesson_id, query=query)
    return [each.attributes for each in found.items]
