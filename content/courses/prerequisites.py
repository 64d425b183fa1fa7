"""Prerequisites: what must be completed before a course, or before a lesson of a course."""

from collections.abc import Collection, Mapping, Sequence

from content.findings import Finding
from content.store import COLLECTIONS, Store


def broken(known: Mapping[str, Sequence[str]], own: str, needed: Sequence[str]) -> list[Finding]:
    """What is wrong with the prerequisites of one lesson; `known` are those of its course's."""
    found = []
    for index, each in enumerate(needed):
        if each not in known or each == own:
            detail = f"there is no other lesson {each} in this course"
            found.append(Finding(where=f"prerequisites/{index}", detail=detail))
        elif own in behind(known, each):
            detail = f"{each} needs this lesson itself"
            found.append(Finding(where=f"prerequisites/{index}", detail=detail))
    return found


def behind(known: Mapping[str, Sequence[str]], sought: str) -> set[str]:
    """What something needs, directly or not, and itself."""
    found, last = {sought}, {sought}
    while last:
        last = {one for each in last for one in known.get(each, ())} - found
        found |= last
    return found


async def circular(
    store: Store, organization_id: str, course_id: str, needed: Sequence[str]
) -> list[Finding]:
    """A finding for each prerequisite that needs the course itself, be it by others."""
    broken = []
    for index, each in enumerate(needed):
        if course_id in await _behind(store, organization_id, each):
            detail = f"{each} needs this course itself"
            broken.append(Finding(where=f"prerequisites/{index}", detail=detail))
    return broken


async def unmet(
    store: Store, organization_id: str, person_id: str, needed: Collection[str]
) -> list[str]:
    """The ids of those courses that the person has not completed, or has failed."""
    if not needed:
        return []
    query = {
        "organization_id": organization_id,
        "course_id": {"$in": list(needed)},
        "person_id": person_id,
        "standing.completed_at": {"$ne": None},
        "standing.success": {"$ne": False},
    }
    cursor = store.database[COLLECTIONS["progress"]].find(query, {"course_id": 1})
    met = {each["course_id"] async for each in cursor}
    return [each for each in needed if each not in met]


async def titles(store: Store, organization_id: str, course_ids: Collection[str]) -> list[str]:
    """The titles of courses."""
    query = {"organization_id": organization_id, "_id": {"$in": list(course_ids)}}
    cursor = store.database[COLLECTIONS["course"]].find(query, {"title": 1}, sort=[("title", 1)])
    return [each["title"] async for each in cursor]


async def _behind(store: Store, organization_id: str, course_id: str) -> set[str]:
    """The course and all that it needs, directly or not."""
    courses, found, last = store.database[COLLECTIONS["course"]], {course_id}, {course_id}
    while last:
        query = {"organization_id": organization_id, "_id": {"$in": sorted(last)}}
        cursor = courses.find(query, {"prerequisites": 1})
        last = {one async for each in cursor for one in each.get("prerequisites", ())} - found
        found |= last
    return found
