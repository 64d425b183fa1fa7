"""A lesson's assignment as who hands work in sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from api.pages.learning.visit import Visit
from api.pages.wording import Badge, badge
from api.rest import assignments, submissions
from api.rest.problems import Problem
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
class Desk:
    """An assignment, what was handed in for it, and whether more may be, else `closed`."""

    assignment: Any
    handed_in: Sequence[HandedIn]
    closed: str
    late: bool


async def desk(seen: Visit, lesson_id: str) -> Desk | None:
    """The lesson's assignment before who looks; None where its author has not written it."""
    named = await library.of_lesson(seen.store, seen.organization_id, lesson_id)
    if named is None:
        return None
    asked = await seen.ask(assignments.get_assignment, assignment_id=named.id)
    query = {"user_id": seen.person.id, "per_page": MOST, "sort": "-submitted_at"}
    found = await seen.ask(submissions.list_submissions, assignment_id=named.id, query=query)
    shown = [await _handed_in(seen, each.attributes) for each in found.items]
    past = named.due_date is not None and named.due_date < datetime.now(UTC)
    return Desk(asked.attributes, shown, _closed(named, len(shown), past), past)


async def handed_in(seen: Visit, lesson_id: str) -> Problem | None:
    """Hand in what the request's form has; what was wrong with it."""
    named = await library.of_lesson(seen.store, seen.organization_id, lesson_id)
    if named is None:
        raise NotFound("assignment", lesson_id)
    return await seen.tried(seen.ask(submissions.submit, assignment_id=named.id, body=None))


def _closed(assignment: Any, times: int, past: bool) -> str:
    """Why nothing more can be handed in; empty where it can."""
    if assignment.max_submissions is not None and times >= assignment.max_submissions:
        return "You have handed in as often as is allowed."
    if past and not assignment.allow_late_submission:
        return "The due date is over, and late work is not taken."
    return ""


async def _handed_in(seen: Visit, submission: Any) -> HandedIn:
    named = []
    for each in submission.file_ids:
        try:
            stored = await files.get(seen.store, seen.organization_id, each)
        except NotFound:
            continue
        named.append((stored.id, stored.filename))
    grade = submission.grade
    status = submission.status
    if grade is not None and grade.passed is not None:
        status = "passed" if grade.passed else "failed"
    return HandedIn(submission, badge(status), named)
