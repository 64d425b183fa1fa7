"""Confirmations: that somebody has shown at an identity provider, within their session, once more
who they are. What says so is a token that only their browser holds, for a few minutes.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import jwt
from aiohttp import web

from api.identity.principal import Principal
from api.services import SERVICES

NAME: Final = "lyceum_confirmed"
FRESH: Final = timedelta(minutes=5)
_AUDIENCE: Final = "lyceum-confirmation"
_ALGORITHM: Final = "HS256"


def confirm(request: web.Request, response: web.Response, session_id: str, at: datetime) -> None:
    """Let the browser hold that whose session it is signed in at the provider at a moment."""
    services = request.app[SERVICES]
    claims = {"aud": _AUDIENCE, "sub": session_id, "auth_time": at.timestamp(), "exp": at + FRESH}
    response.set_cookie(
        NAME,
        jwt.encode(claims, services.code_flow.key, algorithm=_ALGORITHM),
        max_age=int(FRESH.total_seconds()),
        httponly=True,
        secure=services.settings.public_origin.startswith("https:"),
        samesite="Lax",
    )


def confirmed_at(request: web.Request, principal: Principal) -> datetime | None:
    """When the person has confirmed who they are in this session, within the last minutes."""
    key, options = request.app[SERVICES].code_flow.key, {"require": ["exp", "sub", "auth_time"]}
    known: Any = {"audience": _AUDIENCE, "options": options}
    try:
        said = jwt.decode(request.cookies.get(NAME, ""), key, [_ALGORITHM], **known)
    except jwt.InvalidTokenError:
        return None
    if principal.session_id is None or said["sub"] != principal.session_id:
        return None
    return datetime.fromtimestamp(said["auth_time"], UTC)
