"""The browser's session cookie, and when it is honoured.

Content is foreign code on the same host name, and cookies ignore ports: the cookie travels to
the content origin's requests, too. So it counts only where the browser itself says (Fetch
Metadata, https://www.w3.org/TR/fetch-metadata/) that the request comes from our own pages.
"""

from urllib.parse import urlsplit

from aiohttp import web

NAME = "lyceum_session"

_OWN = ("same-origin", "none")
_SAFE = ("GET", "HEAD", "OPTIONS")


def session_cookie(request: web.Request) -> str | None:
    """The token in the cookie, where the request may use it."""
    token = request.cookies.get(NAME)
    return token if token and (_from_our_pages(request) or _opens_a_page(request)) else None


def set_session_cookie(response: web.StreamResponse, token: str, origin: str, age: int) -> None:
    """Let the browser keep the token, out of reach of scripts."""
    response.set_cookie(
        NAME,
        token,
        max_age=age,
        path="/",
        httponly=True,
        secure=origin.startswith("https:"),
        samesite="Lax",
    )


def clear_session_cookie(response: web.StreamResponse) -> None:
    """Let the browser forget the token."""
    response.del_cookie(NAME, path="/")


def browser_cannot_tell(request: web.Request) -> bool:
    """Say whether this is a browser on plain http, which sends no Fetch Metadata."""
    return "Sec-Fetch-Site" not in request.headers and "Mozilla" in request.headers.get(
        "User-Agent", ""
    )


def from_own_origin(request: web.Request) -> bool:
    """Say whether the request's Origin is the host that it asks."""
    return urlsplit(request.headers.get("Origin", "")).netloc == request.headers.get("Host")


def _from_our_pages(request: web.Request) -> bool:
    if request.headers.get("Sec-Fetch-Site") not in _OWN:
        return False
    return request.method in _SAFE or from_own_origin(request)


def _opens_a_page(request: web.Request) -> bool:
    """A link followed to one of our pages: who wrote the link can't read what it opens."""
    return (
        request.method in ("GET", "HEAD")
        and request.headers.get("Sec-Fetch-Mode") == "navigate"
        and request.headers.get("Sec-Fetch-Dest") == "document"
    )
