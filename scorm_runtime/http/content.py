"""A package's files, served as the foreign code that they are."""

import mimetypes
from pathlib import Path
from typing import Final

from aiohttp import web

from scorm_runtime.http.keys import launched

routes = web.RouteTableDef()

_HEADERS: Final = {
    "Cache-Control": "private, max-age=3600",
    "Content-Security-Policy": (
        "default-src 'self' https: data: blob: 'unsafe-inline' 'unsafe-eval'; "
        "object-src 'self'; frame-ancestors 'self'; form-action 'self' https:; base-uri 'self'"
    ),
    "Permissions-Policy": "unload=(self)",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_TYPES: Final = {
    ".css": "text/css",
    ".htm": "text/html",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".m4a": "audio/mp4",
    ".m4v": "video/mp4",
    ".mjs": "text/javascript",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".ogg": "audio/ogg",
    ".otf": "font/otf",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".vtt": "text/vtt",
    ".wasm": "application/wasm",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xhtml": "application/xhtml+xml",
    ".xml": "text/xml",
}


@routes.get("/runtime/launch/{token}/content/{path:.+}")
async def file(request: web.Request) -> web.FileResponse:
    """One file of the launched package, whole or in ranges."""
    runtime, launch = launched(request)
    name = request.match_info["path"]
    if not name.isprintable():
        raise web.HTTPNotFound
    path = await runtime.file(launch, name)
    return web.FileResponse(path, headers={**_HEADERS, "Content-Type": _type(path)})


def _type(path: Path) -> str:
    """The content type by the file's name; without a charset, for the file says it itself."""
    suffix = path.suffix.lower()
    guessed = _TYPES.get(suffix) or mimetypes.guess_type(path.name)[0]
    return guessed or "application/octet-stream"
