"""/audit-log: who changed what, and when."""

from collections.abc import Mapping
from datetime import datetime

from aiohttp import web
from pydantic import AwareDatetime, Field

from api.audit import AuditEntry, AuditQuery
from api.permissions import Permission
from api.rest.bodies import Query
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, json_response, resource_object
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


class AuditLogQuery(Query):
    """Which entries: all that is given must hold. `page[after]` is the last one's id."""

    who: str | None = None
    action: str | None = None
    subject: str | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    after: str | None = Field(None, alias="page[after]")
    per_page: int = Field(20, ge=1, le=100)


@table.route("GET", "/audit-log", permission=Permission.AUDIT_READ)
async def list_entries(call: Call, query: AuditLogQuery) -> web.Response:
    """List who changed what, the newest first."""
    wanted = AuditQuery(**query.model_dump(exclude={"per_page"}))
    entries, more = await call.services.audit.find(call.organization_id, wanted, query.per_page)
    following = {"page[after]": entries[-1].id} if more else None
    links = {
        "self": str(call.request.rel_url),
        "next": str(call.request.rel_url.update_query(following)) if following else None,
    }
    return json_response({"data": [_shown(each) for each in entries], "links": links})


def _shown(entry: AuditEntry) -> Mapping[str, object]:
    return resource_object(Resource(entry.id, AuditAttributes.model_validate(entry)))
