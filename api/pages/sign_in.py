"""/sign-in and /sign-out."""

from collections.abc import Sequence

from aiohttp import web

from api.addresses import client_address
from api.errors import OrganizationRequired, TooManyAttempts, WrongPassword
from api.identity.authentication import authenticate
from api.identity.cookies import (
    browser_cannot_tell,
    clear_session_cookie,
    from_own_origin,
    set_session_cookie,
)
from api.identity.tenants import organization_of
from api.pages.admin.home import first_page
from api.pages.providers import offered
from api.pages.redirection import local_path
from api.pages.rendering import render
from api.services import SERVICES
from content import organizations
from content.organizations import Organization

table = web.RouteTableDef()

PLAIN_HTTP = (
    "This browser reaches the server over plain http, where it cannot keep your session apart "
    "from course content. Ask the operator for an https address, or use the server's own "
    "machine under 127.0.0.1."
)


@table.get("/sign-in")
async def form(request: web.Request) -> web.Response:
    """Show the form; whoever is signed in already goes on."""
    onward = local_path(request.query.get("next", "/"))
    if await authenticate(request):
        raise web.HTTPSeeOther(onward)
    return await _form(request, onward, PLAIN_HTTP if browser_cannot_tell(request) else "")


@table.post("/sign-in")
async def sign_in(request: web.Request) -> web.Response:
    """Begin a session and let the browser keep it."""
    if not from_own_origin(request):
        raise web.HTTPForbidden
    fields = await request.post()
    email, password = str(fields.get("email", "")), str(fields.get("password", ""))
    onward = local_path(str(fields.get("next", "/")))
    services = request.app[SERVICES]
    address = client_address(request, services.settings.trusted_proxies)
    named = str(fields.get("organization", ""))
    try:
        signed_in = await services.sessions.sign_in(
            email,
            password,
            address,
            await organization_of(request, named),
            user_agent=request.headers.get("User-Agent", ""),
        )
    except OrganizationRequired as error:
        choice = await organizations.some(services.content, error.organization_ids)
        return await _form(request, onward, str(error), email, 409, choice)
    except (WrongPassword, TooManyAttempts) as error:
        status = 429 if isinstance(error, TooManyAttempts) else 401
        return await _form(request, onward, str(error), email, status)
    if onward == "/":
        onward = await first_page(services, signed_in.person)
    response = web.Response(status=303, headers={"Location": onward})
    settings = services.settings
    token, origin = signed_in.browser_token, settings.public_origin
    set_session_cookie(response, token, origin, settings.session_lifetime)
    return response


@table.post("/sign-out")
async def sign_out(request: web.Request) -> web.Response:
    """End the session."""
    principal = await authenticate(request)
    if principal is not None and principal.session_id is not None:
        sessions = request.app[SERVICES].sessions
        await sessions.end(principal.organization_id, principal.session_id)
    response = web.Response(status=303, headers={"Location": "/sign-in"})
    clear_session_cookie(response)
    return response


async def _form(
    request: web.Request,
    onward: str,
    problem: str = "",
    email: str = "",
    status: int = 200,
    choice: Sequence[Organization] = (),
) -> web.Response:
    values = {
        "next": onward,
        "problem": problem,
        "email": email,
        "can_reset": request.app[SERVICES].password_resets.can_mail,
        "organization": request.query.get("organization", ""),
        "choice": choice,
        "providers": await offered(request),
    }
    return render(request, "sign_in.html", None, status, **values)
