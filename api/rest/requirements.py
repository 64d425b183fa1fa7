"""/compliance/requirements: any of these targets, by this date, for these people."""

from aiohttp import web

from api.permissions import Permission
from api.rest.bodies import PageQuery
from api.rest.call import Call
from api.rest.documents import Resource, ResourcePage, expected_version
from api.rest.lists import page_of, page_within, paging
from api.rest.requirement_bodies import (
    ChangedRequirement,
    EditionAttributes,
    NewRequirement,
    RequirementAttributes,
    edition_resource,
    fields_of,
    requirement_resource,
)
from api.rest.route import RouteTable
from content.compliance import requirements
from content.compliance.requirements import (
    RequirementChanges,
    RequirementDraft,
    RequirementFilter,
)

table = RouteTable()


class RequirementQuery(PageQuery):
    """Which requirements; with `archived` those that are out of force, too."""

    course_id: str | None = None
    archived: bool = False
    sort: str | None = None


@table.route("GET", "/compliance/requirements", permission=Permission.COMPLIANCE_READ)
async def list_requirements(
    call: Call, query: RequirementQuery
) -> ResourcePage[RequirementAttributes]:
    """List the requirements in force."""
    filters = RequirementFilter(course_id=query.course_id, archived=query.archived)
    found = await requirements.find(
        call.services.content, call.organization_id, filters, paging(query, query.sort)
    )
    return page_of(found, requirement_resource)


@table.route("POST", "/compliance/requirements", permission=Permission.COMPLIANCE_WRITE, status=201)
async def create_requirement(call: Call, body: NewRequirement) -> Resource[RequirementAttributes]:
    """Require something of an audience."""
    draft = RequirementDraft(**{"targets": (), **fields_of(body)})
    created = await requirements.create(
        call.services.content, call.organization_id, draft, call.principal.person.id
    )
    return requirement_resource(created)


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
    "GET",
    "/compliance/requirements/{requirement_id}/editions",
    permission=Permission.COMPLIANCE_READ,
    errors=("requirement_not_found",),
)
async def list_editions(
    call: Call, requirement_id: str, query: PageQuery
) -> ResourcePage[EditionAttributes]:
    """List what a requirement has asked for over time, the first edition first."""
    requirement = await requirements.get(
        call.services.content, call.organization_id, requirement_id
    )
    return page_within(
        query, requirement.editions, lambda each: edition_resource(requirement, each)
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
    """Change a requirement from now on; what was asked before stays so for the time before."""
    changed = await requirements.update(
        call.services.content,
        call.organization_id,
        requirement_id,
        RequirementChanges(**fields_of(body)),
        expected_version(call.request),
        call.principal.person.id,
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
    await requirements.archive(
        call.services.content,
        call.organization_id,
        requirement_id,
        expected_version(call.request),
        call.principal.person.id,
    )
    return web.Response(status=204)
