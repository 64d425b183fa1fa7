"""A course as a resource, and what may come with it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import structs

from api.rest.call import Call
from api.rest.categories import category_resource
from api.rest.course_bodies import SettingsBody
from api.rest.documents import Attributes, Resource, ResourcePage
from api.rest.lessons import lesson_seen
from api.rest.lists import page_of
from api.rest.modules import extent_of, module_resource
from api.rest.problems import Finding, refuse
from content.courses import categories, extent, modules
from content.courses.courses import Course
from content.documents import Page
from content.lessons import lessons
from content.people.people import Person

Included = list[Resource[Any]]


class CourseAttributes(Attributes):
    """A course. `activity_id` is the IRI under which statements name it.

    Duration, modules, lessons, enrollments and the rating (1 to 5) are counted, not given.
    """

    type_name = "course"
    relationship_types = {"instructor": "user", "category": "category"}

    title: str
    description: str
    slug: str | None
    status: str
    thumbnail_url: str | None
    external_id: str | None
    language: str | None
    tags: tuple[str, ...]
    duration_minutes: int
    module_count: int
    lesson_count: int
    enrollment_count: int
    rating: float | None
    rating_count: int
    settings: SettingsBody
    prerequisites: tuple[str, ...]
    activity_id: str
    published_at: datetime | None
    archived_at: datetime | None
    created_at: datetime
    updated_at: datetime


class StatsAttributes(Attributes):
    """How a course stands. Rates, progress and scores are in percent.

    All but `cancelled` is about enrollments that are not cancelled; `average_score` about those
    with a score.
    """

    type_name = "course_stats"
    relationship_types = {"course": "course"}

    enrollments: int
    active: int
    completed: int
    expired: int
    cancelled: int
    not_started: int
    completion_rate: float
    average_progress: float
    average_score: float | None
    average_time_spent_minutes: float
    last_activity_at: datetime | None


class InstructorAttributes(Attributes):
    """Who teaches, as learners may know them."""

    type_name = "user"

    name: str


def course_resource(
    course: Course, enrollment_count: int, included: Included | None = None
) -> Resource[CourseAttributes]:
    """The course as a resource, with the number of its enrollments."""
    related = {"instructor": course.instructor_id, "category": course.category_id}
    counted = {**structs.asdict(course), "enrollment_count": enrollment_count}
    attributes = CourseAttributes.model_validate(counted)
    return Resource(course.id, attributes, related, course.version, included=included or ())


async def counts_of(call: Call, found: Iterable[Course]) -> Mapping[str, int]:
    """How many enrollments each of the courses has."""
    ids = [each.id for each in found]
    return await extent.enrolled(call.services.content, call.organization_id, ids)


async def shown(
    call: Call, course: Course, included: Included | None = None
) -> Resource[CourseAttributes]:
    """One course as a resource."""
    counts = await counts_of(call, [course])
    return course_resource(course, counts.get(course.id, 0), included)


async def shown_page(call: Call, found: Page[Course]) -> ResourcePage[CourseAttributes]:
    """A page of courses as resources."""
    counts = await counts_of(call, found.items)
    return page_of(found, lambda each: course_resource(each, counts.get(each.id, 0)))


async def related_to(call: Call, course: Course, include: str | None) -> Included:
    """What `include` names. Raises ProblemRaised (400) for what is not there to include."""
    wanted = list(dict.fromkeys(filter(None, (include or "").split(","))))
    if unknown := sorted(set(wanted) - set(INCLUDED)):
        detail = f"can name {', '.join(INCLUDED)}, not {', '.join(unknown)}"
        finding = Finding(detail, "include", "parameter")
        raise refuse(400, "validation_error", "A query parameter is not right", [finding])
    return [each for name in wanted for each in await INCLUDED[name](call, course)]


async def _modules(call: Call, course: Course) -> Included:
    found = await modules.within(call.services.content, call.organization_id, course.id)
    counted = await extent_of(call, found)
    return [module_resource(each, counted) for each in found]


async def _lessons(call: Call, course: Course) -> Included:
    found = await lessons.of_course(call.services.content, call.organization_id, course.id)
    return [lesson_seen(call, each) for each in found]


async def _instructor(call: Call, course: Course) -> Included:
    if course.instructor_id is None:
        return []
    store, sought = call.services.content, {"_id": course.instructor_id}
    person = await store.of(Person).first(call.organization_id, sought)
    if person is None:
        return []
    return [Resource(person.id, InstructorAttributes.model_validate(person))]


async def _category(call: Call, course: Course) -> Included:
    if course.category_id is None:
        return []
    category = await categories.get(call.services.content, call.organization_id, course.category_id)
    return [category_resource(category)]


INCLUDED: Mapping[str, Callable[[Call, Course], Awaitable[Included]]] = {
    "modules": _modules,
    "lessons": _lessons,
    "instructor": _instructor,
    "category": _category,
}
