"""/courses/…/modules: chapters are added, changed, moved and taken out."""

from aiohttp import web
from msgspec import structs

from api.pages.authoring.outline import outline
from api.pages.desk import REMOVED, SAVED, Desk, at_desk
from api.pages.forms import Form, carried_out, written
from api.permissions import Permission
from api.rest.modules import ChangedModule, NewModule
from content.courses import courses, modules
from content.courses.modules import Module, ModuleChanges, ModuleDraft
from content.errors import NotFound

table = web.RouteTableDef()

ADDRESS = "/courses/{course_id}/modules"


@table.post(ADDRESS)
async def create_module(request: web.Request) -> web.Response:
    """Add a module at the end."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    store, organization_id = desk.store, desk.organization_id
    course = await courses.get(store, organization_id, desk.named("course_id"))
    sent = await written(desk, NewModule, "new-module")
    refused: Form | None = sent.form
    if sent.body is not None:
        draft = ModuleDraft(**sent.body.model_dump())
        create = modules.create(store, organization_id, course.id, draft)
        refused = await carried_out(sent.form, create)
    if refused is not None:
        return await outline(desk, course, refused)
    await desk.audit("POST /courses/{course_id}/modules", course.id)
    return desk.go(f"/courses/{course.id}/edit#new-module-title", "The module is added.")


@table.get(ADDRESS + "/{module_id}/edit")
async def module_page(request: web.Request) -> web.Response:
    """Show what a module is called and when it opens."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    module = await module_of(desk)
    return await _form(desk, module, Form(structs.asdict(module), zone=desk.zone))


@table.post(ADDRESS + "/{module_id}/edit")
async def change_module(request: web.Request) -> web.Response:
    """Change a module: all of it, or its name alone."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    module = await module_of(desk)
    sent = await written(desk, ChangedModule)
    refused: Form | None = sent.form
    if sent.body is not None:
        changes = ModuleChanges(**sent.body.model_dump(exclude_unset=True))
        change = modules.update(desk.store, desk.organization_id, module.id, changes, sent.version)
        refused = await carried_out(sent.form, change)
    if refused is not None:
        return await _form(desk, await module_of(desk), refused)
    await desk.audit("PATCH /modules/{module_id}", module.id)
    return desk.go(f"/courses/{module.course_id}/edit#{module.id}", SAVED)


@table.post(ADDRESS + "/{module_id}/move")
async def move_module(request: web.Request) -> web.Response:
    """Put a module one place up or down, or at a position."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    module = await module_of(desk)
    store, organization_id = desk.store, desk.organization_id
    form = await request.post()
    found = await modules.within(store, organization_id, module.course_id)
    order = [each.id for each in found if each.id != module.id]
    place = wanted_place(
        [each.id for each in found].index(module.id),
        str(form.get("direction", "")),
        str(form.get("position", "")),
    )
    order.insert(max(0, place), module.id)
    await modules.reorder(store, organization_id, module.course_id, order)
    await desk.audit("POST /courses/{course_id}/modules/reorder", module.course_id)
    return desk.go(f"/courses/{module.course_id}/edit#{module.id}", "The new order is saved.")


@table.post(ADDRESS + "/{module_id}/archive")
async def archive_module(request: web.Request) -> web.Response:
    """Take a module and its lessons out of the course."""
    desk = await at_desk(request, Permission.COURSES_WRITE)
    module = await module_of(desk)
    await modules.archive(desk.store, desk.organization_id, module.id)
    await desk.audit("DELETE /modules/{module_id}", module.id)
    return desk.go(f"/courses/{module.course_id}/edit", REMOVED)


async def module_of(desk: Desk) -> Module:
    """The module of the address, of the course of the address. Raises NotFound."""
    sought = desk.named("module_id")
    module = await modules.get(desk.store, desk.organization_id, sought)
    if module.course_id != desk.named("course_id") or module.archived_at is not None:
        raise NotFound("module", sought)
    return module


def wanted_place(now: int, direction: str, position: str) -> int:
    """The place, from 0, that a move asks for: a step up or down, or a position from 1."""
    if position.isdecimal() and len(position) < 7:
        return int(position) - 1
    return now + {"up": -1, "down": 1}.get(direction, 0)


async def _form(desk: Desk, module: Module, form: Form) -> web.Response:
    return desk.show(
        "authoring/module.html",
        form.status,
        course=await courses.get(desk.store, desk.organization_id, module.course_id),
        module=module,
        form=form.beside(structs.asdict(module)),
    )
