"""Organizations: the tenants that own everything else."""

import re
from collections.abc import Sequence
from typing import Any, ClassVar
from zoneinfo import available_timezones

from msgspec import UNSET, Struct, UnsetType
from pymongo.errors import DuplicateKeyError

from content import findings
from content.documents import Document, Page, Paging, given, sort_order
from content.errors import Conflict, RuleBroken
from content.findings import Finding
from content.identity import new_id, now
from content.lessons.lesson_content import EMBED_HOSTS
from content.store import Store

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
_SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


ZONE = "UTC"
"""The time zone of an organization that has named no other."""


class Organization(Document, frozen=True, kw_only=True):
    """A tenant. `public_url` is what its agents and activities are named after, for ever.

    `slug` and `hosts` name it where somebody signs in, and are nobody else's.
    Lessons may embed pages of `embed_hosts` (`*`: of any host). Days begin, and hours are counted,
    in `time_zone`, a name of the IANA database.
    """

    kind: ClassVar[str] = "organization"
    sortable: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "name")

    name: str
    public_url: str
    embed_hosts: tuple[str, ...] = EMBED_HOSTS
    slug: str = ""
    hosts: tuple[str, ...] = ()
    time_zone: str = ZONE


class OrganizationDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new organization."""

    name: str
    public_url: str
    slug: str = ""
    hosts: tuple[str, ...] = ()


class OrganizationChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays."""

    name: str | UnsetType = UNSET
    embed_hosts: tuple[str, ...] | UnsetType = UNSET
    slug: str | UnsetType = UNSET
    hosts: tuple[str, ...] | UnsetType = UNSET
    time_zone: str | UnsetType = UNSET


async def create(store: Store, draft: OrganizationDraft) -> Organization:
    """A new organization. Raises RuleBroken, Conflict (slug_taken, host_taken)."""
    broken = findings.title("name", draft.name) + findings.iri("public_url", draft.public_url)
    broken += _slug(draft.slug) + _hosts("hosts", draft.hosts)
    if broken:
        raise RuleBroken(broken)
    organization_id, moment = new_id("organization"), now()
    organization = Organization(
        id=organization_id,
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        name=draft.name.strip(),
        public_url=draft.public_url.rstrip("/"),
        slug=draft.slug,
        hosts=draft.hosts,
    )
    try:
        return await store.of(Organization).insert(organization)
    except DuplicateKeyError as error:
        raise _taken(error) from None


async def time_zone(store: Store, organization_id: str) -> str:
    """The time zone of an organization, in which people live of whom no other is known."""
    found = await store.of(Organization).find(organization_id, organization_id)
    return found.time_zone if found else ZONE


async def get(store: Store, organization_id: str) -> Organization:
    """The organization. Raises NotFound."""
    return await store.of(Organization).get(organization_id, organization_id)


async def update(
    store: Store,
    organization_id: str,
    changes: OrganizationChanges,
    expected_version: int | None = None,
) -> Organization:
    """Change an organization.

    Raises:
        RuleBroken, NotFound, VersionMismatch
        Conflict: slug_taken, host_taken.
    """
    broken = findings.title("name", changes.name) + _slug(changes.slug)
    broken += _hosts("embed_hosts", changes.embed_hosts, anything="*")
    broken += _hosts("hosts", changes.hosts) + _time_zone(changes.time_zone)
    if broken:
        raise RuleBroken(broken)
    organizations = store.of(Organization)
    try:
        return await organizations.change(
            organization_id, organization_id, given(changes), expected_version
        )
    except DuplicateKeyError as error:
        raise _taken(error) from None


async def page(store: Store, paging: Paging) -> Page[Organization]:
    """One page of all organizations, for who runs the server. Raises RuleBroken."""
    organizations = store.of(Organization)
    order = sort_order(paging, Organization.sortable)
    cursor = organizations.collection.find({}, sort=order).limit(paging.per_page)
    cursor = cursor.skip((paging.page - 1) * paging.per_page)
    items = tuple([organizations.decode(fields) async for fields in cursor])
    total = await organizations.collection.count_documents({})
    return Page(items=items, total=total, page=paging.page, per_page=paging.per_page)


async def some(store: Store, ids: Sequence[str]) -> list[Organization]:
    """The organizations with these ids, by name."""
    organizations = store.of(Organization)
    cursor = organizations.collection.find({"_id": {"$in": list(ids)}}, sort=[("name", 1)])
    return [organizations.decode(fields) async for fields in cursor]


async def named(store: Store, name: str) -> Organization | None:
    """The organization of this id or slug."""
    return await _one(store, {"$or": [{"_id": name}, {"slug": name}]}) if name else None


async def of_host(store: Store, host: str) -> Organization | None:
    """The organization that is reached by this host name."""
    return await _one(store, {"hosts": host.lower()})


async def every(store: Store) -> list[Organization]:
    """All organizations of this server, in the order of their creation."""
    organizations = store.of(Organization)
    cursor = organizations.collection.find({}, sort=[("_id", 1)])
    return [organizations.decode(fields) async for fields in cursor]


def _time_zone(value: str | UnsetType) -> list[Finding]:
    if value is UNSET or value in available_timezones():
        return []
    detail = "must be a time zone of the IANA database, such as Europe/Berlin"
    return [Finding(where="time_zone", detail=detail)]


async def _one(store: Store, query: dict[str, Any]) -> Organization | None:
    organizations = store.of(Organization)
    fields = await organizations.collection.find_one(query)
    return None if fields is None else organizations.decode(fields)


def _slug(slug: str | UnsetType) -> list[Finding]:
    if slug is UNSET or not slug or _SLUG.fullmatch(slug):
        return []
    detail = "must be 1 to 63 lower-case letters, digits and hyphens"
    return [Finding(where="slug", detail=detail)]


def _hosts(
    where: str, hosts: tuple[str, ...] | UnsetType, anything: str | None = None
) -> list[Finding]:
    """Host names; `anything` is the word that stands for all."""
    right = "must be a host name" + (f", or {anything}" if anything else "")
    return [
        Finding(where=f"{where}/{position}", detail=right)
        for position, host in enumerate(() if hosts is UNSET else hosts)
        if host != anything and not _HOST.fullmatch(host)
    ]


def _taken(error: DuplicateKeyError) -> Conflict:
    if "hosts" in (error.details or {}).get("keyPattern", {}):
        return Conflict("host_taken", "A host leads to another organization.", "hosts")
    return Conflict("slug_taken", "Another organization has this slug.", "slug")
