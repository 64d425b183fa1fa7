"""/forgot-password and /reset-password: a link by mail, and the page that it leads to."""

from aiohttp import web

from api.addresses import client_address
from api.identity.cookies import from_own_origin
from api.identity.tenants import organization_of
from api.pages.rendering import render
from api.services import SERVICES
from content.errors import RuleBroken

table = web.RouteTableDef()

SENT = "If this is the address of somebody here, a link is on its way to it."


@table.get("/forgot-password")
async def ask(request: web.Request) -> web.Response:
    """Show the form that asks for a link."""
    return render(request, "forgot_password.html", None)


@table.post("/forgot-password")
async def send(request: web.Request) -> web.Response:
    """Have the link sent; nobody is told whether the address is known."""
    fields = await _own_form(request)
    services = request.app[SERVICES]
    address = client_address(request, services.settings.trusted_proxies)
    await services.sessions.throttle.address(address)
    organization_id = await organization_of(request)
    await services.password_resets.forgotten(organization_id, fields.get("email", ""))
    return render(request, "forgot_password.html", None, told=SENT)


@table.get("/reset-password")
async def form(request: web.Request) -> web.Response:
    """Show the form for the new password."""
    return _form(request, request.query.get("token", ""))


@table.post("/reset-password")
async def reset(request: web.Request) -> web.Response:
    """Set the new password, and go on to signing in."""
    fields = await _own_form(request)
    token, password = fields.get("token", ""), fields.get("password", "")
    try:
        await request.app[SERVICES].password_resets.redeem(token, password)
    except RuleBroken as error:
        problem = " ".join(f"The {each.where} {each.detail}." for each in error.findings)
        return _form(request, token, problem.replace("The token", "This link"), 422)
    raise web.HTTPSeeOther("/sign-in")


async def _own_form(request: web.Request) -> dict[str, str]:
    if not from_own_origin(request):
        raise web.HTTPForbidden
    return {name: str(value) for name, value in (await request.post()).items()}


def _form(request: web.Request, token: str, problem: str = "", status: int = 200) -> web.Response:
    response = render(
        request, "reset_password.html", None, status, token=token[:200], problem=problem
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
