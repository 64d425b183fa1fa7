"""Prerequisites: what must be completed before a course, or before a lesson of a course."""

from collections.abc import Mapping, Sequence

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


async def _behind(store: Store, organization_id: str, course_id: str) -> set[str]:
    """The course and all that it needs, directly or not."""
    courses, found, last = store.database[COLLECTIONS["course"]], {course_id}, {course_id}
    while last:
        query = {"organization_id": organization_id, "_id": {"$in": sorted(last)}}
        cursor = courses.find(query, {"prerequisites": 1})
        last = {one async for each in cursor for one in each.get("prerequisites", ())} - found
        found |= last
    return found
