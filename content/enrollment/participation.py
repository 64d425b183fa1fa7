"""Taking part: who is in a course now, by an enrollment that is open and has not expired."""

from collections.abc import AsyncIterator
from datetime import datetime

from content.enrollment import enrollments
from content.enrollment.enrollments import Enrollment
from content.errors import Refused
from content.identity import now
from content.store import Store

AT_ONCE = 500


async def takes_part(store: Store, organization_id: str, course_id: str, person_id: str) -> bool:
    """Say whether the person is in the course now."""
    enrollment = await enrollments.current(store, organization_id, person_id, course_id)
    return enrollment is not None and not _expired(enrollment, now())


async def require(
    store: Store, organization_id: str, course_id: str, person_id: str, at: datetime | None = None
) -> Enrollment:
    """The person's enrollment, good at a moment.

    Raises:
        Refused: enrollment_required, enrollment_expired.
    """
    enrollment = await enrollments.current(store, organization_id, person_id, course_id)
    if enrollment is None:
        raise Refused("enrollment_required", "Only who is enrolled in the course may do this.")
    if _expired(enrollment, at or now()):
        raise Refused("enrollment_expired", "The enrollment in the course has expired.")
    return enrollment


async def members(store: Store, organization_id: str, course_id: str) -> AsyncIterator[list[str]]:
    """The ids of all who are in the course now, some at a time."""
    query = {
        "organization_id": organization_id,
        "course_id": course_id,
        "cancelled_at": None,
        "$or": [{"expires_at": None}, {"expires_at": {"$gt": now()}}],
    }
    some: list[str] = []
    async for each in store.of(Enrollment).collection.find(query, {"person_id": 1}):
        some.append(each["person_id"])
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _expired(enrollment: Enrollment, moment: datetime) -> bool:
    return enrollment.expires_at is not None and enrollment.expires_at <= moment
