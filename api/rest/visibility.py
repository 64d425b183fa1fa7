"""What a person may know of: published courses, those they are in, and all for who may read all."""

from api.permissions import Permission
from api.rest.call import Call
from content.courses import courses
from content.courses.courses import Course
from content.documents import Paging
from content.enrollment import enrollments
from content.enrollment.enrollments import EnrollmentFilter
from content.errors import NotFound


async def visible_course(call: Call, course_id: str) -> Course:
    """The course, if the person may know of it: published, or one they are or were enrolled in.

    Raises:
        NotFound: it is not there, or not for this person.
    """
    store, organization_id = call.services.content, call.organization_id
    course = await courses.get(store, organization_id, course_id)
    if await may_see(call, course):
        return course
    raise NotFound("course", course_id)


async def may_see(call: Call, course: Course) -> bool:
    """Whether the person may know of the course."""
    if course.status == "published" or call.principal.may(Permission.COURSES_READ_ALL):
        return True
    mine = EnrollmentFilter(course_id=course.id, person_id=call.principal.person.id)
    found = await enrollments.find(
        call.services.content, call.organization_id, mine, Paging(per_page=1)
    )
    return bool(found.items)
