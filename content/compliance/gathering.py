"""Gathering: from the statement log to a person's proofs, for the targets that are asked for."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import structs
from pymongo import ReplaceOne

from content.compliance import achievements
from content.compliance.achievements import Found, Voided
from content.compliance.proofs import Proof, merged
from content.compliance.terms import ACTIVITY, COURSE, PACKAGE, PATH, Target
from content.courses import outline as outlines
from content.courses.courses import Course
from content.documents import encode
from content.enrollment.enrollments import Enrollment
from content.identity import now
from content.lessons.lessons import Lesson
from content.paths.paths import LearningPath
from content.people.people import Person
from content.progress.history import PAGE, Log
from content.progress.matching import match
from content.store import Store
from lrs.query import StatementQuery
from lrs.statement import VOIDED, StoredStatement


class VoidingLog(Log, Protocol):
    """What is asked of the statement log."""

    async def voided_at(
        self, organization_id: str, statement_ids: Collection[str]
    ) -> dict[str, datetime]:
        """When each of these statements was voided."""


class Gathering:
    """Looks up what the log tells of people and targets, and keeps it as proofs."""

    def __init__(self, store: Store, log: VoidingLog) -> None:
        self._store = store
        self._log = log

    async def gather(self, person: Person, targets: Collection[Target]) -> None:
        """Look at these targets in the person's statements, and keep what they prove.

        Of a path its courses are looked at, too.
        """
        own, moment = person.organization_id, now()
        paths = await self._paths(own, targets)
        courses = {each.id for each in targets if each.kind == COURSE}
        courses |= {course_id for needed in paths.values() for course_id in needed}
        held = await self._enrollments(person, courses)
        statements = await self._statements(person, held)
        kept = await proofs_of(self._store, own, [person.id])
        ids = {each.statement_id for each in statements}
        ids |= {each for proof in kept[person.id] for each in proof.statement_ids}
        voided = await self._log.voided_at(own, ids)
        found = await self._of_courses(own, courses, held, statements, voided)
        for target in targets:
            if target.kind in (ACTIVITY, PACKAGE):
                found += await self._of_activities(own, target, statements, voided)
        looked = {*targets, *(Target(kind=COURSE, id=each) for each in courses)}
        proofs = merged((own, person.id), kept[person.id], found, looked, voided, moment)
        completed = [each for path in paths.items() for each in _of_path(*path, proofs)]
        proofs = merged((own, person.id), proofs, completed, (), voided, moment)
        await self._keep(kept[person.id], proofs)

    async def _of_courses(
        self,
        organization_id: str,
        courses: Iterable[str],
        held: Sequence[Enrollment],
        statements: Sequence[StoredStatement],
        voided: Voided,
    ) -> list[Found]:
        found: list[Found] = []
        present = [structs.replace(each, voided=False) for each in statements]
        matched = await match(self._store, organization_id, present) if held else {}
        for course_id in courses:
            outline = await outlines.load(self._store, organization_id, course_id)
            for enrollment in (each for each in held if each.course_id == course_id):
                _, own = matched.get(enrollment.id, (enrollment, []))
                found += achievements.of_course(
                    outline, own, enrollment.timeline, _among(own, voided)
                )
            target = Target(kind=COURSE, id=course_id)
            about = [each for each in statements if each.activity == outline.activity_id]
            found += achievements.of_activity(target, about, voided)
        return found

    async def _of_activities(
        self,
        organization_id: str,
        target: Target,
        statements: Sequence[StoredStatement],
        voided: Voided,
    ) -> list[Found]:
        ids = {target.id}
        if target.kind == PACKAGE:
            ids = set(await activities_of(self._store, organization_id, target.id))
        about = [each for each in statements if each.activity in ids]
        return achievements.of_activity(target, about, voided)

    async def _statements(
        self, person: Person, held: Iterable[Enrollment]
    ) -> list[StoredStatement]:
        """All that the log has of the person and of these enrollments, voided ones included."""
        registrations = [each for one in held for each in one.registrations]
        queries = [
            StatementQuery(registration=each, limit=PAGE, ascending=True, voided=None)
            for each in registrations
        ]
        queries += [
            StatementQuery(agent=key, limit=PAGE, ascending=True, voided=None)
            for key in person.agents
        ]
        found: dict[str, StoredStatement] = {}
        for query in queries:
            found |= await self._all(person.organization_id, query)
        return [each for each in found.values() if each.verb != VOIDED]

    async def _all(self, organization_id: str, query: StatementQuery) -> dict[str, StoredStatement]:
        found: dict[str, StoredStatement] = {}
        while True:
            page = await self._log.find(organization_id, query)
            found |= {each.statement_id: each for each in page.statements}
            if page.cursor is None:
                return found
            query = structs.replace(query, cursor=page.cursor)

    async def _enrollments(self, person: Person, courses: Collection[str]) -> list[Enrollment]:
        query = {"person_id": person.id, "course_id": {"$in": sorted(courses)}}
        held = self._store.of(Enrollment)
        return await held.all(person.organization_id, query) if courses else []

    async def _paths(
        self, organization_id: str, targets: Iterable[Target]
    ) -> dict[str, tuple[str, ...]]:
        """The courses that each path asks for: the required ones, or all where none is."""
        ids = sorted({each.id for each in targets if each.kind == PATH})
        if not ids:
            return {}
        found = await self._store.of(LearningPath).all(organization_id, {"_id": {"$in": ids}})
        return {each.id: needed_by(each) for each in found}

    async def _keep(self, before: Sequence[Proof], after: Sequence[Proof]) -> None:
        known = {each.id: each for each in before}
        writes = [
            ReplaceOne(
                {"organization_id": each.organization_id, "_id": each.id}, encode(each), upsert=True
            )
            for each in after
            if known.get(each.id) != each
        ]
        if not writes:
            return
        proofs, person_id = self._store.of(Proof).collection, after[0].person_id
        await proofs.bulk_write(writes, ordered=False)
        own = after[0].organization_id
        if await self._store.of(Person).find(own, person_id) is None:
            await proofs.delete_many({"organization_id": own, "person_id": person_id})


async def proofs_of(
    store: Store,
    organization_id: str,
    person_ids: Collection[str],
    targets: Collection[Target] | None = None,
) -> Mapping[str, list[Proof]]:
    """The proofs of people, by person, in the order in which they were known; of these targets."""
    query: dict[str, Any] = {"person_id": {"$in": list(person_ids)}}
    if targets is not None:
        query["target"] = {"$in": [{"kind": each.kind, "id": each.id} for each in targets]}
    by_person: dict[str, list[Proof]] = defaultdict(list)
    async for each in store.of(Proof).each(organization_id, query, [("known_at", 1), ("_id", 1)]):
        by_person[each.person_id].append(each)
    return by_person


async def activities_of(store: Store, organization_id: str, package_id: str) -> list[str]:
    """The activities under which a package is played: those of its lessons."""
    query = {"organization_id": organization_id, "package_id": package_id}
    lessons: Any = store.of(Lesson).collection
    return [each["activity_id"] async for each in lessons.find(query, {"activity_id": 1})]


async def course_activities(
    store: Store, organization_id: str, course_ids: Collection[str]
) -> dict[str, str]:
    """The activities of courses, by activity."""
    query = {"organization_id": organization_id, "_id": {"$in": list(course_ids)}}
    found = store.of(Course).collection.find(query, {"activity_id": 1})
    return {each["activity_id"]: each["_id"] async for each in found}


def needed_by(path: LearningPath) -> tuple[str, ...]:
    """The courses without which a path is not completed."""
    needed = [each for each in path.courses if each.required] or path.courses
    return tuple(each.course_id for each in needed)


def _of_path(path_id: str, needed: Sequence[str], proofs: Iterable[Proof]) -> list[Found]:
    return achievements.of_path(Target(kind=PATH, id=path_id), needed, proofs)


def _among(statements: Iterable[StoredStatement], voided: Voided) -> Voided:
    ids = {each.statement_id for each in statements}
    return {each: moment for each, moment in voided.items() if each in ids}
