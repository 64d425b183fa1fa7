"""/admin/api-keys: the keys of programs; a new one is shown once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from api.pages.admin.forms import Form, Input, filled
from api.pages.admin.roles import scopes_of
from api.pages.admin.sections import page
from api.pages.desk import Desk, at_desk
from api.pages.paging import page_asked, pages_of
from api.pages.wording import Badge, badge, day, minute
from api.permissions import Permission
from api.rest import api_keys
from api.rest.api_keys import ApiKeyAttributes
from api.rest.documents import Resource
from content.people import people

table = web.RouteTableDef()

PATH = "/admin/api-keys"
PER_PAGE = 50
DONE = {"revoked": "The key is revoked: its program gets in no more."}
INPUTS = (
    Input("name", "Name of the program", required=True, empty=""),
    Input("scopes", "What it may do", "choices"),
    Input("expires_at", "Last day, UTC", "ends", hint="Leave it empty for a key without an end."),
)


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key in the list."""

    id: str
    name: str
    prefix: str
    scopes: tuple[str, ...]
    badge: Badge
    made: str
    maker: str
    ends: str
    last_used: str


@table.get(PATH)
async def overview(request: web.Request) -> web.Response:
    """Show the keys, and the form for another."""
    desk = await at_desk(request, Permission.API_KEYS)
    return await _page(desk, Form(INPUTS))


@table.post(PATH)
async def create(request: web.Request) -> web.Response:
    """Make a key and show it; or the form with all that is wrong in it."""
    desk = await at_desk(request, Permission.API_KEYS)
    form = filled(INPUTS, await request.post())
    outcome = await desk.submit(api_keys.create_api_key, form.given)
    if outcome.problems:
        return await _page(desk, form.refused(outcome.problems), 422)
    return await _page(desk, Form(INPUTS), issued=outcome.answer.attributes)


@table.post(PATH + "/{key_id}/revoke")
async def revoke(request: web.Request) -> web.Response:
    """End a key for good."""
    desk = await at_desk(request, Permission.API_KEYS)
    await desk.ask(api_keys.revoke_api_key)
    return desk.go(PATH, DONE["revoked"])


async def _page(desk: Desk, form: Form, status: int = 200, issued: Any = None) -> web.Response:
    services, number = desk.services, page_asked(desk.request)
    asked = {"page": number, "per_page": PER_PAGE, "sort": "-created_at"}
    found = await desk.ask(api_keys.list_api_keys, query=asked)
    makers = {each.related["created_by"] for each in found.items}
    names = await people.names(services.content, desk.organization_id, makers)
    return page(
        desk,
        "api_keys.html",
        status,
        keys=[key_row(each, names) for each in found.items],
        form=form.offering(scopes=scopes_of(desk.principal)),
        issued=issued,
        origin=services.settings.public_origin,
        today=datetime.now(UTC).date().isoformat(),
        pages=pages_of(desk.request, page_asked(desk.request), found.total, PER_PAGE),
    )


def key_row(key: Resource[ApiKeyAttributes], names: Mapping[str, str]) -> KeyRow:
    """A key in the list; `names` are those of people, by id."""
    said = key.attributes
    return KeyRow(
        id=key.id,
        name=said.name,
        prefix=said.prefix,
        scopes=said.scopes,
        badge=Badge("valid", "Active") if said.status == "active" else badge(said.status),
        made=day(said.created_at),
        maker=names.get(key.related["created_by"] or "", ""),
        ends="" if said.expires_at is None else minute(said.expires_at),
        last_used="" if said.last_used_at is None else minute(said.last_used_at),
    )
