"""/question-bank/categories: the tree by which the bank's questions are found."""

from aiohttp import web

from api.pages.desk import Desk, at_desk
from api.pages.forms import Form, carried_out
from api.pages.quizzing.editor import category_choices
from api.permissions import Permission
from content.quizzes.bank import categories
from content.quizzes.bank.categories import QuestionCategoryChanges, QuestionCategoryDraft

table = web.RouteTableDef()

ADDRESS = "/question-bank/categories"


@table.get(ADDRESS)
async def categories_page(request: web.Request) -> web.Response:
    """Show the categories."""
    return await _page(await at_desk(request, Permission.QUIZZES_WRITE), Form())


@table.post(ADDRESS)
async def create_category(request: web.Request) -> web.Response:
    """Make a category."""
    desk = await at_desk(request, Permission.QUIZZES_WRITE)
    sent = {name: str(value).strip() for name, value in (await request.post()).items()}
    draft = QuestionCategoryDraft(
        name=sent.get("name", ""), parent_id=sent.get("parent_id") or None
    )
    made = categories.create(desk.store, desk.organization_id, draft)
    if refused := await carried_out(Form(sent), made):
        return await _page(desk, refused)
    await desk.audit("POST /question-categories")
    return desk.go(ADDRESS, "The category is made.")


@table.post(ADDRESS + "/{category_id}")
async def rename_category(request: web.Request) -> web.Response:
    """Give a category another name."""
    desk = await at_desk(request, Permission.QUIZZES_WRITE)
    category_id = desk.named("category_id")
    sent = {name: str(value).strip() for name, value in (await request.post()).items()}
    changes = QuestionCategoryChanges(name=sent.get("name", ""))
    renamed = categories.update(desk.store, desk.organization_id, category_id, changes)
    if refused := await carried_out(Form(sent, about=category_id), renamed):
        return await _page(desk, refused)
    await desk.audit("PATCH /question-categories/{category_id}", category_id)
    return desk.go(ADDRESS, "The new name is saved.")


@table.post(ADDRESS + "/{category_id}/delete")
async def delete_category(request: web.Request) -> web.Response:
    """Delete a category that holds nothing."""
    desk = await at_desk(request, Permission.QUIZZES_WRITE)
    category_id = desk.named("category_id")
    deleted = categories.delete(desk.store, desk.organization_id, category_id)
    if refused := await carried_out(Form(about=category_id), deleted):
        return await _page(desk, refused)
    await desk.audit("DELETE /question-categories/{category_id}", category_id)
    return desk.go(ADDRESS, "The category is gone.")


async def _page(desk: Desk, form: Form) -> web.Response:
    choices = await category_choices(desk)
    return desk.show(
        "quizzing/categories.html", form.status, form=form, choices=choices, known=choices[1:]
    )
