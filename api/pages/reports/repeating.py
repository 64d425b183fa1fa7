"""/reports/{id}/schedules, /alerts: what is sent and watched, by forms of a report's page."""

from typing import Any

from aiohttp import web
from msgspec import convert

from api import reporting
from api.pages.desk import Desk, at_desk
from api.pages.reports.builder import own
from api.pages.reports.shown import show
from api.permissions import Permission
from content.errors import RuleBroken
from content.people.people import Person
from content.reports import alerts, reports, schedules
from content.reports.alerts import AlertChanges, AlertDraft
from content.reports.definitions import Aggregate
from content.reports.schedules import ScheduleChanges, ScheduleDraft

table = web.RouteTableDef()

SCHEDULE = "/reports/schedules/{schedule_id}"
ALERT = "/reports/alerts/{alert_id}"
EVERY = ("day", "week", "month")
FORMATS = ("csv", "xlsx", "pdf")
DELIVERIES = ("attachment", "link")


@table.post("/reports/{report_id}/schedules")
async def create_schedule(request: web.Request) -> web.Response:
    """Have a report sent; or its page with all that is wrong in the form."""
    desk = await at_desk(request, Permission.ANALYTICS_READ)
    report, store = await own(desk), desk.store
    given = {name: str(each).strip() for name, each in (await request.post()).items()}
    people, unknown = await _people(desk, given.get("recipients", ""))
    problems = {"recipients": f"Nobody active has {', '.join(unknown)}"} if unknown else {}
    draft = convert(_schedule(given, people), ScheduleDraft)
    try:
        made = None if problems else await schedules.create(store, report, draft)
    except RuleBroken as error:
        problems |= {each.where.removeprefix("timing/"): each.detail for each in error.findings}
    if problems or made is None:
        return await _again(desk, problems)
    await desk.audit("POST /analytics/reports/{report_id}/schedules", made.id)
    return desk.go(f"/reports/{report.id}#schedules", "The report will be sent.")


@table.post(SCHEDULE + "/{action:pause|resume|remove}")
async def change_schedule(request: web.Request) -> web.Response:
    """Pause, resume or end the sending of a report."""
    desk = await at_desk(request, Permission.ANALYTICS_READ)
    store, action = desk.store, desk.named("action")
    sought, who = desk.named("schedule_id"), desk.person.id
    schedule = await schedules.get(store, desk.organization_id, sought, who)
    where = "/analytics/reports/schedules/{report_schedule_id}"
    if action == "remove":
        await schedules.remove(store, schedule)
        await desk.audit(f"DELETE {where}", schedule.id)
        return desk.go(f"/reports/{schedule.report_id}#schedules", "It is sent no more.")
    changes = ScheduleChanges(paused=action == "pause")
    await schedules.update(store, schedule, changes)
    await desk.audit(f"PATCH {where}", schedule.id)
    told = "It waits until you resume it." if action == "pause" else "It is sent again."
    return desk.go(f"/reports/{schedule.report_id}#schedules", told)


@table.post("/reports/{report_id}/alerts")
async def create_alert(request: web.Request) -> web.Response:
    """Watch a figure; or the report's page with all that is wrong in the form."""
    desk = await at_desk(request, Permission.ANALYTICS_READ)
    report, services = await own(desk), desk.services
    given = {name: str(each).strip() for name, each in (await request.post()).items()}
    function, _, field = given.get("aggregate", "").partition(":")
    threshold, margin = _decimal(given, "threshold"), _decimal(given, "margin")
    problems = {
        name: "must be a number"
        for name, value in (("threshold", threshold), ("margin", margin))
        if value is None
    }
    if problems or threshold is None or margin is None:
        return await _again(desk, problems)
    draft = AlertDraft(
        name=given.get("name", ""),
        aggregate=Aggregate(function=function, field=field or None),
        operator="less" if given.get("operator") == "less" else "more",
        threshold=threshold,
        margin=margin,
    )
    reader = await reporting.reader_of(services, desk.principal)
    try:
        made = await alerts.create(services.content, report, draft, reader.scope)
    except RuleBroken as error:
        problems = {each.where.partition("/")[0]: each.detail for each in error.findings}
        return await _again(desk, problems)
    await desk.audit("POST /analytics/reports/{report_id}/alerts", made.id)
    return desk.go(f"/reports/{report.id}#alerts", "The figure is watched.")


@table.post(ALERT + "/{action:pause|resume|remove}")
async def change_alert(request: web.Request) -> web.Response:
    """Pause, resume or end the watching of a figure."""
    desk = await at_desk(request, Permission.ANALYTICS_READ)
    services, action = desk.services, desk.named("action")
    store, who = services.content, desk.person.id
    sought = desk.named("alert_id")
    alert = await alerts.get(store, desk.organization_id, sought, who)
    where = "/analytics/reports/alerts/{report_alert_id}"
    if action == "remove":
        await alerts.remove(store, alert)
        await desk.audit(f"DELETE {where}", alert.id)
        return desk.go(f"/reports/{alert.report_id}#alerts", "It is watched no more.")
    report = await reports.own(store, desk.organization_id, alert.report_id, who)
    reader = await reporting.reader_of(services, desk.principal)
    changes = AlertChanges(paused=action == "pause")
    await alerts.update(store, alert, report, changes, reader.scope)
    await desk.audit(f"PATCH {where}", alert.id)
    told = "It is watched no more until you resume it." if action == "pause" else "It is watched."
    return desk.go(f"/reports/{alert.report_id}#alerts", told)


async def _again(desk: Desk, problems: dict[str, str]) -> web.Response:
    report = await own(desk)
    return await show(desk, report, problems, 422)


async def _people(desk: Desk, written: str) -> tuple[list[str], list[str]]:
    """The ids of those who have these e-mail addresses, and the addresses that nobody has."""
    wanted = [each.strip().lower() for each in written.replace(";", ",").split(",") if each.strip()]
    query = {"email": {"$in": wanted}, "status": "active"}
    people = desk.store.of(Person)
    found = {e.email.lower(): e.id for e in await people.all(desk.organization_id, query)}
    return [found[each] for each in wanted if each in found], [e for e in wanted if e not in found]


def _schedule(given: dict[str, str], people: list[str]) -> dict[str, Any]:
    timing = {
        "every": _of(given, "every", EVERY),
        "weekday": given.get("weekday", "monday"),
        "time_zone": given.get("time_zone", "UTC"),
        **{name: _number(given, name) for name in ("hour", "minute", "day")},
    }
    return {
        "timing": timing,
        "format": _of(given, "format", FORMATS),
        "delivery": _of(given, "delivery", DELIVERIES),
        "recipient_ids": people,
    }


def _of(given: dict[str, str], name: str, known: tuple[str, ...]) -> str:
    return given.get(name, "") if given.get(name) in known else known[0]


def _number(given: dict[str, str], name: str) -> int:
    written = given.get(name, "")
    return int(written) if written.isdecimal() and len(written) < 6 else -1


def _decimal(given: dict[str, str], name: str) -> float | None:
    try:
        value = float(given.get(name) or "0")
    except ValueError:
        return None
    return value if abs(value) < 1e15 else None
