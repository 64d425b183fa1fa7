"""Every list of courses, modules, lessons and progress is answered by an index."""

from collections.abc import Awaitable, Callable
from typing import Any

from asked import Asked, stages
from class_room import ClassRoom
from pymongo import AsyncMongoClient

from content.courses import categories, course_stats, courses, duplication, extent, modules, outline
from content.courses.course_search import CourseFilter
from content.courses.courses import CourseDraft
from content.documents import Paging
from content.enrollment import enrollments
from content.lessons import lessons
from content.progress.progress import Progress
from content.store import Store

Question = Callable[[], Awaitable[Any]]

FILTERS = {
    "all": CourseFilter(),
    "status": CourseFilter(status="published"),
    "category": CourseFilter(category="category_1"),
    "instructor": CourseFilter(instructor_id="person_1"),
    "tag": CourseFilter(tag="a"),
    "search": CourseFilter(search="hyg"),
    "slug": CourseFilter(slug="hand-hygiene"),
    "catalogue": CourseFilter(status="published", self_enrollment=True, language="en"),
}


def _questions(store: Store, room: ClassRoom) -> dict[str, Question]:
    """Everything that is read of courses, by a name."""
    own, course, person = room.organization.id, room.course, room.person
    lists: dict[str, Question] = {
        f"{name} by {sort}": lambda each=each, sort=sort: courses.find(  # type: ignore[misc]
            store, own, each, Paging(sort=sort)
        )
        for name, each in FILTERS.items()
        for sort in courses.Course.sortable
    }
    return {
        **lists,
        "external id": lambda: courses.by_external_id(store, own, "42"),
        "categories": lambda: categories.find(store, own, Paging()),
        "categories below": lambda: categories.find(store, own, Paging(), "category_1"),
        "outline": lambda: outline.load(store, own, course.id),
        "modules": lambda: modules.within(store, own, course.id),
        "lessons": lambda: lessons.within(store, own, room.first.module_id),
        "lessons of the course": lambda: lessons.of_course(store, own, course.id),
        "extent": lambda: extent.of_modules(store, own, [room.first.module_id]),
        "enrolled": lambda: extent.enrolled(store, own, [course.id]),
        "held": lambda: enrollments.held(store, own, person.id, [course.id]),
        "current": lambda: enrollments.current(store, own, person.id, course.id),
        "stats": lambda: course_stats.of(store, own, course.id),
        "copy": lambda: duplication.duplicate(store, own, course.id),
    }


async def test_every_question_is_answered_by_an_index(
    store: Store, room: ClassRoom, progress: Progress, mongodb_uri: str
) -> None:
    await courses.create(store, room.organization.id, CourseDraft(title="B", external_id="42"))
    await progress.refold(room.enrollment)
    asked = Asked()
    async with AsyncMongoClient[dict[str, Any]](mongodb_uri, event_listeners=[asked]) as client:
        for name, ask in _questions(Store(client[store.database.name]), room).items():
            asked.commands.clear()
            await ask()
            assert asked.commands, name
            for command in asked.commands:
                explained = await store.database.command(
                    "explain", command, verbosity="queryPlanner"
                )
                found = set(stages(explained))
                assert "COLLSCAN" not in found, (name, command)
                if name.startswith(("all by", "status by")) and "find" in command:
                    assert "SORT" not in found, (name, command)
