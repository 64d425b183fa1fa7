"""Who sends a request: a program by its access token, a browser by its cookie."""

from aiohttp import web

from api.errors import InvalidToken
from api.identity.cookies import session_cookie
from api.identity.principal import Principal
from api.identity.tokens import Claims
from api.services import SERVICES

CLAIMS = web.RequestKey("browser_claims", Claims)


async def authenticate(request: web.Request) -> Principal | None:
    """The person, or None when the request names nobody.

    Raises:
        InvalidToken: an Authorization header that is not good. A cookie that is not good counts
            as none.
    """
    sessions = request.app[SERVICES].sessions
    header = request.headers.get("Authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            raise InvalidToken("The REST API takes Authorization: Bearer with an access token.")
        principal, _ = await sessions.principal(token.strip(), "access")
        return principal
    cookie = session_cookie(request)
    if cookie is None:
        return None
    try:
        principal, request[CLAIMS] = await sessions.principal(cookie, "browser")
    except InvalidToken:
        return None
    return principal
