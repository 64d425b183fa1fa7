"""Sessions of a launch: open an item, commit, leave (docs/integrators/scorm-runtime.md)."""

from typing import Any, TypeVar

import msgspec
from aiohttp import web

from scorm_runtime.attempts import NOT_ATTEMPTED
from scorm_runtime.errors import CommitMalformed
from scorm_runtime.http.keys import launched
from scorm_runtime.outline import Outline
from scorm_runtime.runtime import CommitRequest, Committed, Opened, OpenRequest
from scorm_runtime.sessions import Attempt

routes = web.RouteTableDef()
Body = TypeVar("Body")


class LeaveRequest(msgspec.Struct, frozen=True):
    """A player ends its session."""

    player: str


@routes.post("/runtime/launch/{token}/sessions")
async def open_session(request: web.Request) -> web.Response:
    """Launch an item."""
    runtime, launch = launched(request)
    opened = await runtime.open(launch, await _body(request, OpenRequest))
    return _json(_opened(opened, f"/runtime/launch/{request.match_info['token']}/content/"))


@routes.post("/runtime/launch/{token}/commits")
async def commit(request: web.Request) -> web.Response:
    """Apply commits; without any, say that the player is alive."""
    runtime, launch = launched(request)
    return _json(_committed(await runtime.commit(launch, await _body(request, CommitRequest))))


@routes.post("/runtime/launch/{token}/exit")
async def leave(request: web.Request) -> web.Response:
    """End the player's session."""
    runtime, launch = launched(request)
    await runtime.leave(launch, (await _body(request, LeaveRequest)).player)
    return _json({"return_url": launch.return_url})


async def _body(request: web.Request, kind: type[Body]) -> Body:
    try:
        return msgspec.json.decode(await request.read(), type=kind)
    except (msgspec.DecodeError, RecursionError) as error:
        what, _, where = str(error).partition(" - at `$")
        raise CommitMalformed([(_pointer(where.rstrip("`")), what)]) from error


def _pointer(path: str) -> str:
    """`.commits[0].number` as a JSON pointer."""
    return path.replace("[", ".").replace("]", "").replace(".", "/")


def _json(body: dict[str, Any]) -> web.Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    encoded = msgspec.json.encode(body)
    return web.Response(body=encoded, content_type="application/json", headers=headers)


def _opened(opened: Opened, content: str) -> dict[str, Any]:
    attempt, outline, session = opened.attempt, opened.outline, opened.session
    activity = outline.activities[session.position]
    return {
        "attempt": {"id": attempt.id, "number": attempt.number},
        "session": session.id,
        "item": {
            "identifier": activity.identifier,
            "title": activity.title,
            "kind": activity.kind,
            "url": _url(content, activity.href),
        },
        "values": list(opened.values.items()),
        "outline": [
            {
                "identifier": one.identifier,
                "title": one.title,
                "level": one.level,
                "launchable": one.launchable,
                "status": item.status if one.launchable else NOT_ATTEMPTED,
            }
            for one, item in zip(outline.activities, attempt.items, strict=True)
        ],
        "lesson": _lesson(attempt),
        "navigation": _navigation(outline, session.position),
    }


def _committed(committed: Committed) -> dict[str, Any]:
    attempt, position = committed.attempt, committed.position
    changed = [] if position is None else [attempt.items[position]]
    return {
        "number": committed.number,
        "items": [{"identifier": one.identifier, "status": one.status} for one in changed],
        "lesson": _lesson(attempt),
        "navigation": {} if position is None else _navigation(committed.outline, position),
        "refused": committed.refused,
    }


def _lesson(attempt: Attempt) -> dict[str, Any]:
    lesson = attempt.lesson
    return {"percent": lesson.percent, "completed": lesson.completed, "success": lesson.success}


def _navigation(outline: Outline, position: int) -> dict[str, bool]:
    """The navigation requests that would be carried out now."""
    return {
        "continue": outline.after(position) is not None,
        "previous": outline.before(position) is not None,
        "choice": True,
        "exit": True,
        "exitAll": True,
        "suspendAll": True,
        "abandon": True,
        "abandonAll": True,
    }


def _url(content: str, href: str) -> str:
    """Where an item is found: in the package, or elsewhere when its manifest says so."""
    return href if href.startswith(("https://", "http://")) else content + href
