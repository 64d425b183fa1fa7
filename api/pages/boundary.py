"""The edge of the pages: what goes wrong is told on a page, and every answer is guarded."""

from http import HTTPStatus

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from api.identity.authentication import authenticate
from api.pages.rendering import render
from api.pages.viewer import fill_bar
from api.request_ids import request_id
from api.rest.boundary import problem_of
from api.services import SERVICES

log = structlog.get_logger("lyceum.pages")

_PROGRAMS = ("/api/", "/xapi", "/health/", "/metrics")

# A launch is a form that is answered with a redirection to the content origin.
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self' {content}; frame-ancestors 'none'"
)
FAILED = "It is not your fault. Look whether what you sent was kept before you send it again."
TOLD = {
    403: (
        "You may not see this page",
        "It needs a role that you do not have. An administrator of your organization can give it.",
    ),
    404: (
        "Nothing is there",
        "The address may be mistyped, or what was there is moved or deleted.",
    ),
    405: ("This cannot be done so", "The page takes no such request. Go back and use its form."),
    413: ("That is too large", "Send less at once, or ask the operator to raise the limit."),
    503: ("The server is busy", "Try again in a moment."),
}
"""What a page says of a status where nothing better is known: its title and a word on it."""
GUARDS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@web.middleware
async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Add the headers that keep foreign pages out; a route may set its own."""
    response = await handler(request)
    if not response.prepared:
        content = request.app[SERVICES].settings.content_origin
        response.headers.setdefault("Content-Security-Policy", POLICY.format(content=content))
        for name, value in GUARDS.items():
            response.headers.setdefault(name, value)
    return response


@web.middleware
async def problems_as_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer with a page where a page's handler raises; programs get what they expect."""
    if request.path.startswith(_PROGRAMS):
        return await handler(request)
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        title, detail = _words(error)
        return await _page(request, error.status, title, detail)
    except Exception as error:
        problem = problem_of(error, request)
        if problem is None:
            log.exception("page failed", path=request.path)
            return await _page(request, 500, "Something went wrong", FAILED)
        details = " ".join(finding.detail for finding in problem.findings)
        return await _page(request, problem.status, problem.title, details)


async def _page(request: web.Request, status: int, title: str, detail: str) -> web.Response:
    """The page of an error; one of the server's own names nobody, since that may fail as well."""
    principal = await authenticate(request) if status < 500 else None
    if principal is not None:
        await fill_bar(request, principal)
    return render(
        request,
        "error.html",
        principal,
        status,
        title=title,
        detail=detail,
        code=status,
        quoted=request_id() if status >= 500 else "",
        again=request.path_qs if status >= 500 and request.method == "GET" else "",
    )


def _words(error: web.HTTPException) -> tuple[str, str]:
    """The title and the detail of what aiohttp or a page raised."""
    if error.reason == HTTPStatus(error.status).phrase:
        return TOLD.get(error.status, (error.reason, ""))
    return error.reason, TOLD.get(error.status, ("", ""))[1]
