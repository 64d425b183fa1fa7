"""/reports/new and /reports/{id}/edit: a report is put together, looked at, and saved."""

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from api import reporting
from api.pages.asking import NO_PROBLEMS, Problems
from api.pages.desk import Desk, at_desk
from api.pages.reports import form as forms
from api.pages.reports.form import Form
from api.pages.reports.pictures import cells, picture
from api.permissions import Permission
from api.rest import reports as rest
from content.errors import RuleBroken
from content.identity import now
from content.reports import running
from content.reports.definitions import ReportDefinition
from content.reports.entities import ENTITIES
from content.reports.fields import Entity, Field
from content.reports.reports import Report
from content.reports.running import Reader
from lrs.errors import TooExpensive

table = web.RouteTableDef()

PREVIEWED = 20
LABELS = {"limit": "How many rows", "aggregates": "Figures"}
ROWS = {"f": "Condition", "g": "Group", "a": "Figure", "s": "Order"}


@table.get("/reports/new")
async def new(request: web.Request) -> web.Response:
    """Choose what the report is of, put it together, look at it."""
    desk = await at_desk(request, Permission.ANALYTICS_READ)
    reader = await reporting.reader_of(desk.services, desk.principal)
    entity = _entity(reader, request.query.get("entity", ""))
    if entity is None:
        known = [each for each in ENTITIES.values() if reader.scope.may_see(each)]
        return desk.show("reports/entities.html", entities=known)
    form = forms.read(request.query, request.query.getall("c", []))
    if not form.columns:
        form = replace(form, columns=entity.columns)
    return await _page(desk, reader, entity, form)


@table.post("/reports/new")
async def create(request: web.Request) -> web.Response:
    """Save a new report, or look at it; or the form with all that is wrong in it."""
    desk = await at_desk(request, Permission.ANALYTICS_READ)
    services = desk.services
    reader = await reporting.reader_of(services, desk.principal)
    given = await request.post()
    entity = _entity(reader, str(given.get("entity", "")))
    if entity is None:
        return desk.go("/reports/new")
    form = forms.read(given, [str(each) for each in given.getall("c", [])])
    if "look" in given:
        return await _page(desk, reader, entity, form)
    outcome = await desk.submit(rest.create_report, forms.body_of(form, entity))
    if outcome.problems:
        return await _page(desk, reader, entity, form, problems=outcome.problems)
    return desk.go(f"/reports/{outcome.answer.id}", "The report is saved.")


@table.get("/reports/{report_id}/edit")
async def edit(request: web.Request) -> web.Response:
    """Change a report of one's own, and look at it before it is saved."""
    desk = await at_desk(request, Permission.ANALYTICS_READ)
    services = desk.services
    reader = await reporting.reader_of(services, desk.principal)
    report = await own(desk)
    entity = ENTITIES[report.definition.entity]
    form = forms.form_of(
        report.definition, name=report.name, description=report.description, shared=report.shared
    )
    return await _page(desk, reader, entity, form, report=report)


@table.post("/reports/{report_id}/edit")
async def update(request: web.Request) -> web.Response:
    """Save a changed report, or look at it; or the form with all that is wrong in it."""
    desk = await at_desk(request, Permission.ANALYTICS_READ)
    services = desk.services
    reader = await reporting.reader_of(services, desk.principal)
    report = await own(desk)
    entity = ENTITIES[report.definition.entity]
    given = await request.post()
    form = forms.read(given, [str(each) for each in given.getall("c", [])])
    if "look" in given:
        return await _page(desk, reader, entity, form, report=report)
    outcome = await desk.submit(rest.update_report, forms.body_of(form, entity))
    if outcome.problems:
        return await _page(desk, reader, entity, form, report=report, problems=outcome.problems)
    return desk.go(f"/reports/{report.id}", "The report is saved.")


async def own(desk: Desk) -> Report:
    """The report of the address, which must be one's own. Raises NotFound."""
    return await rest.own(desk.call, Report, desk.named("report_id"))


def _entity(reader: Reader, name: str) -> Entity | None:
    entity = ENTITIES.get(name)
    return entity if entity is not None and reader.scope.may_see(entity) else None


async def _page(
    desk: Desk,
    reader: Reader,
    entity: Entity,
    form: Form,
    *,
    report: Report | None = None,
    problems: Problems = NO_PROBLEMS,
) -> web.Response:
    definition = forms.definition_of(form, entity)
    preview = await _preview(desk, reader, definition)
    wrong = preview.pop("wrong", ())
    form = replace(form, problems=forms.places(form, problems.findings or wrong))
    return desk.show(
        "reports/builder.html",
        problems.status,
        entity=entity,
        fields=_fields(entity, form),
        form=form,
        report=report,
        field_options=[("", "…"), *((each.name, each.label) for each in entity.fields)],
        operator_options=forms.operator_options(),
        operators=forms.operators_of(entity),
        group_options=forms.group_options(entity),
        aggregate_options=forms.aggregate_options(entity),
        sort_options=forms.sort_options(definition, entity),
        summary=[(name, _label(name), text) for name, text in form.problems.items()],
        **preview,
    )


async def _preview(desk: Desk, reader: Reader, definition: ReportDefinition) -> dict[str, Any]:
    """The first rows and their chart; or what is wrong, or that it takes too long."""
    nothing: dict[str, Any] = {"answer": None, "rows": [], "picture": None, "trouble": ""}
    zone = ZoneInfo(reader.zone)
    try:
        found = await running.answer(desk.store, definition, reader, now(), limit=PREVIEWED)
    except RuleBroken as error:
        return {**nothing, "wrong": [(each.where, each.detail) for each in error.findings]}
    except TooExpensive as error:
        return {**nothing, "trouble": str(error)}
    made = picture(definition, found, zone)
    return {**nothing, "answer": found, "rows": cells(found, zone), "picture": made}


def _fields(entity: Entity, form: Form) -> list[Field]:
    """The fields to tick: first those that are, in their order, then the others."""
    chosen = [each for each in map(entity.field, form.columns) if each is not None]
    return [*chosen, *(each for each in entity.fields if each not in chosen)]


def _label(name: str) -> str:
    row = name[1:].partition("_")[0]
    if name[:1] in ROWS and row.isdecimal():
        return f"{ROWS[name[0]]} {int(row) + 1}"
    return LABELS.get(name, name.capitalize())
