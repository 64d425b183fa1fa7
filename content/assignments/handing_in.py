"""Handing work in: who may, until when, and what becomes of it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct, structs
from pymongo.errors import DuplicateKeyError

from content import findings, sanitised
from content.assignments import enclosures, library, telling
from content.assignments.assignment import Assignment
from content.assignments.lateness import check_open
from content.assignments.submission import Submission
from content.courses import courses
from content.courses.courses import Course
from content.enrollment import enrollments, participation
from content.enrollment.enrollments import Enrollment
from content.errors import Conflict, LessonLocked, NotFound, RuleBroken
from content.files import Received, StoredFile
from content.findings import Finding
from content.identity import new_id, now
from content.lessons import access, lessons
from content.lessons.lessons import Lesson
from content.people import people
from content.people.people import Person
from content.progress.progress import Progress
from content.store import Store
from content.telling.outbox import Outbox, untold
from content.telling.statements import Scene

AT_ONCE = 20
"""How often a number is tried anew that another submission was faster to take."""


class Desk(Struct, frozen=True, kw_only=True):
    """Where a person hands work in: all that has a say in it."""

    assignment: Assignment
    lesson: Lesson
    course: Course
    person: Person
    enrollment: Enrollment

    def scene(self, registration: str, at: datetime, instructor: Person | None = None) -> Scene:
        """The scene of a statement about the work."""
        return Scene(
            actor=self.person,
            course=self.course,
            lesson=self.lesson,
            registration=registration,
            at=at,
            instructor=instructor,
        )


class Work(Struct, frozen=True, kw_only=True):
    """What is handed in, by whom, and when it began to arrive.

    `received` are files that came with it, `file_ids` those that were uploaded before.
    """

    by: Person
    at: datetime
    text: str = ""
    notes: str = ""
    received: tuple[Received, ...] = ()
    file_ids: tuple[str, ...] = ()


async def open_assignment(
    store: Store, organization_id: str, assignment_id: str, at: datetime
) -> Assignment:
    """The assignment, while it takes work. Raises NotFound, Conflict (assignment_past_due)."""
    assignment = await library.get(store, organization_id, assignment_id)
    if assignment.archived_at is not None:
        raise NotFound("assignment", assignment_id)
    check_open(assignment, at)
    return assignment


async def own_desk(
    store: Store, progress: Progress, assignment: Assignment, person: Person
) -> Desk:
    """Where the person hands in for themselves.

    Raises:
        NotFound: the lesson is gone.
        Refused: not enrolled, or the lesson is locked.
    """
    admitted = await access.admit(store, progress, person, assignment.lesson_id)
    return Desk(
        assignment=assignment,
        lesson=admitted.lesson,
        course=admitted.course,
        person=person,
        enrollment=admitted.enrollment,
    )


async def desk_of(store: Store, assignment: Assignment, person_id: str, at: datetime) -> Desk:
    """Where somebody else hands in for the person, locked or not.

    Raises:
        NotFound: no such person.
        Refused: enrollment_required, enrollment_expired.
    """
    organization_id, course_id = assignment.organization_id, assignment.course_id
    person = await people.get(store, organization_id, person_id)
    course = await courses.get(store, organization_id, course_id)
    enrollment = await participation.require(store, organization_id, course_id, person_id, at)
    lesson = await lessons.get(store, organization_id, assignment.lesson_id)
    return Desk(
        assignment=assignment, lesson=lesson, course=course, person=person, enrollment=enrollment
    )


async def hand_in(store: Store, outbox: Outbox, desk: Desk, work: Work) -> Submission:
    """Take work in, as of the moment that it began to arrive.

    Raises:
        RuleBroken: nothing is handed in, or a file of it cannot be.
        Conflict: submissions_exhausted.
        LessonLocked: passed, and passing locks the lesson.
    """
    earlier = await _earlier(store, desk)
    check_attempts(desk, earlier)
    enclosed = await enclosures.own_files(store, desk.person.id, desk.assignment, work.file_ids)
    if wrong := _broken(work, enclosed):
        raise RuleBroken(wrong)
    submission_id = new_id("submission")
    organization_id = desk.assignment.organization_id
    try:
        kept = await enclosures.enclose(store, desk.person, submission_id, work.received, enclosed)
        submission = await _insert(store, desk, submission_id, work, kept)
    except BaseException:
        await asyncio.shield(enclosures.take_back(store, organization_id, submission_id))
        raise
    await enclosures.settle(store, organization_id, submission_id)
    await outbox.tell(submission)
    return submission


def check_attempts(desk: Desk, earlier: Sequence[Submission]) -> None:
    """Whether another submission is taken. Raises Conflict, LessonLocked."""
    policy = desk.lesson.attempt_policy
    if policy.locked_after_pass and any(each.grade and each.grade.passed for each in earlier):
        raise LessonLocked("The work is passed; nothing more is taken.")
    limit = desk.assignment.max_submissions or policy.limit
    if limit is not None and len(earlier) >= limit:
        raise Conflict("submissions_exhausted", f"All {limit} submissions are used up.")


async def _earlier(store: Store, desk: Desk) -> list[Submission]:
    query = {"assignment_id": desk.assignment.id, "person_id": desk.person.id}
    return await store.of(Submission).all(desk.assignment.organization_id, query, [("number", 1)])


async def _insert(
    store: Store, desk: Desk, submission_id: str, work: Work, kept: Sequence[StoredFile]
) -> Submission:
    """The next submission; where another was faster, the one after it."""
    for _ in range(AT_ONCE):
        earlier = await _earlier(store, desk)
        check_attempts(desk, earlier)
        registration = await _registration(store, desk, earlier, work.by)
        made = _submission(desk, submission_id, registration, work, kept)
        made = structs.replace(made, number=earlier[-1].number + 1 if earlier else 1)
        try:
            return await store.of(Submission).insert(_told(desk, made))
        except DuplicateKeyError:
            continue
    raise Conflict("submission_under_way", "Other work is being handed in; try again.")


async def _registration(store: Store, desk: Desk, earlier: Sequence[Submission], by: Person) -> str:
    """The attempt that the work is: the last one, where nothing was handed in for it yet."""
    enrollment = await enrollments.get(store, desk.enrollment.organization_id, desk.enrollment.id)
    last = enrollment.timeline.on(desk.lesson.id)[-1]
    if all(each.registration != last for each in earlier):
        return last
    begun = await enrollments.begin_attempt(store, enrollment, desk.lesson.id, by.id)
    return begun.registration


def _submission(
    desk: Desk, submission_id: str, registration: str, work: Work, kept: Sequence[StoredFile]
) -> Submission:
    assignment, moment = desk.assignment, now()
    return Submission(
        id=submission_id,
        organization_id=assignment.organization_id,
        created_at=moment,
        updated_at=moment,
        assignment_id=assignment.id,
        course_id=assignment.course_id,
        lesson_id=assignment.lesson_id,
        enrollment_id=desk.enrollment.id,
        person_id=desk.person.id,
        registration=registration,
        number=1,
        submitted_at=work.at,
        submitted_by=work.by.id,
        text=sanitised.clean(work.text),
        notes=work.notes,
        file_ids=tuple(each.id for each in kept),
    )


def _told(desk: Desk, made: Submission) -> Submission:
    """The submission with what it is to tell."""
    scene = desk.scene(made.registration, made.submitted_at)
    said = telling.submitted(scene, desk.assignment, made)
    happened = telling.event_of("assignment.submitted", desk.assignment, made)
    return structs.replace(made, untold=untold(said, [happened]))


def _broken(work: Work, enclosed: Sequence[StoredFile]) -> list[Finding]:
    wrong = findings.text("text", work.text) + findings.text("notes", work.notes)
    if not (work.text.strip() or work.received or enclosed):
        wrong.append(Finding(where="file", detail="or a text is required"))
    return wrong
