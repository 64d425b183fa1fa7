"""/courses: what people enrol in."""

from datetime import datetime

from aiohttp import web

from api.permissions import Permission
from api.rest.bodies import Draft, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from content import courses, enrollments
from content.courses import Course, CourseChanges, CourseDraft, CourseFilter
from content.documents import Paging
from content.enrollments import EnrollmentFilter
from content.errors import NotFound

table = RouteTable(limit="courses")


class CourseAttributes(Attributes):
    """A course. `activity_id` is the IRI under which statements name it."""

    type_name = "course"

    title: str
    description: str
    status: str
    activity_id: str
    published_at: datetime | None
    archived_at: datetime | None
    created_at: datetime
    updated_at: datetime


class NewCourse(Draft):
    """A new course, a draft unless said otherwise."""

    title: str
    description: str = ""
    status: str = "draft"


class ChangedCourse(Draft):
    """What may be changed; what is not given stays."""

    title: str = ""
    description: str = ""
    status: str = ""


class CourseQuery(PageQuery):
    """Which courses: without a status, all but the archived ones."""

    status: str | None = None
    sort: str | None = None


def course_resource(course: Course) -> Resource[CourseAttributes]:
    """The course as a resource."""
    return Resource(course.id, CourseAttributes.model_validate(course), version=course.version)


async def visible_course(call: Call, course_id: str) -> Course:
    """The course, if the person may know of it: published, or one they are or were enrolled in.

    Raises:
        NotFound: it is not there, or not for this person.
    """
    store, organization_id = call.services.content, call.organization_id
    course = await courses.get(store, organization_id, course_id)
    if course.status == "published" or call.principal.may(Permission.COURSES_READ_ALL):
        return course
    mine = EnrollmentFilter(course_id=course_id, person_id=call.principal.person.id)
    found = await enrollments.find(store, organization_id, mine, Paging(per_page=1))
    if not found.items:
        raise NotFound("course", course_id)
    return course


@table.route("GET", "/courses", permission=Permission.COURSES_READ)
async def list_courses(call: Call, query: CourseQuery) -> ResourcePage[CourseAttributes]:
    """List courses; learners see the published ones."""
    status = query.status if call.principal.may(Permission.COURSES_READ_ALL) else "published"
    found = await courses.find(
        call.services.content,
        call.organization_id,
        CourseFilter(status=status),
        paging(query, query.sort),
    )
    return page_of(found, course_resource)


@table.route("POST", "/courses", permission=Permission.COURSES_WRITE, status=201)
async def create_course(call: Call, body: NewCourse) -> Resource[CourseAttributes]:
    """Make a course."""
    draft = CourseDraft(**body.model_dump())
    return course_resource(await courses.create(call.services.content, call.organization_id, draft))


@table.route(
    "GET", "/courses/{course_id}", permission=Permission.COURSES_READ, errors=("course_not_found",)
)
async def get_course(call: Call, course_id: str) -> Resource[CourseAttributes]:
    """Show a course."""
    return course_resource(await visible_course(call, course_id))


@table.route(
    "PATCH",
    "/courses/{course_id}",
    permission=Permission.COURSES_WRITE,
    errors=("course_not_found", "version_mismatch"),
)
async def update_course(
    call: Call, course_id: str, body: ChangedCourse
) -> Resource[CourseAttributes]:
    """Change a course's title, description or status."""
    changes = CourseChanges(**body.model_dump(exclude_unset=True))
    version = expected_version(call.request)
    store = call.services.content
    return course_resource(
        await courses.update(store, call.organization_id, course_id, changes, version)
    )


@table.route(
    "DELETE",
    "/courses/{course_id}",
    permission=Permission.COURSES_WRITE,
    status=204,
    errors=("course_not_found", "version_mismatch"),
)
async def archive_course(call: Call, course_id: str) -> web.Response:
    """Archive a course; what was learnt in it stays."""
    version = expected_version(call.request)
    await courses.archive(call.services.content, call.organization_id, course_id, version)
    return web.Response(status=204)
