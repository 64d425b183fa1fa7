"""The person for whom a request acts."""

from dataclasses import dataclass

from api.permissions import Permission, permissions_of
from content.people import Person


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in person, and the session that says so."""

    person: Person
    session_id: str

    @property
    def organization_id(self) -> str:
        """The organization to which all that the request touches belongs."""
        return self.person.organization_id

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the person's roles allow."""
        return permissions_of(frozenset(self.person.roles))

    def may(self, permission: Permission) -> bool:
        """Say whether some role of the person allows it."""
        return permission in self.permissions
