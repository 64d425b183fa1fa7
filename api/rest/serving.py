"""A stored file as a response: ranges, conditions, and headers that let nothing run."""

from datetime import UTC
from email.utils import format_datetime
from typing import Final
from urllib.parse import quote

from aiohttp import web

from api.rest.problems import Finding, refuse
from api.rest.ranges import NotSatisfiable, Span, unchanged, wanted
from content import files
from content.files import StoredFile
from content.files.kinds import KINDS
from content.store import Store

LOOKED_AT: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
"""What a file may do in a browser that shows it: nothing but be looked at."""


async def serve(
    request: web.Request,
    store: Store,
    file: StoredFile,
    *,
    download: bool,
    anywhere: bool = False,
) -> web.StreamResponse:
    """Answer a GET or HEAD with the file, a part of it, 304 or 416 (RFC 9110).

    Only kinds without a program in them are shown inline; `download` asks the browser to save.
    Pages of other origins, such as the content's, may show it where it is for `anywhere`.
    """
    headers = _headers(file, download=download)
    if anywhere:
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if unchanged(request.headers, headers["ETag"], file.created_at):
        return web.Response(status=304, headers=headers)
    span = None if request.method == "HEAD" else _span(request, headers["ETag"], file)
    whole = Span(0, file.size)
    sent = span or whole
    response = web.StreamResponse(status=206 if span else 200, headers=headers)
    response.content_type = file.media_type
    if file.media_type.startswith("text/"):
        response.charset = "utf-8"
    response.content_length = sent.stop - sent.start
    if span:
        response.headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{file.size}"
    await response.prepare(request)
    if request.method != "HEAD":
        source = files.read(store, file.organization_id, file.id, sent.start, sent.stop)
        async for data in source:
            await response.write(data)
    await response.write_eof()
    return response


def disposition(filename: str, *, inline: bool) -> str:
    """RFC 6266: the name once in ASCII for old clients, once as it is (RFC 8187)."""
    kind = "inline" if inline else "attachment"
    plain = filename.encode("ascii", "replace").decode().replace("?", "_")
    plain = plain.replace("\\", "_").replace('"', "_").replace("%", "_")
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def _span(request: web.Request, etag: str, file: StoredFile) -> Span | None:
    try:
        return wanted(request.headers, etag, file.created_at, file.size)
    except NotSatisfiable:
        finding = Finding(f"lies behind the {file.size} bytes of the file", "Range", "header")
        headers = {"Content-Range": f"bytes */{file.size}", "Accept-Ranges": "bytes"}
        title = "The range cannot be sent"
        raise refuse(416, "range_not_satisfiable", title, [finding], headers=headers) from None


def _headers(file: StoredFile, *, download: bool) -> dict[str, str]:
    inline = KINDS[file.extension].inline and not download
    # Browsers do not open their PDF viewer in a sandbox; it runs nothing in the page's origin.
    shown = "object-src 'self'" if file.media_type == "application/pdf" else "sandbox"
    return {
        "ETag": f'"{file.sha256}"',
        "Last-Modified": format_datetime(file.created_at.astimezone(UTC), usegmt=True),
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "Content-Disposition": disposition(file.filename, inline=inline),
        "Content-Security-Policy": f"{LOOKED_AT}; img-src 'self'; media-src 'self'; {shown}",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
