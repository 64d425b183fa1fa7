"""/mentor-applications: people who want to be mentors."""

from datetime import datetime

from api.permissions import Permission
from api.rest.bodies import Body, Draft, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from content.people import mentor_applications
from content.people.mentor_applications import (
    MentorApplication,
    MentorApplicationDraft,
    MentorApplicationFilter,
)

table = RouteTable()


class MentorApplicationAttributes(Attributes):
    """An application: pending, approved or rejected for a `reason`."""

    type_name = "mentor_application"
    relationship_types = {"user": "user", "decided_by": "user"}

    motivation: str
    subjects: tuple[str, ...]
    status: str
    decided_at: datetime | None
    reason: str | None
    created_at: datetime


class NewMentorApplication(Draft):
    """Why you want to be a mentor, and for which subjects."""

    motivation: str
    subjects: tuple[str, ...] = ()


class MentorApplicationQuery(PageQuery):
    """Which applications: pending, approved or rejected ones."""

    user_id: str | None = None
    status: str | None = None
    sort: str | None = None


class Rejection(Body):
    """Why an application is turned down."""

    reason: str


def _resource(application: MentorApplication) -> Resource[MentorApplicationAttributes]:
    return Resource(
        application.id,
        MentorApplicationAttributes.model_validate(application),
        {"user": application.person_id, "decided_by": application.decided_by},
        version=application.version,
    )


@table.route(
    "POST",
    "/mentor-applications",
    permission=Permission.MENTOR_APPLY,
    status=201,
    errors=("already_mentor", "already_applied"),
)
async def apply(call: Call, body: NewMentorApplication) -> Resource[MentorApplicationAttributes]:
    """Apply to become a mentor."""
    draft = MentorApplicationDraft(motivation=body.motivation, subjects=body.subjects)
    person = call.principal.person
    return _resource(await mentor_applications.apply(call.services.content, person, draft))


@table.route("GET", "/mentor-applications", permission=Permission.MENTOR_APPLY)
async def list_applications(
    call: Call, query: MentorApplicationQuery
) -> ResourcePage[MentorApplicationAttributes]:
    """List applications; without the permission mentors.decide one's own."""
    filters = MentorApplicationFilter(
        person_id=call.own_or(Permission.MENTORS_DECIDE, query.user_id), status=query.status
    )
    found = await mentor_applications.find(
        call.services.content, call.organization_id, filters, paging(query, query.sort)
    )
    return page_of(found, _resource)


@table.route(
    "GET",
    "/mentor-applications/{application_id}",
    permission=Permission.MENTOR_APPLY,
    errors=("mentor_application_not_found",),
)
async def get_application(call: Call, application_id: str) -> Resource[MentorApplicationAttributes]:
    """Show an application."""
    application = await mentor_applications.get(
        call.services.content, call.organization_id, application_id
    )
    call.own_or(Permission.MENTORS_DECIDE, application.person_id)
    return _resource(application)


@table.route(
    "POST",
    "/mentor-applications/{application_id}/approve",
    permission=Permission.MENTORS_DECIDE,
    errors=("mentor_application_not_found", "user_not_found", "already_decided"),
)
async def approve(call: Call, application_id: str) -> Resource[MentorApplicationAttributes]:
    """Make the person a mentor."""
    store, by = call.services.content, call.principal.person.id
    return _resource(
        await mentor_applications.approve(store, call.organization_id, application_id, by)
    )


@table.route(
    "POST",
    "/mentor-applications/{application_id}/reject",
    permission=Permission.MENTORS_DECIDE,
    errors=("mentor_application_not_found", "already_decided"),
)
async def reject(
    call: Call, application_id: str, body: Rejection
) -> Resource[MentorApplicationAttributes]:
    """Turn an application down; the person may apply again."""
    store, by = call.services.content, call.principal.person.id
    return _resource(
        await mentor_applications.reject(
            store, call.organization_id, application_id, by, body.reason
        )
    )
