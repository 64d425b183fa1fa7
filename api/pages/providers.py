"""/sign-in/providers/…, /sign-in/callback: signing in at an identity provider, and back."""

from typing import Any

from aiohttp import web

from api.addresses import client_address
from api.errors import InvalidToken, IssuerUnavailable
from api.identity import confirmations
from api.identity.code_flow import LIFETIME, PATH
from api.identity.cookies import set_session_cookie
from api.identity.identity_providers import IdentityProvider
from api.identity.principal import Principal
from api.identity.tenants import organization_of
from api.pages.admin.home import first_page
from api.pages.redirection import local_path, onward
from api.pages.viewer import signed_in
from api.services import SERVICES
from content.errors import NotFound

table = web.RouteTableDef()

HELD = "lyceum_sign_in"
CONFIRMED = "You have shown who you are. Sign within five minutes."


async def offered(request: web.Request) -> list[IdentityProvider]:
    """The providers that the sign-in page offers."""
    services = request.app[SERVICES]
    organization_id = await organization_of(request, request.query.get("organization"))
    known = organization_id or services.sessions.organization_id
    return await services.identity_providers.offered(known)


@table.get("/sign-in/providers/{provider_id}")
async def depart(request: web.Request) -> web.Response:
    """Send the browser to a provider."""
    sought = request.match_info["provider_id"]
    provider = next((each for each in await offered(request) if each.id == sought), None)
    if provider is None:
        raise NotFound("identity_provider", sought)
    next_page = local_path(request.query.get("next", "/"))
    return await _leave(request, provider, next_page)


@table.get("/sign-in/providers/{provider_id}/confirm")
async def confirm(request: web.Request) -> web.Response:
    """Send somebody who is signed in to a provider, to show once more who they are."""
    principal = await signed_in(request)
    services = request.app[SERVICES]
    offers = await services.identity_providers.offered(principal.organization_id)
    sought = request.match_info["provider_id"]
    provider = next((each for each in offers if each.id == sought), None)
    if provider is None or principal.session_id is None:
        raise NotFound("identity_provider", sought)
    next_page = local_path(request.query.get("next", "/"))
    return await _leave(request, provider, next_page, principal)


async def _leave(
    request: web.Request,
    provider: IdentityProvider,
    next_page: str,
    confirming: Principal | None = None,
) -> web.Response:
    services = request.app[SERVICES]
    try:
        leaving = await services.code_flow.depart(provider, next_page, confirming)
    except IssuerUnavailable:
        back = next_page if confirming else "/sign-in"
        return onward(back, f"{provider.name} does not answer now. Try again later.")
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
    if arrival.signed_in_at is not None:
        response = onward(arrival.onward, CONFIRMED)
        confirmations.confirm(request, response, arrival.session, arrival.signed_in_at)
        response.del_cookie(HELD, path="/sign-in")
        return response
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
