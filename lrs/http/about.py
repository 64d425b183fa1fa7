"""GET /about: which versions are spoken here (Communication 2.8)."""

import orjson
from aiohttp import web

from lrs.http.exchange import Handler, Service, open_resource
from lrs.versions import LATEST, VERSION_HEADER, VERSIONS


def routes(service: Service) -> list[web.RouteDef]:
    """Return the routes of the about resource."""
    return open_resource(service, "/about", about())


def about() -> Handler:
    """Return the handler: it needs neither a version nor a credential."""
    body = orjson.dumps({"version": list(VERSIONS), "extensions": {}})

    async def handle(_request: web.Request) -> web.StreamResponse:
        return web.Response(
            body=body, content_type="application/json", headers={VERSION_HEADER: LATEST}
        )

    return handle
