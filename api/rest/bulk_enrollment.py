"""/enrollments/bulk: many people in a course at once, with an outcome for each."""

from datetime import datetime
from typing import Annotated

from msgspec import to_builtins
from pydantic import BaseModel, Field

from api.permissions import Permission
from api.rest.bodies import Body
from api.rest.call import Call
from api.rest.documents import Resource
from api.rest.jobs import JobAttributes, accept
from api.rest.route import RouteTable
from content.courses import courses
from content.enrollment import bulk_enrollment
from content.enrollment.admission import ENROLLED
from content.enrollment.bulk_enrollment import BulkDraft, Outcome

table = RouteTable(limit="enrollments")

MOST_AT_ONCE = 10_000
"""Beyond them it is a job."""
MOST = 100_000

Id = Annotated[str, Field(max_length=100)]


class BulkEnrollment(Body):
    """Who is to be enrolled, and until when."""

    user_ids: tuple[Id, ...] = Field(min_length=1, max_length=MOST)
    expires_at: datetime | None = None
    send_notification: bool = False
    ignore_prerequisites: bool = False

    def draft(self, course_id: str) -> BulkDraft:
        """The same as content knows it."""
        return BulkDraft(
            course_id=course_id,
            person_ids=self.user_ids,
            expires_at=self.expires_at,
            ignore_prerequisites=self.ignore_prerequisites,
            notify=self.send_notification,
        )


class CourseBulkEnrollment(BulkEnrollment):
    """Who is to be enrolled in what, and until when."""

    course_id: Id


class BulkOutcome(BaseModel):
    """What came of one person.

    enrolled, already_enrolled, user_not_found, enrollment_limit_reached or prerequisite_not_met.
    """

    user_id: str
    outcome: str
    enrollment_id: str | None


class BulkResult(BaseModel):
    """How many were enrolled, and what came of each, in the order in which they were named."""

    course_id: str
    enrolled_count: int
    refused_count: int
    results: list[BulkOutcome]


class BulkAnswer(BaseModel):
    """What came of a bulk enrollment."""

    data: BulkResult


async def enrolled_in_bulk(call: Call, draft: BulkDraft) -> BulkAnswer | Resource[JobAttributes]:
    """Enrol many people; where they are very many, begin a job that does."""
    store, outcomes = call.services.content, list[Outcome]()
    size = len(set(draft.person_ids))
    if size > MOST_AT_ONCE:
        await courses.get(store, call.organization_id, draft.course_id)
        given = to_builtins(draft, builtin_types=(datetime,))
        return await accept(call, "enrollments.bulk", given, total=size)
    async for portion in bulk_enrollment.enroll_many(store, call.organization_id, draft):
        outcomes += portion
    return BulkAnswer(data=bulk_result(draft.course_id, outcomes))


def bulk_result(course_id: str, outcomes: list[Outcome]) -> BulkResult:
    """The outcomes, and how many are good."""
    enrolled = sum(each.outcome == ENROLLED for each in outcomes)
    return BulkResult(
        course_id=course_id,
        enrolled_count=enrolled,
        refused_count=len(outcomes) - enrolled,
        results=[
            BulkOutcome(
                user_id=each.person_id, outcome=each.outcome, enrollment_id=each.enrollment_id
            )
            for each in outcomes
        ],
    )


@table.route(
    "POST",
    "/enrollments/bulk",
    permission=Permission.ENROLLMENTS_WRITE,
    errors=("course_not_found", "course_archived"),
)
async def enroll_many(
    call: Call, body: CourseBulkEnrollment
) -> BulkAnswer | Resource[JobAttributes]:
    """Enrol many people in a course, and say what came of each.

    More than 10,000 are enrolled by a job (202), whose errors name those who were not.
    """
    return await enrolled_in_bulk(call, body.draft(body.course_id))
