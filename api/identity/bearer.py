"""Bearer tokens of either kind: an API key, or the access token of a session."""

from dataclasses import dataclass

from api.identity.api_keys import ApiKeys, is_api_key
from api.identity.principal import Principal
from api.identity.sessions import Sessions


@dataclass(frozen=True, slots=True)
class BearerTokens:
    """Reads the tokens that programs send; called with the token."""

    sessions: Sessions
    api_keys: ApiKeys

    async def __call__(self, token: str) -> Principal:
        """Whom the token acts for. Raises InvalidToken."""
        if is_api_key(token):
            return await self.api_keys.principal(token)
        principal, _ = await self.sessions.principal(token, "access")
        return principal
