"""The extent of courses: their modules, lessons and minutes, and the people in them."""

from collections.abc import Collection, Mapping

from content.store import COLLECTIONS, Store


async def measured(store: Store, organization_id: str, course_id: str) -> dict[str, int]:
    """The counts as a course document keeps them; lessons of archived modules do not count."""
    own = {"organization_id": organization_id, "course_id": course_id, "archived_at": None}
    modules = store.database[COLLECTIONS["module"]]
    present = [each["_id"] async for each in modules.find(own, {"_id": 1})]
    total = {"_id": None, "count": {"$sum": 1}, "minutes": {"$sum": "$minutes"}}
    lessons = await store.database[COLLECTIONS["lesson"]].aggregate(
        [{"$match": {**own, "module_id": {"$in": present}}}, {"$group": total}]
    )
    (found,) = await lessons.to_list() or [{"count": 0, "minutes": 0}]
    return {
        "module_count": len(present),
        "lesson_count": found["count"],
        "duration_minutes": found["minutes"],
    }


async def of_modules(
    store: Store, organization_id: str, module_ids: Collection[str]
) -> Mapping[str, tuple[int, int]]:
    """How many lessons each module has, and how many minutes they take."""
    query = {
        "organization_id": organization_id,
        "module_id": {"$in": list(module_ids)},
        "archived_at": None,
    }
    total = {"_id": "$module_id", "count": {"$sum": 1}, "minutes": {"$sum": "$minutes"}}
    lessons = store.database[COLLECTIONS["lesson"]]
    found = await lessons.aggregate([{"$match": query}, {"$group": total}])
    return {each["_id"]: (each["count"], each["minutes"]) async for each in found}


async def enrolled(
    store: Store, organization_id: str, course_ids: Collection[str]
) -> Mapping[str, int]:
    """How many enrollments of each course are not cancelled; courses without one are not in it."""
    if not course_ids:
        return {}
    asked = ("enrolled", organization_id, *sorted(course_ids))
    return await store.shared.get(asked, lambda: _enrolled(store, organization_id, course_ids))


async def _enrolled(
    store: Store, organization_id: str, course_ids: Collection[str]
) -> Mapping[str, int]:
    own = {"organization_id": organization_id, "course_id": {"$in": list(course_ids)}}
    found = await store.database[COLLECTIONS["enrollment"]].aggregate(
        [
            {"$match": {**own, "cancelled_at": None}},
            {"$group": {"_id": "$course_id", "count": {"$sum": 1}}},
        ]
    )
    return {each["_id"]: each["count"] async for each in found}
