"""/compliance/requirements/{id}/records: who has done it, with the statements that prove it."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from aiohttp import web
from pydantic import AwareDatetime

from api.permissions import Permission
from api.rest.bodies import PageQuery, Query
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from content.compliance import export, records, requirements
from content.compliance.records import Record
from content.compliance.requirements import Requirement

table = RouteTable()

PATH = "/compliance/requirements/{requirement_id}/records"


class RecordAttributes(Attributes):
    """One person under one requirement; progress and score in percent.

    `evidence` are ids of statements: GET /statements/{id} shows one.
    """

    type_name = "compliance_record"
    relationship_types = {"requirement": "requirement", "user": "user"}

    name: str
    email: str
    status: str
    due_at: datetime | None
    started_at: datetime | None
    completed_at: datetime | None
    progress: float
    score: float | None
    evidence: tuple[str, ...]


class RecordQuery(PageQuery):
    """Which records: assigned, in_progress, compliant or overdue; `as_of` a moment, else now."""

    status: str | None = None
    as_of: AwareDatetime | None = None


class ExportQuery(Query):
    """As of which moment."""

    as_of: AwareDatetime | None = None


def record_resource(record: Record) -> Resource[RecordAttributes]:
    """The record as a resource; its id is made of the requirement's and the person's."""
    related = {"requirement": record.requirement_id, "user": record.person_id}
    record_id = f"{record.requirement_id}.{record.person_id}"
    return Resource(record_id, RecordAttributes.model_validate(record), related)


@table.route("GET", PATH, permission=Permission.COMPLIANCE_READ, errors=("requirement_not_found",))
async def list_records(
    call: Call, requirement_id: str, query: RecordQuery
) -> ResourcePage[RecordAttributes]:
    """List the records of a requirement in the order of names."""
    requirement = await _requirement(call, requirement_id)
    found = await records.find(
        call.services.content, requirement, _moment(query.as_of), paging(query), query.status
    )
    return page_of(found, record_resource)


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
    found = records.every(call.services.content, requirement, _moment(query.as_of))
    name = re.sub(r"[^\w\-]+", "-", requirement.title, flags=re.ASCII).strip("-") or "records"
    return await stream_csv(call.request, f"{name}.csv", export.as_csv(requirement, found))


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


async def _requirement(call: Call, requirement_id: str) -> Requirement:
    return await requirements.get(call.services.content, call.organization_id, requirement_id)


def _moment(as_of: datetime | None) -> datetime:
    return as_of or datetime.now(UTC)
