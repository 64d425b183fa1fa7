"""Who sends a request: a program by its API key or access token, a browser by its cookie."""

from aiohttp import web

from api.errors import InvalidToken
from api.identity.cookies import session_cookie
from api.identity.principal import Principal
from api.identity.tokens import Claims
from api.services import SERVICES

API_KEY_HEADER = "X-API-Key"

CLAIMS = web.RequestKey("browser_claims", Claims)


async def authenticate(request: web.Request) -> Principal | None:
    """Whom the request acts for, or None when it names nobody.

    Raises:
        InvalidToken: an Authorization or X-API-Key header that is not good. A cookie that is not
            good counts as none.
    """
    key = request.headers.get(API_KEY_HEADER)
    if key is not None:
        return await request.app[SERVICES].api_keys.principal(key.strip())
    header = request.headers.get("Authorization")
    if header is not None:
        return await _bearer(request, header)
    return await _browser(request)


async def _bearer(request: web.Request, header: str) -> Principal:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        raise InvalidToken("The REST API takes Authorization: Bearer with an access token.")
    return await request.app[SERVICES].bearer_tokens(token.strip())


async def _browser(request: web.Request) -> Principal | None:
    cookie = session_cookie(request)
    if cookie is None:
        return None
    sessions = request.app[SERVICES].sessions
    try:
        claims = sessions.read(cookie, "browser")
        principal = await sessions.principal(claims)
    except InvalidToken:
        return None
    request[CLAIMS] = claims
    return principal
