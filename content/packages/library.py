"""Packages imported, found and deleted."""

import asyncio
from collections.abc import AsyncIterable
from pathlib import Path

from bson import Binary

from content import findings, organizations
from content.documents import Page, Paging
from content.errors import Conflict, RuleBroken
from content.findings import Finding
from content.identity import new_id, now
from content.lessons.lessons import Lesson
from content.packages import archives
from content.packages.inspection import Inspection, inspect
from content.packages.jobs import job
from content.packages.limits import PackageLimits
from content.packages.package import Package, PackageDraft
from content.packages.packing import pack
from content.packages.upload import Upload
from content.store import PACKAGE_MANIFESTS, Store

DEFAULT_LIMITS = PackageLimits()


async def create(
    store: Store,
    organization_id: str,
    draft: PackageDraft,
    chunks: AsyncIterable[bytes],
    *,
    folder: Path,
    limits: PackageLimits = DEFAULT_LIMITS,
) -> Package:
    """Import an uploaded zip; `folder` has room for it while it is checked.

    Raises PackageRefused or PackageTooLarge with the whole report, RuleBroken, NotFound. After a
    failure of any kind nothing is left of it, neither in the folder nor in the database.
    """
    if broken := _broken(draft):
        raise RuleBroken(broken)
    await organizations.get(store, organization_id)
    with Upload(folder, limits.upload) as upload:
        await upload.receive(chunks)
        inspection = await asyncio.to_thread(inspect, upload.file, limits)
        package = _package(organization_id, draft, upload, inspection)
        await _keep(store, package, inspection, upload)
    return package


async def get(store: Store, organization_id: str, package_id: str) -> Package:
    """The package. Raises NotFound."""
    return await store.of(Package).get(organization_id, package_id)


async def find(store: Store, organization_id: str, paging: Paging) -> Page[Package]:
    """One page of packages. Raises RuleBroken for a wrong page or sort."""
    return await store.of(Package).page(organization_id, {}, paging)


async def delete(store: Store, organization_id: str, package_id: str) -> None:
    """Remove a package and all that is stored of it.

    Raises NotFound, Conflict (package_in_use) while a lesson has it.
    """
    await get(store, organization_id, package_id)
    used = {"package_id": package_id, "archived_at": None}
    if await store.of(Lesson).first(organization_id, used) is not None:
        raise Conflict("package_in_use", "A lesson has this package; give it another one first.")
    identity = {"organization_id": organization_id, "_id": package_id}
    async with job(store, organization_id, package_id):
        await store.of(Package).collection.delete_one(identity)


def _broken(draft: PackageDraft) -> list[Finding]:
    broken = findings.title("filename", draft.filename)
    return broken + findings.title("title", draft.title) if draft.title else broken


def _package(
    organization_id: str, draft: PackageDraft, upload: Upload, inspection: Inspection
) -> Package:
    moment = now()
    return Package(
        id=new_id("package"),
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        title=draft.title.strip() or inspection.manifest.title[: findings.LONGEST_TITLE],
        filename=draft.filename,
        edition=inspection.manifest.edition,
        sha256=upload.sha256,
        size=upload.size,
        unpacked_size=inspection.unpacked_size,
        entries=inspection.entries,
        findings=inspection.findings,
    )


async def _keep(store: Store, package: Package, inspection: Inspection, upload: Upload) -> None:
    """The archive, the manifest, and last the document, with which the package is there."""
    organization_id = package.organization_id
    packed = await asyncio.to_thread(pack, inspection.manifest)
    async with job(store, organization_id, package.id):
        await archives.keep(store, organization_id, package.id, package.filename, upload.file)
        await store.database[PACKAGE_MANIFESTS].insert_one(
            {
                "_id": package.id,
                "organization_id": organization_id,
                "manifest": Binary(packed),
            }
        )
        await store.of(Package).insert(package)
