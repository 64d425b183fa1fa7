"""Access tokens (JWT, HS256) and refresh tokens (opaque, hashed at rest)."""

import hashlib
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

import jwt

from api.errors import InvalidToken

AUDIENCE = "lms"
MOST_REMEMBERED = 4096
_ALGORITHM = "HS256"
_REQUIRED = ("aud", "org", "sub", "sid", "use", "exp")

Use = Literal["access", "browser"]


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says: whose it is, for which session and use, and until when."""

    organization_id: str
    person_id: str
    session_id: str
    use: Use
    expires_at: int


def issue(
    key: bytes,
    *,
    organization_id: str,
    person_id: str,
    session_id: str,
    use: Use,
    at: datetime,
    lifetime: int,
) -> str:
    """Sign a token that is good for `lifetime` seconds. `browser` ones live in the cookie only."""
    claims: dict[str, Any] = {
        "aud": AUDIENCE,
        "org": organization_id,
        "sub": person_id,
        "sid": session_id,
        "use": use,
        "iat": at,
        "exp": at + timedelta(seconds=lifetime),
    }
    return jwt.encode(claims, key, algorithm=_ALGORITHM)


def read(key: bytes, token: str, use: Use) -> Claims:
    """Verify a token of this use.

    Raises:
        InvalidToken: forged, expired, for another audience or another use.
    """
    try:
        claims = _verified(key, token)
    except jwt.ExpiredSignatureError:
        raise _expired() from None
    except jwt.InvalidTokenError:
        raise InvalidToken("The token is not valid here.") from None
    if claims.use != use:
        raise InvalidToken("The token is not meant for this use.")
    if claims.expires_at <= time.time():
        raise _expired()
    return claims


@lru_cache(MOST_REMEMBERED)
def _verified(key: bytes, token: str) -> Claims:
    """What a token says; that a signature is good does not change, only that the time is over."""
    claims = jwt.decode(
        token, key, [_ALGORITHM], audience=AUDIENCE, options={"require": list(_REQUIRED)}
    )
    return Claims(claims["org"], claims["sub"], claims["sid"], claims["use"], claims["exp"])


def _expired() -> InvalidToken:
    return InvalidToken("The token has expired; sign in again or refresh it.")


def new_refresh_token(session_id: str) -> tuple[str, str]:
    """Make a refresh token; return it and the hash to keep."""
    token = f"{session_id}.{secrets.token_urlsafe(32)}"
    return token, refresh_hash(token)


def refresh_hash(token: str) -> str:
    """The hash under which a refresh token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def session_of(refresh_token: str) -> str:
    """The session that a refresh token names."""
    return refresh_token.partition(".")[0]
