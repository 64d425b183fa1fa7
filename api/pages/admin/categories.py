"""/admin/categories: the tree by which courses are found."""

from dataclasses import dataclass

from aiohttp import web

from api.pages.admin.forms import Form, Input, filled, showing
from api.pages.admin.sections import page
from api.pages.asking import Problems
from api.pages.desk import Desk, at_desk
from api.permissions import Permission
from api.rest import categories
from content.courses.categories import Category

table = web.RouteTableDef()

PATH = "/admin/categories"
ONE = f"{PATH}/{{category_id}}"
PERMISSION = Permission.COURSES_WRITE
DONE = {
    "added": "The category is added.",
    "changed": "The changes are kept.",
    "deleted": "The category is deleted.",
}
INPUTS = (
    Input("name", "Name", required=True, empty=""),
    Input("parent_id", "Below", "choice"),
    Input("description", "Description", "long", empty=""),
)


@dataclass(frozen=True, slots=True)
class Branch:
    """A category at its depth in the tree."""

    category: Category
    depth: int


@table.get(PATH)
async def overview(request: web.Request) -> web.Response:
    """Show the tree, and the form for another category."""
    desk = await at_desk(request, PERMISSION)
    return await _tree(desk, Form(INPUTS))


@table.post(PATH)
async def create(request: web.Request) -> web.Response:
    """Add a category."""
    desk = await at_desk(request, PERMISSION)
    form = filled(INPUTS, await request.post())
    outcome = await desk.submit(categories.create_category, form.given)
    if outcome.problems:
        return await _tree(desk, form.refused(outcome.problems), 422)
    return desk.go(PATH, DONE["added"])


@table.get(ONE)
async def show(request: web.Request) -> web.Response:
    """Show a category with the form to change it."""
    desk = await at_desk(request, PERMISSION)
    return await _one(desk)


@table.post(ONE)
async def change(request: web.Request) -> web.Response:
    """Change a category."""
    desk = await at_desk(request, PERMISSION)
    form = filled(INPUTS, await request.post())
    outcome = await desk.submit(categories.update_category, form.given, form.version)
    if outcome.problems:
        return await _one(desk, form=form.refused(outcome.problems))
    return desk.go(PATH, DONE["changed"])


@table.post(f"{ONE}/delete")
async def delete(request: web.Request) -> web.Response:
    """Delete a category that nothing is in."""
    desk = await at_desk(request, PERMISSION)
    outcome = await desk.submit(categories.delete_category)
    if outcome.problems:
        return await _one(desk, refused=outcome.problems)
    return desk.go(PATH, DONE["deleted"])


def branches(found: list[Category]) -> list[Branch]:
    """The tree from its top, each below its parent, by name."""
    below: dict[str | None, list[Category]] = {}
    for each in sorted(found, key=lambda each: each.name.casefold()):
        below.setdefault(each.parent_id, []).append(each)

    def descend(parent_id: str | None, depth: int) -> list[Branch]:
        return [
            branch
            for each in below.get(parent_id, ())
            for branch in (Branch(each, depth), *descend(each.id, depth + 1))
        ]

    return descend(None, 0)


async def _all(desk: Desk) -> list[Branch]:
    store = desk.store
    return branches(await store.of(Category).all(desk.organization_id, {}))


def _offered(form: Form, tree: list[Branch], own: str = "") -> Form:
    indented = {
        each.category.id: "\u2003" * each.depth + each.category.name
        for each in tree
        if each.category.id != own
    }
    return form.offering(parent_id={"": "Nothing: at the top", **indented})


async def _tree(desk: Desk, form: Form, status: int = 200) -> web.Response:
    tree = await _all(desk)
    return page(
        desk,
        "categories.html",
        status,
        tree=tree,
        form=_offered(form, tree),
    )


async def _one(
    desk: Desk,
    *,
    form: Form | None = None,
    refused: Problems | None = None,
) -> web.Response:
    found = await desk.ask(categories.get_category)
    form = form or showing(INPUTS, found.attributes, found.version)
    return page(
        desk,
        "category.html",
        422 if refused or form.problems else 200,
        category=found,
        form=_offered(form, await _all(desk), found.id),
        refused=refused or Problems(),
    )
