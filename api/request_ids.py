"""The id of the request being served: in each of its log lines, its answer and its errors."""

import re
import uuid

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

HEADER = "X-Request-ID"

log = structlog.get_logger("lyceum.access")


def request_id() -> str:
    """The id of the present request."""
    return str(structlog.contextvars.get_contextvars().get("request_id", "-"))


@web.middleware
async def with_request_id(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Take the caller's id when it is a sensible one, else make one; log the request."""
    given = request.headers.get(HEADER, "")
    identifier = given if re.fullmatch(r"[\w.\-]{1,64}", given) else uuid.uuid4().hex
    with structlog.contextvars.bound_contextvars(request_id=identifier):
        try:
            response = await handler(request)
        except web.HTTPException as error:
            error.headers[HEADER] = identifier
            raise
        _log(request, response.status)
    if not response.prepared:
        response.headers[HEADER] = identifier
    return response


def _log(request: web.Request, status: int) -> None:
    level = log.warning if status >= 500 else log.debug
    level("request", method=request.method, path=request.path, status=status)
