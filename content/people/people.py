"""People: who learns, teaches and answers for it, and the agents by which statements name them."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, ClassVar

from msgspec import UNSET, Struct, UnsetType, structs
from pymongo.errors import DuplicateKeyError

from content import findings, organizations
from content.documents import Document, Page, Paging, given
from content.errors import Conflict, RuleBroken
from content.identity import new_id, now
from content.people import person_rules, supervisors
from content.people.person_filters import PersonFilter as PersonFilter
from content.people.person_filters import query_of
from content.people.person_rules import ROLES as ROLES
from content.people.person_rules import STATUSES
from content.store import COLLECTIONS, Store
from content.words import words
from lrs.agents import account_key, agent_key

MOST_PLACES = 8
_NARROWING = ("department", "location", "groups", "roles", "status")


class Person(Document, frozen=True, kw_only=True):
    """A person of one organization.

    `home_page` with the id is the account by which our own statements name the person. `agents`
    are all agent keys that mean this person, those of former e-mail addresses included: what was
    recorded under an old address stays this person's, and nobody else can take the address up.
    `words` is what they are found by; `external_id` is what an identity provider calls them;
    `supervisor_id` is the person who answers for them.
    """

    kind: ClassVar[str] = "user"
    sortable: ClassVar[tuple[str, ...]] = ("name", "email", "created_at", "updated_at")

    name: str
    email: str
    roles: tuple[str, ...]
    status: str
    home_page: str
    agents: tuple[str, ...]
    words: tuple[str, ...] = ()
    department: str | None = None
    location: str | None = None
    groups: tuple[str, ...] = ()
    hired_on: date | None = None
    locale: str | None = None
    time_zone: str | None = None
    external_id: str | None = None
    supervisor_id: str | None = None
    photo_url: str | None = None


class PersonDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new person."""

    name: str
    email: str
    roles: tuple[str, ...] = ("learner",)
    department: str | None = None
    location: str | None = None
    groups: tuple[str, ...] = ()
    hired_on: date | None = None
    locale: str | None = None
    time_zone: str | None = None
    external_id: str | None = None
    supervisor_id: str | None = None
    photo_url: str | None = None


class PersonChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays."""

    name: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    roles: tuple[str, ...] | UnsetType = UNSET
    status: str | UnsetType = UNSET
    department: str | UnsetType | None = UNSET
    location: str | UnsetType | None = UNSET
    groups: tuple[str, ...] | UnsetType = UNSET
    hired_on: date | UnsetType | None = UNSET
    locale: str | UnsetType | None = UNSET
    time_zone: str | UnsetType | None = UNSET
    external_id: str | UnsetType | None = UNSET
    supervisor_id: str | UnsetType | None = UNSET
    photo_url: str | UnsetType | None = UNSET


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
    """A new active person.

    Raises:
        RuleBroken: the draft is not right.
        Conflict: email_taken, external_id_taken.
        NotFound: there is no such organization.
    """
    if broken := person_rules.broken(draft):
        raise RuleBroken(broken)
    organization = await organizations.get(store, organization_id)
    if draft.supervisor_id is not None:
        await supervisors.check(store, organization_id, None, draft.supervisor_id)
    person_id, moment = new_id("user"), now()
    account = account_key(organization.public_url, person_id)
    person = Person(
        id=person_id,
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        status="active",
        home_page=organization.public_url,
        agents=(account, *email_keys(draft.email)),
        words=tuple(words((draft.name, draft.email))),
        **_kept(structs.asdict(draft)),
    )
    try:
        return await store.of(Person).insert(person)
    except DuplicateKeyError as error:
        raise _taken(error, draft.email, draft.external_id) from error


async def get(store: Store, organization_id: str, person_id: str) -> Person:
    """The person. Raises NotFound."""
    return await store.of(Person).get(organization_id, person_id)


async def known(store: Store, organization_id: str, person_ids: Collection[str]) -> set[str]:
    """Which of the ids are people's."""
    query = {"organization_id": organization_id, "_id": {"$in": list(person_ids)}}
    found = store.of(Person).collection.find(query, {"_id": 1})
    return {each["_id"] async for each in found}


async def by_email(store: Store, organization_id: str, email: str) -> Person | None:
    """The person who has this address now."""
    return await store.of(Person).first(organization_id, _having(email))


async def ids_by_email(
    store: Store, organization_id: str, emails: Collection[str]
) -> dict[str, str]:
    """The ids of the people who have these addresses now, by address in its normal spelling."""
    sought = {normal_email(each) for each in emails}
    query = {
        "organization_id": organization_id,
        "agents": {"$in": [email_keys(each)[0] for each in sought]},
    }
    found = store.of(Person).collection.find(query, {"email": 1})
    return {each["email"]: each["_id"] async for each in found if each["email"] in sought}


async def ids(store: Store, organization_id: str, filters: PersonFilter) -> list[str]:
    """The ids of all whom a filter leaves."""
    query = {"organization_id": organization_id, **query_of(filters)}
    found = store.of(Person).collection.find(query, {"_id": 1}, sort=[("_id", 1)])
    return [each["_id"] async for each in found]


async def everywhere(store: Store, email: str) -> list[Person]:
    """The people of all organizations who have this address now: at most MOST_PLACES."""
    ids = await store.database[COLLECTIONS["organization"]].distinct("_id")
    people = store.of(Person)
    query = {"organization_id": {"$in": ids}, **_having(email)}
    cursor = people.collection.find(query, sort=[("_id", 1)], limit=MOST_PLACES)
    return [people.decode(fields) async for fields in cursor]


async def by_external_id(store: Store, organization_id: str, external_id: str) -> Person | None:
    """The person whom an identity provider calls so."""
    return await store.of(Person).first(organization_id, {"external_id": external_id})


async def by_agents(store: Store, organization_id: str, agents: set[str]) -> dict[str, Person]:
    """The people that these agent keys mean, by agent key."""
    query = {"agents": {"$in": sorted(agents)}}
    found = await store.of(Person).all(organization_id, query)
    return {key: person for person in found for key in person.agents if key in agents}


async def names(store: Store, organization_id: str, person_ids: Collection[str]) -> dict[str, str]:
    """The names of people, by id."""
    query = {"organization_id": organization_id, "_id": {"$in": list(person_ids)}}
    found = store.of(Person).collection.find(query, {"name": 1})
    return {each["_id"]: each["name"] async for each in found}


async def find(
    store: Store, organization_id: str, filters: PersonFilter, paging: Paging
) -> Page[Person]:
    """One page of people. Raises RuleBroken for a wrong page or sort."""
    query = query_of(filters)
    if filters.email is not None:
        query |= _having(filters.email)
    index = _by_name(query) if (paging.sort or "name").removeprefix("-") == "name" else None
    return await store.of(Person).page(organization_id, query, paging, index=index)


def _by_name(query: Mapping[str, Any]) -> list[tuple[str, int]] | None:
    """The index that has people in the order of names; None where others may serve better."""
    if not query.keys() <= set(_NARROWING):
        return None
    narrowest = [name for name in _NARROWING if name in query][:1]
    return [(name, 1) for name in ("organization_id", *narrowest, "name", "_id")]


async def update(
    store: Store,
    organization_id: str,
    person_id: str,
    changes: PersonChanges,
    expected_version: int | None = None,
) -> Person:
    """Change a person.

    Raises:
        RuleBroken: a change is not right.
        Conflict: email_taken, external_id_taken, or last_administrator: nobody else who is
            active has that role.
        NotFound, VersionMismatch
    """
    if broken := person_rules.broken(changes) + findings.one_of("status", changes.status, STATUSES):
        raise RuleBroken(broken)
    fields = _kept(given(changes))
    person = await get(store, organization_id, person_id)
    if isinstance(changes.supervisor_id, str):
        await supervisors.check(store, organization_id, person_id, changes.supervisor_id)
    name, email = fields.get("name", person.name), fields.get("email", person.email)
    if fields.keys() & {"name", "email"}:
        fields["words"] = words((name, email))
        expected_version = person.version if expected_version is None else expected_version
    if isinstance(changes.email, str):
        fields["agents"] = list(dict.fromkeys((*person.agents, *email_keys(changes.email))))
    await _keep_an_administrator(store, person, fields)
    try:
        return await store.of(Person).change(organization_id, person_id, fields, expected_version)
    except DuplicateKeyError as error:
        raise _taken(error, email, fields.get("external_id")) from error


async def _keep_an_administrator(store: Store, person: Person, fields: dict[str, Any]) -> None:
    stays = "admin" in fields.get("roles", person.roles)
    stays = stays and fields.get("status", person.status) == "active"
    if stays or "admin" not in person.roles or person.status != "active":
        return
    others = {"roles": "admin", "status": "active", "_id": {"$ne": person.id}}
    if await store.of(Person).first(person.organization_id, others) is None:
        detail = "Nobody else who is active is an administrator."
        raise Conflict("last_administrator", detail)


def _kept(said: dict[str, Any]) -> dict[str, Any]:
    """What is said of a person in the spelling in which it is kept."""
    kept = dict(said)
    if "name" in said:
        kept["name"] = said["name"].strip()
    if "email" in said:
        kept["email"] = normal_email(said["email"])
    for several in ("roles", "groups"):
        if several in said:
            kept[several] = tuple(dict.fromkeys(said[several]))
    return kept


def _having(email: str) -> dict[str, Any]:
    """The address as it is now, found by the index on all the keys ever held."""
    return {"agents": email_keys(email)[0], "email": normal_email(email)}


def _taken(error: DuplicateKeyError, email: str, external_id: str | None) -> Conflict:
    if "external_id" in (error.details or {}).get("keyPattern", {}):
        detail = f"{external_id} is another person's external id."
        return Conflict("external_id_taken", detail, "external_id")
    detail = f"{normal_email(email)} is or was another person's address."
    return Conflict("email_taken", detail, "email")
