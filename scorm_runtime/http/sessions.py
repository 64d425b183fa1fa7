"""Sessions of a launch: open an item, commit, leave (docs/integrators/scorm-runtime.md)."""

from typing import Any, TypeVar

import msgspec
from aiohttp import web

from scorm_runtime.errors import CommitMalformed
from scorm_runtime.http import answers
from scorm_runtime.http.keys import launched
from scorm_runtime.requests import CommitRequest, OpenRequest

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
    return _json(answers.opened(opened, f"/runtime/launch/{request.match_info['token']}/content/"))


@routes.post("/runtime/launch/{token}/commits")
async def commit(request: web.Request) -> web.Response:
    """Apply commits; without any, say that the player is alive."""
    runtime, launch = launched(request, late=True)
    return _json(
        answers.committed(await runtime.commit(launch, await _body(request, CommitRequest)))
    )


@routes.get("/runtime/launch/{token}/trace")
async def trace(request: web.Request) -> web.Response:
    """What sequencing decided in the newest attempt, for the player's debug panel."""
    runtime, launch = launched(request)
    attempt = await runtime.history.current(launch)
    organization_id = launch.organization_id
    moves = await runtime.history.moves(organization_id, attempt.id) if attempt else []
    return _json({"attempt": attempt.id if attempt else None, "moves": moves})


@routes.post("/runtime/launch/{token}/exit")
async def leave(request: web.Request) -> web.Response:
    """End the player's session."""
    runtime, launch = launched(request, late=True)
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
