"""/analytics/reports: questions over an entity registry, run, saved, exported."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

from aiohttp import web
from msgspec import to_builtins

from api import reporting
from api.permissions import Permission, roles_with
from api.rest.bodies import ListQuery
from api.rest.call import Call
from api.rest.documents import Resource, ResourcePage, expected_version
from api.rest.jobs import JobAttributes, accept
from api.rest.lists import page_of, paging
from api.rest.report_bodies import (
    AnswerAttributes,
    ChangedReport,
    ColumnShown,
    EntityAttributes,
    ExportBody,
    FieldShown,
    NewReport,
    ReportAttributes,
    RunBody,
)
from api.rest.route import RouteTable
from content.identity import now
from content.reports import ownership, reports, running
from content.reports.definitions import columns_of
from content.reports.entities import ENTITIES
from content.reports.fields import AGGREGATES, OPERATORS, Entity
from content.reports.ownership import OwnedT
from content.reports.reports import Report, ReportChanges, ReportDraft
from content.reports.running import Answer
from content.reports.writing import as_csv

table = RouteTable(limit="analytics")

ONE = "/analytics/reports/{report_id}"
PERMISSION = Permission.ANALYTICS_READ
NOT_FOUND = ("report_not_found",)
CSV = "text/csv"


def report_resource(report: Report) -> Resource[ReportAttributes]:
    """A saved report as a resource."""
    attributes = ReportAttributes.model_validate(report)
    return Resource(report.id, attributes, {"owner": report.owner_id}, report.version)


@table.route("GET", "/analytics/entities", permission=PERMISSION)
async def list_entities(call: Call) -> ResourcePage[EntityAttributes]:
    """List what reports can be made of, as far as one may see it."""
    reader = await reporting.reader_of(call.services, call.principal)
    shown = [_entity(each) for each in ENTITIES.values() if reader.scope.may_see(each)]
    return ResourcePage(shown, len(shown), 1, max(len(shown), 1))


@table.route(
    "POST",
    "/analytics/reports/run",
    permission=PERMISSION,
    errors=("too_expensive",),
    audited=False,
    idempotent=False,
    limit="reports",
)
async def run_report(call: Call, body: RunBody) -> Resource[AnswerAttributes]:
    """Run a report: a page of its rows, of what one may see."""
    found = await running.answer(
        call.services.content,
        body.definition.definition(),
        await reporting.reader_of(call.services, call.principal),
        now(),
        skip=(body.page - 1) * body.per_page,
        limit=body.per_page,
    )
    return Resource("answer", _answered(found, body))


@table.route(
    "POST",
    "/analytics/reports/export",
    permission=PERMISSION,
    status=202,
    limit="exports",
)
async def export_report(call: Call, body: ExportBody) -> Resource[JobAttributes]:
    """Write a report into a file, by a job whose result is the file."""
    call.in_person()
    definition = body.definition.definition()
    running.check(definition, (await reporting.reader_of(call.services, call.principal)).scope)
    given: dict[str, Any] = {
        "title": body.title,
        "definition": to_builtins(definition),
        "format": body.format,
    }
    return await accept(call, "reports.export", given)


@table.route("GET", "/analytics/reports", permission=PERMISSION)
async def list_reports(call: Call, query: ListQuery) -> ResourcePage[ReportAttributes]:
    """List the saved reports: one's own, and those that are shared."""
    store, who = call.services.content, call.principal.person.id
    found = await reports.find(store, call.organization_id, who, paging(query))
    return page_of(found, report_resource)


@table.route("POST", "/analytics/reports", permission=PERMISSION, status=201)
async def create_report(call: Call, body: NewReport) -> Resource[ReportAttributes]:
    """Save a report."""
    call.in_person()
    reader = await reporting.reader_of(call.services, call.principal)
    draft = ReportDraft(
        name=body.name,
        description=body.description,
        definition=body.definition.definition(),
        shared=body.shared,
    )
    store, who = call.services.content, call.principal.person.id
    return report_resource(
        await reports.create(store, call.organization_id, draft, who, reader.scope)
    )


@table.route("GET", ONE, permission=PERMISSION, errors=NOT_FOUND)
async def get_report(call: Call, report_id: str) -> Resource[ReportAttributes]:
    """Show a saved report."""
    return report_resource(await _visible(call, report_id))


@table.route(
    "GET",
    f"{ONE}/rows.csv",
    permission=PERMISSION,
    errors=(*NOT_FOUND, "too_expensive"),
    media=CSV,
    limit="exports",
)
async def report_rows(call: Call, report_id: str) -> web.StreamResponse:
    """Run a saved report: every row as CSV, streamed, 100,000 at the most."""
    report = await _visible(call, report_id)
    reader = await reporting.reader_of(call.services, call.principal)
    rows = running.every(call.services.content, report.definition, reader, now())
    return await _stream(call.request, report.name, as_csv(columns_of(report.definition), rows))


@table.route("PATCH", ONE, permission=PERMISSION, errors=(*NOT_FOUND, "version_mismatch"))
async def update_report(
    call: Call, report_id: str, body: ChangedReport
) -> Resource[ReportAttributes]:
    """Change a saved report of one's own."""
    report = await own(call, Report, report_id)
    given = body.model_dump(exclude_unset=True, exclude={"definition"})
    if "definition" in body.model_fields_set:
        given["definition"] = body.definition.definition()
    reader = await reporting.reader_of(call.services, call.principal)
    changed = await reports.update(
        call.services.content,
        report,
        ReportChanges(**given),
        reader.scope,
        expected_version(call.request),
    )
    return report_resource(changed)


@table.route(
    "DELETE", ONE, permission=PERMISSION, status=204, errors=(*NOT_FOUND, "version_mismatch")
)
async def remove_report(call: Call, report_id: str) -> web.Response:
    """Delete a saved report of one's own, with its schedules and alerts."""
    report = await own(call, Report, report_id)
    await reports.remove(call.services.content, report, expected_version(call.request))
    return web.Response(status=204)


async def _visible(call: Call, report_id: str) -> Report:
    who = call.principal.person.id
    return await reports.get(call.services.content, call.organization_id, report_id, who)


async def own(call: Call, kind: type[OwnedT], document_id: str) -> OwnedT:
    """A report, schedule or alert of the caller's own. Raises NotFound."""
    store, who = call.services.content, call.principal.person.id
    return await ownership.own(store, kind, call.organization_id, document_id, who)


def _entity(entity: Entity) -> Resource[EntityAttributes]:
    attributes = EntityAttributes(
        label=entity.label,
        fields=[
            FieldShown(
                name=each.name,
                label=each.label,
                kind=each.kind,
                operators=list(OPERATORS[each.kind]),
                aggregates=list(AGGREGATES[each.kind]),
                choices=list(each.choices),
            )
            for each in entity.fields
        ],
        columns=list(entity.columns),
        permission=entity.needs,
        roles=roles_with(Permission(entity.needs)),
        by_course=entity.course is not None,
    )
    return Resource(entity.name, attributes)


def _answered(found: Answer, asked: RunBody) -> AnswerAttributes:
    return AnswerAttributes(
        columns=[ColumnShown.model_validate(each) for each in found.columns],
        rows=[list(each) for each in found.rows],
        more=found.more,
        page=asked.page,
        per_page=asked.per_page,
    )


async def _stream(
    request: web.Request, name: str, parts: AsyncIterator[bytes]
) -> web.StreamResponse:
    """Send parts as they are made, the first of them made before the status goes out."""
    first = await anext(parts, b"")
    response = web.StreamResponse(headers={"Content-Type": f"{CSV}; charset=utf-8"})
    filename = quote(f"{name}.csv")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{filename}"
    await response.prepare(request)
    if request.method != "HEAD":
        await response.write(first)
        async for part in parts:
            await response.write(part)
    await response.write_eof()
    return response
