"""/courses: what people enrol in."""

from aiohttp import web

from api.permissions import Permission
from api.rest.call import Call
from api.rest.course_bodies import (
    ChangedCourse,
    CourseQuery,
    DuplicateBody,
    NewCourse,
    PublishBody,
    ShownQuery,
)
from api.rest.course_resource import (
    CourseAttributes,
    StatsAttributes,
    related_to,
    shown,
    shown_page,
)
from api.rest.documents import Resource, ResourcePage, expected_version
from api.rest.lists import paging
from api.rest.route import RouteTable
from api.rest.visibility import may_see
from api.rest.visibility import visible_course as visible_course
from content import assignments
from content.courses import course_stats, courses, duplication
from content.courses.course_search import CourseFilter
from content.courses.course_settings import CourseSettings, SettingsChanges
from content.courses.courses import CourseChanges, CourseDraft
from content.courses.duplication import Carry
from content.documents import Paging
from content.errors import NotFound
from content.lessons import captions
from content.quizzes import quizzes

table = RouteTable(limit="courses")

CARRIED: tuple[Carry, ...] = (assignments.carry, captions.carry, quizzes.carry)
"""What a copied course takes along beside its modules and lessons."""
TAKEN = ("slug_taken", "external_id_taken")


@table.route("GET", "/courses", permission=Permission.COURSES_READ)
async def list_courses(call: Call, query: CourseQuery) -> ResourcePage[CourseAttributes]:
    """List courses; learners see the published ones."""
    status = query.status if call.principal.may(Permission.COURSES_READ_ALL) else "published"
    filters = CourseFilter(
        status=status,
        category=query.category,
        instructor_id=query.instructor_id,
        search=query.search,
        tag=query.tag,
        language=query.language,
        slug=query.slug,
    )
    wanted = paging(query, query.sort)
    asked = ("shown_courses", call.organization_id, filters, wanted)
    return await call.services.content.shared.get(asked, lambda: _listed(call, filters, wanted))


@table.route("POST", "/courses", permission=Permission.COURSES_WRITE, status=201, errors=TAKEN)
async def create_course(call: Call, body: NewCourse) -> Resource[CourseAttributes]:
    """Make a course."""
    fields = body.model_dump()
    draft = CourseDraft(**{**fields, "settings": CourseSettings(**fields["settings"])})
    return await shown(
        call, await courses.create(call.services.content, call.organization_id, draft)
    )


@table.route(
    "GET",
    "/courses/external/{external_id}",
    permission=Permission.COURSES_READ,
    errors=("course_not_found",),
)
async def get_course_by_external_id(
    call: Call, external_id: str, query: ShownQuery
) -> Resource[CourseAttributes]:
    """Show the course that another system knows by this id."""
    store = call.services.content
    course = await courses.by_external_id(store, call.organization_id, external_id)
    if course is None or not await may_see(call, course):
        raise NotFound("course", external_id)
    return await shown(call, course, await related_to(call, course, query.include))


@table.route(
    "GET", "/courses/{course_id}", permission=Permission.COURSES_READ, errors=("course_not_found",)
)
async def get_course(call: Call, course_id: str, query: ShownQuery) -> Resource[CourseAttributes]:
    """Show a course; `include` adds its modules, lessons, instructor or category."""
    course = await visible_course(call, course_id)
    return await shown(call, course, await related_to(call, course, query.include))


@table.route(
    "PATCH",
    "/courses/{course_id}",
    permission=Permission.COURSES_WRITE,
    errors=("course_not_found", "version_mismatch", *TAKEN),
)
async def update_course(
    call: Call, course_id: str, body: ChangedCourse
) -> Resource[CourseAttributes]:
    """Change a course; of its settings those that are given."""
    fields = body.model_dump(exclude_unset=True)
    if "settings" in fields:
        fields["settings"] = SettingsChanges(**fields["settings"])
    return await _changed(call, course_id, CourseChanges(**fields))


@table.route(
    "POST",
    "/courses/{course_id}/publish",
    permission=Permission.COURSES_WRITE,
    errors=("course_not_found", "version_mismatch"),
)
async def publish_course(
    call: Call, course_id: str, body: PublishBody
) -> Resource[CourseAttributes]:
    """Publish a course, or take it back to a draft."""
    return await _changed(call, course_id, CourseChanges(status=body.status))


@table.route(
    "POST",
    "/courses/{course_id}/duplicate",
    permission=Permission.COURSES_WRITE,
    status=201,
    errors=("course_not_found",),
)
async def duplicate_course(
    call: Call, course_id: str, body: DuplicateBody
) -> Resource[CourseAttributes]:
    """Copy a course with its modules and lessons, as a draft without people."""
    store = call.services.content
    return await shown(
        call,
        await duplication.duplicate(store, call.organization_id, course_id, body.title, CARRIED),
    )


@table.route(
    "GET",
    "/courses/{course_id}/stats",
    permission=Permission.PROGRESS_READ,
    errors=("course_not_found",),
)
async def get_course_stats(call: Call, course_id: str) -> Resource[StatsAttributes]:
    """Show how a course stands: its enrollments, and how far people are."""
    course = await visible_course(call, course_id)
    stats = await course_stats.of(call.services.content, call.organization_id, course_id)
    return Resource(course_id, StatsAttributes.model_validate(stats), {"course": course.id})


@table.route(
    "POST",
    "/courses/{course_id}/archive",
    permission=Permission.COURSES_WRITE,
    errors=("course_not_found", "version_mismatch"),
)
async def archive_course(call: Call, course_id: str) -> Resource[CourseAttributes]:
    """Archive a course; what was learnt in it stays."""
    store, version = call.services.content, expected_version(call.request)
    return await shown(call, await courses.archive(store, call.organization_id, course_id, version))


@table.route(
    "POST",
    "/courses/{course_id}/restore",
    permission=Permission.COURSES_WRITE,
    errors=("course_not_found", "course_not_archived", "version_mismatch"),
)
async def restore_course(call: Call, course_id: str) -> Resource[CourseAttributes]:
    """Take an archived course back, as a draft."""
    store, version = call.services.content, expected_version(call.request)
    return await shown(call, await courses.restore(store, call.organization_id, course_id, version))


@table.route(
    "DELETE",
    "/courses/{course_id}",
    permission=Permission.COURSES_WRITE,
    status=204,
    errors=("course_not_found", "version_mismatch"),
)
async def delete_course(call: Call, course_id: str) -> web.Response:
    """Archive a course; what was learnt in it stays."""
    version = expected_version(call.request)
    await courses.archive(call.services.content, call.organization_id, course_id, version)
    return web.Response(status=204)


async def _listed(
    call: Call, filters: CourseFilter, wanted: Paging
) -> ResourcePage[CourseAttributes]:
    """A page of courses, the same for everybody in the organization who may see all of them."""
    found = await courses.find(call.services.content, call.organization_id, filters, wanted)
    return await shown_page(call, found)


async def _changed(
    call: Call, course_id: str, changes: CourseChanges
) -> Resource[CourseAttributes]:
    store, version = call.services.content, expected_version(call.request)
    return await shown(
        call, await courses.update(store, call.organization_id, course_id, changes, version)
    )
