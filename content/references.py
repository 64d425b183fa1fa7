"""References: ids in an input that lead nowhere."""

from collections.abc import Mapping

from msgspec import UnsetType

from content.findings import Finding
from content.store import COLLECTIONS, Store

NAMES = {"user": "person"}


async def absent(
    store: Store, organization_id: str, kind: str, sought: Mapping[str, str | UnsetType | None]
) -> list[Finding]:
    """A finding for each place of an input whose id is no `kind`'s of this organization."""
    ids = {where: each for where, each in sought.items() if isinstance(each, str)}
    if not ids:
        return []
    query = {"organization_id": organization_id, "_id": {"$in": list(ids.values())}}
    cursor = store.database[COLLECTIONS[kind]].find(query, {"_id": 1})
    known = {each["_id"] async for each in cursor}
    return [
        Finding(where=where, detail=f"there is no {NAMES.get(kind, kind)} {each}")
        for where, each in ids.items()
        if each not in known
    ]
