"""Taking part: who is in a course now, by an enrollment that is open and has not expired."""

from datetime import datetime

from content import enrollments
from content.enrollments import Enrollment
from content.errors import Refused
from content.identity import now
from content.store import Store


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


def _expired(enrollment: Enrollment, moment: datetime) -> bool:
    return enrollment.expires_at is not None and enrollment.expires_at <= moment
