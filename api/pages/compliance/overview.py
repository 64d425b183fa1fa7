"""/compliance: every requirement with its people by status, by department, and over time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from aiohttp import web

from api.pages import charts
from api.pages.charts import Chart
from api.pages.compliance import asked
from api.pages.compliance.asked import Asked
from api.pages.compliance.forms import last_day
from api.pages.compliance.shares import (
    Share,
    added,
    assigned,
    fulfilled,
    in_percent,
    late,
    shares,
)
from api.pages.desk import at_desk
from api.pages.wording import minute
from api.permissions import Permission
from api.services import Services
from content.compliance import deciding, requirements, tallies
from content.compliance.deciding import DecisionFilter
from content.compliance.decisions import PROPOSED
from content.compliance.outside_evidence import KINDS
from content.compliance.requirements import Requirement
from content.compliance.status import DUE_SOON
from content.compliance.tallies import Tally
from content.documents import Paging

table = web.RouteTableDef()

WEEKS = 12
DEPARTMENTS_SHOWN = 25
NO_DEPARTMENT = "Without a department"

Tallies = Mapping[str, Tally]


@dataclass(frozen=True, slots=True)
class RequirementCard:
    """A requirement and how its people stand; `counted` is empty while that is being counted."""

    id: str
    title: str
    due: str
    total: int
    fulfilled: str
    late: int
    shares: list[Share]
    counted: str


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """How a department stands under all requirements."""

    name: str
    query: str
    total: int
    fulfilled: str
    soon: int
    late: int
    shares: list[Share]


@table.get("/compliance")
async def overview(request: web.Request) -> web.Response:
    """Show how everybody stands, now or as of a day."""
    desk = await at_desk(request, Permission.COMPLIANCE_READ)
    services, organization_id = desk.services, desk.organization_id
    wanted = asked.read(request)
    found = await requirements.in_force(services.content, organization_id)
    counted = await counted_of(services, organization_id, found, wanted)
    total = added(each.counts for each in counted.values())
    return desk.show(
        "compliance/overview.html",
        requirements=[card(each, counted.get(each.id)) for each in in_order(found)],
        departments=_departments(counted.values()),
        figures=_figures(total, await _waiting(services, organization_id)),
        chart=await _over_time(services, organization_id, found, wanted),
        views=await asked.views_of(desk),
        asked=wanted,
        may_write=desk.principal.may(Permission.COMPLIANCE_WRITE),
    )


async def counted_of(
    services: Services, organization_id: str, found: Sequence[Requirement], wanted: Asked
) -> Tallies:
    """The tallies of requirements, by requirement, as of the day that is asked for."""
    ids = [each.id for each in found]
    if wanted.day is None:
        return await tallies.latest(services.content, organization_id, ids)
    return await tallies.on(services.content, organization_id, ids, wanted.day)


def card(requirement: Requirement, tally: Tally | None) -> RequirementCard:
    """A requirement, with how its people stand."""
    counts = tally.of() if tally else {}
    return RequirementCard(
        id=requirement.id,
        title=requirement.title,
        due=due(requirement),
        total=assigned(counts),
        fulfilled=in_percent(fulfilled(counts)),
        late=late(counts),
        shares=shares(counts),
        counted=minute(tally.at) if tally else "",
    )


def due(requirement: Requirement) -> str:
    """By when it is due, in words."""
    asked_for = requirement.terms.due
    if asked_for.at is not None:
        return f"due {last_day(asked_for.at)}"
    if asked_for.days is not None:
        return f"due {asked_for.days} days after {asked_for.after}"
    return "without a date"


def in_order(found: Sequence[Requirement]) -> list[Requirement]:
    """Requirements by title."""
    return sorted(found, key=lambda each: (each.title.casefold(), each.id))


def _departments(counted: Iterable[Tally]) -> list[DepartmentRow]:
    by_name: dict[str | None, list[Mapping[str, int]]] = defaultdict(list)
    for tally in counted:
        for each in tally.departments:
            by_name[each.department].append(each.counts)
    rows = [_department(name, added(several)) for name, several in by_name.items()]
    shown = [each for each in rows if each.total]
    return sorted(shown, key=lambda each: (-each.late / each.total, each.name))[:DEPARTMENTS_SHOWN]


def _department(name: str | None, counts: Mapping[str, int]) -> DepartmentRow:
    return DepartmentRow(
        name=name or NO_DEPARTMENT,
        query=name or "",
        total=assigned(counts),
        fulfilled=in_percent(fulfilled(counts)),
        soon=counts[DUE_SOON],
        late=late(counts),
        shares=shares(counts),
    )


def _figures(counts: Mapping[str, int], waiting: int) -> list[tuple[str, str, str]]:
    total = assigned(counts)
    word = "duty" if total == 1 else "duties"
    return [
        ("Compliant or waived", in_percent(fulfilled(counts)), f"of {total} {word}"),
        ("Due soon", str(counts[DUE_SOON]), ""),
        ("Overdue or expired", str(late(counts)), ""),
        ("Evidence to judge", str(waiting), ""),
    ]


async def _waiting(services: Services, organization_id: str) -> int:
    filters, one = DecisionFilter(acts=KINDS, state=PROPOSED), Paging(per_page=1)
    return (await deciding.find(services.content, organization_id, filters, one)).total


async def _over_time(
    services: Services, organization_id: str, found: Sequence[Requirement], wanted: Asked
) -> Chart | None:
    """The part that is compliant, week by week; None where less than two weeks are known."""
    until = wanted.day or datetime.now(UTC).date() - timedelta(days=1)
    ids, since = [each.id for each in found], until - timedelta(weeks=WEEKS)
    daily = await tallies.daily(services.content, organization_id, ids, since, until)
    parts = [(at, fulfilled(counts)) for at, counts in daily if (until - at).days % 7 == 0]
    known = [(at, part) for at, part in parts if part is not None]
    if len(known) < 2:
        return None
    moments = [_short(at) for at, _ in known]
    series = {"Compliant or waived": [round(part, 1) for _, part in known]}
    return charts.lines("Compliant over time", moments, series, unit="%", area=True)


def _short(at: date) -> str:
    return f"{at.day} {at:%b}"
