"""The player's page and its files."""

import hashlib
from pathlib import Path
from typing import Final

from aiohttp import web

import scorm_runtime
from scorm_runtime.cmi.scorm2004_table import SCORM2004, Edition, table_for_browser
from scorm_runtime.course import Course
from scorm_runtime.http.keys import launched
from scorm_runtime.http.templates import render
from scorm_runtime.launch import Launch

routes = web.RouteTableDef()

_FOLDER: Final = Path(scorm_runtime.__file__).parent
_SCRIPTS: Final = (
    "player.js",
    "stage.js",
    "course.js",
    "controls.js",
    "outline.js",
    "notices.js",
    "tenure.js",
    "commits.js",
    "standards.js",
    "timelimit.js",
    "trace.js",
    "cmi.js",
    "scorm12.js",
    "cmi2004.js",
    "types2004.js",
    "scorm2004.js",
)
_STYLES: Final = ("theme.css", "player.css")
_ASSETS: Final = {name: _FOLDER / "player" / name for name in (*_SCRIPTS, *_STYLES)} | {
    "scorm12.json": _FOLDER / "cmi" / "scorm12.json"
}
_TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".json": "application/json"}
_EDITIONS: Final[dict[str, Edition]] = {edition[0]: edition for edition in SCORM2004.editions}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; frame-src 'self' https:; frame-ancestors 'self'; base-uri 'none'"
)


@routes.get("/runtime/launch/{token}")
async def page(request: web.Request) -> web.Response:
    """The player, on the learner's own launch."""
    runtime, launch = launched(request)
    course = (await runtime.outline(launch)).course
    base = f"/runtime/launch/{request.match_info['token']}"
    settings = {
        "base": base,
        "scope": _scope(launch),
        "returnUrl": launch.return_url,
        "mode": launch.mode,
        "display": launch.display,
        "expiresIn": runtime.remaining(request.match_info["token"]).total_seconds(),
        "lease": runtime.lease.total_seconds(),
        "sequenced": course is not None,
        "table": f"/runtime/player/{_table(course)}",
    }
    text = render("player.html", launch=launch, settings=settings)
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": _POLICY,
        "Permissions-Policy": "unload=(self)",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(text=text, content_type="text/html", headers=headers)


@routes.get("/runtime/player/scorm2004-{edition:[234]}.json")
async def table(request: web.Request) -> web.Response:
    """The data model of an edition of SCORM 2004."""
    edition = _EDITIONS[request.match_info["edition"]]
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    body = table_for_browser(edition)
    return web.Response(body=body, content_type="application/json", headers=headers)


@routes.get("/runtime/player/{name}")
async def asset(request: web.Request) -> web.FileResponse:
    """One of the player's files."""
    path = _ASSETS.get(request.match_info["name"])
    if path is None:
        raise web.HTTPNotFound
    headers = {
        "Cache-Control": "no-cache",
        "Content-Type": f"{_TYPES[path.suffix]}; charset=utf-8",
        "X-Content-Type-Options": "nosniff",
    }
    return web.FileResponse(path, headers=headers)


def _table(course: Course | None) -> str:
    return "scorm12.json" if course is None else f"scorm2004-{course.edition[0]}.json"


def _scope(launch: Launch) -> str:
    """What the browser keeps its outbox under: the same for each launch of one lesson."""
    parts = (
        launch.organization_id,
        launch.registration,
        launch.lesson_id,
        f"{launch.mode}{launch.reviewer}",
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
