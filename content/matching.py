"""Whose statement is it: from statements to the enrollments that they belong to.

By the registration, when it is an enrollment's and the actor is the enrolled person. Else, when
the registration is nobody's, by the actor's agent key and the activity: it belongs to the
enrollment that the person held in that course then, and what came before the first one belongs
to the first.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from content import people
from content.courses import Course
from content.enrollments import Enrollment
from content.fold import happened
from content.lessons import Lesson
from content.outline import ancestry
from content.people import Person
from content.store import Store
from lrs.statement import VOIDED, StoredStatement

Matched = dict[str, tuple[Enrollment, list[StoredStatement]]]


async def match(
    store: Store, organization_id: str, statements: Sequence[StoredStatement]
) -> Matched:
    """The statements that count, by enrollment id."""
    statements = [each for each in statements if each.verb != VOIDED and not each.voided]
    owners, courses = await asyncio.gather(
        _by_registration(store, organization_id, statements),
        _courses(store, organization_id, statements),
    )
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
    person = actors.get(statement.actor)
    if person is None:
        return None
    registered = owners.get(statement.registration)
    if registered is not None:
        return registered if registered.person_id == person.id else None
    course_id = _course(statement, courses) or ""
    return held_then(held.get((person.id, course_id), []), happened(statement))


def _course(statement: StoredStatement, courses: Courses) -> str | None:
    """The course of the nearest known activity."""
    if statement.activity is None:
        return None
    return next((courses[each] for each in ancestry(statement.activity) if each in courses), None)


async def _by_registration(
    store: Store, organization_id: str, statements: Iterable[StoredStatement]
) -> dict[str | None, Enrollment]:
    registrations = {each.registration for each in statements} - {None}
    if not registrations:
        return {}
    query = {"registration": {"$in": list(registrations)}}
    found = await store.of(Enrollment).all(organization_id, query)
    return {each.registration: each for each in found}


async def _courses(
    store: Store, organization_id: str, statements: Iterable[StoredStatement]
) -> dict[str, str]:
    """The course of each activity that is a lesson's or a course's, by activity id."""
    activities = {each.activity for each in statements if each.activity is not None}
    candidates = list({each for activity in activities for each in ancestry(activity)})
    if not candidates:
        return {}
    query = {"activity_id": {"$in": candidates}}
    whole, parts = await asyncio.gather(
        store.of(Course).all(organization_id, query),
        store.of(Lesson).all(organization_id, {**query, "archived_at": None}),
    )
    return {
        **{each.activity_id: each.id for each in whole},
        **{each.activity_id: each.course_id for each in parts},
    }


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
