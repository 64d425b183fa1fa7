"""The player's page and its files."""

import hashlib
from pathlib import Path
from typing import Final

from aiohttp import web

import scorm_runtime
from scorm_runtime.http.keys import launched
from scorm_runtime.http.templates import render
from scorm_runtime.launch import Launch

routes = web.RouteTableDef()

_FOLDER: Final = Path(scorm_runtime.__file__).parent
_SCRIPTS: Final = ("player.js", "outline.js", "commits.js", "cmi.js", "scorm12.js")
_STYLES: Final = ("theme.css", "player.css")
_ASSETS: Final = {name: _FOLDER / "player" / name for name in (*_SCRIPTS, *_STYLES)} | {
    "scorm12.json": _FOLDER / "cmi" / "scorm12.json"
}
_TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".json": "application/json"}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; frame-src 'self' https:; frame-ancestors 'self'; base-uri 'none'"
)


@routes.get("/runtime/launch/{token}")
async def page(request: web.Request) -> web.Response:
    """The player, on the learner's own launch."""
    runtime, launch = launched(request)
    base = f"/runtime/launch/{request.match_info['token']}"
    settings = {
        "base": base,
        "scope": _scope(launch),
        "returnUrl": launch.return_url,
        "mode": launch.mode,
        "lease": runtime.lease.total_seconds(),
        "table": "/runtime/player/scorm12.json",
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


def _scope(launch: Launch) -> str:
    """What the browser keeps its outbox under: the same for each launch of one lesson."""
    parts = (launch.organization_id, launch.registration, launch.lesson_id, launch.mode)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
