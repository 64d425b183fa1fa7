"""A browser's session lasts as long as it is used."""

from aiohttp import web
from aiohttp.typedefs import Handler

from api.identity.authentication import CLAIMS
from api.identity.cookies import set_session_cookie
from api.services import SERVICES


@web.middleware
async def renew_cookie(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Send the cookie anew once half of its life is over."""
    response = await handler(request)
    claims = request.get(CLAIMS)
    if claims is None or response.prepared or "Set-Cookie" in response.headers or response.cookies:
        return response
    services = request.app[SERVICES]
    token = await services.sessions.renewed(claims)
    if token is not None:
        settings = services.settings
        set_session_cookie(response, token, settings.public_origin, settings.session_lifetime)
    return response
