"""Enrolling many people in a course at once: a few questions to MongoDB, an outcome for each."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct
from pymongo.asynchronous.client_session import AsyncClientSession

from content import findings
from content.courses import courses
from content.documents import encode
from content.enrollment import admission, enrollments, seats
from content.enrollment.admission import (
    ALREADY_ENROLLED,
    ENROLLED,
    LIMIT_REACHED,
    PREREQUISITE_NOT_MET,
    Terms,
)
from content.enrollment.enrollments import Enrollment, EnrollmentDraft
from content.errors import RuleBroken
from content.people import people
from content.progress import completions
from content.store import Store
from content.telling import events

PORTION: Final = 1000
USER_NOT_FOUND: Final = "user_not_found"


class BulkDraft(Struct, frozen=True, kw_only=True):
    """Who is to be enrolled in what, and until when."""

    course_id: str
    person_ids: tuple[str, ...]
    expires_at: datetime | None = None
    cohort_id: str | None = None
    enrolled_by: str | None = None
    ignore_prerequisites: bool = False
    notify: bool = False

    def of(self, person_id: str) -> EnrollmentDraft:
        """The draft of one of them."""
        return EnrollmentDraft(
            person_id=person_id,
            course_id=self.course_id,
            expires_at=self.expires_at,
            cohort_id=self.cohort_id,
            enrolled_by=self.enrolled_by,
            ignore_prerequisites=self.ignore_prerequisites,
            notify=self.notify,
        )


class Outcome(Struct, frozen=True, kw_only=True):
    """What came of one person: `enrolled`, or the code of what stood in the way."""

    person_id: str
    outcome: str
    enrollment_id: str | None = None


async def enroll_many(
    store: Store, organization_id: str, draft: BulkDraft, begin: int = 0
) -> AsyncIterator[list[Outcome]]:
    """Enrol people portion by portion, and yield what came of each; each is named once.

    `begin` is how many of them are through already. Raises NotFound, RuleBroken, Conflict
    (course_archived).
    """
    if broken := findings.moment("expires_at", draft.expires_at):
        raise RuleBroken(broken)
    terms = admission.terms_of(await courses.get(store, organization_id, draft.course_id))
    admission.check_open(terms, by_oneself=False)
    everybody = list(dict.fromkeys(draft.person_ids))
    for start in range(begin, len(everybody), PORTION):
        portion = everybody[start : start + PORTION]
        yield await _enroll(store, organization_id, draft, terms, portion)


async def _enroll(
    store: Store, organization_id: str, draft: BulkDraft, terms: Terms, person_ids: list[str]
) -> list[Outcome]:
    hindered = await _hindered(store, organization_id, draft, terms, person_ids)
    free = (each for each in person_ids if each not in hindered)
    wanted = [enrollments.made(organization_id, draft.of(each)) for each in free]
    refused = await _store(store, draft.course_id, terms.seats, wanted) if wanted else {}
    enrolled = [each for each in wanted if each.person_id not in refused]
    await _announce(store, organization_id, enrolled, notify=draft.notify)
    made = {each.person_id: each.id for each in enrolled}
    outcomes = {**hindered, **refused}
    return [
        Outcome(person_id=each, outcome=outcomes.get(each, ENROLLED), enrollment_id=made.get(each))
        for each in person_ids
    ]


async def _hindered(
    store: Store, organization_id: str, draft: BulkDraft, terms: Terms, person_ids: list[str]
) -> dict[str, str]:
    """Who cannot be enrolled, whatever the seats, and why."""
    known = await people.known(store, organization_id, person_ids)
    hindered = {each: USER_NOT_FOUND for each in person_ids if each not in known}
    if not draft.ignore_prerequisites:
        required = terms.prerequisites
        unprepared = await completions.missing(store, organization_id, person_ids, required)
        hindered = {**dict.fromkeys(unprepared, PREREQUISITE_NOT_MET), **hindered}
    held = await _enrolled(store, organization_id, draft.course_id, person_ids)
    return {**hindered, **dict.fromkeys(held, ALREADY_ENROLLED)}


async def _enrolled(
    store: Store,
    organization_id: str,
    course_id: str,
    person_ids: list[str],
    session: AsyncClientSession | None = None,
) -> set[str]:
    query = {
        "organization_id": organization_id,
        "person_id": {"$in": person_ids},
        "course_id": course_id,
        "cancelled_at": None,
    }
    collection = store.of(Enrollment).collection
    found = collection.find(query, {"_id": 0, "person_id": 1}, session=session)
    return {each["person_id"] async for each in found}


async def _store(
    store: Store, course_id: str, limit: int | None, wanted: Sequence[Enrollment]
) -> dict[str, str]:
    """Store those that can be; who was refused, and why."""
    if limit is None:
        refused = await store.of(Enrollment).insert_new(wanted)
        return {each.person_id: ALREADY_ENROLLED for each in refused}
    organization_id = wanted[0].organization_id

    async def take(session: AsyncClientSession, free: int) -> dict[str, str]:
        ids = [each.person_id for each in wanted]
        held = await _enrolled(store, organization_id, course_id, ids, session)
        fresh = [each for each in wanted if each.person_id not in held]
        if seated := [encode(each) for each in fresh[:free]]:
            await store.of(Enrollment).collection.insert_many(seated, session=session)
        left_over = {each.person_id: LIMIT_REACHED for each in fresh[free:]}
        return {**left_over, **dict.fromkeys(held, ALREADY_ENROLLED)}

    return await seats.taking(store, organization_id, course_id, limit, take)


async def _announce(
    store: Store, organization_id: str, enrolled: Sequence[Enrollment], *, notify: bool
) -> None:
    """Tell of all at once what the outbox would tell of each; a sweep does where this fails."""
    created = [enrollments.created_event(each, notify=notify) for each in enrolled]
    await events.emit(store, created)
    query = {"_id": {"$in": [each.id for each in enrolled]}, "untold": {"$size": 1}}
    await store.of(Enrollment).collection.update_many(
        {"organization_id": organization_id, **query}, {"$set": {"untold": []}}
    )
