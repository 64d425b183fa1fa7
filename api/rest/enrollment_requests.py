"""/enrollment-requests: learners ask for a course, instructors approve or reject."""

from datetime import datetime

from aiohttp import web
from pydantic import Field

from api.permissions import Permission
from api.rest.bodies import Body, Draft, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from api.rest.visibility import visible_course
from content.enrollment import enrollment_requests
from content.enrollment.enrollment_requests import (
    LONGEST_MESSAGE,
    Decision,
    EnrollmentRequest,
    RequestFilter,
)

table = RouteTable(limit="enrollments")

PATH = "/enrollment-requests/{request_id}"


class RequestAttributes(Attributes):
    """A person who asks for a course: pending, approved, rejected or withdrawn."""

    type_name = "enrollment_request"
    relationship_types = {
        "user": "user",
        "course": "course",
        "decided_by": "user",
        "enrollment": "enrollment",
    }

    status: str
    message: str
    reason: str | None
    created_at: datetime
    decided_at: datetime | None


class NewRequest(Draft):
    """Which course, and why."""

    course_id: str = Field(max_length=100)
    message: str = Field("", max_length=LONGEST_MESSAGE)


class RequestQuery(PageQuery):
    """Which requests: pending, approved, rejected or withdrawn."""

    course_id: str | None = None
    user_id: str | None = None
    status: str | None = None
    sort: str | None = None


class Approval(Body):
    """Until when the person is to be enrolled; without it for ever."""

    expires_at: datetime | None = None


class Rejection(Body):
    """Why not."""

    reason: str = Field(min_length=1, max_length=LONGEST_MESSAGE)


def request_resource(request: EnrollmentRequest) -> Resource[RequestAttributes]:
    """The request as a resource."""
    related = {
        "user": request.person_id,
        "course": request.course_id,
        "decided_by": request.decided_by,
        "enrollment": request.enrollment_id,
    }
    attributes = RequestAttributes.model_validate(request)
    return Resource(request.id, attributes, related, request.version)


@table.route("GET", "/enrollment-requests", permission=Permission.ENROLLMENTS_READ_OWN)
async def list_requests(call: Call, query: RequestQuery) -> ResourcePage[RequestAttributes]:
    """List requests to be enrolled; learners see their own."""
    filters = RequestFilter(
        course_id=query.course_id,
        person_id=call.own_or(Permission.ENROLLMENTS_READ, query.user_id),
        status=query.status,
    )
    store, page = call.services.content, paging(query, query.sort)
    found = await enrollment_requests.find(store, call.organization_id, filters, page)
    return page_of(found, request_resource)


@table.route(
    "POST",
    "/enrollment-requests",
    permission=Permission.ENROLLMENTS_SELF,
    status=201,
    errors=("course_not_found", "course_archived", "already_enrolled", "already_requested"),
)
async def ask_for_enrollment(call: Call, body: NewRequest) -> Resource[RequestAttributes]:
    """Ask to be enrolled in a course."""
    course = await visible_course(call, body.course_id)
    store, own = call.services.content, call.principal.person.id
    made = await enrollment_requests.ask(store, call.organization_id, own, course.id, body.message)
    return request_resource(made)


@table.route(
    "GET",
    PATH,
    permission=Permission.ENROLLMENTS_READ_OWN,
    errors=("enrollment_request_not_found",),
)
async def get_request(call: Call, request_id: str) -> Resource[RequestAttributes]:
    """Show a request to be enrolled."""
    request = await enrollment_requests.get(call.services.content, call.organization_id, request_id)
    call.own_or(Permission.ENROLLMENTS_READ, request.person_id)
    return request_resource(request)


@table.route(
    "POST",
    f"{PATH}/approve",
    permission=Permission.ENROLLMENTS_WRITE,
    errors=(
        "enrollment_request_not_found",
        "course_not_found",
        "already_decided",
        "course_archived",
        "enrollment_limit_reached",
    ),
)
async def approve_request(
    call: Call, request_id: str, body: Approval
) -> Resource[RequestAttributes]:
    """Approve a request: the person is enrolled."""
    decision = Decision(by=call.principal.person.id, expires_at=body.expires_at)
    request, enrollment = await enrollment_requests.approve(
        call.services.content, call.organization_id, request_id, decision
    )
    await call.services.outbox.tell(enrollment)
    return request_resource(request)


@table.route(
    "POST",
    f"{PATH}/reject",
    permission=Permission.ENROLLMENTS_WRITE,
    errors=("enrollment_request_not_found", "already_decided"),
)
async def reject_request(
    call: Call, request_id: str, body: Rejection
) -> Resource[RequestAttributes]:
    """Reject a request, and say why."""
    decision = Decision(by=call.principal.person.id, reason=body.reason)
    store = call.services.content
    return request_resource(
        await enrollment_requests.reject(store, call.organization_id, request_id, decision)
    )


@table.route(
    "DELETE",
    PATH,
    permission=Permission.ENROLLMENTS_SELF,
    status=204,
    errors=("enrollment_request_not_found", "already_decided"),
)
async def withdraw_request(call: Call, request_id: str) -> web.Response:
    """Withdraw one's own request."""
    store, organization_id = call.services.content, call.organization_id
    request = await enrollment_requests.get(store, organization_id, request_id)
    call.own_or(Permission.ENROLLMENTS_WRITE, request.person_id)
    by = call.principal.person.id
    await enrollment_requests.withdraw(store, organization_id, request_id, by)
    return web.Response(status=204)
