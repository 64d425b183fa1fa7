"""/compliance/matrix: people by requirements, each cell a status and the way to its evidence."""

from dataclasses import dataclass

from aiohttp import web

from api.pages.compliance import asked, overview
from api.pages.compliance.forms import last_day
from api.pages.compliance.shares import SHORT
from api.pages.desk import at_desk
from api.pages.paging import page_asked, pages_of
from api.pages.wording import Badge, badge
from api.permissions import Permission
from content.compliance import matrix, requirements, tallies
from content.compliance.matrix import Line
from content.compliance.requirements import Requirement
from content.compliance.status import NOT_ASSIGNED
from content.documents import Paging
from content.people.person_filters import PersonFilter

table = web.RouteTableDef()

PEOPLE_SHOWN = 40
COLUMNS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Cell:
    """Where somebody stands under a requirement; `said` is the whole of it in words."""

    href: str
    badge: Badge
    short: str
    said: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person and the cells."""

    id: str
    name: str
    department: str
    cells: list[Cell]


@table.get("/compliance/matrix")
async def grid(request: web.Request) -> web.Response:
    """Show where people stand under all requirements."""
    desk = await at_desk(request, Permission.COMPLIANCE_READ)
    store, organization_id = desk.store, desk.organization_id
    wanted = asked.read(request)
    everything = overview.in_order(await requirements.in_force(store, organization_id))
    shown = _columns(request, everything)
    ids = [each.id for each in shown]
    filters = PersonFilter(status="active", department=wanted.department, search=wanted.search)
    paging = Paging(page=page_asked(request), per_page=PEOPLE_SHOWN, sort="name")
    found = await matrix.find(store, organization_id, ids, filters, wanted.moment, paging)
    counted = await tallies.latest(store, organization_id, [each.id for each in everything])
    named = {one.department for each in counted.values() for one in each.departments}
    return desk.show(
        "compliance/matrix.html",
        requirements=shown,
        everything=everything,
        people=[_row(each, shown) for each in found.items],
        departments=sorted(each for each in named if each),
        views=await asked.views_of(desk),
        asked=wanted,
        pages=pages_of(request, found.page, found.total, PEOPLE_SHOWN),
    )


def _columns(request: web.Request, everything: list[Requirement]) -> list[Requirement]:
    """The requirements that `?requirement=` names, else the first ones."""
    named = set(request.query.getall("requirement", []))
    chosen = [each for each in everything if each.id in named] or everything
    return chosen[:COLUMNS_SHOWN]


def _row(line: Line, shown: list[Requirement]) -> PersonRow:
    cells = []
    for requirement, span in zip(shown, line.spans, strict=True):
        status = badge(span.status)
        due = f", due {last_day(span.due_at)}" if span.due_at else ""
        said = f"{line.person.name}, {requirement.title}: {status.label}{due}"
        href = f"/compliance/{requirement.id}/people/{line.person.id}"
        if span.status == NOT_ASSIGNED:
            href = ""
        cells.append(Cell(href, status, SHORT[span.status], said))
    return PersonRow(line.person.id, line.person.name, line.person.department or "", cells)
