"""Grading what was handed in; grading again takes back what the grade before told."""

from datetime import datetime

from msgspec import structs, to_builtins

from content.assignments import library, rubric, telling
from content.assignments.handing_in import Desk
from content.assignments.rubric import Marking
from content.assignments.submission import Grade, Submission
from content.courses import courses
from content.enrollment import enrollments
from content.identity import now
from content.lessons import lessons
from content.people import people
from content.people.people import Person
from content.store import Store
from content.telling.outbox import Outbox, untold
from content.telling.statements import Statement


async def grade(
    store: Store,
    outbox: Outbox,
    submission: Submission,
    marking: Marking,
    by: Person,
    expected_version: int | None = None,
) -> Submission:
    """Grade a submission; what it was graded before stays in its history.

    Raises:
        RuleBroken: with everything that is wrong with the marking.
        VersionMismatch: it was graded meanwhile.
    """
    desk, moment = await _desk(store, submission), now()
    given = rubric.grade(desk.assignment, submission, marking, by.id, moment)
    given, said = _told(desk, submission, given, by)
    happened = telling.event_of("assignment.graded", desk.assignment, submission, given)
    fields = {
        "status": "graded",
        "grades": to_builtins((*submission.grades, given), builtin_types=(datetime,)),
    }
    changed = await store.of(Submission).change(
        submission.organization_id,
        submission.id,
        fields,
        submission.version if expected_version is None else expected_version,
        tell=untold(said, [happened]),
    )
    await outbox.tell(changed)
    return changed


def _told(
    desk: Desk, submission: Submission, given: Grade, by: Person
) -> tuple[Grade, list[Statement]]:
    """The grade with the ids of its statements, and all that it tells."""
    scene = desk.scene(submission.registration, given.graded_at, instructor=by)
    scored = telling.scored(scene, submission, given)
    said = telling.taken_back(scene, by, submission.grade) + scored
    completed = any(each.completes for each in submission.grades)
    completes = desk.assignment.completed_on == "graded" and not completed
    if completes:
        said.append(telling.completed(scene, submission))
    ids = tuple(each["id"] for each in scored)
    return structs.replace(given, statements=ids, completes=completes or completed), said


async def _desk(store: Store, submission: Submission) -> Desk:
    organization_id = submission.organization_id
    return Desk(
        assignment=await library.get(store, organization_id, submission.assignment_id),
        lesson=await lessons.get(store, organization_id, submission.lesson_id),
        course=await courses.get(store, organization_id, submission.course_id),
        person=await people.get(store, organization_id, submission.person_id),
        enrollment=await enrollments.get(store, organization_id, submission.enrollment_id),
    )
