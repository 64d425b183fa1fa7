"""Signed links: whoever holds one may fetch one file, without signing in, until it expires."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt

from api.errors import InvalidToken

AUDIENCE = "file"
_ALGORITHM = "HS256"


@dataclass(frozen=True, slots=True)
class Granted:
    """The file that a link leads to."""

    organization_id: str
    file_id: str


class DownloadLinks:
    """Signs links and reads them, with a key that signs nothing else."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def sign(self, organization_id: str, file_id: str, at: datetime, lifetime: int) -> str:
        """The token of a link that is good for `lifetime` seconds."""
        expires_at = at + timedelta(seconds=lifetime)
        claims = {"aud": AUDIENCE, "org": organization_id, "sub": file_id, "exp": expires_at}
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM)

    def read(self, token: str) -> Granted:
        """What a token grants. Raises InvalidToken."""
        try:
            claims = jwt.decode(
                token,
                self._key,
                [_ALGORITHM],
                audience=AUDIENCE,
                options={"require": ["aud", "org", "sub", "exp"]},
            )
        except jwt.ExpiredSignatureError:
            raise InvalidToken("The link has expired; ask for a new one.") from None
        except jwt.InvalidTokenError:
            raise InvalidToken("The link is not valid here.") from None
        return Granted(claims["org"], claims["sub"])
