"""/compliance/requirements/{id}/records: who has done it, with the statements that prove it."""

import re
from collections.abc import AsyncIterator
from datetime import datetime

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, ConfigDict

from api.permissions import Permission
from api.rest.bodies import PageQuery, Query
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage
from api.rest.lists import page_of, page_within, paging
from api.rest.problems import Finding, refuse
from api.rest.route import RouteTable
from content.compliance import export, records, requirements
from content.compliance.records import Record, RecordFilter
from content.compliance.requirements import Requirement
from content.compliance.timeline import Span
from content.people import people

table = RouteTable()

PATH = "/compliance/requirements/{requirement_id}/records"


class RecordAttributes(Attributes):
    """One person under one requirement; progress and score in percent.

    `since` is when the status began, `until` when it ends if nothing more happens. `progress` is
    told of the present only. `evidence` are ids of statements: GET /statements/{id} shows one.
    """

    type_name = "compliance_record"
    relationship_types = {"requirement": "requirement", "user": "user"}

    name: str
    email: str
    department: str | None
    status: str
    since: datetime | None
    until: datetime | None
    due_at: datetime | None
    started_at: datetime | None
    completed_at: datetime | None
    progress: float | None
    score: float | None
    evidence: tuple[str, ...]


class SpanShown(BaseModel):
    """A status from a moment until another; without `until` it lasts."""

    model_config = ConfigDict(from_attributes=True)

    status: str
    since: datetime
    until: datetime | None
    department: str | None
    due_at: datetime | None
    completed_at: datetime | None


class RecordInFull(RecordAttributes):
    """A record with its `history`: each status that the person had, has, and will have if nothing
    more happens.
    """

    history: tuple[SpanShown, ...]


class RecordQuery(PageQuery):
    """Which records: of a status (any but not_assigned unless said), of a department, by the
    beginnings of words of the name or e-mail address; `as_of` a moment, else now.
    """

    status: str | None = None
    department: str | None = None
    search: str | None = None
    as_of: AwareDatetime | None = None


class AnyRecordQuery(RecordQuery):
    """The same, of a requirement or of a person."""

    requirement_id: str | None = None
    user_id: str | None = None


class ExportQuery(Query):
    """Which records, as of which moment."""

    status: str | None = None
    department: str | None = None
    search: str | None = None
    as_of: AwareDatetime | None = None


class MomentQuery(Query):
    """As of which moment."""

    as_of: AwareDatetime | None = None


def record_resource(record: Record) -> Resource[RecordAttributes]:
    """The record as a resource; its id is made of the requirement's and the person's."""
    attributes = RecordAttributes.model_validate(record)
    return Resource(_id(record), attributes, _related(record))


def record_in_full(record: Record, history: tuple[Span, ...]) -> Resource[RecordInFull]:
    """The record with its history."""
    shown = RecordAttributes.model_validate(record).model_dump()
    attributes = RecordInFull(**shown, history=tuple(map(SpanShown.model_validate, history)))
    return Resource(_id(record), attributes, _related(record))


@table.route("GET", PATH, permission=Permission.COMPLIANCE_READ, errors=("requirement_not_found",))
async def list_records(
    call: Call, requirement_id: str, query: RecordQuery
) -> ResourcePage[RecordAttributes]:
    """List the records of a requirement in the order of names."""
    return await _page(call, requirement_id, query)


@table.route(
    "GET",
    "/compliance/records",
    permission=Permission.COMPLIANCE_READ,
    errors=("requirement_not_found", "user_not_found"),
)
async def find_records(call: Call, query: AnyRecordQuery) -> ResourcePage[RecordAttributes]:
    """List the records of a requirement, or those of a person."""
    if query.requirement_id is not None:
        return await _page(call, query.requirement_id, query)
    if query.user_id is None:
        finding = Finding("must be given, or user_id", "requirement_id", "parameter")
        raise refuse(400, "validation_error", "A query parameter is not right", [finding])
    await people.get(call.services.content, call.organization_id, query.user_id)
    found = await records.all_of_person(
        call.services.content, call.organization_id, query.user_id, query.as_of
    )
    wanted = [each for each in found if query.status in (None, each.status)]
    return page_within(query, wanted, record_resource)


@table.route(
    "GET",
    PATH + "/{user_id}",
    permission=Permission.COMPLIANCE_READ,
    errors=("requirement_not_found", "compliance_record_not_found"),
)
async def get_record(
    call: Call, requirement_id: str, user_id: str, query: MomentQuery
) -> Resource[RecordInFull]:
    """Show a person's record with its history."""
    requirement, store = await _requirement(call, requirement_id), call.services.content
    record = await records.of_person(store, requirement, user_id, query.as_of)
    return record_in_full(record, await records.history(store, requirement, user_id))


@table.route(
    "GET",
    f"{PATH}.csv",
    permission=Permission.COMPLIANCE_READ,
    errors=("requirement_not_found",),
    media="text/csv",
    limit="exports",
)
async def export_records(call: Call, requirement_id: str, query: ExportQuery) -> web.StreamResponse:
    """Export the records of a requirement as CSV, streamed."""
    requirement = await _requirement(call, requirement_id)
    lines = export.as_csv(call.services.content, [requirement], _filters(query), query.as_of)
    name = re.sub(r"[^\w\-]+", "-", requirement.title, flags=re.ASCII).strip("-") or "records"
    return await stream_csv(call.request, f"{name}.csv", lines)


@table.route(
    "GET",
    "/compliance/records.csv",
    permission=Permission.COMPLIANCE_READ,
    media="text/csv",
    limit="exports",
)
async def export_register(call: Call, query: ExportQuery) -> web.StreamResponse:
    """Export the records of all requirements as CSV, streamed, one after the other."""
    store = call.services.content
    asked = await requirements.every(store, call.organization_id)
    lines = export.as_csv(store, asked, _filters(query), query.as_of)
    return await stream_csv(call.request, "register.csv", lines)


async def stream_csv(
    request: web.Request, filename: str, lines: AsyncIterator[str]
) -> web.StreamResponse:
    """Send CSV as it is made. The first part is made before the status goes out."""
    first = await anext(lines, "")
    response = web.StreamResponse(
        headers={
            "Content-Type": "text/csv; charset=utf-8; header=present",
            "Content-Disposition": f'attachment; filename="{filename}"',
        }
    )
    await response.prepare(request)
    if request.method != "HEAD":
        await response.write(first.encode())
        async for part in lines:
            await response.write(part.encode())
    await response.write_eof()
    return response


async def _page(
    call: Call, requirement_id: str, query: RecordQuery
) -> ResourcePage[RecordAttributes]:
    requirement = await _requirement(call, requirement_id)
    found = await records.find(
        call.services.content, requirement, _filters(query), paging(query), query.as_of
    )
    return page_of(found, record_resource)


def _id(record: Record) -> str:
    return f"{record.requirement_id}.{record.person_id}"


def _related(record: Record) -> dict[str, str | None]:
    return {"requirement": record.requirement_id, "user": record.person_id}


def _filters(query: RecordQuery | ExportQuery) -> RecordFilter:
    return RecordFilter(status=query.status, department=query.department, search=query.search)


async def _requirement(call: Call, requirement_id: str) -> Requirement:
    return await requirements.get(call.services.content, call.organization_id, requirement_id)
