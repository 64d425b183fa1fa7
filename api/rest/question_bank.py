"""/questions and /question-categories: the bank that quizzes draw questions from."""

from datetime import datetime
from typing import Any

from aiohttp import web
from msgspec import convert
from pydantic import Field

from api.permissions import Permission
from api.rest.bodies import Draft, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.lists import page_of, paging
from api.rest.questions import Kind, QuestionBody, QuestionView
from api.rest.route import RouteTable
from content.quizzes.bank import categories
from content.quizzes.bank import questions as bank
from content.quizzes.bank.categories import (
    QuestionCategory,
    QuestionCategoryChanges,
    QuestionCategoryDraft,
)
from content.quizzes.bank.questions import BankFilter, BankQuestion, Entry
from content.quizzes.drafts import QuestionDraft

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


class BankQuestionAttributes(Attributes):
    """A question of the bank, right answers included."""

    type_name = "question"
    relationship_types = {"category": "question_category"}

    name: str
    category_id: str | None
    question: QuestionView
    created_at: datetime
    updated_at: datetime


class NewBankQuestion(Draft):
    """A new question; without a name it goes by its text."""

    question: QuestionBody
    category_id: str | None = Field(None, max_length=100)
    name: str = ""


class ChangedQuestion(QuestionBody):
    """Fields of a question that are to be others; with another type, the old type's are gone."""

    type: Kind = "essay"
    question: str = ""


class ChangedBankQuestion(Draft):
    """What may be changed; what is not given stays."""

    question: ChangedQuestion = ChangedQuestion()
    category_id: str | None = Field(None, max_length=100)
    name: str = ""


class BankQuery(PageQuery):
    """Which questions: a category stands for those below it too; each word of `q` must begin a
    word of the name, the text or a tag.
    """

    category_id: str | None = None
    type: Kind | None = None
    tag: str | None = None
    q: str | None = Field(None, max_length=200)
    sort: str | None = None


@table.route("GET", "/question-categories", permission=Permission.QUIZZES_READ)
async def list_question_categories(
    call: Call, query: QuestionCategoryQuery
) -> ResourcePage[QuestionCategoryAttributes]:
    """List the categories of the question bank."""
    store, page = call.services.content, paging(query, query.sort)
    found = await categories.find(store, call.organization_id, page, query.parent_id)
    return page_of(found, _category)


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
    return _category(await categories.create(call.services.content, call.organization_id, draft))


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
    return _category(await categories.get(call.services.content, call.organization_id, category_id))


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
    return _category(
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


@table.route("GET", "/questions", permission=Permission.QUIZZES_READ)
async def list_questions(call: Call, query: BankQuery) -> ResourcePage[BankQuestionAttributes]:
    """List and search the questions of the bank."""
    filters = BankFilter(
        category_id=query.category_id, type=query.type, tag=query.tag, search=query.q
    )
    store, page = call.services.content, paging(query, query.sort)
    return page_of(await bank.find(store, call.organization_id, filters, page), _question)


@table.route(
    "POST",
    "/questions",
    permission=Permission.QUIZZES_WRITE,
    status=201,
    errors=("question_category_not_found",),
)
async def create_question(call: Call, body: NewBankQuestion) -> Resource[BankQuestionAttributes]:
    """Put a question into the bank."""
    draft = convert(body.question.model_dump(exclude_unset=True), QuestionDraft)
    entry = Entry(draft=draft, category_id=body.category_id, name=body.name)
    return _question(await bank.create(call.services.content, call.organization_id, entry))


@table.route(
    "GET",
    "/questions/{question_id}",
    permission=Permission.QUIZZES_READ,
    errors=("bank_question_not_found",),
)
async def get_question(call: Call, question_id: str) -> Resource[BankQuestionAttributes]:
    """Show a question of the bank."""
    return _question(await bank.get(call.services.content, call.organization_id, question_id))


@table.route(
    "PATCH",
    "/questions/{question_id}",
    permission=Permission.QUIZZES_WRITE,
    errors=("bank_question_not_found", "question_category_not_found", "version_mismatch"),
)
async def update_question(
    call: Call, question_id: str, body: ChangedBankQuestion
) -> Resource[BankQuestionAttributes]:
    """Change a question; attempts that drew it keep it as it was."""
    given: dict[str, Any] = body.model_dump(exclude_unset=True)
    changes = {**given.pop("question", {}), **given}
    store, version = call.services.content, expected_version(call.request)
    return _question(await bank.update(store, call.organization_id, question_id, changes, version))


@table.route(
    "DELETE",
    "/questions/{question_id}",
    permission=Permission.QUIZZES_WRITE,
    status=204,
    errors=("bank_question_not_found", "version_mismatch"),
)
async def archive_question(call: Call, question_id: str) -> web.Response:
    """Take a question out of the bank."""
    version = expected_version(call.request)
    await bank.archive(call.services.content, call.organization_id, question_id, version)
    return web.Response(status=204)


def _category(category: QuestionCategory) -> Resource[QuestionCategoryAttributes]:
    attributes = QuestionCategoryAttributes.model_validate(category)
    related = {"parent": category.parent_id}
    return Resource(category.id, attributes, related, category.version)


def _question(question: BankQuestion) -> Resource[BankQuestionAttributes]:
    attributes = BankQuestionAttributes(
        name=question.name,
        category_id=question.category_id,
        question=QuestionView.model_validate(bank.written(question)),
        created_at=question.created_at,
        updated_at=question.updated_at,
    )
    related = {"category": question.category_id}
    return Resource(question.id, attributes, related, question.version)
