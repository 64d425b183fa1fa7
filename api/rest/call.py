"""What a handler is given: the request, the services, and who asks."""

from dataclasses import dataclass

from aiohttp import web

from api.identity.principal import Principal
from api.permissions import Permission, roles_with
from api.rest.problems import Finding, refuse
from api.services import Services


@dataclass(frozen=True, slots=True)
class Call:
    """One request to one route."""

    request: web.Request
    services: Services
    who: Principal | None

    @property
    def principal(self) -> Principal:
        """Whom the request acts for. Raises ProblemRaised (401) where there is nobody."""
        if self.who is None:
            raise refuse(
                401,
                "auth_required",
                "Sign in first",
                [Finding("Send Authorization: Bearer with an access token or an API key.")],
                headers={"WWW-Authenticate": "Bearer"},
            )
        return self.who

    @property
    def organization_id(self) -> str:
        """The organization of who asks."""
        return self.principal.organization_id

    def in_person(self) -> None:
        """Go on only for a person who has signed in, here or with an identity provider.

        Raises:
            ProblemRaised: 403, an API key was sent, which does not do this.
        """
        if self.principal.key_id is not None:
            finding = Finding("This needs a person who has signed in, not an API key.")
            raise refuse(403, "forbidden", "You may not do this", [finding])

    def session(self) -> str:
        """The session of who signed in here.

        Raises:
            ProblemRaised: 403, another kind of token was sent, which has no session.
        """
        if self.principal.session_id is not None:
            return self.principal.session_id
        finding = Finding("This needs a session, begun by /auth/sign-in.")
        raise refuse(403, "forbidden", "You may not do this", [finding])

    def require(self, permission: Permission) -> None:
        """Go on only when it is allowed. Raises ProblemRaised (403)."""
        if self.principal.may(permission):
            return
        meta = {
            "required_permission": permission.value,
            "required_roles": roles_with(permission),
            "held_roles": list(self.principal.person.roles),
        }
        finding = Finding(f"This needs the permission {permission.value}.")
        raise refuse(403, "forbidden", "You may not do this", [finding], meta=meta)

    def own_or(self, permission: Permission, person_id: str | None) -> str | None:
        """Narrow a query to the person's own things, unless they may see everybody's.

        `person_id` is whose things are asked for, None for all that may be seen.

        Raises:
            ProblemRaised: 403, somebody else's without the permission.
        """
        if self.principal.may(permission):
            return person_id
        own = self.principal.person.id
        if person_id not in (None, own):
            self.require(permission)
        return own
