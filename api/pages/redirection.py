"""After a form: the next page, and what it tells of that which was done."""

from urllib.parse import quote, unquote, urlsplit

from aiohttp import web

TOLD = "lyceum_told"
KEPT_SECONDS = 60
LONGEST = 300


def local_path(written: str) -> str:
    """A path of this server to go on to; the first page where it is none."""
    parts = urlsplit(written)
    local = written.startswith("/") and not written.startswith(("//", "/\\"))
    return written if local and not parts.scheme and not parts.netloc else "/"


def onward(address: str, told: str = "") -> web.Response:
    """Send the browser on with GET; `told` is shown once, on the page that comes."""
    response = web.Response(status=303, headers={"Location": address})
    if told:
        value = quote(told[:LONGEST])
        response.set_cookie(TOLD, value, max_age=KEPT_SECONDS, httponly=True, samesite="Lax")
    return response


def told(request: web.Request) -> str:
    """What the form before had to tell, empty for nothing."""
    return unquote(request.cookies.get(TOLD, ""))[:LONGEST]


def forget(response: web.StreamResponse) -> None:
    """What was shown is not shown again."""
    response.del_cookie(TOLD)
