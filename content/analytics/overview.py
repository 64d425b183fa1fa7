"""Courses at a glance: who came, week by week, who was active, who completed; of a few courses."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct

from content.store import COLLECTIONS, Store

WEEKS: Final = 12
ACTIVE_WITHIN: Final = timedelta(days=14)


class Glance(Struct, frozen=True, kw_only=True):
    """A course: enrollments that are not cancelled, and those made in each of the last WEEKS
    weeks, the oldest first. `completed` have ever completed it, `active` did something in it
    within ACTIVE_WITHIN; both count who has left as well.
    """

    enrolled: int = 0
    weeks: tuple[int, ...] = (0,) * WEEKS
    completed: int = 0
    active: int = 0


async def of_courses(
    store: Store, organization_id: str, course_ids: Sequence[str], moment: datetime
) -> dict[str, Glance]:
    """Each course at a glance, by its id."""
    own = {"organization_id": organization_id, "course_id": {"$in": list(course_ids)}}
    came = await _grouped(store, "enrollment", {**own, "cancelled_at": None}, _came(moment))
    did = await _grouped(store, "progress", own, _did(moment))
    return {
        course_id: Glance(
            enrolled=came.get(course_id, {}).get("enrolled", 0),
            weeks=tuple(came.get(course_id, {}).get(f"w{at}", 0) for at in range(WEEKS)),
            completed=did.get(course_id, {}).get("completed", 0),
            active=did.get(course_id, {}).get("active", 0),
        )
        for course_id in course_ids
    }


async def _grouped(
    store: Store, kind: str, match: dict[str, Any], sums: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    found = await store.database[COLLECTIONS[kind]].aggregate(
        [{"$match": match}, {"$group": {"_id": "$course_id", **sums}}]
    )
    return {each["_id"]: each async for each in found}


def _came(moment: datetime) -> dict[str, Any]:
    begun = moment - timedelta(weeks=WEEKS)
    weeks = {
        f"w{at}": _count(
            {"$gt": ["$enrolled_at", begun + timedelta(weeks=at)]},
            {"$lte": ["$enrolled_at", begun + timedelta(weeks=at + 1)]},
        )
        for at in range(WEEKS)
    }
    return {"enrolled": {"$sum": 1}, **weeks}


def _did(moment: datetime) -> dict[str, Any]:
    return {
        "completed": _count({"$gt": ["$standing.completed_at", None]}),
        "active": _count({"$gt": ["$standing.last_activity_at", moment - ACTIVE_WITHIN]}),
    }


def _count(*conditions: Any) -> dict[str, Any]:
    return {"$sum": {"$cond": [{"$and": list(conditions)}, 1, 0]}}
