"""Bearer tokens of every kind: an API key, a session's access token, or an outside issuer's."""

from dataclasses import dataclass

from api.errors import InvalidToken
from api.identity.api_keys import ApiKeys, is_api_key
from api.identity.issued_tokens import IssuedTokens, issuer_of
from api.identity.principal import Principal
from api.identity.sessions import Sessions


@dataclass(frozen=True, slots=True)
class BearerTokens:
    """Reads the tokens that programs send; called with the token."""

    sessions: Sessions
    api_keys: ApiKeys
    issued: IssuedTokens

    async def __call__(self, token: str) -> Principal:
        """Whom the token acts for. Raises InvalidToken, IssuerUnavailable."""
        if is_api_key(token):
            return await self.api_keys.principal(token)
        try:
            claims = self.sessions.read(token, "access")
        except InvalidToken:
            issuer = issuer_of(token)
            if issuer is None:
                raise
            return await self.issued.principal(token, issuer)
        return await self.sessions.principal(claims)
