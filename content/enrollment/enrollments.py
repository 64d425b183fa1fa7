"""Enrollments: a person in a course, under the registration that its statements carry."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, ClassVar

from msgspec import Struct, structs, to_builtins
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from content import findings
from content.courses import courses
from content.documents import Fields, Page, Paging, encode
from content.enrollment import admission, seats
from content.enrollment.admission import Terms
from content.errors import Conflict, NotFound, Refused, RuleBroken
from content.identity import milliseconds, new_id, new_registration, now
from content.people import people
from content.progress import completions
from content.progress.attempts import AttemptStart, Timeline
from content.store import COLLECTIONS, Store
from content.telling import events
from content.telling.events import Event
from content.telling.outbox import Telling, untold

STATUSES = ("active", "completed", "expired", "cancelled")
FOUND_AT_ONCE = 1000
PersonInCourse = tuple[str, str, str]
"""The ids of an organization, a person and a course."""


class Enrollment(Telling, frozen=True, kw_only=True):
    """A person in a course. Its status is not kept: `status_of` derives it.

    `registration` is that of the first attempt on each lesson, `attempts` are all later ones.
    Among a person's enrollments in one course at most one is open (not cancelled); enrolling
    again after a cancellation makes a new one, with a new registration and no progress.
    With `prerequisites_waived` the person may begin without what the course asks to be completed.
    `expiry_awaited` is the moment of expiry for as long as nobody was told that it passed;
    `enrolled_by` the id of who enrolled the person, if it was a person.
    """

    kind: ClassVar[str] = "enrollment"
    sortable: ClassVar[tuple[str, ...]] = ("enrolled_at", "updated_at")

    person_id: str
    course_id: str
    registration: str
    enrolled_at: datetime
    expires_at: datetime | None = None
    expiry_awaited: datetime | None = None
    cancelled_at: datetime | None = None
    cohort_id: str | None = None
    enrolled_by: str | None = None
    prerequisites_waived: bool = False
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
    """What is needed to enrol a person. `notify` is told to those who hear of it."""

    person_id: str
    course_id: str
    expires_at: datetime | None = None
    cohort_id: str | None = None
    enrolled_by: str | None = None
    ignore_prerequisites: bool = False
    notify: bool = True

    @property
    def by_oneself(self) -> bool:
        """Whether people enrol themselves."""
        return self.enrolled_by == self.person_id


class EnrollmentFilter(Struct, frozen=True, kw_only=True):
    """Which enrollments: all that is given must hold."""

    course_id: str | None = None
    person_id: str | None = None
    cohort_id: str | None = None
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
    """Enrol a person; whom it concerns is told by the outbox.

    Raises NotFound, RuleBroken, Conflict (already_enrolled, course_archived,
    enrollment_limit_reached), Refused (prerequisite_not_met, self_enrollment_disabled).
    """
    if broken := findings.moment("expires_at", draft.expires_at):
        raise RuleBroken(broken)
    await people.get(store, organization_id, draft.person_id)
    terms = admission.terms_of(await courses.get(store, organization_id, draft.course_id))
    admission.check_open(terms, by_oneself=draft.by_oneself)
    if not draft.ignore_prerequisites:
        await _check_prepared(store, organization_id, draft, terms)
    enrollment = made(organization_id, draft)
    try:
        return await _seated(store, enrollment, terms)
    except DuplicateKeyError as error:
        raise await _already_enrolled(store, enrollment, terms) from error


def made(organization_id: str, draft: EnrollmentDraft) -> Enrollment:
    """The enrollment that a draft asks for, with the event that tells of it."""
    moment = now()
    expires_at = milliseconds(draft.expires_at) if draft.expires_at else None
    enrollment = Enrollment(
        id=new_id("enrollment"),
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        person_id=draft.person_id,
        course_id=draft.course_id,
        registration=new_registration(),
        enrolled_at=moment,
        expires_at=expires_at,
        expiry_awaited=expires_at,
        cohort_id=draft.cohort_id,
        enrolled_by=draft.enrolled_by,
        prerequisites_waived=draft.ignore_prerequisites,
    )
    created = created_event(enrollment, notify=draft.notify)
    return structs.replace(enrollment, untold=untold(happened=[created]))


def created_event(enrollment: Enrollment, *, notify: bool) -> Event:
    """The event enrollment.created; `notify` says whether the person is to hear of it."""
    data = {
        **told_of(enrollment),
        "cohort_id": enrollment.cohort_id,
        "enrolled_at": enrollment.enrolled_at.isoformat(),
        "send_notification": notify,
    }
    organization_id, moment = enrollment.organization_id, enrollment.enrolled_at
    return events.event(organization_id, "enrollment.created", enrollment.id, moment, data)


def told_of(enrollment: Enrollment) -> dict[str, Any]:
    """What every event of an enrollment says."""
    expires_at = enrollment.expires_at
    return {
        "enrollment_id": enrollment.id,
        "user_id": enrollment.person_id,
        "course_id": enrollment.course_id,
        "expires_at": expires_at.isoformat() if expires_at else None,
    }


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
    found = await store.group(_latest).get((organization_id, person_id, course_id))
    if found is None or found.get("cancelled_at") is not None:
        return None
    return store.of(Enrollment).decode(found)


async def latest(store: Store, organization_id: str, person_id: str, course_id: str) -> Enrollment:
    """The person's open enrollment in the course, else the last that was cancelled.

    Raises NotFound.
    """
    sought = organization_id, person_id, course_id
    found = await store.group(_latest).get(sought)
    if found is None:
        raise NotFound("enrollment", f"of {person_id} in {course_id}")
    return store.of(Enrollment).decode(found)


async def _latest(store: Store, sought: Collection[PersonInCourse]) -> dict[PersonInCourse, Fields]:
    """The open enrollments as they are stored, else the last, where people have any."""
    people_of: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for organization_id, person_id, course_id in sought:
        people_of[organization_id, course_id].append(person_id)
    wanted = [
        {"organization_id": organization_id, "person_id": {"$in": ids}, "course_id": course_id}
        for (organization_id, course_id), ids in people_of.items()
    ]
    documents = store.of(Enrollment)
    found = documents.collection.find({"$or": wanted}, batch_size=FOUND_AT_ONCE)
    every = [each async for each in found]
    every.sort(key=lambda each: (each.get("cancelled_at") is None, each["enrolled_at"]))
    return {(each["organization_id"], each["person_id"], each["course_id"]): each for each in every}


async def held(
    store: Store, organization_id: str, person_id: str, course_ids: Collection[str]
) -> set[str]:
    """The ids of those courses in which the person has an open enrollment."""
    query = {
        "organization_id": organization_id,
        "person_id": person_id,
        "course_id": {"$in": list(course_ids)},
        "cancelled_at": None,
    }
    cursor = store.of(Enrollment).collection.find(query, {"course_id": 1})
    return {each["course_id"] async for each in cursor}


async def find(
    store: Store, organization_id: str, filters: EnrollmentFilter, paging: Paging
) -> Page[Enrollment]:
    """One page of enrollments. Raises RuleBroken for a wrong status, page or sort."""
    query: dict[str, Any] = {}
    if filters.course_id is not None:
        query["course_id"] = filters.course_id
    if filters.person_id is not None:
        query["person_id"] = filters.person_id
    if filters.cohort_id is not None:
        query["cohort_id"] = filters.cohort_id
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


async def _check_prepared(
    store: Store, organization_id: str, draft: EnrollmentDraft, terms: Terms
) -> None:
    """Who enrols themselves keeps to the order of their learning paths as well."""
    required, person_id = terms.prerequisites, draft.person_id
    if draft.by_oneself:
        required += await completions.required_by_paths(
            store, organization_id, person_id, draft.course_id
        )
    unprepared = await completions.unprepared(store, organization_id, person_id, required)
    if unprepared is not None:
        raise Refused("prerequisite_not_met", unprepared)


async def _seated(store: Store, enrollment: Enrollment, terms: Terms) -> Enrollment:
    """Store it, in a transaction where seats are counted. Raises DuplicateKeyError, Conflict."""
    if terms.seats is None:
        return await store.of(Enrollment).insert(enrollment)

    async def take(session: AsyncClientSession, free: int) -> Enrollment:
        if not free:
            raise admission.full(terms)
        await store.of(Enrollment).collection.insert_one(encode(enrollment), session=session)
        return enrollment

    owner = enrollment.organization_id
    return await seats.taking(store, owner, enrollment.course_id, terms.seats, take)


async def _already_enrolled(store: Store, enrollment: Enrollment, terms: Terms) -> Conflict:
    """Why a second enrollment is not made, and what to do where the first has expired."""
    detail = f"The person already has an open enrollment in {terms.title}."
    owner, person_id = enrollment.organization_id, enrollment.person_id
    held = await current(store, owner, person_id, enrollment.course_id)
    if held is not None and status_of(held, None, now()) == "expired":
        detail += f" It has expired: give {held.id} a later expires_at, or cancel it first."
    return Conflict(admission.ALREADY_ENROLLED, detail, "course_id")
