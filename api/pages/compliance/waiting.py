"""/compliance/evidence: the evidence that waits for an officer, the oldest first."""

from aiohttp import web

from api.pages.compliance import decision_rows
from api.pages.desk import at_desk
from api.pages.paging import page_asked, pages_of
from api.permissions import Permission
from content.compliance import deciding
from content.compliance.deciding import DecisionFilter
from content.compliance.decisions import PROPOSED, STATES
from content.compliance.outside_evidence import KINDS
from content.documents import Paging

table = web.RouteTableDef()

SHOWN = 25
TABS = (("proposed", "Waiting"), ("approved", "Approved"), ("rejected", "Rejected"))


@table.get("/compliance/evidence")
async def waiting(request: web.Request) -> web.Response:
    """Show evidence by its state, what waits first."""
    desk = await at_desk(request, Permission.COMPLIANCE_READ)
    store, organization_id = desk.store, desk.organization_id
    state = request.query.get("state", PROPOSED)
    state = state if state in STATES else PROPOSED
    sort = "created_at" if state == PROPOSED else "-updated_at"
    paging = Paging(page=page_asked(request), per_page=SHOWN, sort=sort)
    filters = DecisionFilter(acts=KINDS, state=state)
    found = await deciding.find(store, organization_id, filters, paging)
    return desk.show(
        "compliance/waiting.html",
        state=state,
        tabs_of=[
            (label, f"/compliance/evidence?state={each}", each == state) for each, label in TABS
        ],
        decisions=await decision_rows.rows(store, organization_id, found.items),
        pages=pages_of(request, found.page, found.total, SHOWN),
        total=found.total,
        may_decide=desk.principal.may(Permission.COMPLIANCE_WRITE),
    )
