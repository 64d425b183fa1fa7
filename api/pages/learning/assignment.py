"""A lesson's assignment as who hands work in sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from api.pages.asking import Problems
from api.pages.desk import Desk
from api.pages.learning import peer_reviews
from api.pages.wording import Badge, badge, number
from api.rest import assignments, submissions
from api.rest.peer_reviews import reviews_of_submission
from content import files
from content.assignments import Assignment, library
from content.assignments.peers.review import scale
from content.errors import NotFound
from content.people import people

MOST = 50


@dataclass(frozen=True, slots=True)
class Review:
    """What a peer said: `by` is empty where one does not see who that was."""

    by: str
    points: str
    comments: str


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A submission: `files` are (id, name), `reviews` what peers said of it, `peers` what that
    comes to.
    """

    submission: Any
    badge: Badge
    files: Sequence[tuple[str, str]]
    reviews: Sequence[Review]
    peers: str


@dataclass(frozen=True, slots=True)
class Work:
    """An assignment, what was handed in for it, and whether more may be, else `closed`.

    `to_review` is how many reviews of others' work one is still to write, of any assignment.
    """

    assignment: Any
    handed_in: Sequence[HandedIn]
    closed: str
    late: bool
    to_review: int


async def work_for(desk: Desk, lesson_id: str) -> Work | None:
    """The lesson's assignment before who looks; None where its author has not written it."""
    named = await library.of_lesson(desk.store, desk.organization_id, lesson_id)
    if named is None:
        return None
    asked = await desk.ask(assignments.get_assignment, assignment_id=named.id)
    query = {"user_id": desk.person.id, "per_page": MOST, "sort": "-submitted_at"}
    found = await desk.ask(submissions.list_submissions, assignment_id=named.id, query=query)
    shown = [await _handed_in(desk, named, each.id, each.attributes) for each in found.items]
    past = named.due_date is not None and named.due_date < datetime.now(UTC)
    reviewing = await peer_reviews.waiting(desk) if named.peer_review and shown else 0
    return Work(asked.attributes, shown, _closed(named, len(shown), past), past, reviewing)


async def handed_in(desk: Desk, lesson_id: str) -> Problems:
    """Hand in what the request's form has; what was wrong with it."""
    named = await library.of_lesson(desk.store, desk.organization_id, lesson_id)
    if named is None:
        raise NotFound("assignment", lesson_id)
    return (await desk.submit(submissions.submit, None, assignment_id=named.id)).problems


def _closed(assignment: Any, times: int, past: bool) -> str:
    """Why nothing more can be handed in; empty where it can."""
    if assignment.max_submissions is not None and times >= assignment.max_submissions:
        return "You have handed in as often as is allowed."
    if past and not assignment.allow_late_submission:
        return "The due date is over, and late work is not taken."
    return ""


async def _handed_in(
    desk: Desk, assignment: Assignment, submission_id: str, submission: Any
) -> HandedIn:
    found = await files.present(desk.store, desk.organization_id, submission.file_ids)
    grade = submission.grade
    status = submission.status
    if grade is not None and grade.passed is not None:
        status = "passed" if grade.passed else "failed"
    named = [(each.id, each.filename) for each in found]
    reviews: list[Review] = []
    peers = ""
    if assignment.peer_review is not None:
        reviews, peers = await _reviews(desk, assignment, submission_id)
    return HandedIn(submission, badge(status), named, reviews, peers)


async def _reviews(
    desk: Desk, assignment: Assignment, submission_id: str
) -> tuple[list[Review], str]:
    """What peers said of one's work, and what it comes to in points."""
    query = {"per_page": MOST}
    said = await desk.ask(reviews_of_submission, query=query, submission_id=submission_id)
    by = {each.related["reviewer"] or "" for each in said.items}
    names = await people.names(desk.store, desk.organization_id, by)
    shown = [
        Review(
            names.get(each.related["reviewer"] or "", ""),
            f"{number(each.attributes.total_score)} of {number(scale(assignment).max_score)}",
            each.attributes.comments,
        )
        for each in said.items
    ]
    mean = said.meta["aggregate"]["total_score"]
    return shown, "" if mean is None else f"{number(mean)} of {number(assignment.max_score)}"
