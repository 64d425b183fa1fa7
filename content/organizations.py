"""Organizations: the tenants that own everything else."""

from typing import ClassVar

from msgspec import Struct

from content import findings
from content.documents import Document
from content.errors import RuleBroken
from content.identity import new_id, now
from content.store import Store


class Organization(Document, frozen=True, kw_only=True):
    """A tenant. `public_url` is what its agents and activities are named after, for ever."""

    kind: ClassVar[str] = "organization"

    name: str
    public_url: str


class OrganizationDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new organization."""

    name: str
    public_url: str


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


async def every(store: Store) -> list[Organization]:
    """All organizations of this server, in the order of their creation."""
    organizations = store.of(Organization)
    cursor = organizations.collection.find({}, sort=[("_id", 1)])
    return [organizations.decode(fields) async for fields in cursor]
