"""Programs in browsers, on pages of other origins (Fetch, CORS protocol).

A page may speak when the settings name its origin, with a credential of its own: what a browser
remembers of a sign-in here is never sent from there.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

from api.services import SERVICES

_REQUEST_HEADERS = (
    "Accept, Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, "
    "If-None-Match, Range, X-API-Key, X-Request-ID"
)
_RESPONSE_HEADERS = (
    "Content-Disposition, Content-Range, ETag, Location, Retry-After, WWW-Authenticate, "
    "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-ID, "
    "X-Experience-API-Consistent-Through"
)
_REMEMBER_SECONDS = "7200"


def allowing(origins: str) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """The signal that lets pages of these origins read answers; `*` means any, empty none."""
    named = frozenset(origins.split(","))

    async def allow(request: web.Request, response: web.StreamResponse) -> None:
        origin = request.headers.get("Origin")
        response.headers.add("Vary", "Origin")
        if origin is None or not ({"*", origin} & named):
            return
        headers = response.headers
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = _RESPONSE_HEADERS
        if request.method == "OPTIONS":
            headers["Access-Control-Allow-Methods"] = headers.get("Allow", "")
            headers["Access-Control-Allow-Headers"] = _REQUEST_HEADERS
            headers["Access-Control-Max-Age"] = _REMEMBER_SECONDS

    return allow


def allow_origins(app: web.Application) -> None:
    """Let the pages of the origins in the settings speak to an application."""
    origins = app[SERVICES].settings.api_origins
    if origins:
        app.on_response_prepare.append(allowing(origins))
