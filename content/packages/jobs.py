"""Imports and removals under way: noted first, so that what a crash leaves behind is removed.

A package is there when its document is; everything else of it is written before and removed after.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from content.identity import now
from content.packages import archives
from content.packages.package import Package
from content.store import PACKAGE_JOBS, PACKAGE_MANIFESTS, Store

ABANDONED_AFTER = timedelta(hours=6)


@asynccontextmanager
async def job(store: Store, organization_id: str, package_id: str) -> AsyncIterator[None]:
    """Note that a package is being imported or removed, until that is done or undone."""
    identity = {"_id": package_id, "organization_id": organization_id}
    jobs = store.database[PACKAGE_JOBS]
    await jobs.insert_one({**identity, "started_at": now()})
    try:
        yield
    finally:
        await remove_parts(store, organization_id, package_id)
        await jobs.delete_one(identity)


async def remove_parts(store: Store, organization_id: str, package_id: str) -> None:
    """Remove the manifest and the archive of a package that has no document (any more)."""
    identity = {"_id": package_id, "organization_id": organization_id}
    if await store.of(Package).first(organization_id, {"_id": package_id}) is not None:
        return
    await store.database[PACKAGE_MANIFESTS].delete_one(identity)
    await archives.discard(store, organization_id, package_id)


async def finish_abandoned(store: Store, before: datetime | None = None) -> int:
    """Undo what servers that died had begun before then (six hours ago); how many there were."""
    jobs, count = store.database[PACKAGE_JOBS], 0
    started = {"$lt": before or now() - ABANDONED_AFTER}
    async for each in jobs.find({"started_at": started}):
        await remove_parts(store, each["organization_id"], each["_id"])
        await jobs.delete_one({"_id": each["_id"], "organization_id": each["organization_id"]})
        count += 1
    return count
