"""/submissions: what was handed in for an assignment, and its grades."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from api.permissions import Permission
from api.rest.assignments import visible_assignment
from api.rest.bodies import Draft, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.files import REFUSED, receiving
from api.rest.forms import Form
from api.rest.lists import page_of, paging
from api.rest.problems import Finding, refuse
from api.rest.route import RouteTable
from api.store import now
from content import assignments, files, sanitised
from content.assignments import Assignment, enclosures, handing_in, peers, submissions
from content.assignments import grading as grades
from content.assignments.handing_in import Work
from content.assignments.lateness import late_by, penalty
from content.assignments.rubric import Marking
from content.assignments.submission import CriterionScore, Submission, SubmissionFilter
from content.errors import Conflict, NotFound
from content.files import Received

table = RouteTable()

FIELDS = ("user_id", "notes", "text", "plain_text")


class ScoreAttributes(BaseModel):
    """The points that one criterion was given."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)

    criteria: str
    points: float


class GradeAttributes(BaseModel):
    """One grading: `final_score` is `total_score` less the `penalty` for lateness."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    number: int
    scores: tuple[ScoreAttributes, ...]
    total_score: float
    penalty: float
    final_score: float
    max_score: float
    passed: bool | None
    feedback: str
    graded_by: str
    graded_at: datetime


class SubmissionAttributes(Attributes):
    """Work that was handed in. `late_penalty` is what lateness costs, in points.

    `grade` is the one in force, `grade_history` all that there were.
    """

    type_name = "submission"
    relationship_types = {
        "assignment": "assignment",
        "course": "course",
        "lesson": "lesson",
        "user": "user",
    }

    assignment_id: str
    user_id: str
    number: int
    status: str
    registration: str
    submitted_at: datetime
    text: str
    notes: str
    file_ids: tuple[str, ...]
    late: bool
    late_by_seconds: int
    late_penalty: float
    grade: GradeAttributes | None
    grade_history: tuple[GradeAttributes, ...]
    updated_at: datetime


class NewSubmission(Draft):
    """Work without files of its own: a text, or files that were uploaded before.

    `text` is HTML; `plain_text`, which counts where there is no `text`, is shown as it is written.
    """

    user_id: str | None = Field(None, max_length=100)
    text: str = ""
    plain_text: str = ""
    notes: str = ""
    file_ids: tuple[str, ...] = Field((), max_length=100)


class SubmissionForm(BaseModel):
    """Work with its files; `user_id` where it is somebody else's.

    `text` is HTML; `plain_text`, which counts where there is no `text`, is shown as it is written.
    """

    file: tuple[bytes, ...] = ()
    user_id: str = ""
    text: str = ""
    plain_text: str = ""
    notes: str = ""


class GivenGrade(Draft):
    """Points by the rubric's criteria, their sum, or a total alone.

    `from_peer_reviews` takes what the peer reviews come to instead.
    """

    scores: tuple[ScoreAttributes, ...] = Field((), max_length=100)
    total_score: float | None = None
    feedback: str = ""
    from_peer_reviews: bool = False


class SubmissionQuery(PageQuery):
    """Which submissions: those of a person, or of a status (submitted, graded)."""

    user_id: str | None = None
    status: str | None = None
    sort: str | None = None


def submission_resource(
    assignment: Assignment, submission: Submission
) -> Resource[SubmissionAttributes]:
    """The submission as a resource."""
    late = late_by(assignment, submission.submitted_at)
    attributes = SubmissionAttributes(
        assignment_id=submission.assignment_id,
        user_id=submission.person_id,
        number=submission.number,
        status=submission.status,
        registration=submission.registration,
        submitted_at=submission.submitted_at,
        text=submission.text,
        notes=submission.notes,
        file_ids=submission.file_ids,
        late=bool(late),
        late_by_seconds=int(late.total_seconds()),
        late_penalty=penalty(assignment, submission.submitted_at),
        grade=_grade(submission.grade),
        grade_history=tuple(GradeAttributes.model_validate(each) for each in submission.grades),
        updated_at=submission.updated_at,
    )
    related = {
        "assignment": submission.assignment_id,
        "course": submission.course_id,
        "lesson": submission.lesson_id,
        "user": submission.person_id,
    }
    return Resource(submission.id, attributes, related, submission.version)


@table.route(
    "POST",
    "/assignments/{assignment_id}/submissions",
    permission=Permission.ASSIGNMENTS_OWN,
    status=201,
    errors=(
        "assignment_not_found",
        "assignment_past_due",
        "enrollment_expired",
        "enrollment_required",
        "file_in_use",
        "lesson_locked",
        "lesson_not_found",
        "prerequisite_not_met",
        "submission_under_way",
        "submissions_exhausted",
        "user_not_found",
        *REFUSED,
    ),
    upload=True,
    form=SubmissionForm,
    limit="uploads",
)
async def submit(
    call: Call, assignment_id: str, body: NewSubmission | None
) -> Resource[SubmissionAttributes]:
    """Hand work in: multipart with file (several), notes and text, or JSON with file_ids.

    What counts for the due date is when the request arrived, not when its files were through.
    """
    store, arrived_at = call.services.content, now()
    assignment = await visible_assignment(call, assignment_id)
    await handing_in.open_assignment(store, call.organization_id, assignment.id, arrived_at)
    if body is not None:
        text = body.text or sanitised.plain(body.plain_text)
        work = _work(call, arrived_at, text, body.notes, file_ids=body.file_ids)
        return await _hand_in(call, assignment, body.user_id, work)
    largest = enclosures.limits(assignment, call.services.settings.max_file)
    form = Form(FIELDS, receiving(call, largest), most_files=assignment.max_files)
    try:
        await form.read(call.request)
        text = form.fields.get("text") or sanitised.plain(form.fields.get("plain_text", ""))
        notes = form.fields.get("notes", "")
        work = _work(call, arrived_at, text, notes, received=tuple(form.files))
        return await _hand_in(call, assignment, form.fields.get("user_id"), work)
    except BaseException:
        for each in form.files:
            await files.discard(store, call.organization_id, each)
        raise


@table.route(
    "GET",
    "/assignments/{assignment_id}/submissions",
    permission=Permission.ASSIGNMENTS_OWN,
    errors=("assignment_not_found",),
)
async def list_submissions(
    call: Call, assignment_id: str, query: SubmissionQuery
) -> ResourcePage[SubmissionAttributes]:
    """List what was handed in for an assignment; learners see their own."""
    person_id = call.own_or(Permission.SUBMISSIONS_READ, query.user_id)
    assignment = await visible_assignment(call, assignment_id)
    filters = SubmissionFilter(
        assignment_id=assignment_id, person_id=person_id, status=query.status
    )
    store = call.services.content
    found = await submissions.find(store, call.organization_id, filters, paging(query, query.sort))
    return page_of(found, lambda each: submission_resource(assignment, each))


@table.route(
    "GET",
    "/submissions/{submission_id}",
    permission=Permission.ASSIGNMENTS_OWN,
    errors=("submission_not_found",),
)
async def get_submission(call: Call, submission_id: str) -> Resource[SubmissionAttributes]:
    """Show what was handed in, with every grade that it was given."""
    store, organization_id = call.services.content, call.organization_id
    submission = await submissions.get(store, organization_id, submission_id)
    own = submission.person_id == call.principal.person.id
    if not own and not call.principal.may(Permission.SUBMISSIONS_READ):
        raise NotFound("submission", submission_id)
    return await _shown(call, submission)


@table.route(
    "PATCH",
    "/submissions/{submission_id}/grade",
    permission=Permission.SUBMISSIONS_GRADE,
    errors=("no_peer_reviews", "submission_not_found", "version_mismatch"),
)
async def grade_submission(
    call: Call, submission_id: str, body: GivenGrade
) -> Resource[SubmissionAttributes]:
    """Grade work by the rubric's criteria; graded again, the grade before stays in its history."""
    store, organization_id = call.services.content, call.organization_id
    submission = await submissions.get(store, organization_id, submission_id)
    marking = await _marking(call, submission, body)
    graded = await grades.grade(
        store,
        call.services.outbox,
        submission,
        marking,
        call.principal.person,
        expected_version(call.request),
    )
    return await _shown(call, graded)


def _work(
    call: Call,
    arrived_at: datetime,
    text: str,
    notes: str,
    *,
    received: tuple[Received, ...] = (),
    file_ids: tuple[str, ...] = (),
) -> Work:
    return Work(
        by=call.principal.person,
        at=arrived_at,
        text=text,
        notes=notes,
        received=received,
        file_ids=file_ids,
    )


async def _hand_in(
    call: Call, assignment: Assignment, user_id: str | None, work: Work
) -> Resource[SubmissionAttributes]:
    """Hand in for oneself, or for another with submissions.grade."""
    services, person = call.services, call.principal.person
    if user_id in (None, "", person.id):
        desk = await handing_in.own_desk(services.content, services.progress, assignment, person)
    else:
        call.require(Permission.SUBMISSIONS_GRADE)
        desk = await handing_in.desk_of(services.content, assignment, user_id, work.at)
    submission = await handing_in.hand_in(services.content, services.outbox, desk, work)
    return submission_resource(assignment, submission)


async def _marking(call: Call, submission: Submission, body: GivenGrade) -> Marking:
    """What is given, or what the peers gave. Raises ProblemRaised (422), Conflict."""
    if not body.from_peer_reviews:
        scores = tuple(CriterionScore(**each.model_dump()) for each in body.scores)
        return Marking(scores=scores, total_score=body.total_score, feedback=body.feedback)
    if body.scores or body.total_score is not None:
        finding = Finding("goes without scores and total_score", "/from_peer_reviews")
        raise refuse(422, "validation_error", "The body breaks a rule", [finding])
    store, organization_id = call.services.content, call.organization_id
    assignment = await assignments.get(store, organization_id, submission.assignment_id)
    reviews = await peers.of_submission(store, organization_id, submission.id)
    found = peers.aggregate(assignment, reviews)
    if found.total_score is None:
        raise Conflict("no_peer_reviews", "No review of the work was submitted that counts.")
    return Marking(scores=found.scores, total_score=found.total_score, feedback=body.feedback)


async def _shown(call: Call, submission: Submission) -> Resource[SubmissionAttributes]:
    store, organization_id = call.services.content, call.organization_id
    assignment = await assignments.get(store, organization_id, submission.assignment_id)
    return submission_resource(assignment, submission)


def _grade(grade: object | None) -> GradeAttributes | None:
    return GradeAttributes.model_validate(grade) if grade else None
