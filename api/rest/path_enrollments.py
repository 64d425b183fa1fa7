"""/learning-paths/{id}/enroll and progress: people on learning paths."""

from datetime import datetime
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, Field

from api.permissions import Permission
from api.rest.bodies import Body, PageQuery
from api.rest.bulk_enrollment import MOST_AT_ONCE
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from content.enrollment import cohorts
from content.enrollment.admission import ENROLLED
from content.paths import enrollments, paths
from content.paths.enrollments import PathEnrollment, PathEnrollmentDraft, PathOutcome
from content.paths.standing import PathStanding, path_standing

table = RouteTable(limit="enrollments")

Id = Annotated[str, Field(max_length=100)]
PATH = "/learning-paths/{path_id}"


class PathEnrollmentBody(Body):
    """Who is to be on the path: without anybody named, whoever asks.

    `expires_at` holds for the path's courses; a cohort's are enrolled until it ends.
    """

    user_ids: tuple[Id, ...] = Field((), max_length=MOST_AT_ONCE)
    cohort_id: Id | None = None
    expires_at: datetime | None = None
    send_notification: bool = False


class PathOutcomeShown(BaseModel):
    """What came of one person, and of the courses that are available to them, by course."""

    user_id: str
    outcome: str
    courses: dict[str, str]


class PathResult(BaseModel):
    """How many are on the path now that were not, and what came of each."""

    path_id: str
    enrolled_count: int
    results: list[PathOutcomeShown]


class PathAnswer(BaseModel):
    """What came of enrolling people in a path."""

    data: PathResult


class PathProgress(BaseModel):
    """How far a person is on a path: the mean of its courses in percent, and hours."""

    path_id: str
    user_id: str
    overall_progress: float
    status: str
    courses_completed: int
    total_courses: int
    current_course: str | None
    next_available: list[str]
    locked: list[str]
    time_invested_hours: float
    estimated_completion_hours: float
    completed_at: datetime | None


class PathProgressAnswer(BaseModel):
    """How far a person is on a path."""

    data: PathProgress


class PathEnrollmentAttributes(Attributes):
    """A person on a path, and how far."""

    type_name = "path_enrollment"
    relationship_types = {"user": "user", "learning_path": "learning_path", "cohort": "cohort"}

    status: str
    overall_progress: float
    courses_completed: int
    total_courses: int
    enrolled_at: datetime
    expires_at: datetime | None
    completed_at: datetime | None


@table.route(
    "POST",
    f"{PATH}/enroll",
    permission=Permission.ENROLLMENTS_SELF,
    errors=("learning_path_not_found", "cohort_not_found", "self_enrollment_disabled"),
)
async def enroll_in_path(call: Call, path_id: str, body: PathEnrollmentBody) -> PathAnswer:
    """Enrol people in a learning path, and in its courses as they become available to them."""
    draft = await _draft(call, body)
    store = call.services.content
    outcomes = await enrollments.enroll(store, call.organization_id, path_id, draft)
    return PathAnswer(data=_result(path_id, outcomes))


@table.route(
    "GET",
    f"{PATH}/users/{{user_id}}/progress",
    permission=Permission.PROGRESS_READ_OWN,
    errors=("learning_path_not_found", "path_enrollment_not_found"),
)
async def get_path_progress(call: Call, path_id: str, user_id: str) -> PathProgressAnswer:
    """Show how far a person is on a learning path."""
    call.own_or(Permission.PROGRESS_READ, user_id)
    store, organization_id = call.services.content, call.organization_id
    path = await paths.get(store, organization_id, path_id)
    await enrollments.get(store, organization_id, path_id, user_id)
    standing = await enrollments.standing_of(store, path, user_id)
    return PathProgressAnswer(data=_progress(path_id, user_id, standing))


@table.route(
    "GET",
    f"{PATH}/enrollments",
    permission=Permission.ENROLLMENTS_READ,
    errors=("learning_path_not_found",),
)
async def list_path_enrollments(
    call: Call, path_id: str, query: PageQuery
) -> ResourcePage[PathEnrollmentAttributes]:
    """List the people on a learning path, and how far each is."""
    store, organization_id = call.services.content, call.organization_id
    path = await paths.get(store, organization_id, path_id)
    found = await enrollments.find(store, organization_id, path_id, paging(query))
    ids = [each.person_id for each in found.items]
    standings = await enrollments.standings_of(store, path, ids)

    def show(held: PathEnrollment) -> Resource[PathEnrollmentAttributes]:
        own = path_standing(path.courses, standings.get(held.person_id, {}), {})
        return _resource(held, own)

    return page_of(found, show)


@table.route(
    "DELETE",
    f"{PATH}/enrollments/{{user_id}}",
    permission=Permission.ENROLLMENTS_SELF,
    status=204,
    errors=("path_enrollment_not_found",),
)
async def leave_path(call: Call, path_id: str, user_id: str) -> web.Response:
    """Take a person off a learning path; they stay in its courses."""
    call.own_or(Permission.ENROLLMENTS_WRITE, user_id)
    await enrollments.leave(call.services.content, call.organization_id, path_id, user_id)
    return web.Response(status=204)


async def _draft(call: Call, body: PathEnrollmentBody) -> PathEnrollmentDraft:
    """Who is meant; others than oneself need the permission to enrol them."""
    own = call.principal.person.id
    if body.cohort_id is None and set(body.user_ids) <= {own}:
        return PathEnrollmentDraft(person_ids=(own,), by_oneself=True)
    call.require(Permission.ENROLLMENTS_WRITE)
    person_ids, expires_at = body.user_ids, body.expires_at
    if body.cohort_id is not None:
        store, organization_id = call.services.content, call.organization_id
        cohort = await cohorts.get(store, organization_id, body.cohort_id)
        person_ids += await cohorts.everybody(store, organization_id, cohort.id)
        expires_at = expires_at or cohort.ends_at
    return PathEnrollmentDraft(
        person_ids=person_ids,
        expires_at=expires_at,
        cohort_id=body.cohort_id,
        notify=body.send_notification,
    )


def _result(path_id: str, outcomes: list[PathOutcome]) -> PathResult:
    return PathResult(
        path_id=path_id,
        enrolled_count=sum(each.outcome == ENROLLED for each in outcomes),
        results=[
            PathOutcomeShown(
                user_id=each.person_id, outcome=each.outcome, courses=dict(each.courses)
            )
            for each in outcomes
        ],
    )


def _progress(path_id: str, user_id: str, standing: PathStanding) -> PathProgress:
    return PathProgress(
        path_id=path_id,
        user_id=user_id,
        overall_progress=standing.progress,
        status=standing.status,
        courses_completed=standing.courses_completed,
        total_courses=standing.total_courses,
        current_course=standing.current_course,
        next_available=list(standing.available),
        locked=list(standing.locked),
        time_invested_hours=round(standing.seconds / 3600, 2),
        estimated_completion_hours=round(standing.remaining_minutes / 60, 2),
        completed_at=standing.completed_at,
    )


def _resource(held: PathEnrollment, standing: PathStanding) -> Resource[PathEnrollmentAttributes]:
    attributes = PathEnrollmentAttributes(
        status=standing.status,
        overall_progress=standing.progress,
        courses_completed=standing.courses_completed,
        total_courses=standing.total_courses,
        enrolled_at=held.enrolled_at,
        expires_at=held.expires_at,
        completed_at=standing.completed_at,
    )
    related = {"user": held.person_id, "learning_path": held.path_id, "cohort": held.cohort_id}
    return Resource(held.id, attributes, related, held.version)
