"""/grading/submissions/…: what somebody handed in, and the grade that it is given."""

from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web
from msgspec import structs

from api.pages.authoring.uploads import size
from api.pages.desk import Desk, at_desk
from api.pages.forms import Form, carried_out, structured
from api.pages.instructing.queue import neighbours, onward
from api.pages.wording import length, number
from api.permissions import Permission
from content import assignments, files
from content.assignments import Assignment, grading, peers, submissions
from content.assignments.lateness import late_by, penalty
from content.assignments.peers import PeerReview
from content.assignments.rubric import Marking
from content.assignments.submission import CriterionScore, Submission
from content.courses import courses
from content.errors import NotFound
from content.findings import Finding
from content.lessons import lessons
from content.people import people

table = web.RouteTableDef()

ADDRESS = "/grading/submissions/{submission_id}"
MOST_BUTTONS = 10
"""Up to so many points are given by a button each; more are written."""


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file that was handed in."""

    id: str
    name: str
    size: str


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """What a peer found."""

    id: str
    by: str
    score: str
    comments: str
    flag: str
    status: str
    dismissed: bool


@dataclass(frozen=True, slots=True)
class GradeLine:
    """A grade that was given before."""

    score: str
    by: str
    at: str
    feedback: str


@table.get(ADDRESS)
async def submission_page(request: web.Request) -> web.Response:
    """Show a submission to who grades it."""
    desk = await at_desk(request, Permission.SUBMISSIONS_GRADE)
    submission, assignment = await _found(desk)
    return await _page(desk, submission, assignment, Form(_values(submission, assignment)))


@table.post(ADDRESS)
async def grade(request: web.Request) -> web.Response:
    """Grade a submission, and go on to what waits next."""
    desk = await at_desk(request, Permission.SUBMISSIONS_GRADE)
    submission, assignment = await _found(desk)
    sent = await request.post()
    form = Form(structured((name, text) for name, text in sent.items() if isinstance(text, str)))
    marking, wrong = read(form, assignment)
    version = form.value("version")
    refused: Form | None = form.wrong(wrong)
    if not wrong:
        expected = int(version) if version.isdecimal() else None
        given = grading.grade(
            desk.store,
            desk.services.outbox,
            submission,
            marking,
            desk.person,
            expected,
        )
        refused = await carried_out(form, given)
    if refused is not None:
        submission, assignment = await _found(desk)
        return await _page(desk, submission, assignment, _placed(refused))
    await desk.audit("PATCH /submissions/{submission_id}/grade", submission.id)
    names = await people.names(desk.store, desk.organization_id, [submission.person_id])
    return await onward(
        desk, submission.id, f"{names.get(submission.person_id, 'The work')} is graded."
    )


@table.post(ADDRESS + "/reviews/{review_id}")
async def judge_review(request: web.Request) -> web.Response:
    """Let a peer's review count no more, or again."""
    desk = await at_desk(request, Permission.SUBMISSIONS_GRADE)
    submission, _ = await _found(desk)
    review = await peers.get(desk.store, desk.organization_id, desk.named("review_id"))
    if review.submission_id != submission.id:
        raise NotFound("peer_review", review.id)
    dismissed = (await request.post()).get("dismissed") == "true"
    await peers.dismiss(desk.store, review, desk.person, dismissed=dismissed)
    await desk.audit("PATCH /peer-reviews/{review_id}", review.id)
    told = "The review counts no more." if dismissed else "The review counts again."
    return desk.go(desk.request.path.rpartition("/reviews")[0], told)


def read(form: Form, assignment: Assignment) -> tuple[Marking, list[Finding]]:
    """What a form gives, or what could not be read."""
    wrong: list[Finding] = []

    def points(place: str) -> float | None:
        written = form.value(place).replace(",", ".")
        try:
            return float(written) if written else None
        except ValueError:
            wrong.append(Finding(where=place, detail="must be a number"))
            return None

    given = [(each.criteria, points(f"scores/c{n}")) for n, each in enumerate(assignment.rubric)]
    missing = [f"scores/c{n}" for n, (_, value) in enumerate(given) if value is None]
    if missing and not wrong:
        wrong += [Finding(where=each, detail="must be given") for each in missing]
    scores = tuple(
        CriterionScore(criteria=name, points=value) for name, value in given if value is not None
    )
    total = points("total_score") if not assignment.rubric else None
    if not assignment.rubric and total is None and not wrong:
        wrong.append(Finding(where="total_score", detail="must be given"))
    return Marking(scores=scores, total_score=total, feedback=form.value("feedback")), wrong


def by_how_much(late: timedelta) -> str:
    """Lateness in words, from two days on in days; empty for none."""
    return f"{late.days} days" if late.days >= 2 else length(late.total_seconds())


def _placed(form: Form) -> Form:
    """Findings of criteria that are missing stand where the criteria are."""
    found = tuple(
        structs.replace(each, where="scores") if each.where.startswith("scores/") else each
        for each in form.findings
        if not each.where.startswith("scores/c")
    )
    own = tuple(each for each in form.findings if each.where.startswith("scores/c"))
    return Form(form.values, (*own, *found), form.stale)


async def _found(desk: Desk) -> tuple[Submission, Assignment]:
    store, organization_id = desk.store, desk.organization_id
    submission = await submissions.get(store, organization_id, desk.named("submission_id"))
    return submission, await assignments.get(store, organization_id, submission.assignment_id)


def _values(submission: Submission, assignment: Assignment) -> dict[str, object]:
    """The grade in force, to be changed."""
    grade = submission.grade
    if grade is None:
        return {}
    known = {each.criteria: each.points for each in grade.scores}
    places = {
        f"c{n}": number(known[each.criteria])
        for n, each in enumerate(assignment.rubric)
        if each.criteria in known
    }
    return {
        "scores": places,
        "total_score": number(grade.total_score),
        "feedback": grade.feedback,
    }


async def _page(
    desk: Desk, submission: Submission, assignment: Assignment, form: Form
) -> web.Response:
    store, organization_id = desk.store, desk.organization_id
    reviews = await peers.of_submission(store, organization_id, submission.id)
    found = peers.aggregate(assignment, reviews)
    late = late_by(assignment, submission.submitted_at)
    asked = {submission.person_id, *(each.reviewer_id for each in reviews)}
    graders = {each.graded_by for each in submission.grades}
    names = await people.names(store, organization_id, asked | graders)
    return desk.show(
        "instructing/submission.html",
        form.status,
        submission=submission,
        assignment=assignment,
        course=await courses.get(store, organization_id, submission.course_id),
        lesson=await lessons.get(store, organization_id, submission.lesson_id),
        person=names.get(submission.person_id, "Somebody who is gone"),
        submitted=desk.minute(submission.submitted_at),
        late=by_how_much(late),
        penalty=number(penalty(assignment, submission.submitted_at)) if late else "",
        files=await _files(desk, submission),
        reviews=[_review(each, names) for each in reviews],
        mean=number(found.total_score),
        grades=[
            GradeLine(
                f"{number(each.final_score)} of {number(each.max_score)}",
                names.get(each.graded_by, "Somebody who is gone"),
                desk.minute(each.graded_at),
                each.feedback,
            )
            for each in reversed(submission.grades)
        ],
        buttons=[
            list(range(int(each.max_points) + 1))
            if each.max_points <= MOST_BUTTONS and each.max_points == int(each.max_points)
            else []
            for each in assignment.rubric
        ],
        total=number(assignment.max_score),
        form=form,
        places={f"scores/c{n}": each.criteria for n, each in enumerate(assignment.rubric)},
        near=await neighbours(desk, submission.id, submission.submitted_at),
        here=desk.request.path_qs,
        filter=desk.asked("course"),
    )


async def _files(desk: Desk, submission: Submission) -> list[FileLine]:
    found = await files.present(desk.store, desk.organization_id, submission.file_ids)
    return [FileLine(each.id, each.filename, size(each.size)) for each in found]


def _review(review: PeerReview, names: dict[str, str]) -> ReviewLine:
    return ReviewLine(
        review.id,
        names.get(review.reviewer_id, "Somebody who is gone"),
        number(review.total_score),
        review.comments,
        review.flag.reason if review.flag else "",
        review.status,
        dismissed=review.dismissed_at is not None,
    )
