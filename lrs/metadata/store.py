"""The `activities` and `agents` collections: what statements tell of them.

activities: _id "ORGANIZATION/IRI", organization_id, definition (canonical, as JSON), revision
agents:     _id "ORGANIZATION/AGENT KEY", organization_id, names
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from bson import ObjectId
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from lrs.store import ACTIVITIES, AGENTS, DUPLICATE_KEY, Database

_MOST_NAMES = 100


class Canonical(msgspec.Struct, frozen=True):
    """An activity's definition as JSON, and which write has left it."""

    definition: bytes
    revision: ObjectId


class MetadataStore:
    """The `activities` and `agents` collections."""

    def __init__(self, database: Database) -> None:
        self._activities, self._agents = database[ACTIVITIES], database[AGENTS]

    async def definitions(
        self, organization_id: str, activities: Collection[str]
    ) -> dict[str, Canonical]:
        """Return what is known of some activities, by IRI."""
        found = self._activities.find(
            {
                "_id": {"$in": [f"{organization_id}/{each}" for each in activities]},
                "organization_id": organization_id,
            }
        )
        return {
            each["_id"].removeprefix(f"{organization_id}/"): Canonical(
                each["definition"], each["revision"]
            )
            async for each in found
        }

    async def add_definitions(
        self, organization_id: str, definitions: Sequence[tuple[str, bytes]]
    ) -> set[int]:
        """Write new activities; return the places of those that are there already."""
        try:
            await self._activities.insert_many(
                [
                    {
                        "_id": f"{organization_id}/{activity}",
                        "organization_id": organization_id,
                        "definition": definition,
                        "revision": ObjectId(),
                    }
                    for activity, definition in definitions
                ],
                ordered=False,
            )
        except BulkWriteError as error:
            return {each["index"] for each in _duplicates(error)}
        return set()

    async def replace_definition(
        self, organization_id: str, activity: str, current: Canonical, definition: bytes
    ) -> bool:
        """Put a definition in the place of `current`; say False where that is there no longer."""
        replaced = await self._activities.update_one(
            {
                "_id": f"{organization_id}/{activity}",
                "organization_id": organization_id,
                "revision": current.revision,
            },
            {"$set": {"definition": definition, "revision": ObjectId()}},
        )
        return replaced.matched_count == 1

    async def add_names(self, organization_id: str, names: Mapping[str, Collection[str]]) -> None:
        """Add names to agents, by agent key; who has a hundred of them gets no more."""
        full = f"names.{_MOST_NAMES - 1}"
        changes = [
            UpdateOne(
                {"_id": f"{organization_id}/{agent}", full: {"$exists": False}},
                {
                    "$addToSet": {"names": {"$each": sorted(told)}},
                    "$setOnInsert": {"organization_id": organization_id},
                },
                upsert=True,
            )
            for agent, told in names.items()
        ]
        try:
            await self._agents.bulk_write(changes, ordered=False)
        except BulkWriteError as error:
            _duplicates(error)

    async def names(self, organization_id: str, agent: str) -> list[str] | None:
        """Return the names that were seen of an agent; None where it was never named."""
        found = await self._agents.find_one(
            {"_id": f"{organization_id}/{agent}", "organization_id": organization_id}
        )
        return list(found["names"]) if found else None

    async def remove_agent(self, organization_id: str, agent: str) -> None:
        """Remove what is known of an agent."""
        await self._agents.delete_one(
            {"_id": f"{organization_id}/{agent}", "organization_id": organization_id}
        )


def _duplicates(error: BulkWriteError) -> list[dict[str, Any]]:
    """Return the errors of places that are taken; raise where there are others."""
    errors: list[dict[str, Any]] = error.details["writeErrors"]
    if any(each["code"] != DUPLICATE_KEY for each in errors):
        raise error
    return errors
