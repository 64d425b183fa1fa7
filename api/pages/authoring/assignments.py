"""/courses/…/lessons/…/assignment: what is to be handed in, until when, and how it is graded."""

from typing import Any

from aiohttp import web
from msgspec import convert, to_builtins

from api.pages.authoring.lessons import lesson_of
from api.pages.desk import SAVED, Desk, at_desk
from api.pages.forms import Form, carried_out, written
from api.permissions import Permission
from api.rest.assignments import PutAssignment
from content import assignments
from content.assignments import Assignment, AssignmentChanges, AssignmentDraft
from content.courses import courses
from content.lessons.lessons import Lesson

table = web.RouteTableDef()

ADDRESS = "/courses/{course_id}/lessons/{lesson_id}/assignment"
EMPTY_ROWS = 2
"""So many rows of a rubric are there to be filled in without a script."""


@table.get(ADDRESS)
async def assignment_page(request: web.Request) -> web.Response:
    """Show what is to be done in a lesson."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    lesson = await lesson_of(desk)
    found = await assignments.of_lesson(desk.store, desk.organization_id, lesson.id)
    return await _form(desk, lesson, found, Form(_values(found, lesson), zone=desk.zone))


@table.post(ADDRESS)
async def write_assignment(request: web.Request) -> web.Response:
    """Write the assignment of a lesson, which is made if it has none."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    lesson = await lesson_of(desk)
    found = await assignments.of_lesson(desk.store, desk.organization_id, lesson.id)
    sent = await written(desk, PutAssignment)
    refused: Form | None = sent.form
    if sent.body is not None:
        fields = sent.body.model_dump()
        if not sent.form.ticked("reviewed"):
            fields["peer_review"] = None
        refused = await carried_out(sent.form, _put(desk, lesson, found, fields, sent.version))
    if refused is not None:
        present = await assignments.of_lesson(desk.store, desk.organization_id, lesson.id)
        return await _form(desk, lesson, present, refused)
    await desk.audit("PUT /assignments/{assignment_id}", lesson.id)
    return desk.go(f"/courses/{lesson.course_id}/lessons/{lesson.id}/assignment", SAVED)


async def _put(
    desk: Desk,
    lesson: Lesson,
    found: Assignment | None,
    fields: dict[str, Any],
    version: int | None,
) -> Assignment:
    store, organization_id = desk.store, desk.organization_id
    if found is None:
        draft = convert({**fields, "lesson_id": lesson.id}, AssignmentDraft)
        return await assignments.create(store, organization_id, draft)
    changes = convert(fields, AssignmentChanges)
    return await assignments.update(store, organization_id, found.id, changes, version)


def _values(found: Assignment | None, lesson: Lesson) -> dict[str, Any]:
    if found is None:
        return {"title": lesson.title}
    return {**to_builtins(found), "due_date": found.due_date, "reviewed": bool(found.peer_review)}


async def _form(desk: Desk, lesson: Lesson, found: Assignment | None, form: Form) -> web.Response:
    rows = len(form.entries("rubric")) + EMPTY_ROWS
    return desk.show(
        "authoring/assignment.html",
        form.status,
        course=await courses.get(desk.store, desk.organization_id, lesson.course_id),
        lesson=lesson,
        version=found.version if found else "",
        form=form.beside(_values(found, lesson)),
        rows=rows,
    )
