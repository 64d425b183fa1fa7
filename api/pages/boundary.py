"""The edge of the pages: what goes wrong is told on a page, and every answer is guarded."""

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from api.identity.authentication import authenticate
from api.pages.rendering import render
from api.pages.viewer import count_unread
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
        return await _page(request, error.status, error.reason, "")
    except Exception as error:
        problem = problem_of(error, request)
        if problem is None:
            log.exception("page failed", path=request.path)
            detail = f"Quote {request_id()} to the operator of this server."
            return await _page(request, 500, "Something went wrong", detail)
        details = " ".join(finding.detail for finding in problem.findings)
        return await _page(request, problem.status, problem.title, details)


async def _page(request: web.Request, status: int, title: str, detail: str) -> web.Response:
    principal = await authenticate(request) if status < 500 else None
    if principal is not None:
        await count_unread(request, principal)
    return render(request, "error.html", principal, status, title=title, detail=detail)
