"""/audit-log: who changed what, and when."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import AwareDatetime

from api.audit import AuditEntry, AuditQuery
from api.permissions import Permission
from api.rest.bodies import CursorQuery
from api.rest.call import Call
from api.rest.documents import Attributes, CursorPage, Resource
from api.rest.route import RouteTable

table = RouteTable()


class AuditAttributes(Attributes):
    """One change: `who` is a user's id, null for the server itself; `subjects` are ids."""

    type_name = "audit_entry"

    at: datetime
    who: str | None
    action: str
    subjects: tuple[str, ...]
    counts: Mapping[str, int]


class AuditLogQuery(CursorQuery):
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


def _resource(entry: AuditEntry) -> Resource[AuditAttributes]:
    return Resource(entry.id, AuditAttributes.model_validate(entry))
