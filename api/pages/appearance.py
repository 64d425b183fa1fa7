"""/appearance: light, dark, or as the system has it; the browser keeps the choice."""

from aiohttp import web

from api.pages.redirection import local_path

table = web.RouteTableDef()

NAME = "lyceum_scheme"
SCHEMES = ("light", "dark")
KEPT_SECONDS = 365 * 24 * 60 * 60


@table.post("/appearance")
async def choose(request: web.Request) -> web.Response:
    """Keep the choice, and go back to the page where it was made."""
    form = await request.post()
    address = local_path(str(form.get("next", "/")))
    response = web.Response(status=303, headers={"Location": address})
    wanted = str(form.get("scheme", ""))
    if wanted in SCHEMES:
        response.set_cookie(NAME, wanted, max_age=KEPT_SECONDS, httponly=True, samesite="Lax")
    else:
        response.del_cookie(NAME)
    return response


def scheme_of(request: web.Request) -> str:
    """The choice, empty for the system's."""
    chosen = request.cookies.get(NAME, "")
    return chosen if chosen in SCHEMES else ""
