"""/audit-log: who changed what, when and from where."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson
from aiohttp import web
from pydantic import AwareDatetime

from api.audit import AuditEntry, AuditQuery
from api.permissions import Permission
from api.rest.bodies import CursorQuery, Query
from api.rest.call import Call
from api.rest.documents import Attributes, CursorPage, Resource
from api.rest.records import stream_csv
from api.rest.route import RouteTable
from lrs.transfers.spreadsheet import harmless

table = RouteTable()


class AuditAttributes(Attributes):
    """One change: `who` is a user's or an API key's id, null for the server itself; `subjects` are
    ids; `credential` is the session or the API key.

    `before` and `after` are the attributes that differ, where somebody changed them by more than
    a learner's permissions; of what people do with their own only the fact is kept.
    """

    type_name = "audit_entry"

    at: datetime
    who: str | None
    action: str
    subjects: tuple[str, ...]
    counts: Mapping[str, int]
    address: str | None
    user_agent: str | None
    credential: str | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


class AuditLogQuery(CursorQuery):
    """Which entries: all that is given must hold."""

    who: str | None = None
    action: str | None = None
    subject: str | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class AuditExportQuery(Query):
    """Which entries: all that is given must hold."""

    who: str | None = None
    action: str | None = None
    subject: str | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


@table.route("GET", "/audit-log", permission=Permission.AUDIT_READ)
async def list_entries(call: Call, query: AuditLogQuery) -> CursorPage[AuditAttributes]:
    """List who changed what, the newest first."""
    wanted = AuditQuery(**query.model_dump(exclude={"per_page"}))
    entries, more = await call.services.audit.find(call.organization_id, wanted, query.per_page)
    following = entries[-1].id if more else None
    return CursorPage([_resource(each) for each in entries], following, query.per_page)


@table.route(
    "GET",
    "/audit-log.csv",
    permission=Permission.AUDIT_READ,
    media="text/csv",
    limit="exports",
)
async def export_entries(call: Call, query: AuditExportQuery) -> web.StreamResponse:
    """Export who changed what as CSV, the newest first, streamed."""
    wanted = AuditQuery(**query.model_dump())
    entries = call.services.audit.each(call.organization_id, wanted)
    return await stream_csv(call.request, "audit-log.csv", _lines(entries))


def _resource(entry: AuditEntry) -> Resource[AuditAttributes]:
    return Resource(entry.id, AuditAttributes.model_validate(entry))


async def _lines(entries: AsyncIterator[AuditEntry]) -> AsyncIterator[str]:
    yield _line(("id", *AuditAttributes.model_fields))
    async for entry in entries:
        shown = AuditAttributes.model_validate(entry).model_dump(mode="json")
        yield _line((entry.id, *(harmless(_cell(value)) for value in shown.values())))


def _cell(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, list | tuple):
        return " ".join(value)
    return orjson.dumps(value).decode() if value else ""


def _line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()
