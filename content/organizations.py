"""Organizations: the tenants that own everything else."""

import re
from typing import ClassVar

from msgspec import UNSET, Struct, UnsetType

from content import findings
from content.documents import Document, given
from content.errors import RuleBroken
from content.findings import Finding
from content.identity import new_id, now
from content.lesson_content import EMBED_HOSTS
from content.store import Store

_HOST = re.compile(r"\*|[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")


class Organization(Document, frozen=True, kw_only=True):
    """A tenant. `public_url` is what its agents and activities are named after, for ever.

    Lessons may embed pages of `embed_hosts` (`*`: of any host).
    """

    kind: ClassVar[str] = "organization"

    name: str
    public_url: str
    embed_hosts: tuple[str, ...] = EMBED_HOSTS


class OrganizationDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new organization."""

    name: str
    public_url: str


class OrganizationChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays."""

    name: str | UnsetType = UNSET
    embed_hosts: tuple[str, ...] | UnsetType = UNSET


async def create(store: Store, draft: OrganizationDraft) -> Organization:
    """A new organization. Raises RuleBroken."""
    broken = findings.title("name", draft.name) + findings.iri("public_url", draft.public_url)
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
    )
    return await store.of(Organization).insert(organization)


async def get(store: Store, organization_id: str) -> Organization:
    """The organization. Raises NotFound."""
    return await store.of(Organization).get(organization_id, organization_id)


async def update(
    store: Store,
    organization_id: str,
    changes: OrganizationChanges,
    expected_version: int | None = None,
) -> Organization:
    """Change an organization. Raises RuleBroken, NotFound, VersionMismatch."""
    broken = findings.title("name", changes.name)
    hosts = changes.embed_hosts if isinstance(changes.embed_hosts, tuple) else ()
    broken += [
        Finding(where=f"embed_hosts/{index}", detail="must be a host name, or *")
        for index, host in enumerate(hosts)
        if not _HOST.fullmatch(host)
    ]
    if broken:
        raise RuleBroken(broken)
    organizations = store.of(Organization)
    return await organizations.change(
        organization_id, organization_id, given(changes), expected_version
    )


async def every(store: Store) -> list[Organization]:
    """All organizations of this server, in the order of their creation."""
    organizations = store.of(Organization)
    cursor = organizations.collection.find({}, sort=[("_id", 1)])
    return [organizations.decode(fields) async for fields in cursor]
