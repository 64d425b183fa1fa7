"""/analytics/reports/{id}/schedules, /alerts: reports that are sent, figures that are watched."""

from typing import Any

from aiohttp import web

from api import reporting
from api.permissions import Permission
from api.rest.bodies import ListQuery
from api.rest.call import Call
from api.rest.documents import Resource, ResourcePage, expected_version
from api.rest.lists import page_within
from api.rest.report_bodies import (
    AlertAttributes,
    ChangedAlert,
    ChangedSchedule,
    NewAlert,
    NewSchedule,
    ScheduleAttributes,
)
from api.rest.reports import own
from api.rest.route import RouteTable
from content.reports import alerts, schedules
from content.reports.alerts import AlertChanges, AlertDraft, ReportAlert
from content.reports.definitions import Aggregate
from content.reports.ownership import of_report
from content.reports.reports import Report
from content.reports.schedules import ReportSchedule, ScheduleChanges, ScheduleDraft

table = RouteTable(limit="analytics")

SCHEDULES = "/analytics/reports/{report_id}/schedules"
SCHEDULE = "/analytics/reports/schedules/{report_schedule_id}"
ALERTS = "/analytics/reports/{report_id}/alerts"
ALERT = "/analytics/reports/alerts/{report_alert_id}"
PERMISSION = Permission.ANALYTICS_READ
NO_REPORT = ("report_not_found",)
NO_SCHEDULE = ("report_schedule_not_found",)
NO_ALERT = ("report_alert_not_found",)


@table.route("GET", SCHEDULES, permission=PERMISSION, errors=NO_REPORT)
async def list_schedules(
    call: Call, report_id: str, query: ListQuery
) -> ResourcePage[ScheduleAttributes]:
    """List when a report of one's own is sent."""
    report = await own(call, Report, report_id)
    found = await of_report(call.services.content, ReportSchedule, report)
    return page_within(query, found, _schedule)


@table.route("POST", SCHEDULES, permission=PERMISSION, status=201, errors=NO_REPORT)
async def create_schedule(
    call: Call, report_id: str, body: NewSchedule
) -> Resource[ScheduleAttributes]:
    """Have a report of one's own sent by e-mail, again and again."""
    call.in_person()
    report = await own(call, Report, report_id)
    draft = ScheduleDraft(**_given(body.model_dump(exclude={"timing"}), body))
    return _schedule(await schedules.create(call.services.content, report, draft))


@table.route("GET", SCHEDULE, permission=PERMISSION, errors=NO_SCHEDULE)
async def get_schedule(call: Call, report_schedule_id: str) -> Resource[ScheduleAttributes]:
    """Show when a report is sent, and when it was."""
    return _schedule(await _own_schedule(call, report_schedule_id))


@table.route("PATCH", SCHEDULE, permission=PERMISSION, errors=(*NO_SCHEDULE, "version_mismatch"))
async def update_schedule(
    call: Call, report_schedule_id: str, body: ChangedSchedule
) -> Resource[ScheduleAttributes]:
    """Change when, how and to whom a report is sent."""
    schedule = await _own_schedule(call, report_schedule_id)
    given = body.model_dump(exclude_unset=True, exclude={"timing"})
    if "timing" in body.model_fields_set:
        given = _given(given, body)
    changes, expected = ScheduleChanges(**given), expected_version(call.request)
    return _schedule(await schedules.update(call.services.content, schedule, changes, expected))


@table.route(
    "DELETE",
    SCHEDULE,
    permission=PERMISSION,
    status=204,
    errors=(*NO_SCHEDULE, "version_mismatch"),
)
async def remove_schedule(call: Call, report_schedule_id: str) -> web.Response:
    """Send a report no more."""
    schedule = await _own_schedule(call, report_schedule_id)
    await schedules.remove(call.services.content, schedule, expected_version(call.request))
    return web.Response(status=204)


@table.route("GET", ALERTS, permission=PERMISSION, errors=NO_REPORT)
async def list_alerts(
    call: Call, report_id: str, query: ListQuery
) -> ResourcePage[AlertAttributes]:
    """List the figures of a report of one's own that are watched."""
    report = await own(call, Report, report_id)
    return page_within(query, await of_report(call.services.content, ReportAlert, report), _alert)


@table.route("POST", ALERTS, permission=PERMISSION, status=201, errors=NO_REPORT)
async def create_alert(call: Call, report_id: str, body: NewAlert) -> Resource[AlertAttributes]:
    """Watch a figure of a report of one's own."""
    call.in_person()
    report = await own(call, Report, report_id)
    fields = body.model_dump(exclude={"aggregate"})
    draft = AlertDraft(aggregate=Aggregate(**body.aggregate.model_dump()), **fields)
    reader = await reporting.reader_of(call.services, call.principal)
    return _alert(await alerts.create(call.services.content, report, draft, reader.scope))


@table.route("GET", ALERT, permission=PERMISSION, errors=NO_ALERT)
async def get_alert(call: Call, report_alert_id: str) -> Resource[AlertAttributes]:
    """Show a figure that is watched."""
    return _alert(await _own_alert(call, report_alert_id))


@table.route("PATCH", ALERT, permission=PERMISSION, errors=(*NO_ALERT, "version_mismatch"))
async def update_alert(
    call: Call, report_alert_id: str, body: ChangedAlert
) -> Resource[AlertAttributes]:
    """Change what is watched; it is judged anew."""
    alert = await _own_alert(call, report_alert_id)
    given = body.model_dump(exclude_unset=True, exclude={"aggregate"})
    if "aggregate" in body.model_fields_set:
        given["aggregate"] = Aggregate(**body.aggregate.model_dump())
    reader = await reporting.reader_of(call.services, call.principal)
    changed = await alerts.update(
        call.services.content,
        alert,
        await own(call, Report, alert.report_id),
        AlertChanges(**given),
        reader.scope,
        expected_version(call.request),
    )
    return _alert(changed)


@table.route(
    "DELETE", ALERT, permission=PERMISSION, status=204, errors=(*NO_ALERT, "version_mismatch")
)
async def remove_alert(call: Call, report_alert_id: str) -> web.Response:
    """Watch a figure no more."""
    alert = await _own_alert(call, report_alert_id)
    await alerts.remove(call.services.content, alert, expected_version(call.request))
    return web.Response(status=204)


async def _own_schedule(call: Call, schedule_id: str) -> ReportSchedule:
    return await own(call, ReportSchedule, schedule_id)


async def _own_alert(call: Call, alert_id: str) -> ReportAlert:
    return await own(call, ReportAlert, alert_id)


def _given(fields: dict[str, Any], body: NewSchedule) -> dict[str, Any]:
    return {**fields, "timing": body.timing.timing()}


def _schedule(schedule: ReportSchedule) -> Resource[ScheduleAttributes]:
    fields = {each: getattr(schedule, each, None) for each in ScheduleAttributes.model_fields}
    fields["next_run_at"] = schedule.due_at
    related = {"report": schedule.report_id, "last_job": schedule.last_job_id}
    attributes = ScheduleAttributes.model_validate(fields)
    return Resource(schedule.id, attributes, related, schedule.version)


def _alert(alert: ReportAlert) -> Resource[AlertAttributes]:
    attributes = AlertAttributes.model_validate(alert)
    return Resource(alert.id, attributes, {"report": alert.report_id}, alert.version)
