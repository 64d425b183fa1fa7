"""People as another system knows them: added or brought up to date, found by its id or address."""

from typing import Any

from msgspec import UNSET, Struct, structs

from content.errors import Conflict, RuleBroken
from content.findings import Finding
from content.people import people
from content.people.people import Person, PersonChanges, PersonDraft
from content.store import Store


class Provisioned(Struct, frozen=True, kw_only=True):
    """Who was meant; `outcome` is created, updated or unchanged."""

    person: Person
    outcome: str


async def find_present(
    store: Store, organization_id: str, changes: PersonChanges, *, by_email: bool = True
) -> Person | None:
    """The person who is meant: by `external_id`, else by `email` where they have no other
    external id and `by_email` says that the address is trusted.

    Raises:
        Conflict: email_taken, the address is that of a person with another external id.
    """
    if isinstance(changes.external_id, str):
        found = await people.by_external_id(store, organization_id, changes.external_id)
        if found is not None:
            return found
    if not by_email or not isinstance(changes.email, str):
        return None
    found = await people.by_email(store, organization_id, changes.email)
    if found is None or found.external_id is None or not isinstance(changes.external_id, str):
        return found
    detail = f"{found.email} belongs to a person with another external id."
    raise Conflict("email_taken", detail, "email")


async def supervisor_id_of(store: Store, organization_id: str, email: str) -> str:
    """The id of the supervisor whom another system names by address. Raises RuleBroken."""
    found = await people.by_email(store, organization_id, email)
    if found is None:
        detail = "must be the address of a person of this organization"
        raise RuleBroken([Finding(where="supervisor_email", detail=detail)])
    return found.id


async def provision(
    store: Store, organization_id: str, changes: PersonChanges, present: Person | None
) -> Provisioned:
    """Add the person, or bring who is present up to date; what is not given stays.

    Raises:
        RuleBroken: it is not right, or name or e-mail address are missing for a new person.
        Conflict: email_taken, external_id_taken, last_administrator.
    """
    if present is None:
        added = await _add(store, organization_id, changes)
        return Provisioned(person=added, outcome="created")
    if all(getattr(present, name) == value for name, value in _told(changes).items()):
        return Provisioned(person=present, outcome="unchanged")
    changed = await people.update(store, organization_id, present.id, changes)
    return Provisioned(person=changed, outcome="updated")


async def _add(store: Store, organization_id: str, changes: PersonChanges) -> Person:
    told = _told(changes)
    status = told.pop("status", "active")
    missing = [name for name in ("name", "email") if name not in told]
    if missing:
        raise RuleBroken([Finding(where=name, detail="is required") for name in missing])
    person = await people.create(store, organization_id, PersonDraft(**told))
    if status == "active":
        return person
    return await people.update(store, organization_id, person.id, PersonChanges(status=status))


def _told(changes: PersonChanges) -> dict[str, Any]:
    return {name: said for name, said in structs.asdict(changes).items() if said is not UNSET}
