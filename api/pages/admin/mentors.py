"""/admin/mentor-applications: people who want to be mentors."""

from aiohttp import web

from api.identity.principal import Principal
from api.pages.admin.sections import page
from api.pages.asking import Outcome, Problems, ask, submit
from api.pages.paging import page_asked, pages_of
from api.pages.redirection import onward
from api.pages.viewer import signed_in
from api.pages.wording import Badge, day
from api.permissions import Permission
from api.rest import mentor_applications
from api.services import SERVICES
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
    principal = await signed_in(request, Permission.MENTORS_DECIDE)
    return await _page(request, principal)


@table.post(PATH + "/{application_id}/approve")
async def approve(request: web.Request) -> web.Response:
    """Make somebody a mentor."""
    principal = await signed_in(request, Permission.MENTORS_DECIDE)
    outcome = await submit(request, principal, mentor_applications.approve)
    return await _decided(request, principal, outcome, "approved")


@table.post(PATH + "/{application_id}/reject")
async def reject(request: web.Request) -> web.Response:
    """Turn an application down, with a reason."""
    principal = await signed_in(request, Permission.MENTORS_DECIDE)
    given = {"reason": str((await request.post()).get("reason", ""))}
    outcome = await submit(request, principal, mentor_applications.reject, given)
    return await _decided(request, principal, outcome, "rejected")


async def _decided(
    request: web.Request, principal: Principal, outcome: Outcome, done: str
) -> web.Response:
    if outcome.problems:
        return await _page(request, principal, outcome.problems)
    return onward(PATH, DONE[done])


async def _page(
    request: web.Request, principal: Principal, refused: Problems | None = None
) -> web.Response:
    written = request.query.get("status", "pending")
    chosen = written if written in STATES else "pending"
    asked = {"status": chosen, "page": page_asked(request), "per_page": PER_PAGE}
    found = await ask(request, principal, mentor_applications.list_applications, query=asked)
    ids = {each.related["user"] for each in found.items}
    store = request.app[SERVICES].content
    return page(
        request,
        "mentors.html",
        principal,
        422 if refused else 200,
        applications=found.items,
        names=await people.names(store, principal.organization_id, ids),
        states=STATES,
        chosen=chosen,
        refused=refused or Problems(),
        refused_id=request.match_info.get("application_id", "") if refused else "",
        day=day,
        pages=pages_of(request, page_asked(request), found.total, PER_PAGE),
    )
