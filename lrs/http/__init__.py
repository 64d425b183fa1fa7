"""The xAPI resources over HTTP, one module each (Communication 2)."""

from collections.abc import Sequence

from aiohttp import web

from lrs.credentials import Credentials
from lrs.documents import Documents
from lrs.http import about, activities, agents, documents, statements
from lrs.http.bodies import Bodies
from lrs.http.cors import Origins
from lrs.http.exchange import Service
from lrs.http.limits import HTTPLimits
from lrs.log import StatementLog
from lrs.metadata import Metadata

__all__ = ["HTTPLimits", "Origins", "routes"]

_RESOURCES = (about, statements, documents, agents, activities)


def routes(
    log: StatementLog,
    stored_documents: Documents,
    metadata: Metadata,
    credentials: Credentials,
    *,
    prefix: str = "/xapi",
    limits: HTTPLimits | None = None,
    origins: Origins | None = None,
) -> Sequence[web.AbstractRouteDef]:
    """Return the routes of the xAPI resources, to be added to an application."""
    limits = limits or HTTPLimits()
    service = Service(
        log,
        stored_documents,
        metadata,
        credentials,
        prefix,
        limits,
        Bodies(limits),
        origins or Origins(),
    )
    return [route for each in _RESOURCES for route in each.routes(service)]
