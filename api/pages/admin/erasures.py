"""/admin/erasures: requests to erase somebody, and how far each is."""

from aiohttp import web

from api.pages.admin.sections import page
from api.pages.desk import at_desk
from api.pages.paging import page_asked, pages_of
from api.pages.wording import Badge, minute
from api.permissions import Permission
from api.rest import erasures
from content.people import people

table = web.RouteTableDef()

PATH = "/admin/erasures"
PER_PAGE = 25
STATES = {
    "running": Badge("in_progress", "Erasing"),
    "settling": Badge("in_progress", "Looking once more"),
    "done": Badge("completed", "Done"),
}


@table.get(PATH)
async def overview(request: web.Request) -> web.Response:
    """Show the requests, the newest first; none says who it was about."""
    desk = await at_desk(request, Permission.USERS_ERASE)
    asked = {"page": page_asked(request), "per_page": PER_PAGE}
    found = await desk.ask(erasures.list_erasures, query=asked)
    askers = {each.attributes.asked_by for each in found.items}
    store = desk.store
    return page(
        desk,
        "erasures.html",
        erasures=found.items,
        states=STATES,
        names=await people.names(store, desk.organization_id, askers),
        minute=minute,
        pages=pages_of(request, page_asked(request), found.total, PER_PAGE),
    )
