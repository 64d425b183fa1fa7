"""/enrollments: people in courses."""

from collections.abc import Sequence
from datetime import datetime

from aiohttp import web
from pydantic import Field

from api.permissions import Permission
from api.rest.bodies import Draft, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from api.store import now
from content.enrollment import enrollments, expiry
from content.enrollment.enrollments import Enrollment, EnrollmentDraft, EnrollmentFilter
from content.progress import progress
from content.progress.rollup import Standing

table = RouteTable(limit="enrollments")


class EnrollmentAttributes(Attributes):
    """A person in a course; every statement of its lessons carries the registration."""

    type_name = "enrollment"
    relationship_types = {"user": "user", "course": "course", "cohort": "cohort"}

    registration: str
    status: str
    progress_percent: float
    lessons_completed: int
    total_lessons: int
    time_spent_minutes: int
    score: float | None
    enrolled_at: datetime
    expires_at: datetime | None
    cancelled_at: datetime | None
    started_at: datetime | None
    last_activity_at: datetime | None
    completed_at: datetime | None


class NewEnrollment(Draft):
    """Who is to be enrolled in what, and until when.

    `ignore_prerequisites` lets in who has not completed the courses that are to come before.
    """

    user_id: str = Field(max_length=100)
    course_id: str = Field(max_length=100)
    expires_at: datetime | None = None
    ignore_prerequisites: bool = False
    send_notification: bool = True


class ChangedEnrollment(Draft):
    """Until when it lasts; null: for ever."""

    expires_at: datetime | None


class EnrollmentQuery(PageQuery):
    """Which enrollments: active, completed, expired or cancelled."""

    course_id: str | None = None
    user_id: str | None = None
    cohort_id: str | None = None
    status: str | None = None
    sort: str | None = None


def enrollment_resource(
    enrollment: Enrollment, standing: Standing
) -> Resource[EnrollmentAttributes]:
    """The enrollment as a resource."""
    attributes = EnrollmentAttributes(
        registration=enrollment.registration,
        status=enrollments.status_of(enrollment, standing.completed_at, now()),
        progress_percent=standing.progress,
        lessons_completed=standing.lessons_completed,
        total_lessons=standing.total_lessons,
        time_spent_minutes=int(standing.seconds // 60),
        score=standing.score,
        enrolled_at=enrollment.enrolled_at,
        expires_at=enrollment.expires_at,
        cancelled_at=enrollment.cancelled_at,
        started_at=standing.started_at,
        last_activity_at=standing.last_activity_at,
        completed_at=standing.completed_at,
    )
    related = {
        "user": enrollment.person_id,
        "course": enrollment.course_id,
        "cohort": enrollment.cohort_id,
    }
    return Resource(enrollment.id, attributes, related, enrollment.version)


async def standings_of(call: Call, found: Sequence[Enrollment]) -> dict[str, Standing]:
    """How far each enrollment is, by its id."""
    services, organization_id = call.services, call.organization_id
    ids = [enrollment.id for enrollment in found]
    known = dict(await progress.standings(services.content, organization_id, ids))
    for enrollment_id in ids:
        if enrollment_id not in known:
            report = await services.progress.report(organization_id, enrollment_id)
            known[enrollment_id] = report.standing
    return known


async def shown(call: Call, enrollment: Enrollment) -> Resource[EnrollmentAttributes]:
    """One enrollment as a resource."""
    return enrollment_resource(enrollment, (await standings_of(call, [enrollment]))[enrollment.id])


async def shown_page(
    call: Call, query: PageQuery, filters: EnrollmentFilter, sort: str | None
) -> ResourcePage[EnrollmentAttributes]:
    """A page of enrollments with how far each is."""
    store, organization_id = call.services.content, call.organization_id
    found = await enrollments.find(store, organization_id, filters, paging(query, sort))
    standings = await standings_of(call, found.items)
    return page_of(found, lambda each: enrollment_resource(each, standings[each.id]))


async def enrolled(call: Call, draft: EnrollmentDraft) -> Resource[EnrollmentAttributes]:
    """Enrol somebody, and tell whom it concerns."""
    services = call.services
    enrollment = await enrollments.enroll(services.content, call.organization_id, draft)
    await services.outbox.tell(enrollment)
    return await shown(call, enrollment)


@table.route("GET", "/enrollments", permission=Permission.ENROLLMENTS_READ_OWN)
async def list_enrollments(
    call: Call, query: EnrollmentQuery
) -> ResourcePage[EnrollmentAttributes]:
    """List enrollments; learners see their own."""
    filters = EnrollmentFilter(
        course_id=query.course_id,
        person_id=call.own_or(Permission.ENROLLMENTS_READ, query.user_id),
        cohort_id=query.cohort_id,
        status=query.status,
    )
    return await shown_page(call, query, filters, query.sort)


@table.route(
    "POST",
    "/enrollments",
    permission=Permission.ENROLLMENTS_WRITE,
    status=201,
    errors=(
        "user_not_found",
        "course_not_found",
        "already_enrolled",
        "course_archived",
        "enrollment_limit_reached",
        "prerequisite_not_met",
    ),
)
async def create_enrollment(call: Call, body: NewEnrollment) -> Resource[EnrollmentAttributes]:
    """Enrol a person in a course."""
    draft = EnrollmentDraft(
        person_id=body.user_id,
        course_id=body.course_id,
        expires_at=body.expires_at,
        ignore_prerequisites=body.ignore_prerequisites,
        notify=body.send_notification,
    )
    return await enrolled(call, draft)


@table.route(
    "GET",
    "/enrollments/{enrollment_id}",
    permission=Permission.ENROLLMENTS_READ_OWN,
    errors=("enrollment_not_found",),
)
async def get_enrollment(call: Call, enrollment_id: str) -> Resource[EnrollmentAttributes]:
    """Show an enrollment."""
    enrollment = await enrollments.get(call.services.content, call.organization_id, enrollment_id)
    call.own_or(Permission.ENROLLMENTS_READ, enrollment.person_id)
    return await shown(call, enrollment)


@table.route(
    "PATCH",
    "/enrollments/{enrollment_id}",
    permission=Permission.ENROLLMENTS_WRITE,
    errors=(
        "enrollment_not_found",
        "already_cancelled",
        "enrollment_limit_reached",
        "version_mismatch",
    ),
)
async def update_enrollment(
    call: Call, enrollment_id: str, body: ChangedEnrollment
) -> Resource[EnrollmentAttributes]:
    """Change until when an enrollment lasts."""
    changed = await expiry.extend(
        call.services.content,
        call.organization_id,
        enrollment_id,
        body.expires_at,
        expected_version(call.request),
    )
    return await shown(call, changed)


@table.route(
    "DELETE",
    "/enrollments/{enrollment_id}",
    permission=Permission.ENROLLMENTS_WRITE,
    status=204,
    errors=("enrollment_not_found", "already_cancelled", "version_mismatch"),
)
async def cancel_enrollment(call: Call, enrollment_id: str) -> web.Response:
    """Cancel an enrollment; what was learnt stays."""
    version = expected_version(call.request)
    await enrollments.cancel(call.services.content, call.organization_id, enrollment_id, version)
    return web.Response(status=204)
