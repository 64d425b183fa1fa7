"""Expiry: until when an enrollment lasts, and that its end is told of once, when it comes."""

from datetime import datetime
from typing import Final

import structlog
from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession

from content import findings
from content.courses import courses
from content.enrollment import admission, enrollments, seats
from content.enrollment.admission import Terms
from content.enrollment.enrollments import Enrollment
from content.errors import Conflict, RuleBroken
from content.identity import milliseconds, now
from content.progress import progress
from content.store import Store
from content.telling import events
from content.telling.events import Event
from content.telling.outbox import Outbox, untold
from lrs.cancellation import heed_cancellation, rest

log = structlog.get_logger(__name__)

LOOK_EVERY_SECONDS: Final = 5.0


async def extend(
    store: Store,
    organization_id: str,
    enrollment_id: str,
    expires_at: datetime | None,
    expected_version: int | None = None,
) -> Enrollment:
    """Let an enrollment last until another moment, or (None) for ever.

    One that has expired takes a seat again. Raises NotFound, RuleBroken, VersionMismatch, Conflict
    (already_cancelled, enrollment_limit_reached).
    """
    if broken := findings.moment("expires_at", expires_at):
        raise RuleBroken(broken)
    enrollment = await enrollments.get(store, organization_id, enrollment_id)
    if enrollment.cancelled_at is not None:
        raise Conflict("already_cancelled", "The enrollment is cancelled already.")
    until = milliseconds(expires_at) if expires_at else None
    if enrollments.status_of(enrollment, None, now()) == "expired" and (
        until is None or until > now()
    ):
        terms = admission.terms_of(await courses.get(store, organization_id, enrollment.course_id))
        return await _reseated(store, enrollment, terms, until, expected_version)
    return await _expire_at(store, enrollment, until, expected_version)


class Expiry:
    """Tells of the enrollments that expire, in whichever server comes first."""

    def __init__(self, store: Store, outbox: Outbox) -> None:
        self._store = store
        self._outbox = outbox
        self._enrollments = store.of(Enrollment)

    async def run(self) -> None:
        """Look every now and then, until cancelled."""
        while True:
            heed_cancellation()
            try:
                await self.sweep(now())
            except Exception:
                log.exception("the sweep of expired enrollments failed and is tried again")
            await rest(LOOK_EVERY_SECONDS)

    async def sweep(self, moment: datetime) -> int:
        """Tell of those that have expired by a moment and nobody was told of; how many."""
        count = 0
        cursor = self._enrollments.collection.find({"expiry_awaited": {"$lte": moment}})
        async for fields in cursor:
            heed_cancellation()
            count += await self._expired(self._enrollments.decode(fields), moment)
        return count

    async def _expired(self, enrollment: Enrollment, moment: datetime) -> bool:
        """Tell of one, unless it was completed or cancelled, or another server was faster."""
        organization_id = enrollment.organization_id
        known = await progress.standings(self._store, organization_id, [enrollment.id])
        completed_at = known[enrollment.id].completed_at if known else None
        told = enrollments.status_of(enrollment, completed_at, moment) == "expired"
        happened = untold(happened=[expired_event(enrollment)]) if told else ()
        fields = await self._enrollments.collection.find_one_and_update(
            {
                "organization_id": organization_id,
                "_id": enrollment.id,
                "expiry_awaited": enrollment.expiry_awaited,
            },
            {"$set": {"expiry_awaited": None}, "$push": {"untold": {"$each": list(happened)}}},
            return_document=ReturnDocument.AFTER,
        )
        if fields is None or not told:
            return False
        await self._outbox.tell(self._enrollments.decode(fields))
        return True


def expired_event(enrollment: Enrollment) -> Event:
    """The event enrollment.expired; one that was extended may expire again."""
    moment = enrollment.expires_at or enrollment.updated_at
    told = f"{enrollment.id}/{moment.isoformat()}"
    data = enrollments.told_of(enrollment)
    return events.event(enrollment.organization_id, "enrollment.expired", told, moment, data)


async def _reseated(
    store: Store,
    enrollment: Enrollment,
    terms: Terms,
    until: datetime | None,
    expected_version: int | None,
) -> Enrollment:
    if terms.seats is None:
        return await _expire_at(store, enrollment, until, expected_version)

    async def take(session: AsyncClientSession, free: int) -> Enrollment:
        if not free:
            raise admission.full(terms)
        return await _expire_at(store, enrollment, until, expected_version, session)

    owner = enrollment.organization_id
    return await seats.taking(store, owner, enrollment.course_id, terms.seats, take)


async def _expire_at(
    store: Store,
    enrollment: Enrollment,
    until: datetime | None,
    expected_version: int | None,
    session: AsyncClientSession | None = None,
) -> Enrollment:
    fields = {"expires_at": until, "expiry_awaited": until}
    return await store.of(Enrollment).change(
        enrollment.organization_id, enrollment.id, fields, expected_version, session=session
    )
