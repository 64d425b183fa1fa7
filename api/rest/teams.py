"""/my/team: the people whom one supervises, where they stand, what waits for one's signature."""

from collections.abc import Mapping

from api.permissions import Permission
from api.rest.bodies import ListQuery, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage
from api.rest.lists import page_of, page_within, paging
from api.rest.records import RecordAttributes, record_resource
from api.rest.route import RouteTable
from content.compliance import teams
from content.compliance.teams import Member

table = RouteTable()

PATH = "/my/team"


class TeamMemberAttributes(Attributes):
    """Somebody whom one supervises. `counts` tells of how many requirements they have in each
    status; `awaiting_signature` are the ids of the requirements that wait for a supervisor's.
    """

    type_name = "team_member"
    relationship_types = {"user": "user"}

    name: str
    email: str
    department: str | None
    counts: Mapping[str, int]
    awaiting_signature: tuple[str, ...]


@table.route("GET", PATH, permission=Permission.COMPLIANCE_READ_OWN)
async def my_team(call: Call, query: PageQuery) -> ResourcePage[TeamMemberAttributes]:
    """List the people whom you supervise, by name."""
    store, own = call.services.content, call.principal.person.id
    found = await teams.members(store, call.organization_id, own, paging(query, "name"))
    return page_of(found, _resource)


@table.route(
    "GET",
    PATH + "/{user_id}/records",
    permission=Permission.COMPLIANCE_READ_OWN,
    errors=("user_not_found",),
)
async def team_records(
    call: Call, user_id: str, query: ListQuery
) -> ResourcePage[RecordAttributes]:
    """List the compliance records of somebody below you, over any number of steps."""
    store, own = call.services.content, call.principal.person.id
    found = await teams.member(store, call.organization_id, own, user_id)
    return page_within(query, found.records, record_resource)


def _resource(member: Member) -> Resource[TeamMemberAttributes]:
    person = member.person
    attributes = TeamMemberAttributes(
        name=person.name,
        email=person.email,
        department=person.department,
        counts=member.counts,
        awaiting_signature=member.awaiting,
    )
    return Resource(person.id, attributes, {"user": person.id})
