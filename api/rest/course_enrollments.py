"""/courses/{id}/enroll and /courses/{id}/enrollments: who is in a course."""

from aiohttp import web

from api.permissions import Permission
from api.rest.bodies import PageQuery
from api.rest.bulk_enrollment import BulkAnswer, BulkEnrollment, enrolled_in_bulk
from api.rest.call import Call
from api.rest.documents import Resource, ResourcePage, expected_version
from api.rest.enrollments import EnrollmentAttributes, enrolled, shown, shown_page
from api.rest.jobs import JobAttributes
from api.rest.route import RouteTable
from api.rest.visibility import visible_course
from content.courses import courses
from content.enrollment import enrollments
from content.enrollment.enrollments import EnrollmentDraft, EnrollmentFilter

table = RouteTable(limit="enrollments")


class CourseEnrollmentQuery(PageQuery):
    """Which of the course's enrollments: active, completed, expired or cancelled."""

    cohort_id: str | None = None
    status: str | None = None
    sort: str | None = None


@table.route(
    "POST",
    "/courses/{course_id}/enroll",
    permission=Permission.ENROLLMENTS_SELF,
    status=201,
    errors=(
        "course_not_found",
        "already_enrolled",
        "course_archived",
        "enrollment_limit_reached",
        "prerequisite_not_met",
        "self_enrollment_disabled",
    ),
)
async def enroll_oneself(call: Call, course_id: str) -> Resource[EnrollmentAttributes]:
    """Enrol oneself in a course."""
    course = await visible_course(call, course_id)
    own = call.principal.person.id
    return await enrolled(
        call, EnrollmentDraft(person_id=own, course_id=course.id, enrolled_by=own)
    )


@table.route(
    "GET",
    "/courses/{course_id}/enrollments",
    permission=Permission.ENROLLMENTS_READ,
    errors=("course_not_found",),
)
async def list_course_enrollments(
    call: Call, course_id: str, query: CourseEnrollmentQuery
) -> ResourcePage[EnrollmentAttributes]:
    """List a course's enrollments."""
    await courses.get(call.services.content, call.organization_id, course_id)
    filters = EnrollmentFilter(course_id=course_id, cohort_id=query.cohort_id, status=query.status)
    return await shown_page(call, query, filters, query.sort)


@table.route(
    "POST",
    "/courses/{course_id}/enrollments",
    permission=Permission.ENROLLMENTS_WRITE,
    errors=("course_not_found", "course_archived"),
)
async def enroll_many_in_course(
    call: Call, course_id: str, body: BulkEnrollment
) -> BulkAnswer | Resource[JobAttributes]:
    """Enrol many people in a course, and say what came of each."""
    return await enrolled_in_bulk(call, body.draft(course_id))


@table.route(
    "GET",
    "/courses/{course_id}/enrollments/{user_id}",
    permission=Permission.ENROLLMENTS_READ_OWN,
    errors=("enrollment_not_found",),
)
async def get_course_enrollment(
    call: Call, course_id: str, user_id: str
) -> Resource[EnrollmentAttributes]:
    """Show a person's enrollment in a course: the open one, else the last."""
    call.own_or(Permission.ENROLLMENTS_READ, user_id)
    store, organization_id = call.services.content, call.organization_id
    return await shown(call, await enrollments.latest(store, organization_id, user_id, course_id))


@table.route(
    "DELETE",
    "/courses/{course_id}/enrollments/{user_id}",
    permission=Permission.ENROLLMENTS_SELF,
    status=204,
    errors=("enrollment_not_found", "already_cancelled", "version_mismatch"),
)
async def leave_course(call: Call, course_id: str, user_id: str) -> web.Response:
    """Take a person out of a course; learners take out themselves where they came by themselves."""
    call.own_or(Permission.ENROLLMENTS_WRITE, user_id)
    store, organization_id = call.services.content, call.organization_id
    enrollment = await enrollments.latest(store, organization_id, user_id, course_id)
    if enrollment.enrolled_by != call.principal.person.id:
        call.require(Permission.ENROLLMENTS_WRITE)
    version = expected_version(call.request)
    await enrollments.cancel(store, organization_id, enrollment.id, version)
    return web.Response(status=204)
