"""/admin/mentor-applications: people who want to be mentors."""

from aiohttp import web

from api.pages.admin.sections import page
from api.pages.asking import Outcome, Problems
from api.pages.desk import Desk, at_desk
from api.pages.paging import page_asked, pages_of
from api.pages.wording import Badge, day
from api.permissions import Permission
from api.rest import mentor_applications
from content.people import people

table = web.RouteTableDef()

PATH = "/admin/mentor-applications"
PER_PAGE = 25
STATES = {
    "pending": Badge("in_progress", "Waiting"),
    "approved": Badge("completed", "Approved"),
    "rejected": Badge("inactive", "Turned down"),
}
DONE = {"approved": "They are a mentor now.", "rejected": "The application is turned down."}


@table.get(PATH)
async def overview(request: web.Request) -> web.Response:
    """Show the applications that wait, or those that were decided."""
    desk = await at_desk(request, Permission.MENTORS_DECIDE)
    return await _page(desk)


@table.post(PATH + "/{application_id}/approve")
async def approve(request: web.Request) -> web.Response:
    """Make somebody a mentor."""
    desk = await at_desk(request, Permission.MENTORS_DECIDE)
    outcome = await desk.submit(mentor_applications.approve)
    return await _decided(desk, outcome, "approved")


@table.post(PATH + "/{application_id}/reject")
async def reject(request: web.Request) -> web.Response:
    """Turn an application down, with a reason."""
    desk = await at_desk(request, Permission.MENTORS_DECIDE)
    given = {"reason": str((await request.post()).get("reason", ""))}
    outcome = await desk.submit(mentor_applications.reject, given)
    return await _decided(desk, outcome, "rejected")


async def _decided(desk: Desk, outcome: Outcome, done: str) -> web.Response:
    if outcome.problems:
        return await _page(desk, outcome.problems)
    return desk.go(PATH, DONE[done])


async def _page(desk: Desk, refused: Problems | None = None) -> web.Response:
    written = desk.request.query.get("status", "pending")
    chosen = written if written in STATES else "pending"
    asked = {"status": chosen, "page": page_asked(desk.request), "per_page": PER_PAGE}
    found = await desk.ask(mentor_applications.list_applications, query=asked)
    ids = {each.related["user"] for each in found.items}
    store = desk.store
    return page(
        desk,
        "mentors.html",
        422 if refused else 200,
        applications=found.items,
        names=await people.names(store, desk.organization_id, ids),
        states=STATES,
        chosen=chosen,
        refused=refused or Problems(),
        refused_id=desk.request.match_info.get("application_id", "") if refused else "",
        day=day,
        pages=pages_of(desk.request, page_asked(desk.request), found.total, PER_PAGE),
    )
