"""/assignments: work that is handed in, and how it is graded."""

from datetime import datetime
from typing import Any

from aiohttp import web
from msgspec import convert
from pydantic import BaseModel, ConfigDict, Field

from api.permissions import Permission
from api.rest.bodies import Draft, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.lists import page_of, paging
from api.rest.problems import Finding, refuse
from api.rest.route import RouteTable
from api.rest.visibility import may_see, visible_course
from content import assignments
from content.assignments import Assignment, AssignmentChanges, AssignmentDraft, AssignmentFilter
from content.assignments.assignment import CompletedOn, PenaltyPer
from content.courses import courses
from content.errors import NotFound
from content.lessons import lessons

table = RouteTable()


class CriterionAttributes(BaseModel):
    """One row of a rubric: what is looked at, and for how many points at most."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)

    criteria: str
    max_points: float
    description: str = ""


class PeerReviewSettingsAttributes(BaseModel):
    """How learners review each other's work; without a rubric of its own by the assignment's."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)

    reviews_per_submission: int = Field(2, ge=1, le=20)
    anonymous: bool = True
    rubric: tuple[CriterionAttributes, ...] = Field((), max_length=100)


class AssignmentAttributes(Attributes):
    """An assignment. `passing_score` and `late_penalty_percent` are in percent of `max_score`."""

    type_name = "assignment"
    relationship_types = {"course": "course", "lesson": "lesson"}

    lesson_id: str
    title: str
    description: str
    due_date: datetime | None
    max_score: float
    passing_score: float | None
    allow_late_submission: bool
    late_penalty_percent: float
    late_penalty_per: PenaltyPer
    grace_minutes: int
    rubric: tuple[CriterionAttributes, ...]
    allowed_file_types: tuple[str, ...]
    max_file_size_mb: float | None
    max_files: int
    max_submissions: int | None
    completed_on: CompletedOn
    peer_review: PeerReviewSettingsAttributes | None
    archived_at: datetime | None
    created_at: datetime
    updated_at: datetime


class ChangedAssignment(Draft):
    """What may be changed; what is not given stays."""

    title: str = ""
    description: str = ""
    due_date: datetime | None = None
    max_score: float = 100.0
    passing_score: float | None = None
    allow_late_submission: bool = False
    late_penalty_percent: float = 0.0
    late_penalty_per: PenaltyPer = "submission"
    grace_minutes: int = 0
    rubric: tuple[CriterionAttributes, ...] = Field((), max_length=100)
    allowed_file_types: tuple[str, ...] = Field((), max_length=200)
    max_file_size_mb: float | None = None
    max_files: int = 10
    max_submissions: int | None = None
    completed_on: CompletedOn = "graded"
    peer_review: PeerReviewSettingsAttributes | None = None


class PutAssignment(ChangedAssignment):
    """The whole of an assignment; what is not given becomes what a new one has."""

    title: str


class NewAssignment(PutAssignment):
    """A new assignment of a lesson of the content type assignment."""

    lesson_id: str = Field(max_length=100)


class AssignmentQuery(PageQuery):
    """Which assignments; people who do not teach name a course or a lesson."""

    course_id: str | None = None
    lesson_id: str | None = None
    sort: str | None = None


def assignment_resource(assignment: Assignment) -> Resource[AssignmentAttributes]:
    """The assignment as a resource."""
    attributes = AssignmentAttributes.model_validate(assignment)
    related = {"course": assignment.course_id, "lesson": assignment.lesson_id}
    return Resource(assignment.id, attributes, related, assignment.version)


async def visible_assignment(call: Call, assignment_id: str) -> Assignment:
    """The assignment, if the person may know of its course. Raises NotFound."""
    store, organization_id = call.services.content, call.organization_id
    assignment = await assignments.get(store, organization_id, assignment_id)
    if not await may_see(call, await courses.get(store, organization_id, assignment.course_id)):
        raise NotFound("assignment", assignment_id)
    return assignment


@table.route(
    "GET",
    "/assignments",
    permission=Permission.ASSIGNMENTS_OWN,
    errors=("course_not_found", "lesson_not_found"),
)
async def list_assignments(
    call: Call, query: AssignmentQuery
) -> ResourcePage[AssignmentAttributes]:
    """List assignments, of a course or of a lesson."""
    store, organization_id = call.services.content, call.organization_id
    course_id = query.course_id
    if query.lesson_id is not None:
        lesson = await lessons.get(store, organization_id, query.lesson_id)
        course_id = course_id or lesson.course_id
    if course_id is not None:
        await visible_course(call, course_id)
    elif not call.principal.may(Permission.COURSES_READ_ALL):
        finding = Finding("is required, or lesson_id", "course_id", "parameter")
        raise refuse(400, "validation_error", "A query parameter is not right", [finding])
    filters = AssignmentFilter(course_id=course_id, lesson_id=query.lesson_id)
    found = await assignments.find(store, organization_id, filters, paging(query, query.sort))
    return page_of(found, assignment_resource)


@table.route(
    "POST",
    "/assignments",
    permission=Permission.COURSES_WRITE,
    status=201,
    errors=("lesson_not_found", "assignment_exists"),
)
async def create_assignment(call: Call, body: NewAssignment) -> Resource[AssignmentAttributes]:
    """Make the assignment of a lesson."""
    draft = convert(body.model_dump(), AssignmentDraft)
    store = call.services.content
    return assignment_resource(await assignments.create(store, call.organization_id, draft))


@table.route(
    "GET",
    "/assignments/{assignment_id}",
    permission=Permission.ASSIGNMENTS_OWN,
    errors=("assignment_not_found",),
)
async def get_assignment(call: Call, assignment_id: str) -> Resource[AssignmentAttributes]:
    """Show an assignment."""
    return assignment_resource(await visible_assignment(call, assignment_id))


@table.route(
    "PUT",
    "/assignments/{assignment_id}",
    permission=Permission.COURSES_WRITE,
    errors=("lesson_not_found", "version_mismatch"),
)
async def put_assignment(
    call: Call, assignment_id: str, body: PutAssignment
) -> Resource[AssignmentAttributes]:
    """Write the whole of an assignment, named by its id or by its lesson's; made where it is not.

    A lesson that has none yet is given one.
    """
    store, organization_id = call.services.content, call.organization_id
    sought, fields = await _named(call, assignment_id), body.model_dump()
    if sought is None:
        draft = convert({**fields, "lesson_id": assignment_id}, AssignmentDraft)
        return assignment_resource(await assignments.create(store, organization_id, draft))
    changes = convert(fields, AssignmentChanges)
    version = expected_version(call.request)
    return assignment_resource(
        await assignments.update(store, organization_id, sought.id, changes, version)
    )


@table.route(
    "PATCH",
    "/assignments/{assignment_id}",
    permission=Permission.COURSES_WRITE,
    errors=("assignment_not_found", "version_mismatch"),
)
async def update_assignment(
    call: Call, assignment_id: str, body: ChangedAssignment
) -> Resource[AssignmentAttributes]:
    """Change an assignment; what was graded stays as it was."""
    given: dict[str, Any] = body.model_dump(exclude_unset=True)
    changes = convert(given, AssignmentChanges)
    version = expected_version(call.request)
    store = call.services.content
    return assignment_resource(
        await assignments.update(store, call.organization_id, assignment_id, changes, version)
    )


@table.route(
    "DELETE",
    "/assignments/{assignment_id}",
    permission=Permission.COURSES_WRITE,
    status=204,
    errors=("assignment_not_found", "version_mismatch"),
)
async def archive_assignment(call: Call, assignment_id: str) -> web.Response:
    """Take an assignment out of its lesson; what was handed in stays."""
    version = expected_version(call.request)
    store = call.services.content
    await assignments.archive(store, call.organization_id, assignment_id, version)
    return web.Response(status=204)


async def _named(call: Call, sought: str) -> Assignment | None:
    """The assignment with this id, or that of the lesson with this id."""
    store, organization_id = call.services.content, call.organization_id
    try:
        return await assignments.get(store, organization_id, sought)
    except NotFound:
        return await assignments.of_lesson(store, organization_id, sought)
