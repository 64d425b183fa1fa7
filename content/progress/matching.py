"""Whose statement is it: from statements to the enrollments that they belong to.

By the registration, when it is an enrollment's and the actor is the enrolled person; a reset is
somebody else's doing. Else, when
the registration is nobody's, by the actor's agent key and the activity: it belongs to the
enrollment that the person held in that course then, and what came before the first one belongs
to the first.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from content.courses.courses import Course
from content.courses.outline import ancestry
from content.documents import Document
from content.enrollment.enrollments import Enrollment, owning
from content.lessons.lessons import Lesson
from content.people import people
from content.people.people import Person
from content.progress.fold import RESET, happened
from content.store import COLLECTIONS, Store
from lrs.statement import VOIDED, StoredStatement

Matched = dict[str, tuple[Enrollment, list[StoredStatement]]]


async def match(
    store: Store, organization_id: str, statements: Sequence[StoredStatement]
) -> Matched:
    """The statements that count, by enrollment id."""
    statements = [each for each in statements if each.verb != VOIDED and not each.voided]
    owners, courses = await _known(store, organization_id, statements)
    concerned = [
        each for each in statements if each.registration in owners or _course(each, courses)
    ]
    if not concerned:
        return {}
    actors = await people.by_agents(store, organization_id, {each.actor for each in concerned})
    held = await _held(store, organization_id, concerned, actors, courses)
    matched: Matched = {}
    for each in concerned:
        enrollment = _owner(each, owners, actors, courses, held)
        if enrollment is not None:
            matched.setdefault(enrollment.id, (enrollment, []))[1].append(each)
    return matched


def held_then(enrollments: Sequence[Enrollment], moment: datetime) -> Enrollment | None:
    """Of one person's enrollments in one course, oldest first: the one that a moment falls to."""
    begun = [each for each in enrollments if each.enrolled_at <= moment]
    if begun:
        return begun[-1]
    return enrollments[0] if enrollments else None


Courses = Mapping[str, str]
Held = Mapping[tuple[str, str], list[Enrollment]]


def _owner(
    statement: StoredStatement,
    owners: Mapping[str | None, Enrollment],
    actors: Mapping[str, Person],
    courses: Courses,
    held: Held,
) -> Enrollment | None:
    registered = owners.get(statement.registration)
    if statement.verb == RESET:
        return registered
    person = actors.get(statement.actor)
    if person is None:
        return None
    if registered is not None:
        return registered if registered.person_id == person.id else None
    course_id = _course(statement, courses) or ""
    return held_then(held.get((person.id, course_id), []), happened(statement))


def _course(statement: StoredStatement, courses: Courses) -> str | None:
    """The course of the nearest known activity."""
    if statement.activity is None:
        return None
    return next((courses[each] for each in ancestry(statement.activity) if each in courses), None)


async def _known(
    store: Store, organization_id: str, statements: Iterable[StoredStatement]
) -> tuple[dict[str | None, Enrollment], dict[str, str]]:
    """The enrollments by registration, and the course of each lesson's or course's activity.

    One question to MongoDB, for it is asked with each group of statements that is written.
    """
    registrations = {each.registration for each in statements if each.registration is not None}
    activities = {each.activity for each in statements if each.activity is not None}
    if not registrations and not activities:
        return {}, {}
    about = {"activity_id": {"$in": list({e for each in activities for e in ancestry(each)})}}
    own = {"organization_id": organization_id}
    found = await store.of(Enrollment).collection.aggregate(
        [
            {"$match": {**own, **owning(registrations)}},
            _with(Course, {**own, **about}, {"course_id": "$_id"}),
            _with(Lesson, {**own, **about, "archived_at": None}, {"course_id": 1}),
        ]
    )
    owners: dict[str | None, Enrollment] = {}
    courses: dict[str, str] = {}
    async for each in found:
        if "activity_id" in each:
            courses[each["activity_id"]] = each["course_id"]
        else:
            owner = store.of(Enrollment).decode(each)
            owners.update(dict.fromkeys(owner.registrations, owner))
    return owners, courses


def _with(
    kind: type[Document], query: Mapping[str, Any], course: Mapping[str, Any]
) -> dict[str, Any]:
    pipeline = [{"$match": query}, {"$project": {"activity_id": 1, **course}}]
    return {"$unionWith": {"coll": COLLECTIONS[kind.kind], "pipeline": pipeline}}


async def _held(
    store: Store,
    organization_id: str,
    statements: Iterable[StoredStatement],
    actors: Mapping[str, Person],
    courses: Courses,
) -> Held:
    """The enrollments of these people in these courses, oldest first."""
    held: dict[tuple[str, str], list[Enrollment]] = defaultdict(list)
    course_ids = {course for each in statements if (course := _course(each, courses))}
    if not course_ids or not actors:
        return held
    query = {
        "person_id": {"$in": sorted({person.id for person in actors.values()})},
        "course_id": {"$in": sorted(course_ids)},
    }
    order = [("enrolled_at", 1), ("_id", 1)]
    async for each in store.of(Enrollment).each(organization_id, query, order):
        held[each.person_id, each.course_id].append(each)
    return held
