"""Lessons: what is learnt, each an activity that statements are about."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from msgspec import UNSET, Struct, UnsetType
from pymongo.errors import DuplicateKeyError

from content import attempts, courses, findings, modules, organizations, positions
from content.attempts import AttemptPolicy
from content.courses import Course
from content.documents import Document, given
from content.errors import Conflict, RuleBroken
from content.findings import Finding
from content.identity import new_id, now
from content.store import Store

CONTENT_TYPES = (
    "scorm",
    "xapi",
    "cmi5",
    "video",
    "text",
    "document",
    "embed",
    "quiz",
    "assignment",
)


class Lesson(Document, frozen=True, kw_only=True):
    """A lesson; `position` counts from 1 within the module. Its activity id never changes."""

    kind: ClassVar[str] = "lesson"

    course_id: str
    module_id: str
    title: str
    description: str = ""
    content_type: str
    position: int
    activity_id: str
    package_id: str | None = None
    duration_minutes: int | None = None
    attempt_policy: AttemptPolicy = AttemptPolicy()
    archived_at: datetime | None = None


class LessonDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new lesson.

    `activity_id` is the IRI under which the content reports, where it has one of its own; else
    the lesson is given one. Without a position the lesson comes last.
    """

    title: str
    content_type: str
    description: str = ""
    activity_id: str | None = None
    package_id: str | None = None
    duration_minutes: int | None = None
    attempt_policy: AttemptPolicy = AttemptPolicy()
    position: int | None = None


class LessonChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays."""

    title: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    package_id: str | UnsetType | None = UNSET
    duration_minutes: int | UnsetType | None = UNSET
    attempt_policy: AttemptPolicy | UnsetType = UNSET


async def create(store: Store, organization_id: str, module_id: str, draft: LessonDraft) -> Lesson:
    """A new lesson of a module. Raises RuleBroken, NotFound, Conflict (activity_id_taken)."""
    if broken := _broken_draft(draft):
        raise RuleBroken(broken)
    module = await modules.get(store, organization_id, module_id)
    siblings = await within(store, organization_id, module_id)
    lesson_id = new_id("lesson")
    activity_id = await _activity_id(store, organization_id, lesson_id, draft)
    lesson = _lesson(module, lesson_id, activity_id, draft, len(siblings) + 1)
    try:
        lesson = await store.of(Lesson).insert(lesson)
    except DuplicateKeyError as error:
        raise _taken(activity_id) from error
    order = positions.inserted([each.id for each in siblings], lesson_id, draft.position)
    if order[-1] == lesson_id:
        await courses.outline_changed(store, organization_id, module.course_id)
        return lesson
    await reorder(store, organization_id, module_id, order)
    return await get(store, organization_id, lesson_id)


async def get(store: Store, organization_id: str, lesson_id: str) -> Lesson:
    """The lesson, archived ones included. Raises NotFound."""
    return await store.of(Lesson).get(organization_id, lesson_id)


async def within(store: Store, organization_id: str, module_id: str) -> list[Lesson]:
    """The lessons of a module in their order."""
    query = {"module_id": module_id, "archived_at": None}
    return await store.of(Lesson).all(organization_id, query, positions.ORDER)


async def of_course(store: Store, organization_id: str, course_id: str) -> list[Lesson]:
    """The lessons of a course in their order, module by module."""
    chapters = await modules.within(store, organization_id, course_id)
    places = {each.id: place for place, each in enumerate(chapters)}
    query = {"course_id": course_id, "archived_at": None}
    found = await store.of(Lesson).all(organization_id, query, positions.ORDER)
    present = [each for each in found if each.module_id in places]
    return sorted(present, key=lambda each: places[each.module_id])


async def update(
    store: Store,
    organization_id: str,
    lesson_id: str,
    changes: LessonChanges,
    expected_version: int | None = None,
) -> Lesson:
    """Change a lesson. Raises RuleBroken, NotFound, VersionMismatch."""
    if broken := _broken(changes):
        raise RuleBroken(broken)
    fields = given(changes)
    lesson = await store.of(Lesson).change(organization_id, lesson_id, fields, expected_version)
    if "attempt_policy" in fields:
        await courses.outline_changed(store, organization_id, lesson.course_id)
    return lesson


async def archive(
    store: Store, organization_id: str, lesson_id: str, expected_version: int | None = None
) -> Lesson:
    """Take a lesson out of its course. Raises NotFound, VersionMismatch."""
    fields = {"archived_at": now()}
    lesson = await store.of(Lesson).change(organization_id, lesson_id, fields, expected_version)
    await courses.outline_changed(store, organization_id, lesson.course_id)
    return lesson


async def reorder(
    store: Store, organization_id: str, module_id: str, lesson_ids: Sequence[str]
) -> list[Lesson]:
    """Put the lessons of a module in this order, which names each once. Raises RuleBroken."""
    module = await modules.get(store, organization_id, module_id)
    present = [each.id for each in await within(store, organization_id, module_id)]
    await positions.place(store.of(Lesson), organization_id, "lesson_ids", present, lesson_ids)
    await courses.outline_changed(store, organization_id, module.course_id)
    return await within(store, organization_id, module_id)


async def _activity_id(
    store: Store, organization_id: str, lesson_id: str, draft: LessonDraft
) -> str:
    if draft.activity_id is None:
        organization = await organizations.get(store, organization_id)
        return f"{organization.public_url}/activities/lessons/{lesson_id}"
    if await store.of(Course).first(organization_id, {"activity_id": draft.activity_id}):
        raise _taken(draft.activity_id)
    return draft.activity_id


def _lesson(
    module: modules.Module, lesson_id: str, activity_id: str, draft: LessonDraft, position: int
) -> Lesson:
    moment = now()
    return Lesson(
        id=lesson_id,
        organization_id=module.organization_id,
        created_at=moment,
        updated_at=moment,
        course_id=module.course_id,
        module_id=module.id,
        title=draft.title.strip(),
        description=draft.description,
        content_type=draft.content_type,
        position=position,
        activity_id=activity_id,
        package_id=draft.package_id,
        duration_minutes=draft.duration_minutes,
        attempt_policy=draft.attempt_policy,
    )


def _broken(lesson: LessonDraft | LessonChanges) -> list[Finding]:
    return (
        findings.title("title", lesson.title)
        + findings.text("description", lesson.description)
        + findings.not_negative("duration_minutes", lesson.duration_minutes)
        + ([] if lesson.attempt_policy is UNSET else attempts.broken(lesson.attempt_policy))
    )


def _broken_draft(draft: LessonDraft) -> list[Finding]:
    return (
        _broken(draft)
        + findings.one_of("content_type", draft.content_type, CONTENT_TYPES)
        + findings.iri("activity_id", draft.activity_id)
        + positions.broken(draft.position)
    )


def _taken(activity_id: str) -> Conflict:
    return Conflict("activity_id_taken", f"{activity_id} is the activity of another lesson.")
