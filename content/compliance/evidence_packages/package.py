"""Evidence packages as they are kept: asked for, found, read, and gone after a while."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from msgspec import Struct

from content.compliance import requirements
from content.documents import Document, Page, Paging
from content.errors import Conflict, RuleBroken
from content.files import contents
from content.findings import Finding
from content.identity import milliseconds, new_id, now
from content.people import people
from content.store import Store

KEPT: Final = timedelta(days=30)
MAKING, READY, FAILED = "making", "ready", "failed"


class EvidencePackage(Document, frozen=True, kw_only=True):
    """A package about a person or a requirement, as of a moment; `counts` by what is in it.

    `size` in bytes and `sha256` are known once it is `ready`; it is gone after `expires_at`.
    """

    kind: ClassVar[str] = "evidence_package"
    sortable: ClassVar[tuple[str, ...]] = ("created_at",)

    person_id: str | None
    requirement_id: str | None
    title: str
    as_of: datetime
    asked_by: str
    state: str = MAKING
    size: int | None = None
    sha256: str | None = None
    counts: Mapping[str, int] = {}
    job_id: str | None = None
    expires_at: datetime

    @property
    def filename(self) -> str:
        """What a browser calls the file."""
        return f"evidence-{self.as_of:%Y-%m-%d}-{self.id.removeprefix('evidence_package_')}.zip"


class PackageDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a package is to be about: a person, or a requirement; as of a moment, else now."""

    person_id: str | None = None
    requirement_id: str | None = None
    as_of: datetime | None = None


async def create(
    store: Store, organization_id: str, draft: PackageDraft, asked_by: str
) -> EvidencePackage:
    """A package that is to be made. Raises RuleBroken, NotFound."""
    moment = now()
    as_of = milliseconds(draft.as_of) if draft.as_of else moment
    if broken := _broken(draft, as_of, moment):
        raise RuleBroken(broken)
    if draft.person_id is not None:
        title = (await people.get(store, organization_id, draft.person_id)).name
    else:
        sought = draft.requirement_id or ""
        title = (await requirements.get(store, organization_id, sought)).title
    package = EvidencePackage(
        id=new_id("evidence_package"),
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        person_id=draft.person_id,
        requirement_id=draft.requirement_id,
        title=title,
        as_of=as_of,
        asked_by=asked_by,
        expires_at=moment + KEPT,
    )
    return await store.of(EvidencePackage).insert(package)


async def get(store: Store, organization_id: str, package_id: str) -> EvidencePackage:
    """The package. Raises NotFound."""
    return await store.of(EvidencePackage).get(organization_id, package_id)


async def find(store: Store, organization_id: str, paging: Paging) -> Page[EvidencePackage]:
    """One page of packages. Raises RuleBroken for a wrong page or sort."""
    return await store.of(EvidencePackage).page(organization_id, {}, paging)


async def note(
    store: Store, package: EvidencePackage, changes: Mapping[str, Any]
) -> EvidencePackage:
    """Keep what became of it. Raises NotFound."""
    return await store.of(EvidencePackage).change(package.organization_id, package.id, changes)


async def keep(
    store: Store, package: EvidencePackage, parts: AsyncIterator[bytes], counts: Mapping[str, int]
) -> EvidencePackage:
    """Store the bytes of a package, which is ready then."""
    ours = package.organization_id
    await contents.discard(store, ours, package.id)
    written = await contents.write(store, ours, package.id, parts)
    await contents.mark_kept(store, ours, package.id)
    ready = {"state": READY, "size": written.size, "sha256": written.sha256, "counts": counts}
    return await note(store, package, ready)


def read(store: Store, package: EvidencePackage) -> AsyncIterator[bytes]:
    """The bytes of a package. Raises Conflict (evidence_package_not_ready)."""
    if package.state != READY or package.size is None:
        detail = f"The package {package.id} is {package.state}."
        raise Conflict("evidence_package_not_ready", detail)
    return contents.read(store, package.organization_id, package.id, 0, package.size)


async def remove(store: Store, package: EvidencePackage) -> None:
    """Remove a package for good; its bytes go first."""
    await contents.discard(store, package.organization_id, package.id)
    await store.of(EvidencePackage).collection.delete_one(
        {"organization_id": package.organization_id, "_id": package.id}
    )


async def sweep(store: Store, before: datetime) -> int:
    """Remove what has expired, of all organizations; return how many."""
    swept = 0
    collection = store.of(EvidencePackage).collection
    async for each in collection.find({"expires_at": {"$lte": now()}}):
        await remove(store, store.of(EvidencePackage).decode(each))
        swept += 1
    return swept


async def erase(store: Store, organization_id: str, person_id: str) -> int:
    """Remove what may name a person: packages about them, and about any requirement."""
    concerned = {"$or": [{"person_id": person_id}, {"requirement_id": {"$ne": None}}]}
    found = await store.of(EvidencePackage).all(organization_id, concerned)
    for each in found:
        await remove(store, each)
    return len(found)


def _broken(draft: PackageDraft, as_of: datetime, moment: datetime) -> list[Finding]:
    broken: list[Finding] = []
    if (draft.person_id is None) == (draft.requirement_id is None):
        detail = "give a person or a requirement, and not both"
        broken.append(Finding(where="requirement_id", detail=detail))
    if as_of > moment:
        broken.append(Finding(where="as_of", detail="must not be in the future"))
    return broken
