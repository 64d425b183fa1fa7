"""/compliance/requirements: this course, by this date, for these people."""

from datetime import datetime
from typing import Literal

from aiohttp import web
from pydantic import Field

from api.permissions import Permission
from api.rest.bodies import Body, Draft, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from content.compliance import requirements
from content.compliance.requirements import (
    Audience,
    Requirement,
    RequirementChanges,
    RequirementDraft,
    RequirementFilter,
)

table = RouteTable()

MOST_PEOPLE_BY_NAME = 10_000


class AudienceBody(Body):
    """Whom it concerns: everyone, who holds `role`, or the people of `user_ids`."""

    kind: Literal["everyone", "role", "people"] = "everyone"
    role: str | None = None
    user_ids: tuple[str, ...] = Field(default=(), max_length=MOST_PEOPLE_BY_NAME)

    def audience(self) -> Audience:
        """The same as content knows it."""
        return Audience(kind=self.kind, role=self.role, person_ids=self.user_ids)


class RequirementAttributes(Attributes):
    """A course that an audience must complete, by `due_at` where one is set."""

    type_name = "requirement"
    relationship_types = {"course": "course"}

    title: str
    description: str
    audience: AudienceBody
    due_at: datetime | None
    archived_at: datetime | None
    created_at: datetime
    updated_at: datetime


class NewRequirement(Draft):
    """A new requirement: for everyone and without a date unless said otherwise."""

    title: str
    course_id: str = Field(max_length=100)
    audience: AudienceBody = AudienceBody()
    description: str = ""
    due_at: datetime | None = None


class ChangedRequirement(Draft):
    """What may be changed; what is not given stays."""

    title: str = ""
    description: str = ""
    audience: AudienceBody = AudienceBody()
    due_at: datetime | None = None


class RequirementQuery(PageQuery):
    """Which requirements."""

    course_id: str | None = None
    sort: str | None = None


def requirement_resource(requirement: Requirement) -> Resource[RequirementAttributes]:
    """The requirement as a resource."""
    audience = requirement.audience
    attributes = RequirementAttributes(
        title=requirement.title,
        description=requirement.description,
        audience=AudienceBody.model_construct(
            kind=audience.kind, role=audience.role, user_ids=audience.person_ids
        ),
        due_at=requirement.due_at,
        archived_at=requirement.archived_at,
        created_at=requirement.created_at,
        updated_at=requirement.updated_at,
    )
    related = {"course": requirement.course_id}
    return Resource(requirement.id, attributes, related, requirement.version)


@table.route("GET", "/compliance/requirements", permission=Permission.COMPLIANCE_READ)
async def list_requirements(
    call: Call, query: RequirementQuery
) -> ResourcePage[RequirementAttributes]:
    """List the requirements in force."""
    filters = RequirementFilter(course_id=query.course_id)
    found = await requirements.find(
        call.services.content, call.organization_id, filters, paging(query, query.sort)
    )
    return page_of(found, requirement_resource)


@table.route(
    "POST",
    "/compliance/requirements",
    permission=Permission.COMPLIANCE_WRITE,
    status=201,
    errors=("course_not_found",),
)
async def create_requirement(call: Call, body: NewRequirement) -> Resource[RequirementAttributes]:
    """Require a course of an audience."""
    draft = RequirementDraft(
        title=body.title,
        course_id=body.course_id,
        audience=body.audience.audience(),
        description=body.description,
        due_at=body.due_at,
    )
    return requirement_resource(
        await requirements.create(call.services.content, call.organization_id, draft)
    )


@table.route(
    "GET",
    "/compliance/requirements/{requirement_id}",
    permission=Permission.COMPLIANCE_READ,
    errors=("requirement_not_found",),
)
async def get_requirement(call: Call, requirement_id: str) -> Resource[RequirementAttributes]:
    """Show a requirement."""
    return requirement_resource(
        await requirements.get(call.services.content, call.organization_id, requirement_id)
    )


@table.route(
    "PATCH",
    "/compliance/requirements/{requirement_id}",
    permission=Permission.COMPLIANCE_WRITE,
    errors=("requirement_not_found", "version_mismatch"),
)
async def update_requirement(
    call: Call, requirement_id: str, body: ChangedRequirement
) -> Resource[RequirementAttributes]:
    """Change a requirement's title, description, audience or date."""
    fields = {name: getattr(body, name) for name in body.model_fields_set}
    if "audience" in fields:
        fields["audience"] = body.audience.audience()
    changed = await requirements.update(
        call.services.content,
        call.organization_id,
        requirement_id,
        RequirementChanges(**fields),
        expected_version(call.request),
    )
    return requirement_resource(changed)


@table.route(
    "DELETE",
    "/compliance/requirements/{requirement_id}",
    permission=Permission.COMPLIANCE_WRITE,
    status=204,
    errors=("requirement_not_found", "version_mismatch"),
)
async def archive_requirement(call: Call, requirement_id: str) -> web.Response:
    """Take a requirement out of force."""
    version = expected_version(call.request)
    store = call.services.content
    await requirements.archive(store, call.organization_id, requirement_id, version)
    return web.Response(status=204)
