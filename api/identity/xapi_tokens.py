"""A person or program of the REST API at the xAPI resources: what the token opens there."""

from dataclasses import dataclass

from api.errors import InvalidToken, IssuerUnavailable
from api.identity.bearer import BearerTokens
from api.identity.principal import Principal
from api.permissions import Permission
from content.people import people
from lrs.credentials import Credential, scopes
from lrs.credentials.authorization import unauthorized
from lrs.errors import Forbidden

GRANTS = {
    Permission.STATEMENTS_READ: scopes.READ_ALL,
    Permission.STATEMENTS_WRITE: scopes.ALL,
}


@dataclass(frozen=True, slots=True)
class XAPITokens:
    """Reads access tokens and API keys; called with the token."""

    bearer_tokens: BearerTokens

    async def __call__(self, token: str) -> Credential:
        """Who has it, as an xAPI client. Raises Unauthorized, or Forbidden without a permission."""
        try:
            principal = await self.bearer_tokens(token)
        except (InvalidToken, IssuerUnavailable) as error:
            raise unauthorized(str(error)) from error
        return credential_of(principal)


def credential_of(principal: Principal) -> Credential:
    """The person or program as an xAPI client; their own agent is the authority.

    Raises:
        Forbidden: no permission opens anything there.
    """
    granted = [scope for permission, scope in GRANTS.items() if principal.may(permission)]
    if not granted:
        names = " or ".join(permission.value for permission in GRANTS)
        raise Forbidden(f"This needs the permission {names}.")
    return Credential(
        organization_id=principal.organization_id,
        name=principal.person.name,
        key=principal.person.id,
        scopes=scopes.expand(granted),
        authority=people.xapi_agent(principal.person),
    )
