"""A lesson's assignment as who hands work in sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from api.pages.asking import Problems
from api.pages.desk import Desk
from api.pages.wording import Badge, badge
from api.rest import assignments, submissions
from content import files
from content.assignments import library
from content.errors import NotFound

MOST = 50


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A submission: `files` are (id, name)."""

    submission: Any
    badge: Badge
    files: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Work:
    """An assignment, what was handed in for it, and whether more may be, else `closed`."""

    assignment: Any
    handed_in: Sequence[HandedIn]
    closed: str
    late: bool


async def work_for(desk: Desk, lesson_id: str) -> Work | None:
    """The lesson's assignment before who looks; None where its author has not written it."""
    named = await library.of_lesson(desk.store, desk.organization_id, lesson_id)
    if named is None:
        return None
    asked = await desk.ask(assignments.get_assignment, assignment_id=named.id)
    query = {"user_id": desk.person.id, "per_page": MOST, "sort": "-submitted_at"}
    found = await desk.ask(submissions.list_submissions, assignment_id=named.id, query=query)
    shown = [await _handed_in(desk, each.attributes) for each in found.items]
    past = named.due_date is not None and named.due_date < datetime.now(UTC)
    return Work(asked.attributes, shown, _closed(named, len(shown), past), past)


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


async def _handed_in(desk: Desk, submission: Any) -> HandedIn:
    found = await files.present(desk.store, desk.organization_id, submission.file_ids)
    grade = submission.grade
    status = submission.status
    if grade is not None and grade.passed is not None:
        status = "passed" if grade.passed else "failed"
    return HandedIn(submission, badge(status), [(each.id, each.filename) for each in found])
