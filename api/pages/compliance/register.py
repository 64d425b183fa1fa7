"""/compliance/{requirement}: the register of one requirement, filtered, as of any day."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from api.pages.compliance import asked, forms, overview
from api.pages.compliance.asked import Asked
from api.pages.compliance.forms import last_day
from api.pages.compliance.shares import ORDER
from api.pages.desk import Desk, at_desk
from api.pages.paging import page_asked, pages_of
from api.pages.wording import Badge, badge, day, number
from api.permissions import Permission
from content.compliance import records, requirements
from content.compliance.records import Record, RecordFilter
from content.compliance.requirements import Requirement
from content.compliance.status import NOT_ASSIGNED, STATUSES
from content.compliance.tallies import Tally
from content.documents import Page, Paging
from content.errors import RuleBroken

table = web.RouteTableDef()

SHOWN = 50


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A person's record as a row; `proofs` are how many statements are behind it."""

    requirement_id: str
    person_id: str
    name: str
    email: str
    department: str
    badge: Badge
    due: str
    since: str
    completed: str
    score: str
    proofs: int


@table.get("/compliance/{requirement_id}")
async def register(request: web.Request) -> web.Response:
    """Show the records of a requirement, a page of them."""
    desk = await at_desk(request, Permission.COMPLIANCE_READ)
    store, sought = desk.store, desk.named("requirement_id")
    requirement = await requirements.get(store, desk.organization_id, sought)
    return await page(desk, requirement)


async def page(
    desk: Desk,
    requirement: Requirement,
    problems: Sequence[str] = (),
) -> web.Response:
    """The page of a register; with `problems` of a form that was sent from it."""
    services, wanted = desk.services, asked.read(desk.request)
    status = wanted.status if wanted.status in STATUSES else None
    filters = RecordFilter(status=status, department=wanted.department, search=wanted.search)
    paging = Paging(page=page_asked(desk.request), per_page=SHOWN)
    try:
        found = await records.find(services.content, requirement, filters, paging, wanted.as_of)
    except RuleBroken as error:
        found = Page[Record](items=(), total=0, page=1, per_page=SHOWN)
        problems = [*problems, *forms.problems(error.findings)]
    counted = await overview.counted_of(services, desk.organization_id, [requirement], wanted)
    tally = counted.get(requirement.id)
    return desk.show(
        "compliance/register.html",
        422 if problems else 200,
        requirement=overview.card(requirement, tally),
        description=requirement.description,
        archived=requirement.archived_at is not None,
        records=[row(each) for each in found.items],
        statuses=[badge(each) for each in (*ORDER, NOT_ASSIGNED)],
        departments=_departments(tally),
        chosen=status or "",
        asked=wanted,
        export=_export(requirement, wanted),
        views=await asked.views_of(desk),
        problems=problems,
        total=found.total,
        pages=pages_of(desk.request, found.page, found.total, SHOWN),
        may_write=desk.principal.may(Permission.COMPLIANCE_WRITE),
    )


def row(record: Record) -> RecordRow:
    """A record as a row."""
    return RecordRow(
        requirement_id=record.requirement_id,
        person_id=record.person_id,
        name=record.name,
        email=record.email,
        department=record.department or "",
        badge=badge(record.status),
        due=last_day(record.due_at),
        since=day(record.since),
        completed=day(record.completed_at),
        score=number(record.score),
        proofs=len(record.evidence),
    )


def _departments(tally: Tally | None) -> list[str]:
    return (
        sorted({each.department for each in tally.departments if each.department}) if tally else []
    )


def _export(requirement: Requirement, wanted: Asked) -> str:
    path = f"/api/v1/compliance/requirements/{requirement.id}/records.csv"
    moment = wanted.as_of
    return f"{path}?as_of={moment:%Y-%m-%dT%H:%M:%S.999Z}" if moment else path
