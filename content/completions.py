"""Completions: which courses people have completed, as the fold over their statements tells."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from content import admission
from content.store import COLLECTIONS, Store


async def completed(
    store: Store, organization_id: str, person_ids: Collection[str], course_ids: Collection[str]
) -> Mapping[str, set[str]]:
    """Which of the courses each person has completed at some time, by the person's id."""
    done: dict[str, set[str]] = defaultdict(set)
    if not course_ids:
        return done
    query = {
        "organization_id": organization_id,
        "course_id": {"$in": list(course_ids)},
        "person_id": {"$in": list(person_ids)},
        "standing.completed_at": {"$ne": None},
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
