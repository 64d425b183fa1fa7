"""Escalation: who answers for a requirement, and is told of what is overdue."""

from collections.abc import AsyncIterator

from content.compliance import reminding
from content.compliance.reminding import INSTRUCTOR, OFFICERS
from content.compliance.requirements import Requirement
from content.courses.courses import Course
from content.people import supervisors
from content.people.people import Person
from content.store import Store

ROLE = "compliance_officer"
PORTION = 500


async def answerable(store: Store, requirement: Requirement) -> AsyncIterator[list[str]]:
    """The ids of those who are told, some at a time, each once."""
    told: set[str] = set()
    named = requirement.reminding.escalate_to
    if INSTRUCTOR in named and requirement.course_id is not None:
        course = await store.of(Course).find(requirement.organization_id, requirement.course_id)
        if course is not None and course.instructor_id is not None:
            told = {course.instructor_id}
            yield [course.instructor_id]
    if OFFICERS in named:
        async for some in officers(store, requirement.organization_id):
            yield [each for each in some if each not in told]


async def supervising(
    store: Store, organization_id: str, person_id: str, level: int
) -> AsyncIterator[list[str]]:
    """The active supervisor of a person who is told at a level; for who has none, the officers."""
    above = await supervisors.active_above(store, organization_id, person_id)
    told = reminding.told_at(level, above)
    if told is not None:
        yield [told]
    elif not above and level == reminding.LEVELS[0]:
        async for some in officers(store, organization_id):
            yield [each for each in some if each != person_id]


async def officers(store: Store, organization_id: str) -> AsyncIterator[list[str]]:
    """The ids of the active compliance officers, some at a time."""
    query = {"organization_id": organization_id, "roles": ROLE, "status": "active"}
    portion: list[str] = []
    async for each in store.of(Person).collection.find(query, {"_id": 1}):
        portion.append(each["_id"])
        if len(portion) == PORTION:
            yield portion
            portion = []
    yield portion
