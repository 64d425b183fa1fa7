"""/statements: the evidence itself, for people; xAPI clients use /xapi."""

from aiohttp import web

from api.permissions import Permission
from api.rest.call import Call
from api.rest.route import RouteTable
from content.errors import NotFound

table = RouteTable()

JSON = "application/json"


@table.route(
    "GET",
    "/statements/{statement_id}",
    permission=Permission.STATEMENTS_READ,
    errors=("statement_not_found",),
    media=JSON,
)
async def get_statement(call: Call, statement_id: str) -> web.Response:
    """Show a statement as it was recorded."""
    statement = await call.services.log.get(call.organization_id, statement_id)
    if statement is None:
        raise NotFound("statement", statement_id)
    return web.Response(body=statement.raw, content_type=JSON)
