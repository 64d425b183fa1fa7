"""Enrollments: a person in a course, under the registration that its statements carry."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, ClassVar

from msgspec import Struct, to_builtins
from pymongo.errors import DuplicateKeyError

from content import courses, findings, people
from content.attempts import AttemptStart, Timeline
from content.documents import Document, Page, Paging
from content.errors import Conflict, RuleBroken
from content.identity import milliseconds, new_id, new_registration, now
from content.store import COLLECTIONS, Store

STATUSES = ("active", "completed", "expired", "cancelled")


class Enrollment(Document, frozen=True, kw_only=True):
    """A person in a course. Its status is not kept: `status_of` derives it.

    `registration` is that of the first attempt on each lesson, `attempts` are all later ones.
    Among a person's enrollments in one course at most one is open (not cancelled); enrolling
    again after a cancellation makes a new one, with a new registration and no progress.
    """

    kind: ClassVar[str] = "enrollment"
    sortable: ClassVar[tuple[str, ...]] = ("enrolled_at", "updated_at")

    person_id: str
    course_id: str
    registration: str
    enrolled_at: datetime
    expires_at: datetime | None = None
    cancelled_at: datetime | None = None
    attempts: tuple[AttemptStart, ...] = ()

    @property
    def timeline(self) -> Timeline:
        """The registrations of its attempts, by lesson."""
        return Timeline(first=self.registration, later=self.attempts)

    @property
    def registrations(self) -> tuple[str, ...]:
        """Every registration of its statements."""
        return (self.registration, *(each.registration for each in self.attempts))


class EnrollmentDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed to enrol a person."""

    person_id: str
    course_id: str
    expires_at: datetime | None = None


class EnrollmentFilter(Struct, frozen=True, kw_only=True):
    """Which enrollments: all that is given must hold."""

    course_id: str | None = None
    person_id: str | None = None
    status: str | None = None


def status_of(enrollment: Enrollment, completed_at: datetime | None, moment: datetime) -> str:
    """active, completed, expired or cancelled, at a moment."""
    if enrollment.cancelled_at is not None and enrollment.cancelled_at <= moment:
        return "cancelled"
    if completed_at is not None and completed_at <= moment:
        return "completed"
    if enrollment.expires_at is not None and enrollment.expires_at <= moment:
        return "expired"
    return "active"


async def enroll(store: Store, organization_id: str, draft: EnrollmentDraft) -> Enrollment:
    """Enrol a person. Raises NotFound, RuleBroken, Conflict (already_enrolled, course_archived)."""
    if broken := findings.moment("expires_at", draft.expires_at):
        raise RuleBroken(broken)
    await people.get(store, organization_id, draft.person_id)
    course = await courses.get(store, organization_id, draft.course_id)
    if course.status == "archived":
        raise Conflict("course_archived", f"{course.title} is archived and takes nobody in.")
    moment = now()
    enrollment = Enrollment(
        id=new_id("enrollment"),
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        person_id=draft.person_id,
        course_id=draft.course_id,
        registration=new_registration(),
        enrolled_at=moment,
        expires_at=milliseconds(draft.expires_at) if draft.expires_at else None,
    )
    try:
        return await store.of(Enrollment).insert(enrollment)
    except DuplicateKeyError as error:
        detail = f"The person already has an open enrollment in {course.title}."
        raise Conflict("already_enrolled", detail) from error


async def get(store: Store, organization_id: str, enrollment_id: str) -> Enrollment:
    """The enrollment, cancelled ones included. Raises NotFound."""
    return await store.of(Enrollment).get(organization_id, enrollment_id)


async def by_registration(
    store: Store, organization_id: str, registration: str
) -> Enrollment | None:
    """The enrollment that owns the registration, be it that of a later attempt."""
    return await store.of(Enrollment).first(organization_id, owning([registration]))


def owning(registrations: Collection[str]) -> dict[str, Any]:
    """A query for the enrollments that own some registrations."""
    wanted = {"$in": list(registrations)}
    return {"$or": [{"registration": wanted}, {"attempts.registration": wanted}]}


async def begin_attempt(
    store: Store, enrollment: Enrollment, lesson_id: str, by: str
) -> AttemptStart:
    """Begin the next attempt on a lesson; where another server was faster, that one is it."""
    number = len(enrollment.timeline.on(lesson_id)) + 1
    start = AttemptStart(
        lesson_id=lesson_id,
        number=number,
        registration=new_registration(),
        started_at=now(),
        by=by,
    )
    same = {"$elemMatch": {"lesson_id": lesson_id, "number": number}}
    organization_id, collection = enrollment.organization_id, store.of(Enrollment).collection
    written = await collection.update_one(
        {"organization_id": organization_id, "_id": enrollment.id, "attempts": {"$not": same}},
        {
            "$push": {"attempts": to_builtins(start, builtin_types=(datetime,))},
            "$set": {"updated_at": start.started_at},
            "$inc": {"version": 1},
        },
    )
    if written.modified_count:
        return start
    fresh = await get(store, organization_id, enrollment.id)
    found = (each for each in fresh.attempts if each.lesson_id == lesson_id)
    return next(each for each in found if each.number == number)


async def current(
    store: Store, organization_id: str, person_id: str, course_id: str
) -> Enrollment | None:
    """The person's open enrollment in the course."""
    query = {"person_id": person_id, "course_id": course_id, "cancelled_at": None}
    return await store.of(Enrollment).first(organization_id, query)


async def find(
    store: Store, organization_id: str, filters: EnrollmentFilter, paging: Paging
) -> Page[Enrollment]:
    """One page of enrollments. Raises RuleBroken for a wrong status, page or sort."""
    query: dict[str, Any] = {}
    if filters.course_id is not None:
        query["course_id"] = filters.course_id
    if filters.person_id is not None:
        query["person_id"] = filters.person_id
    if filters.status is not None:
        if broken := findings.one_of("status", filters.status, STATUSES):
            raise RuleBroken(broken)
        query |= await _standing(store, organization_id, query, filters.status)
    return await store.of(Enrollment).page(organization_id, query, paging)


async def cancel(
    store: Store, organization_id: str, enrollment_id: str, expected_version: int | None = None
) -> Enrollment:
    """End an enrollment; what was learnt stays. Raises NotFound, Conflict, VersionMismatch."""
    enrollment = await get(store, organization_id, enrollment_id)
    if enrollment.cancelled_at is not None:
        raise Conflict("already_cancelled", "The enrollment is cancelled already.")
    expected = enrollment.version if expected_version is None else expected_version
    fields = {"cancelled_at": now()}
    return await store.of(Enrollment).change(organization_id, enrollment_id, fields, expected)


async def _standing(
    store: Store, organization_id: str, scope: Mapping[str, Any], status: str
) -> dict[str, Any]:
    """The part of a query that asks for a status."""
    if status == "cancelled":
        return {"cancelled_at": {"$ne": None}}
    completed = store.database[COLLECTIONS["progress"]].find(
        {"organization_id": organization_id, **scope, "standing.completed_at": {"$ne": None}},
        {"_id": 1},
    )
    ids = [each["_id"] async for each in completed]
    if status == "completed":
        return {"cancelled_at": None, "_id": {"$in": ids}}
    open_ended = {"cancelled_at": None, "_id": {"$nin": ids}}
    if status == "expired":
        return {**open_ended, "expires_at": {"$ne": None, "$lte": now()}}
    return {**open_ended, "$or": [{"expires_at": None}, {"expires_at": {"$gt": now()}}]}
