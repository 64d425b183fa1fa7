"""Completions: which courses people have completed, as the fold over their statements tells."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from content.enrollment import admission
from content.store import COLLECTIONS, Store


async def completed(
    store: Store, organization_id: str, person_ids: Collection[str], course_ids: Collection[str]
) -> Mapping[str, set[str]]:
    """Which of the courses each person has completed and not failed, by the person's id."""
    done: dict[str, set[str]] = defaultdict(set)
    if not course_ids:
        return done
    query = {
        "organization_id": organization_id,
        "course_id": {"$in": list(course_ids)},
        "person_id": {"$in": list(person_ids)},
        "standing.completed_at": {"$ne": None},
        "standing.success": {"$ne": False},
    }
    found = store.database[COLLECTIONS["progress"]].find(query, {"person_id": 1, "course_id": 1})
    async for each in found:
        done[each["person_id"]].add(each["course_id"])
    return done


async def missing(
    store: Store, organization_id: str, person_ids: Collection[str], required: Collection[str]
) -> Mapping[str, tuple[str, ...]]:
    """The required courses that each person has not completed; who lacks none is not in it."""
    done = await completed(store, organization_id, person_ids, required)
    lacking = {each: admission.lacking(required, done[each]) for each in person_ids}
    return {person_id: courses for person_id, courses in lacking.items() if courses}


async def unprepared(
    store: Store, organization_id: str, person_id: str, required: Collection[str]
) -> str | None:
    """What a person is to complete first, in words; None where nothing lacks."""
    lacking = await missing(store, organization_id, [person_id], required)
    if not lacking:
        return None
    titles = await _titles(store, organization_id, lacking[person_id])
    return f"Complete first: {', '.join(titles)}."


async def required_by_paths(
    store: Store, organization_id: str, person_id: str, course_id: str
) -> tuple[str, ...]:
    """The courses that the person's learning paths put before a course."""
    own = {"organization_id": organization_id}
    held = store.database[COLLECTIONS["path_enrollment"]].find(
        {**own, "person_id": person_id, "cancelled_at": None}, {"path_id": 1}
    )
    paths = store.database[COLLECTIONS["learning_path"]].find(
        {
            **own,
            "_id": {"$in": [each["path_id"] async for each in held]},
            "courses.course_id": course_id,
            "archived_at": None,
        },
        {"courses": {"$elemMatch": {"course_id": course_id}}},
    )
    found = [one async for each in paths for one in each["courses"][0]["prerequisites"]]
    return tuple(dict.fromkeys(found))


async def _titles(store: Store, organization_id: str, course_ids: Collection[str]) -> list[str]:
    """The titles of courses."""
    query = {"organization_id": organization_id, "_id": {"$in": list(course_ids)}}
    cursor = store.database[COLLECTIONS["course"]].find(query, {"title": 1}, sort=[("title", 1)])
    return [each["title"] async for each in cursor]
