"""Content in a browser that comes from another origin (Fetch, CORS protocol).

Any page may bring an `Authorization` of its own. Only a page of an origin that was named may let
the browser send what it remembers of a credential: of any origin, that would be every page's right
to speak for whoever has once signed in at the xAPI resources.
"""

from collections.abc import Awaitable, Callable
from typing import Self

import msgspec
from aiohttp import web
from multidict import CIMultiDict

_METHODS = "GET, HEAD, POST, PUT, DELETE, OPTIONS"
_REQUEST_HEADERS = (
    "Accept, Accept-Language, Authorization, Content-Type, If-Match, If-None-Match, "
    "X-Experience-API-Version"
)
_RESPONSE_HEADERS = (
    "ETag, Last-Modified, Location, Retry-After, WWW-Authenticate, "
    "X-Experience-API-Consistent-Through, X-Experience-API-Version"
)
_REMEMBER_SECONDS = "86400"


class Origins(msgspec.Struct, frozen=True):
    """The origins (`https://content.example.com`) whose pages may speak xAPI; None: any."""

    allowed: frozenset[str] | None = None

    @classmethod
    def written(cls, origins: str) -> Self:
        """Return the origins that stand with commas between them; `*` means any."""
        return cls(None if origins == "*" else frozenset(origins.split(",")))

    def allow(self, request: web.Request, headers: CIMultiDict[str]) -> None:
        """Let the page that sent the request read the answer, where it may."""
        if self.allowed is not None:
            headers["Vary"] = "Origin"
        origin = request.headers.get("Origin")
        if origin is None or (self.allowed is not None and origin not in self.allowed):
            return
        headers["Access-Control-Allow-Origin"] = "*" if self.allowed is None else origin
        headers["Access-Control-Expose-Headers"] = _RESPONSE_HEADERS
        if self.allowed is not None:
            headers["Access-Control-Allow-Credentials"] = "true"

    def may_send_form(self, request: web.Request, *, has_credential: bool) -> bool:
        """Say whether a form may do something here, which a browser sends without asking before.

        Where any origin may speak, a page of another has to bring a credential in the form.
        """
        origin = request.headers.get("Origin")
        if origin is None or origin.partition("://")[2].lower() == request.host.lower():
            return True
        return has_credential if self.allowed is None else origin in self.allowed


def preflight(origins: Origins) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Return the handler of OPTIONS: a browser asks, without a credential, what it may send."""

    async def handle(request: web.Request) -> web.StreamResponse:
        response = web.Response(status=204)
        response.headers["Allow"] = _METHODS
        origins.allow(request, response.headers)
        if "Access-Control-Allow-Origin" in response.headers:
            response.headers["Access-Control-Allow-Methods"] = _METHODS
            response.headers["Access-Control-Allow-Headers"] = _REQUEST_HEADERS
            response.headers["Access-Control-Max-Age"] = _REMEMBER_SECONDS
        return response

    return handle
