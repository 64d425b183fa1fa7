"""Assignments as they are kept: one for each lesson."""

from collections.abc import Mapping
from typing import Any

from msgspec import convert, structs
from pymongo.errors import DuplicateKeyError

from content import sanitised
from content.assignments.assignment import (
    Assignment,
    AssignmentChanges,
    AssignmentDraft,
    AssignmentFilter,
    broken,
)
from content.documents import Page, Paging, given
from content.errors import Conflict, NotFound, RuleBroken
from content.findings import Finding
from content.identity import milliseconds, new_id, now
from content.lessons import lessons
from content.lessons.lessons import Lesson
from content.store import Store


async def create(store: Store, organization_id: str, draft: AssignmentDraft) -> Assignment:
    """A new assignment. Raises RuleBroken, NotFound, Conflict (assignment_exists)."""
    lesson, moment = await lessons.get(store, organization_id, draft.lesson_id), now()
    draft = structs.replace(draft, description=sanitised.clean(draft.description))
    assignment = Assignment(
        id=new_id("assignment"),
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        course_id=lesson.course_id,
        **structs.asdict(draft),
    )
    if wrong := _of_type(lesson) + broken(assignment):
        raise RuleBroken(wrong)
    due = milliseconds(assignment.due_date) if assignment.due_date else None
    assignment = structs.replace(assignment, due_date=due)
    try:
        return await store.of(Assignment).insert(assignment)
    except DuplicateKeyError as error:
        detail = f"{lesson.title} has an assignment."
        raise Conflict("assignment_exists", detail, "lesson_id") from error


async def get(store: Store, organization_id: str, assignment_id: str) -> Assignment:
    """The assignment, archived ones included. Raises NotFound."""
    return await store.of(Assignment).get(organization_id, assignment_id)


async def of_lesson(store: Store, organization_id: str, lesson_id: str) -> Assignment | None:
    """The assignment of a lesson."""
    query = {"lesson_id": lesson_id, "archived_at": None}
    return await store.of(Assignment).first(organization_id, query)


async def find(
    store: Store, organization_id: str, filters: AssignmentFilter, paging: Paging
) -> Page[Assignment]:
    """One page of assignments. Raises RuleBroken for a wrong page or sort."""
    query: dict[str, Any] = {"archived_at": None}
    query |= {name: value for name, value in structs.asdict(filters).items() if value}
    return await store.of(Assignment).page(organization_id, query, paging)


async def update(
    store: Store,
    organization_id: str,
    assignment_id: str,
    changes: AssignmentChanges,
    expected_version: int | None = None,
) -> Assignment:
    """Change an assignment; what was graded stays as it was.

    Raises:
        RuleBroken, NotFound, VersionMismatch.
    """
    assignment = await get(store, organization_id, assignment_id)
    fields = given(changes)
    if "description" in fields:
        fields["description"] = sanitised.clean(fields["description"])
    if wrong := broken(convert({**structs.asdict(assignment), **fields}, Assignment)):
        raise RuleBroken(wrong)
    expected = assignment.version if expected_version is None else expected_version
    return await store.of(Assignment).change(organization_id, assignment_id, fields, expected)


async def archive(
    store: Store, organization_id: str, assignment_id: str, expected_version: int | None = None
) -> Assignment:
    """Take an assignment out of its lesson; what was handed in stays. Raises NotFound."""
    assignment = await get(store, organization_id, assignment_id)
    if assignment.archived_at is not None:
        raise NotFound("assignment", assignment_id)
    fields = {"archived_at": now()}
    return await store.of(Assignment).change(
        organization_id, assignment_id, fields, expected_version
    )


async def carry(store: Store, copies: Mapping[str, Lesson]) -> None:
    """Give copies of lessons copies of their assignments, due at no date yet; `copies` are by the
    ids of the lessons.
    """
    for lesson_id, copy in copies.items():
        assignment = await of_lesson(store, copy.organization_id, lesson_id)
        if assignment is not None:
            await store.of(Assignment).insert(_copied(assignment, copy))


def _copied(assignment: Assignment, lesson: Lesson) -> Assignment:
    return structs.replace(
        assignment,
        id=new_id("assignment"),
        version=1,
        created_at=lesson.created_at,
        updated_at=lesson.created_at,
        course_id=lesson.course_id,
        lesson_id=lesson.id,
        due_date=None,
        allotments=0,
        reminded_of=None,
    )


def _of_type(lesson: Lesson) -> list[Finding]:
    if lesson.content_type == "assignment" and lesson.archived_at is None:
        return []
    detail = "must be a lesson of the content type assignment that is not archived"
    return [Finding(where="lesson_id", detail=detail)]
