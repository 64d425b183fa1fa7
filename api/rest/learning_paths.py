"""/learning-paths: courses in an order, some of which must be completed before others."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, Field

from api.permissions import Permission
from api.rest.bodies import Body, Draft, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from content.paths import enrollments, paths
from content.paths.graph import PathCourse
from content.paths.paths import MOST_COURSES, LearningPath, PathChanges, PathDraft

table = RouteTable(limit="courses")

Id = Annotated[str, Field(max_length=100)]
PATH = "/learning-paths/{path_id}"


class CoursePlace(BaseModel):
    """A course of a path, at its position counted from 1."""

    course_id: str
    position: int
    required: bool
    prerequisites: tuple[str, ...]


class PathAttributes(Attributes):
    """A path. `certificate_id` is the template of its certificate."""

    type_name = "learning_path"

    title: str
    description: str
    total_courses: int
    total_duration_hours: float
    courses: list[CoursePlace]
    certificate_id: str | None
    self_enrollment: bool
    created_at: datetime
    updated_at: datetime


class NewPlace(Body):
    """A course for a path; those without a position come as they are listed, after the others."""

    course_id: Id
    position: int | None = Field(None, ge=1)
    required: bool = True
    prerequisites: tuple[Id, ...] = Field((), max_length=MOST_COURSES)

    def course(self) -> PathCourse:
        """The same as content knows it."""
        return PathCourse(
            course_id=self.course_id, required=self.required, prerequisites=self.prerequisites
        )


class NewPath(Draft):
    """A new path."""

    title: str
    description: str = ""
    courses: tuple[NewPlace, ...] = Field((), max_length=MOST_COURSES)
    certificate_id: Id | None = None
    self_enrollment: bool = True


class ChangedPath(Draft):
    """What may be changed; what is not given stays. `courses` are all of them."""

    title: str = ""
    description: str = ""
    courses: tuple[NewPlace, ...] = Field((), max_length=MOST_COURSES)
    certificate_id: Id | None = None
    self_enrollment: bool = True


class PathQuery(PageQuery):
    """In which order."""

    sort: str | None = None


def in_order(places: Sequence[NewPlace]) -> tuple[PathCourse, ...]:
    """The courses by their positions."""
    ranked = sorted(places, key=lambda each: each.position or MOST_COURSES + 1)
    return tuple(each.course() for each in ranked)


def path_resource(path: LearningPath, minutes: Mapping[str, int]) -> Resource[PathAttributes]:
    """The path as a resource; `minutes` are the durations of courses."""
    places = [
        CoursePlace(
            course_id=each.course_id,
            position=position,
            required=each.required,
            prerequisites=each.prerequisites,
        )
        for position, each in enumerate(path.courses, 1)
    ]
    attributes = PathAttributes(
        title=path.title,
        description=path.description,
        total_courses=len(places),
        total_duration_hours=round(sum(minutes.get(e.course_id, 0) for e in places) / 60, 2),
        courses=places,
        certificate_id=path.certificate_id,
        self_enrollment=path.self_enrollment,
        created_at=path.created_at,
        updated_at=path.updated_at,
    )
    return Resource(path.id, attributes, version=path.version)


async def shown(call: Call, path: LearningPath) -> Resource[PathAttributes]:
    """One path as a resource."""
    ids = [each.course_id for each in path.courses]
    minutes = await paths.minutes(call.services.content, call.organization_id, ids)
    return path_resource(path, minutes)


@table.route("GET", "/learning-paths", permission=Permission.PATHS_READ)
async def list_paths(call: Call, query: PathQuery) -> ResourcePage[PathAttributes]:
    """List the learning paths."""
    store, organization_id = call.services.content, call.organization_id
    found = await paths.find(store, organization_id, paging(query, query.sort))
    ids = {course.course_id for each in found.items for course in each.courses}
    minutes = await paths.minutes(store, organization_id, ids)
    return page_of(found, lambda each: path_resource(each, minutes))


@table.route("POST", "/learning-paths", permission=Permission.PATHS_WRITE, status=201)
async def create_path(call: Call, body: NewPath) -> Resource[PathAttributes]:
    """Make a learning path."""
    draft = PathDraft(
        title=body.title,
        description=body.description,
        courses=in_order(body.courses),
        certificate_id=body.certificate_id,
        self_enrollment=body.self_enrollment,
    )
    return await shown(call, await paths.create(call.services.content, call.organization_id, draft))


@table.route("GET", PATH, permission=Permission.PATHS_READ, errors=("learning_path_not_found",))
async def get_path(call: Call, path_id: str) -> Resource[PathAttributes]:
    """Show a learning path."""
    return await shown(call, await paths.get(call.services.content, call.organization_id, path_id))


@table.route(
    "PATCH",
    PATH,
    permission=Permission.PATHS_WRITE,
    errors=("learning_path_not_found", "version_mismatch"),
)
async def update_path(call: Call, path_id: str, body: ChangedPath) -> Resource[PathAttributes]:
    """Change a learning path; who is on it is enrolled in what is available to them now."""
    fields = {name: getattr(body, name) for name in body.model_fields_set}
    if "courses" in fields:
        fields["courses"] = in_order(body.courses)
    version, store = expected_version(call.request), call.services.content
    changed = await paths.update(
        store, call.organization_id, path_id, PathChanges(**fields), version
    )
    if "courses" in fields:
        await enrollments.advance_everybody(store, changed)
    return await shown(call, changed)


@table.route(
    "DELETE",
    PATH,
    permission=Permission.PATHS_WRITE,
    status=204,
    errors=("learning_path_not_found", "version_mismatch"),
)
async def archive_path(call: Call, path_id: str) -> web.Response:
    """Take a learning path out of use; its people stay in its courses."""
    version = expected_version(call.request)
    await paths.archive(call.services.content, call.organization_id, path_id, version)
    return web.Response(status=204)


@table.route(
    "POST",
    f"{PATH}/courses",
    permission=Permission.PATHS_WRITE,
    errors=("learning_path_not_found", "course_in_path", "version_mismatch"),
)
async def add_course(call: Call, path_id: str, body: NewPlace) -> Resource[PathAttributes]:
    """Put a course into a learning path, at the end or at a position."""
    version, store = expected_version(call.request), call.services.content
    changed = await paths.add_course(
        store, call.organization_id, path_id, body.course(), body.position, version
    )
    await enrollments.advance_everybody(store, changed)
    return await shown(call, changed)


@table.route(
    "DELETE",
    f"{PATH}/courses/{{course_id}}",
    permission=Permission.PATHS_WRITE,
    errors=("learning_path_not_found", "course_not_found", "version_mismatch"),
)
async def remove_course(call: Call, path_id: str, course_id: str) -> Resource[PathAttributes]:
    """Take a course out of a learning path; who is enrolled in it stays so."""
    version, store = expected_version(call.request), call.services.content
    changed = await paths.remove_course(store, call.organization_id, path_id, course_id, version)
    await enrollments.advance_everybody(store, changed)
    return await shown(call, changed)
