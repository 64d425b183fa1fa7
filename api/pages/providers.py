"""/sign-in/providers/…, /sign-in/callback: signing in at an identity provider, and back."""

from typing import Any

from aiohttp import web

from api.addresses import client_address
from api.errors import InvalidToken, IssuerUnavailable
from api.identity.code_flow import LIFETIME, PATH
from api.identity.cookies import set_session_cookie
from api.identity.identity_providers import IdentityProvider
from api.identity.tenants import organization_of
from api.pages.admin.home import first_page
from api.pages.redirection import local_path, onward
from api.services import SERVICES
from content.errors import NotFound

table = web.RouteTableDef()

HELD = "lyceum_sign_in"


async def offered(request: web.Request) -> list[IdentityProvider]:
    """The providers that the sign-in page offers."""
    services = request.app[SERVICES]
    organization_id = await organization_of(request, request.query.get("organization"))
    known = organization_id or services.sessions.organization_id
    return await services.identity_providers.offered(known)


@table.get("/sign-in/providers/{provider_id}")
async def depart(request: web.Request) -> web.Response:
    """Send the browser to a provider."""
    services, sought = request.app[SERVICES], request.match_info["provider_id"]
    provider = next((each for each in await offered(request) if each.id == sought), None)
    if provider is None:
        raise NotFound("identity_provider", sought)
    next_page = local_path(request.query.get("next", "/"))
    try:
        leaving = await services.code_flow.depart(provider, next_page)
    except IssuerUnavailable:
        return onward("/sign-in", f"{provider.name} does not answer now. Try again later.")
    response = web.Response(status=303, headers={"Location": leaving.url})
    _hold(response, leaving.held, services.settings.public_origin)
    return response


@table.get(PATH)
async def arrive(request: web.Request) -> web.Response:
    """Begin a session of who comes back from a provider."""
    services = request.app[SERVICES]
    given: dict[str, str] = {name: request.query.get(name, "") for name in ("state", "code")}
    if not given["code"]:
        return _refused("The identity provider did not sign you in.")
    held = request.cookies.get(HELD, "")
    try:
        arrival = await services.code_flow.arrive(held, **given)
    except (InvalidToken, IssuerUnavailable) as error:
        return _refused(str(error))
    address = client_address(request, services.settings.trusted_proxies)
    agent = request.headers.get("User-Agent", "")
    begun = await services.sessions.begin(arrival.principal.person, address, agent)
    wanted, settings = arrival.onward, services.settings
    response = onward(await first_page(services, begun.person) if wanted == "/" else wanted)
    token, origin = begun.browser_token, settings.public_origin
    set_session_cookie(response, token, origin, settings.session_lifetime)
    response.del_cookie(HELD, path="/sign-in")
    return response


def _refused(why: str) -> web.Response:
    response = onward("/sign-in", why)
    response.del_cookie(HELD, path="/sign-in")
    return response


def _hold(response: web.Response, held: str, origin: str) -> None:
    options: dict[str, Any] = {"path": "/sign-in", "httponly": True, "samesite": "Lax"}
    age = int(LIFETIME.total_seconds())
    response.set_cookie(HELD, held, max_age=age, secure=origin.startswith("https:"), **options)
