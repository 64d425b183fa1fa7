"""/categories: the tree by which courses are found."""

from datetime import datetime

from aiohttp import web
from pydantic import Field

from api.permissions import Permission
from api.rest.bodies import Draft, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from content.courses import categories
from content.courses.categories import Category, CategoryChanges, CategoryDraft

table = RouteTable()


class CategoryAttributes(Attributes):
    """A category; its slug is made of its name."""

    type_name = "category"
    relationship_types = {"parent": "category"}

    name: str
    slug: str
    description: str
    parent_id: str | None
    created_at: datetime
    updated_at: datetime


class NewCategory(Draft):
    """A new category, at the top or below a parent."""

    name: str
    description: str = ""
    parent_id: str | None = Field(None, max_length=100)


class ChangedCategory(Draft):
    """What may be changed; what is not given stays."""

    name: str = ""
    description: str = ""
    parent_id: str | None = Field(None, max_length=100)


class CategoryQuery(PageQuery):
    """Which categories: all, or those right below a parent."""

    parent_id: str | None = None
    sort: str | None = None


def category_resource(category: Category) -> Resource[CategoryAttributes]:
    """The category as a resource."""
    attributes = CategoryAttributes.model_validate(category)
    return Resource(category.id, attributes, {"parent": category.parent_id}, category.version)


@table.route("GET", "/categories", permission=Permission.COURSES_READ)
async def list_categories(call: Call, query: CategoryQuery) -> ResourcePage[CategoryAttributes]:
    """List the categories of courses."""
    found = await categories.find(
        call.services.content, call.organization_id, paging(query, query.sort), query.parent_id
    )
    return page_of(found, category_resource)


@table.route(
    "POST",
    "/categories",
    permission=Permission.COURSES_WRITE,
    status=201,
    errors=("category_exists",),
)
async def create_category(call: Call, body: NewCategory) -> Resource[CategoryAttributes]:
    """Make a category."""
    draft = CategoryDraft(**body.model_dump())
    store = call.services.content
    return category_resource(await categories.create(store, call.organization_id, draft))


@table.route(
    "GET",
    "/categories/{category_id}",
    permission=Permission.COURSES_READ,
    errors=("category_not_found",),
)
async def get_category(call: Call, category_id: str) -> Resource[CategoryAttributes]:
    """Show a category."""
    store = call.services.content
    return category_resource(await categories.get(store, call.organization_id, category_id))


@table.route(
    "PATCH",
    "/categories/{category_id}",
    permission=Permission.COURSES_WRITE,
    errors=("category_not_found", "category_exists", "version_mismatch"),
)
async def update_category(
    call: Call, category_id: str, body: ChangedCategory
) -> Resource[CategoryAttributes]:
    """Change a category's name, description or place in the tree."""
    changes = CategoryChanges(**body.model_dump(exclude_unset=True))
    version = expected_version(call.request)
    return category_resource(
        await categories.update(
            call.services.content, call.organization_id, category_id, changes, version
        )
    )


@table.route(
    "DELETE",
    "/categories/{category_id}",
    permission=Permission.COURSES_WRITE,
    status=204,
    errors=("category_not_found", "category_in_use"),
)
async def delete_category(call: Call, category_id: str) -> web.Response:
    """Delete a category that holds neither a course nor another category."""
    await categories.delete(call.services.content, call.organization_id, category_id)
    return web.Response(status=204)
