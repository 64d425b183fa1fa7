"""/cohorts: people who learn together."""

from datetime import datetime
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, Field

from api.permissions import Permission
from api.rest.bodies import Body, Draft, PageQuery
from api.rest.bulk_enrollment import MOST_AT_ONCE, BulkAnswer, enrolled_in_bulk
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.jobs import JobAttributes
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from api.store import now
from content.enrollment import cohorts
from content.enrollment.bulk_enrollment import BulkDraft
from content.enrollment.cohorts import Cohort, CohortChanges, CohortDraft, CohortMember

table = RouteTable(limit="enrollments")

Id = Annotated[str, Field(max_length=100)]


class CohortAttributes(Attributes):
    """A group of people; upcoming, running or ended by its dates."""

    type_name = "cohort"

    name: str
    description: str
    status: str
    starts_at: datetime | None
    ends_at: datetime | None
    created_at: datetime
    updated_at: datetime


class CohortMemberAttributes(Attributes):
    """A person in a cohort."""

    type_name = "cohort_member"
    relationship_types = {"user": "user", "cohort": "cohort"}

    joined_at: datetime


class NewCohort(Draft):
    """A new cohort."""

    name: str
    description: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class ChangedCohort(Draft):
    """What may be changed; what is not given stays."""

    name: str = ""
    description: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class CohortQuery(PageQuery):
    """In which order."""

    sort: str | None = None


class NewMembers(Body):
    """Who joins."""

    user_ids: tuple[Id, ...] = Field(min_length=1, max_length=MOST_AT_ONCE)


class MemberOutcome(BaseModel):
    """What came of one person: joined, already_member or user_not_found."""

    user_id: str
    outcome: str


class MembersResult(BaseModel):
    """How many joined, and what came of each."""

    joined_count: int
    results: list[MemberOutcome]


class MembersAnswer(BaseModel):
    """What came of taking people in."""

    data: MembersResult


class CohortEnrollment(Body):
    """What the cohort is enrolled in; without `expires_at` until the cohort ends."""

    course_id: Id
    expires_at: datetime | None = None
    send_notification: bool = False
    ignore_prerequisites: bool = False


def cohort_resource(cohort: Cohort) -> Resource[CohortAttributes]:
    """The cohort as a resource."""
    attributes = CohortAttributes(
        name=cohort.name,
        description=cohort.description,
        status=cohorts.status_of(cohort, now()),
        starts_at=cohort.starts_at,
        ends_at=cohort.ends_at,
        created_at=cohort.created_at,
        updated_at=cohort.updated_at,
    )
    return Resource(cohort.id, attributes, version=cohort.version)


def member_resource(member: CohortMember) -> Resource[CohortMemberAttributes]:
    """The member as a resource."""
    related = {"user": member.person_id, "cohort": member.cohort_id}
    return Resource(member.id, CohortMemberAttributes(joined_at=member.joined_at), related)


@table.route("GET", "/cohorts", permission=Permission.ENROLLMENTS_READ)
async def list_cohorts(call: Call, query: CohortQuery) -> ResourcePage[CohortAttributes]:
    """List the cohorts."""
    store, page = call.services.content, paging(query, query.sort)
    return page_of(await cohorts.find(store, call.organization_id, page), cohort_resource)


@table.route("POST", "/cohorts", permission=Permission.ENROLLMENTS_WRITE, status=201)
async def create_cohort(call: Call, body: NewCohort) -> Resource[CohortAttributes]:
    """Make a cohort."""
    draft = CohortDraft(**body.model_dump())
    return cohort_resource(await cohorts.create(call.services.content, call.organization_id, draft))


@table.route(
    "GET",
    "/cohorts/{cohort_id}",
    permission=Permission.ENROLLMENTS_READ,
    errors=("cohort_not_found",),
)
async def get_cohort(call: Call, cohort_id: str) -> Resource[CohortAttributes]:
    """Show a cohort."""
    found = await cohorts.get(call.services.content, call.organization_id, cohort_id)
    return cohort_resource(found)


@table.route(
    "PATCH",
    "/cohorts/{cohort_id}",
    permission=Permission.ENROLLMENTS_WRITE,
    errors=("cohort_not_found", "version_mismatch"),
)
async def update_cohort(
    call: Call, cohort_id: str, body: ChangedCohort
) -> Resource[CohortAttributes]:
    """Change a cohort's name, description or dates."""
    changes = CohortChanges(**body.model_dump(exclude_unset=True))
    version = expected_version(call.request)
    store = call.services.content
    changed = await cohorts.update(store, call.organization_id, cohort_id, changes, version)
    return cohort_resource(changed)


@table.route(
    "DELETE",
    "/cohorts/{cohort_id}",
    permission=Permission.ENROLLMENTS_WRITE,
    status=204,
    errors=("cohort_not_found", "version_mismatch"),
)
async def archive_cohort(call: Call, cohort_id: str) -> web.Response:
    """Take a cohort out of use; its people stay enrolled."""
    version = expected_version(call.request)
    await cohorts.archive(call.services.content, call.organization_id, cohort_id, version)
    return web.Response(status=204)


@table.route(
    "GET",
    "/cohorts/{cohort_id}/members",
    permission=Permission.ENROLLMENTS_READ,
    errors=("cohort_not_found",),
)
async def list_members(
    call: Call, cohort_id: str, query: PageQuery
) -> ResourcePage[CohortMemberAttributes]:
    """List a cohort's people."""
    store, page = call.services.content, paging(query)
    found = await cohorts.members(store, call.organization_id, cohort_id, page)
    return page_of(found, member_resource)


@table.route(
    "POST",
    "/cohorts/{cohort_id}/members",
    permission=Permission.ENROLLMENTS_WRITE,
    errors=("cohort_not_found",),
)
async def add_members(call: Call, cohort_id: str, body: NewMembers) -> MembersAnswer:
    """Take people into a cohort, and say what came of each."""
    store = call.services.content
    outcomes = await cohorts.join(store, call.organization_id, cohort_id, body.user_ids)
    result = MembersResult(
        joined_count=sum(each.outcome == cohorts.JOINED for each in outcomes),
        results=[MemberOutcome(user_id=each.person_id, outcome=each.outcome) for each in outcomes],
    )
    return MembersAnswer(data=result)


@table.route(
    "DELETE",
    "/cohorts/{cohort_id}/members/{user_id}",
    permission=Permission.ENROLLMENTS_WRITE,
    status=204,
    errors=("cohort_member_not_found",),
)
async def remove_member(call: Call, cohort_id: str, user_id: str) -> web.Response:
    """Take a person out of a cohort; their enrollments stay."""
    await cohorts.leave(call.services.content, call.organization_id, cohort_id, user_id)
    return web.Response(status=204)


@table.route(
    "POST",
    "/cohorts/{cohort_id}/enroll",
    permission=Permission.ENROLLMENTS_WRITE,
    errors=("cohort_not_found", "course_not_found", "course_archived"),
)
async def enroll_cohort(
    call: Call, cohort_id: str, body: CohortEnrollment
) -> BulkAnswer | Resource[JobAttributes]:
    """Enrol everybody of a cohort in a course, and say what came of each."""
    store, organization_id = call.services.content, call.organization_id
    cohort = await cohorts.get(store, organization_id, cohort_id)
    draft = BulkDraft(
        course_id=body.course_id,
        person_ids=await cohorts.everybody(store, organization_id, cohort_id),
        expires_at=body.expires_at or cohort.ends_at,
        cohort_id=cohort_id,
        ignore_prerequisites=body.ignore_prerequisites,
        notify=body.send_notification,
    )
    return await enrolled_in_bulk(call, draft)
