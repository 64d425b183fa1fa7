"""/profile/tokens: what lets a program act for oneself; a new one is shown once."""

from typing import Any

from aiohttp import web

from api.pages.admin.api_keys import key_row
from api.pages.admin.forms import Form, Input, filled
from api.pages.admin.roles import own_scopes
from api.pages.desk import Desk, at_desk
from api.pages.paging import page_asked, pages_of
from api.permissions import Permission
from api.rest import api_keys

table = web.RouteTableDef()

PATH = "/profile/tokens"
PER_PAGE = 50
INPUTS = (
    Input("name", "What it is for", required=True, empty=""),
    Input("expires_at", "Last day, UTC", "ends", hint="Leave it empty for one without an end."),
    Input("scopes", "What it may do for you", "choices"),
)


@table.get(PATH)
async def tokens_page(request: web.Request) -> web.Response:
    """Show one's tokens, and the form for another."""
    return await _page(await at_desk(request, Permission.SESSION), Form(INPUTS))


@table.post(PATH)
async def create(request: web.Request) -> web.Response:
    """Make a token and show it; or the form with all that is wrong in it."""
    desk = await at_desk(request, Permission.SESSION)
    form = filled(INPUTS, await request.post())
    outcome = await desk.submit(api_keys.create_token, form.given)
    if outcome.problems:
        return await _page(desk, form.refused(outcome.problems))
    return await _page(desk, Form(INPUTS), outcome.answer.attributes)


@table.post(PATH + "/{key_id}/revoke")
async def revoke(request: web.Request) -> web.Response:
    """End a token for good."""
    desk = await at_desk(request, Permission.SESSION)
    await desk.ask(api_keys.revoke_token)
    return desk.go(PATH, "The token is revoked: it opens nothing any more.")


async def _page(desk: Desk, form: Form, issued: Any = None) -> web.Response:
    page = page_asked(desk.request)
    query = {"page": page, "per_page": PER_PAGE, "sort": "-created_at"}
    found = await desk.ask(api_keys.list_tokens, query=query)
    response = desk.show(
        "learning/tokens.html",
        form.problems.status,
        keys=[key_row(each, {}) for each in found.items],
        form=form.offering(scopes=own_scopes(desk.principal)),
        issued=issued,
        origin=desk.services.settings.public_origin,
        pages=pages_of(desk.request, page, found.total, PER_PAGE),
    )
    response.headers["Cache-Control"] = "no-store"
    return response
