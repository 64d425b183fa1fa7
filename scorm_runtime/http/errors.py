"""Refusals as answers: JSON for programs, a page for people."""

import uuid
from collections.abc import Mapping
from typing import Any, Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from scorm_runtime import errors
from scorm_runtime.http.templates import render
from scorm_runtime.packages import FileNotInPackage, PackageNotFound

log = structlog.get_logger(__name__)

STATUS: Final[Mapping[type[errors.RuntimeRefusal], int]] = {
    errors.LaunchRefused: 401,
    errors.ItemNotFound: 404,
    errors.AttemptInUse: 409,
    errors.SessionEnded: 409,
    errors.AttemptOver: 409,
    errors.CommitGap: 409,
    errors.CommitMalformed: 422,
    errors.AttemptTooLarge: 413,
}
TITLES: Final[Mapping[int, str]] = {
    400: "Malformed request",
    401: "Launch refused",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    422: "Not valid",
    500: "Internal error",
}
ADVICE: Final = "Go back to your course and start it again. Nothing that was saved is lost."


@web.middleware
async def refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every refusal in the client's language; never with a trace."""
    try:
        return await handler(request)
    except errors.RuntimeRefusal as refusal:
        return _refusal(request, refusal)
    except (PackageNotFound, FileNotInPackage):
        return answer(request, 404, "not_found", "The course has no such file.")
    except web.HTTPRequestEntityTooLarge:
        return answer(request, 413, "too_large", "The body is too large.")
    except web.HTTPException as error:
        if error.status < 400:
            raise
        code = "not_found" if error.status == 404 else error.reason.lower().replace(" ", "_")
        made = answer(request, error.status, code, "There is nothing here.")
        if "Allow" in error.headers:
            made.headers["Allow"] = error.headers["Allow"]
        return made
    except Exception:
        quoted = str(uuid.uuid4())
        log.exception("request failed", error_id=quoted)
        return answer(request, 500, "internal_error", f"Please quote {quoted}.")


def _refusal(request: web.Request, refusal: errors.RuntimeRefusal) -> web.Response:
    status = STATUS[type(refusal)]
    if isinstance(refusal, errors.CommitMalformed):
        found = [
            error(status, refusal.code, what, {"source": {"pointer": where}})
            for where, what in refusal.findings
        ]
        return web.json_response({"errors": found}, status=status)
    made = answer(request, status, refusal.code, refusal.detail, dict(refusal.meta))
    if "retry_after" in refusal.meta:
        made.headers["Retry-After"] = str(max(1, round(float(str(refusal.meta["retry_after"])))))
    return made


def answer(
    request: web.Request, status: int, code: str, detail: str, meta: Mapping[str, Any] | None = None
) -> web.Response:
    """One error: a page where the browser asked for one, else JSON."""
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if "text/html" in request.headers.get("Accept", "") and request.method == "GET":
        text = render(
            "refused.html", title=TITLES.get(status, "Error"), detail=detail, advice=ADVICE
        )
        headers["Content-Security-Policy"] = "default-src 'none'; style-src 'self'"
        return web.Response(text=text, status=status, content_type="text/html", headers=headers)
    body = {"errors": [error(status, code, detail, {"meta": meta} if meta else {})]}
    return web.json_response(body, status=status, headers=headers)


def error(status: int, code: str, detail: str, more: Mapping[str, Any]) -> dict[str, Any]:
    """One error object of the API's conventions."""
    title = TITLES.get(status, "Error")
    return {"status": str(status), "code": code, "title": title, "detail": detail, **more}
