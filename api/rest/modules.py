"""/modules: the chapters of a course."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from aiohttp import web
from msgspec import structs
from pydantic import Field

from api.permissions import Permission
from api.rest.bodies import Body, Draft, ListQuery, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.lists import page_within
from api.rest.route import RouteTable
from api.rest.visibility import visible_course
from content.courses import extent, modules
from content.courses.modules import Module, ModuleChanges, ModuleDraft

table = RouteTable(limit="courses")

Extent = Mapping[str, tuple[int, int]]


class ModuleAttributes(Attributes):
    """A chapter; `position` counts from 1 within the course.

    Its lessons open at `unlock_at`, and `unlock_after_days` after the learner's enrollment.
    """

    type_name = "module"
    relationship_types = {"course": "course"}

    title: str
    description: str
    position: int
    lesson_count: int
    duration_minutes: int
    unlock_at: datetime | None
    unlock_after_days: int | None
    archived_at: datetime | None
    created_at: datetime
    updated_at: datetime


class NewModule(Draft):
    """A new module; without a position it comes last."""

    title: str
    description: str = ""
    position: int | None = Field(None, ge=1, le=100_000)
    unlock_at: datetime | None = None
    unlock_after_days: int | None = Field(None, ge=0, le=36_500)


class ChangedModule(Draft):
    """What may be changed; what is not given stays."""

    title: str = ""
    description: str = ""
    unlock_at: datetime | None = None
    unlock_after_days: int | None = Field(None, ge=0, le=36_500)


class ModuleOrder(Body):
    """Every module of the course, in the order that it is to have."""

    module_ids: tuple[str, ...]


def module_resource(module: Module, extent: Extent) -> Resource[ModuleAttributes]:
    """The module as a resource, with what is counted of its lessons."""
    lesson_count, duration_minutes = extent.get(module.id, (0, 0))
    counted = {"lesson_count": lesson_count, "duration_minutes": duration_minutes}
    attributes = ModuleAttributes.model_validate({**structs.asdict(module), **counted})
    return Resource(module.id, attributes, {"course": module.course_id}, module.version)


async def shown(call: Call, module: Module) -> Resource[ModuleAttributes]:
    """One module as a resource."""
    return module_resource(module, await extent_of(call, [module]))


async def extent_of(call: Call, found: Sequence[Module]) -> Extent:
    """What is counted of the modules' lessons."""
    ids = [each.id for each in found]
    return await extent.of_modules(call.services.content, call.organization_id, ids)


@table.route(
    "GET",
    "/courses/{course_id}/modules",
    permission=Permission.COURSES_READ,
    errors=("course_not_found",),
)
async def list_modules(
    call: Call, course_id: str, query: ListQuery
) -> ResourcePage[ModuleAttributes]:
    """List the modules of a course in their order."""
    await visible_course(call, course_id)
    found = await modules.within(call.services.content, call.organization_id, course_id)
    counted = await extent_of(call, found)
    return page_within(query, found, lambda each: module_resource(each, counted))


@table.route(
    "POST",
    "/courses/{course_id}/modules",
    permission=Permission.COURSES_WRITE,
    status=201,
    errors=("course_not_found",),
)
async def create_module(call: Call, course_id: str, body: NewModule) -> Resource[ModuleAttributes]:
    """Add a module to a course."""
    draft = ModuleDraft(**body.model_dump())
    store = call.services.content
    return await shown(call, await modules.create(store, call.organization_id, course_id, draft))


@table.route(
    "POST",
    "/courses/{course_id}/modules/reorder",
    permission=Permission.COURSES_WRITE,
    errors=("course_not_found",),
)
async def reorder_modules(
    call: Call, course_id: str, body: ModuleOrder
) -> ResourcePage[ModuleAttributes]:
    """Put the modules of a course in another order."""
    found = await modules.reorder(
        call.services.content, call.organization_id, course_id, body.module_ids
    )
    counted, everything = await extent_of(call, found), PageQuery(page=1, per_page=100)
    return page_within(everything, found, lambda each: module_resource(each, counted))


@table.route(
    "GET", "/modules/{module_id}", permission=Permission.COURSES_READ, errors=("module_not_found",)
)
async def get_module(call: Call, module_id: str) -> Resource[ModuleAttributes]:
    """Show a module."""
    module = await modules.get(call.services.content, call.organization_id, module_id)
    await visible_course(call, module.course_id)
    return await shown(call, module)


@table.route(
    "PATCH",
    "/modules/{module_id}",
    permission=Permission.COURSES_WRITE,
    errors=("module_not_found", "version_mismatch"),
)
async def update_module(
    call: Call, module_id: str, body: ChangedModule
) -> Resource[ModuleAttributes]:
    """Change a module: its title, its description, or when it opens."""
    changes = ModuleChanges(**body.model_dump(exclude_unset=True))
    version = expected_version(call.request)
    store = call.services.content
    return await shown(
        call, await modules.update(store, call.organization_id, module_id, changes, version)
    )


@table.route(
    "DELETE",
    "/modules/{module_id}",
    permission=Permission.COURSES_WRITE,
    status=204,
    errors=("module_not_found", "version_mismatch"),
)
async def archive_module(call: Call, module_id: str) -> web.Response:
    """Take a module and its lessons out of the course; what was learnt stays."""
    version = expected_version(call.request)
    await modules.archive(call.services.content, call.organization_id, module_id, version)
    return web.Response(status=204)
