"""Concerns: which changes bear on the register, and the marks that they leave.

Statements are looked at as they are recorded, in memory alone, unless they are about a target.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from content import organizations
from content.compliance import requirements
from content.compliance.gathering import activities_of, course_activities, needed_by
from content.compliance.marks import Marks
from content.compliance.proofs import Proof
from content.compliance.requirements import Requirement
from content.compliance.terms import ACTIVITY, COURSE, PACKAGE, PATH
from content.paths.paths import LearningPath
from content.people import people
from content.progress.progress import CourseProgress
from content.progress.rollup import Standing
from content.store import COLLECTIONS, Store
from lrs.statement import VOIDED, StoredStatement

LOOK_AGAIN_SECONDS: Final = 1.0
REQUIREMENTS, DECISIONS = COLLECTIONS["requirement"], COLLECTIONS["compliance_decision"]
PEOPLE, PATHS = COLLECTIONS["user"], COLLECTIONS["learning_path"]
CHANGES: Final = (
    {"ns.coll": REQUIREMENTS, "operationType": {"$in": ["insert", "update"]}},
    {"ns.coll": DECISIONS, "operationType": {"$in": ["insert", "update"]}},
    {"ns.coll": PEOPLE, "operationType": "insert"},
    {"ns.coll": PATHS, "operationType": "update"},
)
"""What a change stream is to tell, beside the updates of people."""
_OF_PEOPLE: Final = frozenset(
    {
        "name",
        "roles",
        "status",
        "department",
        "location",
        "groups",
        "hired_on",
        "time_zone",
        "agents",
    }
)


class _Targets(Struct, frozen=True):
    """What an organization's requirements ask for: ids of courses, and activities."""

    read_at: float
    courses: frozenset[str] = frozenset()
    activities: frozenset[str] = frozenset()


class Concerns:
    """Marks whom a change concerns; one for each server."""

    changes: Sequence[Mapping[str, Any]] = CHANGES

    def __init__(self, store: Store, marks: Marks) -> None:
        self._store = store
        self._marks = marks
        self._known: dict[str, _Targets] = {}

    async def observe(self, statements: Sequence[StoredStatement]) -> None:
        """Mark those whom new statements concern, of any organizations."""
        for organization_id in {each.organization_id for each in statements}:
            own = [each for each in statements if each.organization_id == organization_id]
            await self._observe(organization_id, own)

    async def progressed(self, before: CourseProgress | None, after: CourseProgress) -> None:
        """Mark a person who began, completed or lost a course that is asked for."""
        if before is not None and _told(before.standing) == _told(after.standing):
            return
        if after.course_id in (await self._targets(after.organization_id)).courses:
            await self._marks.mark_people(after.organization_id, [after.person_id])

    async def changed(self, change: Mapping[str, Any]) -> None:
        """Mark whom a change of a document concerns."""
        document = change.get("fullDocument")
        if document is None:
            return
        organization_id, collection = document["organization_id"], change["ns"]["coll"]
        if collection == PEOPLE and _bears(change):
            await self._marks.mark_people(organization_id, [document["_id"]])
        elif collection == DECISIONS:
            await self._marks.mark_people(organization_id, [document["person_id"]])
        elif collection == REQUIREMENTS and _is_new_edition(change):
            await self._marks.mark_requirement(organization_id, document["_id"])
        elif collection == PATHS:
            await self._path_changed(organization_id, document["_id"])

    async def missed(self) -> None:
        """Mark everybody whom a requirement concerns."""
        for organization in await organizations.every(self._store):
            for each in await requirements.in_force(self._store, organization.id):
                await self._marks.mark_requirement(organization.id, each.id)

    async def _observe(self, organization_id: str, statements: Sequence[StoredStatement]) -> None:
        voided = [each.target for each in statements if each.verb == VOIDED and each.target]
        person_ids = await self._resting_on(organization_id, voided) if voided else set()
        sought = (await self._targets(organization_id)).activities
        actors = {each.actor for each in statements if each.activity in sought}
        if actors:
            known = await people.by_agents(self._store, organization_id, actors)
            person_ids |= {each.id for each in known.values()}
        await self._marks.mark_people(organization_id, person_ids)

    async def _resting_on(self, organization_id: str, statement_ids: list[str]) -> set[str]:
        """The people whose proofs rest on these statements."""
        query = {"organization_id": organization_id, "statement_ids": {"$in": statement_ids}}
        found = self._store.of(Proof).collection.find(query, {"person_id": 1})
        return {each["person_id"] async for each in found}

    async def _path_changed(self, organization_id: str, path_id: str) -> None:
        query = {
            "organization_id": organization_id,
            "terms.targets": {"$elemMatch": {"kind": PATH, "id": path_id}},
            "archived_at": None,
        }
        async for each in self._store.of(Requirement).collection.find(query, {"_id": 1}):
            await self._marks.mark_requirement(organization_id, each["_id"])

    async def _targets(self, organization_id: str) -> _Targets:
        known = self._known.get(organization_id)
        if known is not None and time.monotonic() - known.read_at < LOOK_AGAIN_SECONDS:
            return known
        self._known[organization_id] = found = await self._read(organization_id)
        return found

    async def _read(self, organization_id: str) -> _Targets:
        read_at, store = time.monotonic(), self._store
        query = {"organization_id": organization_id, "archived_at": None}
        found = store.of(Requirement).collection.find(query, {"terms.targets": 1})
        targets = [target async for each in found for target in each["terms"]["targets"]]
        if not targets:
            return _Targets(read_at)
        ids = {
            kind: {each["id"] for each in targets if each["kind"] == kind}
            for kind in (COURSE, PATH, PACKAGE, ACTIVITY)
        }
        paths = {"_id": {"$in": sorted(ids[PATH])}}
        for path in await store.of(LearningPath).all(organization_id, paths) if ids[PATH] else []:
            ids[COURSE].update(needed_by(path))
        activities = {*ids[ACTIVITY]}
        for package_id in ids[PACKAGE]:
            activities.update(await activities_of(store, organization_id, package_id))
        activities |= (await course_activities(store, organization_id, ids[COURSE])).keys()
        return _Targets(read_at, frozenset(ids[COURSE]), frozenset(activities))


def _told(standing: Standing) -> tuple[Any, ...]:
    """What bears on the register: of what is not completed, only that it was begun."""
    if standing.completed_at is None:
        return (standing.started_at is not None,)
    return standing.completed_at, standing.success, standing.score, standing.evidence


def _updated(change: Mapping[str, Any]) -> set[str]:
    updated = change.get("updateDescription", {}).get("updatedFields", {})
    return {name.split(".")[0] for name in updated}


def _bears(change: Mapping[str, Any]) -> bool:
    return change["operationType"] == "insert" or bool(_updated(change) & _OF_PEOPLE)


def _is_new_edition(change: Mapping[str, Any]) -> bool:
    return change["operationType"] == "insert" or "editions" in _updated(change)
