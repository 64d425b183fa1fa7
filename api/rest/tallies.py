"""/compliance/summary and /compliance/trends: how many stand how, today and over time."""

from datetime import date, datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from api.permissions import Permission
from api.rest.bodies import PageQuery, Query
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage
from api.rest.lists import page_of, paging
from api.rest.problems import Finding, refuse
from api.rest.route import RouteTable
from content.compliance import requirements, tallies
from content.compliance.requirements import Requirement, RequirementFilter
from content.compliance.tallies import Tally
from content.identity import now

table = RouteTable()

LONGEST = timedelta(days=3 * 366)
A_QUARTER = timedelta(days=90)


class DepartmentCounts(BaseModel):
    """How many people of a department have each status; null is no department."""

    department: str | None
    counts: dict[str, int]


class SummaryAttributes(Attributes):
    """How many people have each status under a requirement; `at` is when they were counted."""

    type_name = "compliance_summary"
    relationship_types = {"requirement": "requirement"}

    title: str
    at: datetime | None
    counts: dict[str, int]
    departments: tuple[DepartmentCounts, ...]


class SummaryQuery(PageQuery):
    """`as_of` a day that is over: the counts of its end."""

    as_of: date | None = None
    sort: str | None = None


class TrendDay(BaseModel):
    """The counts at the end of a day in UTC; of today, as of now."""

    day: date
    counts: dict[str, int]


class Trend(BaseModel):
    """How many people had each status, day by day."""

    model_config = ConfigDict(frozen=True)

    since: date
    until: date
    days: tuple[TrendDay, ...]


class TrendQuery(Query):
    """Of which requirement and department, from which day until which (90 days back unless said).

    Without a requirement, of all that are in force, added up.
    """

    requirement_id: str | None = None
    department: str | None = None
    since: date | None = None
    until: date | None = Field(None, examples=["2026-11-21"])


@table.route("GET", "/compliance/summary", permission=Permission.COMPLIANCE_READ)
async def summary(call: Call, query: SummaryQuery) -> ResourcePage[SummaryAttributes]:
    """Count the people of each requirement by status, in all and by department."""
    store, own = call.services.content, call.organization_id
    asked = paging(query, query.sort)
    found = await requirements.find(store, own, RequirementFilter(), asked)
    ids = [each.id for each in found.items]
    if query.as_of is None or query.as_of >= now().date():
        counted = await tallies.latest(store, own, ids)
    else:
        counted = await tallies.on(store, own, ids, query.as_of)
    return page_of(found, lambda each: _summary(each, counted.get(each.id)))


@table.route(
    "GET",
    "/compliance/trends",
    permission=Permission.COMPLIANCE_READ,
    errors=("requirement_not_found",),
)
async def trends(call: Call, query: TrendQuery) -> Trend:
    """Count the people by status for each day of a time."""
    store, own = call.services.content, call.organization_id
    until = query.until or now().date()
    since = query.since or until - A_QUARTER
    if not timedelta() <= until - since <= LONGEST:
        finding = Finding("must be within three years after since", "until", "parameter")
        raise refuse(400, "validation_error", "A query parameter is not right", [finding])
    if query.requirement_id is not None:
        ids = [(await requirements.get(store, own, query.requirement_id)).id]
    else:
        ids = [each.id for each in await requirements.in_force(store, own)]
    days = await tallies.daily(store, own, ids, since, until, query.department)
    shown = tuple(TrendDay(day=day, counts=counts) for day, counts in days)
    return Trend(since=since, until=until, days=shown)


def _summary(requirement: Requirement, tally: Tally | None) -> Resource[SummaryAttributes]:
    departments = tally.departments if tally else ()
    attributes = SummaryAttributes(
        title=requirement.title,
        at=tally.at if tally else None,
        counts=tally.of() if tally else tallies.nobody(),
        departments=tuple(
            DepartmentCounts(department=each.department, counts=each.counts) for each in departments
        ),
    )
    return Resource(requirement.id, attributes, {"requirement": requirement.id})
