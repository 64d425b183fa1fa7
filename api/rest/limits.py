"""Rate limits at the door: which of them a request counts against, and how they are told."""

from aiohttp import web
from aiohttp.typedefs import Handler

from api.addresses import client_address
from api.errors import InvalidToken, RateLimited
from api.identity.authentication import authenticate
from api.identity.principal import Principal
from api.metrics import RATE_LIMITED
from api.rate_limits import Allowance
from api.rest.route import Route
from api.services import SERVICES

ALLOWANCE = web.RequestKey("allowance", Allowance)

_BY_ADDRESS = ("auth", "public")


async def admit(request: web.Request, route: Route) -> Principal | None:
    """Say whom the request acts for, once it was counted.

    Raises:
        InvalidToken: it sends a token or key that is not good; that counts for its address.
        RateLimited: there were too many before it.
    """
    try:
        principal = await authenticate(request)
    except InvalidToken:
        await _take(request, "public", _address(request))
        raise
    name = limit_of(route)
    if principal is None or name in _BY_ADDRESS:
        await _take(request, name if name in _BY_ADDRESS else "public", _address(request))
    else:
        await _take(request, name, principal.key_id or principal.person.id)
    if principal is not None and principal.key_id is not None:
        await _take(request, "api_keys", principal.key_id)
    return principal


async def count_stranger(request: web.Request) -> None:
    """Count a request of anybody, by its address. Raises RateLimited."""
    await _take(request, "public", _address(request))


def limit_of(route: Route) -> str:
    """The class of a route: the one it declares, else by its method."""
    if route.limit is not None:
        return route.limit
    if route.permission is None:
        return "public"
    return "reads" if route.method == "GET" else "writes"


@web.middleware
async def with_allowance(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Tell in every answer how much is left."""
    response = await handler(request)
    if not response.prepared:
        await tell_allowance(request, response)
    return response


async def tell_allowance(request: web.Request, response: web.StreamResponse) -> None:
    """Say in the headers how much is left; what is sent piece by piece has to be told before."""
    allowance = request.get(ALLOWANCE)
    if allowance is None:
        return
    response.headers["X-RateLimit-Limit"] = str(allowance.limit)
    response.headers["X-RateLimit-Remaining"] = str(allowance.remaining)
    response.headers["X-RateLimit-Reset"] = str(allowance.reset_at)


async def _take(request: web.Request, name: str, who: str) -> None:
    limits = request.app[SERVICES].rate_limits
    taken = await limits.take(name, who)
    if taken is None:
        return
    allowed, allowance = taken
    tightest = request.get(ALLOWANCE)
    if tightest is None or not allowed or allowance.remaining < tightest.remaining:
        request[ALLOWANCE] = allowance
    if not allowed:
        RATE_LIMITED.labels(name).inc()
        raise RateLimited(name, allowance.limit, limits.retry_after(allowance))


def _address(request: web.Request) -> str:
    return client_address(request, request.app[SERVICES].settings.trusted_proxies)
