"""/reports/{id}/schedules, /alerts: what is sent and watched, by forms of a report's page."""

from typing import Any

from aiohttp import web

from api.pages.desk import Desk, at_desk
from api.pages.reports.builder import own
from api.pages.reports.shown import show
from api.permissions import Permission
from api.rest import report_schedules as rest
from api.rest.route import Handler
from content.people.people import Person

table = web.RouteTableDef()

EVERY = ("day", "week", "month")
FORMATS = ("csv", "xlsx", "pdf")
DELIVERIES = ("attachment", "link")


@table.post("/reports/{report_id}/schedules")
async def create_schedule(request: web.Request) -> web.Response:
    """Have a report sent; or its page with all that is wrong in the form."""
    desk = await at_desk(request, Permission.ANALYTICS_READ)
    given = {name: str(each).strip() for name, each in (await request.post()).items()}
    people, unknown = await _people(desk, given.get("recipients", ""))
    if unknown:
        return await _again(desk, {"recipients": f"Nobody active has {', '.join(unknown)}"})
    outcome = await desk.submit(rest.create_schedule, _schedule(given, people))
    if outcome.problems:
        wrong = outcome.problems.findings
        return await _again(desk, {where.removeprefix("timing/"): each for where, each in wrong})
    return desk.go(f"/reports/{desk.named('report_id')}#schedules", "The report will be sent.")


@table.post("/reports/{report_id}/alerts")
async def create_alert(request: web.Request) -> web.Response:
    """Watch a figure; or the report's page with all that is wrong in the form."""
    desk = await at_desk(request, Permission.ANALYTICS_READ)
    given = {name: str(each).strip() for name, each in (await request.post()).items()}
    outcome = await desk.submit(rest.create_alert, _alert(given))
    if outcome.problems:
        wrong = outcome.problems.findings
        return await _again(desk, {where.partition("/")[0]: each for where, each in wrong})
    return desk.go(f"/reports/{desk.named('report_id')}#alerts", "The figure is watched.")


@table.post("/reports/schedules/{report_schedule_id}/{action:pause|resume|remove}")
async def change_schedule(request: web.Request) -> web.Response:
    """Pause, resume or end the sending of a report."""
    told = {
        "pause": "It waits until you resume it.",
        "resume": "It is sent again.",
        "remove": "It is sent no more.",
    }
    handlers = rest.get_schedule, rest.update_schedule, rest.remove_schedule
    return await _changed(request, handlers, "schedules", told)


@table.post("/reports/alerts/{report_alert_id}/{action:pause|resume|remove}")
async def change_alert(request: web.Request) -> web.Response:
    """Pause, resume or end the watching of a figure."""
    told = {
        "pause": "It is watched no more until you resume it.",
        "resume": "It is watched.",
        "remove": "It is watched no more.",
    }
    handlers = rest.get_alert, rest.update_alert, rest.remove_alert
    return await _changed(request, handlers, "alerts", told)


async def _changed(
    request: web.Request,
    handlers: tuple[Handler, Handler, Handler],
    place: str,
    told: dict[str, str],
) -> web.Response:
    """Do what a button says with what REST's routes get, change and remove."""
    desk = await at_desk(request, Permission.ANALYTICS_READ)
    get, change, remove = handlers
    action = desk.named("action")
    report_id = (await desk.ask(get)).related["report"]
    if action == "remove":
        await desk.ask(remove)
    else:
        await desk.ask(change, {"paused": action == "pause"})
    return desk.go(f"/reports/{report_id}#{place}", told[action])


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
    timing = ("every", "weekday", "day", "hour", "minute", "time_zone")
    return {
        "timing": {name: given[name] for name in timing if name in given},
        **{name: given[name] for name in ("format", "delivery") if name in given},
        "recipient_ids": people,
    }


def _alert(given: dict[str, str]) -> dict[str, Any]:
    function, _, field = given.get("aggregate", "").partition(":")
    return {
        "name": given.get("name", ""),
        "aggregate": {"function": function, "field": field or None},
        "operator": given.get("operator", "more"),
        **{name: given.get(name) or 0 for name in ("threshold", "margin")},
    }
