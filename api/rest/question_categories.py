"""/question-categories: the tree by which the question bank is ordered."""

from datetime import datetime

from aiohttp import web
from pydantic import Field

from api.permissions import Permission
from api.rest.bodies import Draft, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from content.quizzes.bank import categories
from content.quizzes.bank.categories import (
    QuestionCategory,
    QuestionCategoryChanges,
    QuestionCategoryDraft,
)

table = RouteTable()


class QuestionCategoryAttributes(Attributes):
    """A category of the question bank."""

    type_name = "question_category"
    relationship_types = {"parent": "question_category"}

    name: str
    description: str
    parent_id: str | None
    created_at: datetime
    updated_at: datetime


class NewQuestionCategory(Draft):
    """A new category, at the top or below a parent."""

    name: str
    description: str = ""
    parent_id: str | None = Field(None, max_length=100)


class ChangedQuestionCategory(Draft):
    """What may be changed; what is not given stays."""

    name: str = ""
    description: str = ""
    parent_id: str | None = Field(None, max_length=100)


class QuestionCategoryQuery(PageQuery):
    """Which categories: all, or those right below a parent."""

    parent_id: str | None = None
    sort: str | None = None


@table.route("GET", "/question-categories", permission=Permission.QUIZZES_READ)
async def list_question_categories(
    call: Call, query: QuestionCategoryQuery
) -> ResourcePage[QuestionCategoryAttributes]:
    """List the categories of the question bank."""
    store, page = call.services.content, paging(query, query.sort)
    found = await categories.find(store, call.organization_id, page, query.parent_id)
    return page_of(found, question_category_resource)


@table.route(
    "POST",
    "/question-categories",
    permission=Permission.QUIZZES_WRITE,
    status=201,
    errors=("category_exists",),
)
async def create_question_category(
    call: Call, body: NewQuestionCategory
) -> Resource[QuestionCategoryAttributes]:
    """Make a category."""
    draft = QuestionCategoryDraft(**body.model_dump())
    return question_category_resource(
        await categories.create(call.services.content, call.organization_id, draft)
    )


@table.route(
    "GET",
    "/question-categories/{category_id}",
    permission=Permission.QUIZZES_READ,
    errors=("question_category_not_found",),
)
async def get_question_category(
    call: Call, category_id: str
) -> Resource[QuestionCategoryAttributes]:
    """Show a category."""
    return question_category_resource(
        await categories.get(call.services.content, call.organization_id, category_id)
    )


@table.route(
    "PATCH",
    "/question-categories/{category_id}",
    permission=Permission.QUIZZES_WRITE,
    errors=("question_category_not_found", "category_exists", "version_mismatch"),
)
async def update_question_category(
    call: Call, category_id: str, body: ChangedQuestionCategory
) -> Resource[QuestionCategoryAttributes]:
    """Rename or move a category."""
    changes = QuestionCategoryChanges(**body.model_dump(exclude_unset=True))
    store, version = call.services.content, expected_version(call.request)
    return question_category_resource(
        await categories.update(store, call.organization_id, category_id, changes, version)
    )


@table.route(
    "DELETE",
    "/question-categories/{category_id}",
    permission=Permission.QUIZZES_WRITE,
    status=204,
    errors=("question_category_not_found", "category_in_use"),
)
async def delete_question_category(call: Call, category_id: str) -> web.Response:
    """Remove a category that holds nothing."""
    await categories.delete(call.services.content, call.organization_id, category_id)
    return web.Response(status=204)


def question_category_resource(
    category: QuestionCategory,
) -> Resource[QuestionCategoryAttributes]:
    """The category as a resource."""
    attributes = QuestionCategoryAttributes.model_validate(category)
    related = {"parent": category.parent_id}
    return Resource(category.id, attributes, related, category.version)
