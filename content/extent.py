"""The extent of a course: how many modules and lessons it has, and how long they take."""

from content.store import COLLECTIONS, Store


async def measured(store: Store, organization_id: str, course_id: str) -> dict[str, int]:
    """The counts as a course document keeps them; lessons of archived modules do not count."""
    own = {"organization_id": organization_id, "course_id": course_id, "archived_at": None}
    modules = store.database[COLLECTIONS["module"]]
    present = [each["_id"] async for each in modules.find(own, {"_id": 1})]
    lessons = await store.database[COLLECTIONS["lesson"]].aggregate(
        [
            {"$match": {**own, "module_id": {"$in": present}}},
            {
                "$group": {
                    "_id": None,
                    "count": {"$sum": 1},
                    "minutes": {"$sum": "$duration_minutes"},
                }
            },
        ]
    )
    (found,) = await lessons.to_list() or [{"count": 0, "minutes": 0}]
    return {
        "module_count": len(present),
        "lesson_count": found["count"],
        "duration_minutes": found["minutes"],
    }
