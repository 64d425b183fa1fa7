"""The xAPI resources over HTTP, one module each (Communication 2)."""

from collections.abc import Sequence

from aiohttp import web

from lrs.credentials import Credentials
from lrs.http import about, statements
from lrs.http.exchange import Service
from lrs.http.limits import HTTPLimits
from lrs.log import StatementLog

__all__ = ["HTTPLimits", "routes"]


def routes(
    log: StatementLog,
    credentials: Credentials,
    *,
    prefix: str = "/xapi",
    limits: HTTPLimits | None = None,
) -> Sequence[web.AbstractRouteDef]:
    """Return the routes of the xAPI resources, to be added to an application."""
    service = Service(log, credentials, prefix, limits or HTTPLimits())
    return [*about.routes(service), *statements.routes(service)]
