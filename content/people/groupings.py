"""What people are grouped by: the departments, locations and groups that occur, and how large."""

from typing import Any, Final

from msgspec import Struct

from content.people.people import Person
from content.store import Store

MOST: Final = 500
"""So many values of each kind are told, the largest ones."""


class Grouping(Struct, frozen=True, kw_only=True):
    """One department, location or group, and how many active people are in it."""

    name: str
    people: int


class Groupings(Struct, frozen=True, kw_only=True):
    """All that occur among an organization's active people, by name."""

    departments: tuple[Grouping, ...]
    locations: tuple[Grouping, ...]
    groups: tuple[Grouping, ...]


async def occurring(store: Store, organization_id: str) -> Groupings:
    """The departments, locations and groups of an organization."""
    return Groupings(
        departments=await _counted(store, organization_id, "department"),
        locations=await _counted(store, organization_id, "location"),
        groups=await _counted(store, organization_id, "groups"),
    )


async def _counted(store: Store, organization_id: str, field: str) -> tuple[Grouping, ...]:
    active = {"organization_id": organization_id, "status": "active"}
    stages: list[dict[str, Any]] = [
        {"$match": {**active, field: {"$nin": [None, "", []]}}},
        {"$project": {field: 1}},
        {"$unwind": f"${field}"},
        {"$group": {"_id": f"${field}", "people": {"$sum": 1}}},
        {"$sort": {"people": -1, "_id": 1}},
        {"$limit": MOST},
    ]
    cursor = await store.of(Person).collection.aggregate(stages)
    found = [Grouping(name=each["_id"], people=each["people"]) async for each in cursor]
    return tuple(sorted(found, key=lambda each: each.name.casefold()))
