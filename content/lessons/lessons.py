"""Lessons: what is learnt, each an activity that statements are about."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, get_args

from msgspec import UNSET, Struct, UnsetType, convert, to_builtins
from pymongo.errors import DuplicateKeyError

from content import findings, organizations
from content.courses import courses, modules, positions, prerequisites
from content.courses.courses import Course
from content.documents import Document, given
from content.errors import Conflict, RuleBroken
from content.findings import Finding
from content.identity import new_id, now
from content.lessons import lesson_content
from content.lessons.lesson_content import KINDS, LessonContent, Scorm
from content.organizations import Organization
from content.progress import attempts
from content.progress.attempts import AttemptPolicy
from content.references import absent
from content.store import Store
from scorm_runtime.launch import Display

CONTENT_TYPES = tuple(KINDS)


class Lesson(Document, frozen=True, kw_only=True):
    """A lesson; `position` counts from 1 within the module. Its activity id never changes.

    `duration_minutes` is what its author says, `minutes` else what its content tells. Who is not
    enrolled sees it with `free_preview`. It opens when its `prerequisites`, ids of lessons of the
    same course, are completed.
    `display` is where a package is shown: in the player's frame, or in a window of its own.
    """

    kind: ClassVar[str] = "lesson"

    course_id: str
    module_id: str
    title: str
    description: str = ""
    display: Display = "frame"
    content_type: str
    position: int
    activity_id: str
    content: LessonContent | None = None
    package_id: str | None = None
    duration_minutes: int | None = None
    minutes: int = 0
    free_preview: bool = False
    prerequisites: tuple[str, ...] = ()
    attempt_policy: AttemptPolicy = AttemptPolicy()
    archived_at: datetime | None = None


class LessonDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new lesson; `content` by its type (content/lessons/lesson_content.py).

    `activity_id` is the IRI under which the content reports, where it has one of its own; else
    the lesson is given one. Without a position the lesson comes last.
    """

    title: str
    content_type: str
    description: str = ""
    display: Display = "frame"
    activity_id: str | None = None
    content: Mapping[str, Any] | None = None
    package_id: str | None = None
    duration_minutes: int | None = None
    free_preview: bool = False
    prerequisites: tuple[str, ...] = ()
    attempt_policy: AttemptPolicy = AttemptPolicy()
    position: int | None = None


class LessonChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays. The content is replaced whole."""

    title: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    content: Mapping[str, Any] | UnsetType | None = UNSET
    display: Display | UnsetType = UNSET
    package_id: str | UnsetType | None = UNSET
    free_preview: bool | UnsetType = UNSET
    prerequisites: tuple[str, ...] | UnsetType = UNSET
    duration_minutes: int | UnsetType | None = UNSET
    attempt_policy: AttemptPolicy | UnsetType = UNSET


async def create(store: Store, organization_id: str, module_id: str, draft: LessonDraft) -> Lesson:
    """A new lesson of a module. Raises RuleBroken, NotFound, Conflict (activity_id_taken)."""
    module = await modules.get(store, organization_id, module_id)
    organization = await organizations.get(store, organization_id)
    lesson_id, broken = new_id("lesson"), _broken_draft(draft)
    content, found = _content(draft, organization)
    broken += found
    broken += await _dangling(
        store, organization_id, module.course_id, lesson_id, draft.prerequisites, content
    )
    if broken:
        raise RuleBroken(broken)
    siblings = await within(store, organization_id, module_id)
    named_by = await _activity_id(store, organization, lesson_id, draft)
    lesson = _lesson(module, lesson_id, named_by, draft, content, len(siblings) + 1)
    try:
        lesson = await store.of(Lesson).insert(lesson)
    except DuplicateKeyError as error:
        raise _taken(named_by) from error
    order = positions.inserted([each.id for each in siblings], lesson_id, draft.position)
    if order[-1] == lesson_id:
        await courses.outline_changed(store, organization_id, module.course_id)
        return lesson
    await reorder(store, organization_id, module_id, order)
    return await get(store, organization_id, lesson_id)


def activity_id(organization: Organization, lesson_id: str) -> str:
    """The IRI by which statements name a lesson that has none of its own."""
    return f"{organization.public_url}/activities/lessons/{lesson_id}"


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
    before = await get(store, organization_id, lesson_id)
    fields, broken = given(changes), _broken(changes)
    content = None
    if isinstance(changes.content, Mapping):
        organization = await organizations.get(store, organization_id)
        content, found = lesson_content.read(
            before.content_type, changes.content, organization.embed_hosts
        )
        broken += found
        package_id = lesson_content.package_of(content)
        fields |= {"content": to_builtins(content), "package_id": package_id}
    broken += await _dangling(
        store,
        organization_id,
        before.course_id,
        lesson_id,
        fields.get("prerequisites", ()),
        content,
    )
    if broken:
        raise RuleBroken(broken)
    return await _changed(store, before, fields, expected_version)


async def archive(
    store: Store, organization_id: str, lesson_id: str, expected_version: int | None = None
) -> Lesson:
    """Take a lesson out of its course. Raises NotFound, VersionMismatch."""
    fields = {"archived_at": now()}
    lesson = await store.of(Lesson).change(organization_id, lesson_id, fields, expected_version)
    await courses.outline_changed(store, organization_id, lesson.course_id)
    return lesson


async def move(
    store: Store, organization_id: str, lesson_id: str, module_id: str, position: int | None = None
) -> Lesson:
    """Put a lesson into another module of its course, or elsewhere in its own.

    Raises RuleBroken, NotFound.
    """
    broken = positions.broken(position)
    lesson = await get(store, organization_id, lesson_id)
    module = await modules.get(store, organization_id, module_id)
    if module.course_id != lesson.course_id or module.archived_at is not None:
        broken.append(Finding(where="module_id", detail="is not a module of the lesson's course"))
    if broken:
        raise RuleBroken(broken)
    await store.of(Lesson).change(organization_id, lesson_id, {"module_id": module_id})
    siblings = await within(store, organization_id, module_id)
    others = [each.id for each in siblings if each.id != lesson_id]
    await reorder(
        store, organization_id, module_id, positions.inserted(others, lesson_id, position)
    )
    if lesson.module_id != module_id:
        left = await within(store, organization_id, lesson.module_id)
        await reorder(store, organization_id, lesson.module_id, [each.id for each in left])
    return await get(store, organization_id, lesson_id)


async def reorder(
    store: Store, organization_id: str, module_id: str, lesson_ids: Sequence[str]
) -> list[Lesson]:
    """Put the lessons of a module in this order, which names each once. Raises RuleBroken."""
    module = await modules.get(store, organization_id, module_id)
    present = [each.id for each in await within(store, organization_id, module_id)]
    await positions.place(store.of(Lesson), organization_id, "lesson_ids", present, lesson_ids)
    await courses.outline_changed(store, organization_id, module.course_id)
    return await within(store, organization_id, module_id)


async def _changed(
    store: Store, before: Lesson, fields: dict[str, Any], expected_version: int | None
) -> Lesson:
    organization_id, documents = before.organization_id, store.of(Lesson)
    content = (
        convert(fields["content"], LessonContent | None) if "content" in fields else before.content
    )
    fields["minutes"] = _minutes(fields.get("duration_minutes", before.duration_minutes), content)
    after = await documents.change(organization_id, before.id, fields, expected_version)
    if after.attempt_policy != before.attempt_policy:
        await courses.outline_changed(store, organization_id, after.course_id)
    else:
        await courses.details_changed(store, organization_id, after.course_id)
    return after


async def _dangling(
    store: Store,
    organization_id: str,
    course_id: str,
    lesson_id: str,
    needed: Sequence[str],
    content: LessonContent | None,
) -> list[Finding]:
    """What the lesson leads to and is not there, and prerequisites that lead back to it."""
    broken = [
        finding
        for kind, sought in lesson_content.references(content)
        for finding in await absent(store, organization_id, kind, sought)
    ]
    if not needed:
        return broken
    found = await of_course(store, organization_id, course_id)
    known = {each.id: each.prerequisites for each in found}
    return broken + prerequisites.broken(known, lesson_id, needed)


async def _activity_id(
    store: Store, organization: Organization, lesson_id: str, draft: LessonDraft
) -> str:
    if draft.activity_id is None:
        return activity_id(organization, lesson_id)
    if await store.of(Course).first(organization.id, {"activity_id": draft.activity_id}):
        raise _taken(draft.activity_id)
    return draft.activity_id


def _content(
    draft: LessonDraft, organization: Organization
) -> tuple[LessonContent | None, list[Finding]]:
    if draft.content is not None and draft.content_type in KINDS:
        return lesson_content.read(draft.content_type, draft.content, organization.embed_hosts)
    played = draft.content_type == "scorm" and draft.package_id is not None
    return Scorm(package_id=draft.package_id) if played else None, []


def _lesson(
    module: modules.Module,
    lesson_id: str,
    activity_id: str,
    draft: LessonDraft,
    content: LessonContent | None,
    position: int,
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
        display=draft.display,
        content_type=draft.content_type,
        position=position,
        activity_id=activity_id,
        content=content,
        package_id=lesson_content.package_of(content) or draft.package_id,
        duration_minutes=draft.duration_minutes,
        minutes=_minutes(draft.duration_minutes, content),
        free_preview=draft.free_preview,
        prerequisites=draft.prerequisites,
        attempt_policy=draft.attempt_policy,
    )


def _minutes(duration_minutes: int | None, content: LessonContent | None) -> int:
    return duration_minutes or lesson_content.minutes(content) or 0


def _broken(lesson: LessonDraft | LessonChanges) -> list[Finding]:
    return (
        findings.title("title", lesson.title)
        + findings.text("description", lesson.description)
        + findings.one_of("display", lesson.display, get_args(Display))
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
    detail = f"{activity_id} is the activity of another lesson."
    return Conflict("activity_id_taken", detail, "activity_id")
