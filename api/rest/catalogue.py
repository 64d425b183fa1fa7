"""/catalogue: the published courses, and whether one may come in."""

from pydantic import Field

from api.permissions import Permission
from api.rest.bodies import PageQuery
from api.rest.call import Call
from api.rest.course_resource import CourseAttributes, counts_of, course_resource
from api.rest.documents import Resource, ResourcePage
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from content.courses import courses
from content.courses.course_search import CourseFilter
from content.courses.courses import Course
from content.enrollment import enrollments

table = RouteTable(limit="courses")


class CatalogueAttributes(CourseAttributes):
    """A published course; `enrollable`: the person may enrol now by themselves.

    `seats_left` is null where any number may come in.
    """

    enrolled: bool
    enrollable: bool
    seats_left: int | None


class CatalogueQuery(PageQuery):
    """Which courses: by category with those below it, by words, tag, language, or whether people
    may enrol themselves.
    """

    category: str | None = None
    search: str | None = Field(None, max_length=200)
    tag: str | None = None
    language: str | None = None
    self_enrollment: bool | None = None
    sort: str | None = None


@table.route("GET", "/catalogue", permission=Permission.COURSES_READ)
async def list_catalogue(call: Call, query: CatalogueQuery) -> ResourcePage[CatalogueAttributes]:
    """List the published courses, with whether the person is or may come in."""
    store, organization_id = call.services.content, call.organization_id
    filters = CourseFilter(
        status="published",
        category=query.category,
        search=query.search,
        tag=query.tag,
        language=query.language,
        self_enrollment=query.self_enrollment,
    )
    found = await courses.find(store, organization_id, filters, paging(query, query.sort))
    counts = await counts_of(call, found.items)
    ids = [each.id for each in found.items]
    mine = await enrollments.held(store, organization_id, call.principal.person.id, ids)
    return page_of(found, lambda each: _entry(each, counts.get(each.id, 0), each.id in mine))


def _entry(course: Course, count: int, enrolled: bool) -> Resource[CatalogueAttributes]:
    shown = course_resource(course, count)
    limit = course.settings.max_enrollments
    left = None if limit is None else max(0, limit - count)
    attributes = CatalogueAttributes(
        **shown.attributes.model_dump(),
        enrolled=enrolled,
        enrollable=course.settings.self_enrollment and not enrolled and left != 0,
        seats_left=left,
    )
    return Resource(course.id, attributes, shown.related, course.version)
