"""The outline of a course: its modules and lessons as activities, the plain data of a roll-up."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from msgspec import Struct

from content.courses import courses, modules, positions
from content.courses.courses import Course
from content.courses.modules import Module
from content.lessons.lessons import Lesson
from content.progress import attempts
from content.progress.attempts import AttemptPolicy
from content.store import Store

DEEPEST_PART = 8


class OutlineLesson(Struct, frozen=True, kw_only=True):
    """A lesson and the activity that statements are about; `policy` with the course's limit."""

    id: str
    title: str
    activity_id: str
    content_type: str = ""
    minutes: int = 0
    free_preview: bool = False
    prerequisites: tuple[str, ...] = ()
    policy: AttemptPolicy = AttemptPolicy()


class OutlineModule(Struct, frozen=True, kw_only=True):
    """A module with its lessons in order, and when they open."""

    id: str
    title: str
    unlock_at: datetime | None = None
    unlock_after_days: int | None = None
    lessons: tuple[OutlineLesson, ...]


class Outline(Struct, frozen=True, kw_only=True):
    """A course's structure at one `outline_version`; `places` finds a lesson by its activity.

    Where `sequential`, each lesson opens when those before it are completed.
    """

    course_id: str
    version: int
    sequential: bool = False
    passing_score: float | None = None
    activity_id: str
    modules: tuple[OutlineModule, ...]
    places: dict[str, str]

    def lessons(self) -> Iterator[OutlineLesson]:
        """Every lesson in order."""
        for module in self.modules:
            yield from module.lessons


class Place(Struct, frozen=True):
    """Where a statement belongs: a lesson or (None) the course; `own` when it is about that very
    activity and not about a part of it."""

    lesson_id: str | None
    own: bool


def ancestry(activity_id: str) -> Iterator[str]:
    """The activity id, then what it may be a part of: itself cut at its last slashes."""
    return islice(_cut_down(activity_id), DEEPEST_PART)


def place(outline: Outline, activity_id: str | None) -> Place:
    """Where a statement belongs: to the nearest lesson, else to the course."""
    for candidate in ancestry(activity_id or ""):
        if candidate in outline.places:
            return Place(outline.places[candidate], own=candidate == activity_id)
    return Place(None, own=activity_id == outline.activity_id)


def compose(course: Course, chapters: Sequence[Module], lessons: Sequence[Lesson]) -> Outline:
    """The outline of a course of these modules and lessons, each in order."""
    parts = tuple(_module(module, lessons, course.settings.max_attempts) for module in chapters)
    return Outline(
        course_id=course.id,
        version=course.outline_version,
        sequential=course.settings.drip_content,
        passing_score=course.settings.passing_score,
        activity_id=course.activity_id,
        modules=parts,
        places={lesson.activity_id: lesson.id for part in parts for lesson in part.lessons},
    )


async def load(store: Store, organization_id: str, course_id: str) -> Outline:
    """The course's present outline. Raises NotFound."""
    course = await courses.get(store, organization_id, course_id)
    chapters = await modules.within(store, organization_id, course_id)
    query = {"course_id": course_id, "archived_at": None}
    lessons = await store.of(Lesson).all(organization_id, query, positions.ORDER)
    return compose(course, chapters, lessons)


def _cut_down(activity_id: str) -> Iterator[str]:
    while activity_id:
        yield activity_id
        activity_id = activity_id[: max(activity_id.rfind("/"), 0)]


def _module(module: Module, lessons: Sequence[Lesson], limit: int | None) -> OutlineModule:
    return OutlineModule(
        id=module.id,
        title=module.title,
        unlock_at=module.unlock_at,
        unlock_after_days=module.unlock_after_days,
        lessons=tuple(_lesson(each, limit) for each in lessons if each.module_id == module.id),
    )


def _lesson(lesson: Lesson, limit: int | None) -> OutlineLesson:
    return OutlineLesson(
        id=lesson.id,
        title=lesson.title,
        activity_id=lesson.activity_id,
        content_type=lesson.content_type,
        minutes=lesson.minutes,
        free_preview=lesson.free_preview,
        prerequisites=lesson.prerequisites,
        policy=attempts.limited(lesson.attempt_policy, limit),
    )
