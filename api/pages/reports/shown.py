"""/reports and /reports/{id}: saved reports, what they answer, and files of them."""

from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from aiohttp import web
from msgspec import to_builtins

from api import reporting
from api.pages.desk import Desk, at_desk
from api.pages.paging import page_asked, pages_of
from api.pages.reports.builder import own
from api.pages.reports.form import figure_options
from api.pages.reports.pictures import cells, picture
from api.permissions import Permission
from api.rest import reports as rest
from content import organizations
from content.documents import Paging
from content.errors import NotFound, RuleBroken
from content.identity import now
from content.jobs import jobs
from content.people.people import Person
from content.reports import reports, running
from content.reports.alerts import ReportAlert
from content.reports.calendar import WEEKDAYS, Timing
from content.reports.entities import ENTITIES
from content.reports.ownership import of_report
from content.reports.reports import Report
from content.reports.schedules import ReportSchedule
from lrs.errors import TooExpensive

table = web.RouteTableDef()

PER_PAGE = 50
REPORTS_A_PAGE = 50
STARTS = (
    (
        "Who is where",
        "Everybody in every course: status, progress and score.",
        "entity=enrollments",
    ),
    (
        "Completions by course",
        "How many are enrolled in each course, and what share completed it.",
        "entity=enrollments&g0=course&a0=count&a1=share:completed&a2=avg:score&s0=-count",
    ),
    (
        "Enrollments by month",
        "How many people enrolled in each month.",
        "entity=enrollments&g0=enrolled_at:month&a0=count&s0=enrolled_at_month",
    ),
    (
        "Silent learners",
        "Open enrollments of people who did nothing for thirty days.",
        "entity=enrollments&c=person&c=email&c=course&c=progress&c=last_activity_at"
        "&f0_field=status&f0_operator=equals&f0_value=active"
        "&f1_field=last_activity_at&f1_operator=before&f1_value={before}&s0=last_activity_at",
    ),
)
SILENT = timedelta(days=30)


@table.get("/reports")
async def overview(request: web.Request) -> web.Response:
    """Show the saved reports, one's own and those that are shared, and where to begin."""
    desk = await at_desk(request, Permission.ANALYTICS_READ)
    services, page = desk.services, page_asked(request)
    paging = Paging(page=page, per_page=REPORTS_A_PAGE, sort="name")
    who = desk.person.id
    found = await reports.find(services.content, desk.organization_id, who, paging)
    reader = await reporting.reader_of(services, desk.principal)
    names = await _names(desk, [each.owner_id for each in found.items])
    return desk.show(
        "reports/reports.html",
        reports=found.items,
        owners=names,
        entities=ENTITIES,
        starts=_starts() if reader.scope.may_see(ENTITIES["enrollments"]) else [],
        pages=pages_of(request, page, found.total, REPORTS_A_PAGE),
    )


@table.get("/reports/exports/{job_id}")
async def export(request: web.Request) -> web.Response:
    """Show how far the writing of a file is, and the file."""
    desk = await at_desk(request, Permission.ANALYTICS_READ)
    sought = desk.named("job_id")
    job = await jobs.get(desk.store, desk.organization_id, sought)
    if job.asked_by != desk.person.id or not job.work.startswith("reports."):
        raise NotFound("job", sought)
    zone = (await organizations.get(desk.store, desk.organization_id)).time_zone
    response = desk.show(
        "reports/export.html",
        job=job,
        link=job.result.link_at(now()) if job.result else None,
        when=partial(_when, zone=zone),
        over=job.state in jobs.OVER,
    )
    if job.state not in jobs.OVER:
        response.headers["Refresh"] = "2"
    return response


@table.get("/reports/{report_id}")
async def report_page(request: web.Request) -> web.Response:
    """Run a report and show a page of its rows; to its owner, its schedules and alerts."""
    desk = await at_desk(request, Permission.ANALYTICS_READ)
    return await show(desk, await _visible(desk))


@table.post("/reports/{report_id}/export")
async def begin_export(request: web.Request) -> web.Response:
    """Have a file written, and go where it is shown how far it is."""
    desk = await at_desk(request, Permission.ANALYTICS_READ)
    report = await _visible(desk)
    chosen = str((await request.post()).get("format", ""))
    given = {
        "title": report.name,
        "definition": to_builtins(report.definition),
        "format": "pdf" if chosen == "pdf" else "xlsx",
    }
    job = await desk.ask(rest.export_report, given)
    return desk.go(f"/reports/exports/{job.id}")


@table.post("/reports/{report_id}/remove")
async def remove(request: web.Request) -> web.Response:
    """Delete a report of one's own."""
    desk = await at_desk(request, Permission.ANALYTICS_READ)
    report = await own(desk)
    await desk.ask(rest.remove_report)
    return desk.go("/reports", f"{report.name} is deleted.")


async def show(
    desk: Desk,
    report: Report,
    problems: dict[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    """The page of a report; `problems` are those of its forms, by field."""
    services, page = desk.services, page_asked(desk.request)
    reader = await reporting.reader_of(services, desk.principal)
    zone, mine = ZoneInfo(reader.zone), report.owner_id == desk.person.id
    trouble, found, total = "", None, 0
    try:
        found = await running.answer(
            services.content,
            report.definition,
            reader,
            now(),
            skip=(page - 1) * PER_PAGE,
            limit=PER_PAGE,
        )
        total = (page - 1) * PER_PAGE + len(found.rows) + found.more
    except RuleBroken:
        trouble = "You may not see what this report is of."
    except TooExpensive as error:
        trouble = str(error)
    sent = await of_report(services.content, ReportSchedule, report) if mine else []
    watched = await of_report(services.content, ReportAlert, report) if mine else []
    names = await _names(desk, [one for each in sent for one in each.recipient_ids])
    return desk.show(
        "reports/report.html",
        status,
        report=report,
        mine=mine,
        entity=ENTITIES[report.definition.entity],
        answer=found,
        rows=cells(found, zone) if found else [],
        picture=picture(report.definition, found, zone) if found and page == 1 else None,
        trouble=trouble,
        pages=pages_of(desk.request, page, total, PER_PAGE),
        schedules=sent,
        alerts=watched,
        condition=_condition,
        aggregates=figure_options(ENTITIES[report.definition.entity]),
        timing=timing_said,
        when=partial(_when, zone=reader.zone),
        names=names,
        zone=reader.zone,
        weekdays_shown=[(each, each.capitalize()) for each in WEEKDAYS],
        mails=services.mailer is not None,
        problems=problems or {},
        summary=[
            (name, name.replace("_", " ").capitalize(), text)
            for name, text in (problems or {}).items()
        ],
    )


def _starts() -> list[tuple[str, str, str]]:
    """Reports to begin with: a name, what it tells, and the builder's address."""
    before = (now() - SILENT).date().isoformat()
    return [(name, words, query.replace("{before}", before)) for name, words, query in STARTS]


def timing_said(timing: Timing) -> str:
    """A timing in words."""
    day = {
        "day": "Every day",
        "week": f"Every {timing.weekday.capitalize()}",
        "month": f"On day {timing.day} of every month",
    }[timing.every]
    return f"{day} at {timing.hour:02}:{timing.minute:02} ({timing.time_zone})"


def _condition(alert: ReportAlert) -> str:
    figure = alert.aggregate.name.replace("_", " ")
    words = f"{figure} is {alert.operator} than {alert.threshold:g}"
    return f"{words}; settled again at {alert.margin:g} from it" if alert.margin else words


def _when(moment: datetime | None, zone: str) -> str:
    if moment is None:
        return ""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%B %Y, %H:%M} ({zone})"


async def _visible(desk: Desk) -> Report:
    store, sought = desk.store, desk.named("report_id")
    return await reports.get(store, desk.organization_id, sought, desk.person.id)


async def _names(desk: Desk, person_ids: list[str]) -> dict[str, str]:
    if not person_ids:
        return {}
    wanted = {"_id": {"$in": list(set(person_ids))}}
    people = desk.store.of(Person)
    return {each.id: each.name for each in await people.all(desk.organization_id, wanted)}
