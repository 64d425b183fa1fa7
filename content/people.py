"""People: who learns, teaches and answers for it, and the agents by which statements name them."""

import hashlib
from typing import Any, ClassVar

from msgspec import UNSET, Struct, UnsetType
from pymongo.errors import DuplicateKeyError

from content import findings, organizations
from content.documents import Document, Page, Paging, given
from content.errors import Conflict, RuleBroken
from content.findings import Finding
from content.identity import new_id, now
from content.store import Store
from lrs.agents import account_key, agent_key

ROLES = ("admin", "instructor", "compliance_officer", "mentor", "learner", "guardian")
STATUSES = ("active", "inactive")


class Person(Document, frozen=True, kw_only=True):
    """A person of one organization.

    `home_page` with the id is the account by which our own statements name the person. `agents`
    are all agent keys that mean this person, those of former e-mail addresses included: what was
    recorded under an old address stays this person's, and nobody else can take the address up.
    """

    kind: ClassVar[str] = "user"
    sortable: ClassVar[tuple[str, ...]] = ("name", "email", "created_at", "updated_at")

    name: str
    email: str
    roles: tuple[str, ...]
    status: str
    home_page: str
    agents: tuple[str, ...]


class PersonDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new person."""

    name: str
    email: str
    roles: tuple[str, ...] = ("learner",)


class PersonChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays."""

    name: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    roles: tuple[str, ...] | UnsetType = UNSET
    status: str | UnsetType = UNSET


class PersonFilter(Struct, frozen=True, kw_only=True):
    """Which people: all that is given must hold."""

    role: str | None = None
    status: str | None = None
    email: str | None = None


def normal_email(email: str) -> str:
    """The address in the one spelling that is kept and compared."""
    return email.strip().lower()


def email_keys(email: str) -> tuple[str, ...]:
    """The agent keys of an e-mail address, plain and hashed (xAPI 1.0.3, Data 2.4.2.3).

    The normal spelling comes first, then the one that was given: keys compare exactly.
    """
    boxes = dict.fromkeys(f"mailto:{each}" for each in (normal_email(email), email.strip()))
    digests = (hashlib.sha1(box.encode(), usedforsecurity=False).hexdigest() for box in boxes)
    plain = [agent_key({"mbox": box}) for box in boxes]
    hashed = [agent_key({"mbox_sha1sum": digest}) for digest in digests]
    return tuple(key for key in plain + hashed if key is not None)


def agent_keys(person: Person) -> tuple[str, ...]:
    """Every agent key that means this person, as `lrs.agents.agent_key` writes them."""
    return person.agents


def xapi_agent(person: Person) -> dict[str, Any]:
    """The agent that our own statements carry as their actor."""
    account = {"homePage": person.home_page, "name": person.id}
    return {"objectType": "Agent", "name": person.name, "account": account}


async def create(store: Store, organization_id: str, draft: PersonDraft) -> Person:
    """A new active person. Raises RuleBroken, Conflict (email_taken), NotFound."""
    if broken := _broken(draft):
        raise RuleBroken(broken)
    organization = await organizations.get(store, organization_id)
    person_id, moment = new_id("user"), now()
    account = account_key(organization.public_url, person_id)
    person = Person(
        id=person_id,
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        name=draft.name.strip(),
        email=normal_email(draft.email),
        roles=tuple(dict.fromkeys(draft.roles)),
        status="active",
        home_page=organization.public_url,
        agents=(account, *email_keys(draft.email)),
    )
    try:
        return await store.of(Person).insert(person)
    except DuplicateKeyError as error:
        raise _taken(draft.email) from error


async def get(store: Store, organization_id: str, person_id: str) -> Person:
    """The person. Raises NotFound."""
    return await store.of(Person).get(organization_id, person_id)


async def by_email(store: Store, organization_id: str, email: str) -> Person | None:
    """The person who has this address now."""
    return await store.of(Person).first(organization_id, _having(email))


async def by_agents(store: Store, organization_id: str, agents: set[str]) -> dict[str, Person]:
    """The people that these agent keys mean, by agent key."""
    query = {"agents": {"$in": sorted(agents)}}
    found = await store.of(Person).all(organization_id, query)
    return {key: person for person in found for key in person.agents if key in agents}


async def find(
    store: Store, organization_id: str, filters: PersonFilter, paging: Paging
) -> Page[Person]:
    """One page of people. Raises RuleBroken for a wrong page or sort."""
    query: dict[str, Any] = {}
    if filters.role is not None:
        query["roles"] = filters.role
    if filters.status is not None:
        query["status"] = filters.status
    if filters.email is not None:
        query |= _having(filters.email)
    return await store.of(Person).page(organization_id, query, paging)


async def update(
    store: Store,
    organization_id: str,
    person_id: str,
    changes: PersonChanges,
    expected_version: int | None = None,
) -> Person:
    """Change a person. Raises RuleBroken, Conflict (email_taken), NotFound, VersionMismatch."""
    if broken := _broken(changes):
        raise RuleBroken(broken)
    fields = given(changes)
    if isinstance(changes.email, str):
        person = await get(store, organization_id, person_id)
        keys = dict.fromkeys((*person.agents, *email_keys(changes.email)))
        fields |= {"email": normal_email(changes.email), "agents": list(keys)}
        expected_version = person.version if expected_version is None else expected_version
    try:
        return await store.of(Person).change(organization_id, person_id, fields, expected_version)
    except DuplicateKeyError as error:
        raise _taken(fields["email"]) from error


def _having(email: str) -> dict[str, Any]:
    """The address as it is now, found by the index on all the keys ever held."""
    return {"agents": email_keys(email)[0], "email": normal_email(email)}


def _broken(person: PersonDraft | PersonChanges) -> list[Finding]:
    broken = findings.title("name", person.name) + findings.email("email", person.email)
    if isinstance(person.roles, tuple):
        for position, role in enumerate(person.roles):
            broken += findings.one_of(f"roles/{position}", role, ROLES)
    if isinstance(person, PersonChanges):
        broken += findings.one_of("status", person.status, STATUSES)
    return broken


def _taken(email: str) -> Conflict:
    return Conflict("email_taken", f"{normal_email(email)} is or was another person's address.")
