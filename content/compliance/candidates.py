"""Candidates: of whom the log may tell something about a target that nobody has looked at yet."""

from collections.abc import AsyncIterator
from typing import Final

from msgspec import structs

from content.compliance.gathering import (
    VoidingLog,
    activities_of,
    course_activities,
    needed_by,
)
from content.compliance.proofs import Proof
from content.compliance.requirements import Requirement
from content.compliance.terms import COURSE, PACKAGE, PATH, Target
from content.paths.paths import LearningPath
from content.people import people
from content.progress.history import PAGE
from content.store import COLLECTIONS, Store
from lrs.query import StatementQuery

PORTION: Final = 200


class Candidates:
    """Finds them, from progress and from statements about the target's activities."""

    def __init__(self, store: Store, log: VoidingLog) -> None:
        self._store = store
        self._log = log

    async def of(self, requirement: Requirement) -> list[list[str]]:
        """The ids of people, in portions."""
        own, found = requirement.organization_id, set[str]()
        for target in requirement.terms.targets:
            found |= await self._of(own, target) - await self._looked_at(own, target)
        ids = sorted(found)
        return [ids[start : start + PORTION] for start in range(0, len(ids), PORTION)]

    async def _of(self, organization_id: str, target: Target) -> set[str]:
        if target.kind == COURSE:
            return await self._of_course(organization_id, target.id)
        if target.kind == PATH:
            path = await self._store.of(LearningPath).find(organization_id, target.id)
            needed = needed_by(path) if path is not None else ()
            several = [await self._of_course(organization_id, each) for each in needed]
            return set().union(*several)
        activities = [target.id]
        if target.kind == PACKAGE:
            activities = await activities_of(self._store, organization_id, target.id)
        return await self._of_activities(organization_id, activities)

    async def _of_course(self, organization_id: str, course_id: str) -> set[str]:
        query = {"organization_id": organization_id, "course_id": course_id}
        progress = self._store.database[COLLECTIONS["progress"]]
        found = progress.find(query, {"_id": 0, "person_id": 1})
        begun = {each["person_id"] async for each in found}
        own = await course_activities(self._store, organization_id, [course_id])
        return begun | await self._of_activities(organization_id, list(own))

    async def _of_activities(self, organization_id: str, activities: list[str]) -> set[str]:
        found: set[str] = set()
        for activity in activities:
            async for actors in self._actors(organization_id, activity):
                known = await people.by_agents(self._store, organization_id, actors)
                found |= {each.id for each in known.values()}
        return found

    async def _actors(self, organization_id: str, activity: str) -> AsyncIterator[set[str]]:
        query = StatementQuery(activity=activity, limit=PAGE, ascending=True, voided=None)
        while True:
            page = await self._log.find(organization_id, query)
            yield {each.actor for each in page.statements}
            if page.cursor is None:
                return
            query = structs.replace(query, cursor=page.cursor)

    async def _looked_at(self, organization_id: str, target: Target) -> set[str]:
        query = {
            "organization_id": organization_id,
            "target": {"kind": target.kind, "id": target.id},
        }
        found = self._store.of(Proof).collection.find(query, {"_id": 0, "person_id": 1})
        return {each["person_id"] async for each in found}
