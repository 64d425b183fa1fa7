"""The person or program for whom a request acts."""

from dataclasses import dataclass

from api.permissions import Permission, permissions_of
from content.people.people import Person


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in person and the session that says so, or whoever sent an API key.

    A program stands for itself: its `person` carries the key's id and name and no roles, so that
    what it does is told under its own name and nothing of anybody's is its own. `key_id` is the
    key that was sent; then there is no session, and `granted` is all that may be done with it.
    """

    person: Person
    session_id: str | None = None
    key_id: str | None = None
    granted: frozenset[Permission] | None = None

    @property
    def organization_id(self) -> str:
        """The organization to which all that the request touches belongs."""
        return self.person.organization_id

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the person's roles or the key's scopes allow."""
        if self.granted is not None:
            return self.granted
        return permissions_of(frozenset(self.person.roles))

    def may(self, permission: Permission) -> bool:
        """Say whether it is allowed."""
        return permission in self.permissions
