"""/my: a person's own courses and records."""

from api.permissions import Permission
from api.rest.bodies import ListQuery, PageQuery
from api.rest.call import Call
from api.rest.documents import Resource, ResourcePage
from api.rest.enrollments import EnrollmentAttributes, enrollment_resource, standings_of
from api.rest.lists import page_of, page_within, paging
from api.rest.records import RecordAttributes, record_resource
from api.rest.route import RouteTable
from content.compliance import records
from content.courses import courses
from content.enrollment import enrollments
from content.enrollment.enrollments import EnrollmentFilter

table = RouteTable()


class MyCourseAttributes(EnrollmentAttributes):
    """A course that the person is enrolled in, and how far they are."""

    type_name = "my_course"
    relationship_types = {"user": "user", "course": "course", "enrollment": "enrollment"}

    title: str
    description: str


class MyCoursesQuery(PageQuery):
    """Which of them: active, completed, expired or cancelled."""

    status: str | None = None


@table.route("GET", "/my/courses", permission=Permission.ENROLLMENTS_READ_OWN)
async def my_courses(call: Call, query: MyCoursesQuery) -> ResourcePage[MyCourseAttributes]:
    """List the courses that the person is enrolled in, with progress."""
    return await _enrolled(call, query)


@table.route("GET", "/my-courses", permission=Permission.ENROLLMENTS_READ_OWN)
async def list_my_courses(call: Call, query: MyCoursesQuery) -> ResourcePage[MyCourseAttributes]:
    """The same as /my/courses."""
    return await _enrolled(call, query)


@table.route("GET", "/my/records", permission=Permission.COMPLIANCE_READ_OWN)
async def my_records(call: Call, query: ListQuery) -> ResourcePage[RecordAttributes]:
    """List the person's own compliance records."""
    store, person_id = call.services.content, call.principal.person.id
    own = await records.all_of_person(store, call.organization_id, person_id)
    return page_within(query, own, record_resource)


async def _enrolled(call: Call, query: MyCoursesQuery) -> ResourcePage[MyCourseAttributes]:
    return await courses_of(call, call.principal.person.id, query)


async def courses_of(
    call: Call, person_id: str, query: MyCoursesQuery
) -> ResourcePage[MyCourseAttributes]:
    """The courses that a person is enrolled in."""
    store, organization_id = call.services.content, call.organization_id
    filters = EnrollmentFilter(person_id=person_id, status=query.status)
    found = await enrollments.find(store, organization_id, filters, paging(query, "-enrolled_at"))
    standings = await standings_of(call, found.items)
    ids = {enrollment.course_id for enrollment in found.items}
    known = {each: await courses.get(store, organization_id, each) for each in ids}

    def show(enrollment: enrollments.Enrollment) -> Resource[MyCourseAttributes]:
        enrolled = enrollment_resource(enrollment, standings[enrollment.id])
        course = known[enrollment.course_id]
        attributes = MyCourseAttributes(
            **enrolled.attributes.model_dump(), title=course.title, description=course.description
        )
        related = {**enrolled.related, "enrollment": enrollment.id}
        return Resource(enrollment.id, attributes, related)

    return page_of(found, show)
