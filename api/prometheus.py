"""/metrics for Prometheus, and the middleware that measures every request."""

import asyncio
import hmac
import os
import time
from ipaddress import ip_address

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector

from api.health import states
from api.metrics import BEHIND, FOLDER, OWN, READY, count_request
from api.services import SERVICES, Services
from api.settings import Settings

PATH = "/metrics"
GONE = 499
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@web.middleware
async def measured(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count a request and take its time; a client that went away counts as 499."""
    began, status = time.perf_counter(), 500
    try:
        response = await handler(request)
        status = response.status
        return response
    except web.HTTPException as error:
        status = error.status
        raise
    except asyncio.CancelledError:
        status = GONE
        raise
    finally:
        method = request.method if request.method in _METHODS else "other"
        count_request(method, _route(request), status, time.perf_counter() - began)


def add_metrics(app: web.Application) -> None:
    """Answer whoever may scrape."""
    app.router.add_get(PATH, _scrape)


async def _scrape(request: web.Request) -> web.Response:
    services = request.app[SERVICES]
    if not _may_scrape(request, services.settings):
        raise web.HTTPForbidden(text="Send the metrics token as Bearer, or ask from this machine.")
    await _look(services)
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    body = await asyncio.to_thread(encode, registry())
    return web.Response(body=body, headers={"Content-Type": content_type})


def _may_scrape(request: web.Request, settings: Settings) -> bool:
    """By the token; where none is set, from this machine alone and through no proxy."""
    if settings.metrics_token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), settings.metrics_token.encode())
    forwarded = {"X-Forwarded-For", "Forwarded"} & request.headers.keys()
    return not forwarded and request.remote is not None and ip_address(request.remote).is_loopback


async def _look(services: Services) -> None:
    for part, state in (await states(services)).items():
        READY.labels(part).set(state == "ok")
    BEHIND.set(max(0.0, time.time() - services.log.consistent_through / 1e6))


def registry() -> CollectorRegistry:
    """What is measured: by this process, or by every worker together."""
    if FOLDER not in os.environ:
        return OWN
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together


def _route(request: web.Request) -> str:
    """The path as it was declared, so that ids make no series of their own."""
    resource = request.match_info.route.resource
    return "unmatched" if resource is None else resource.canonical
