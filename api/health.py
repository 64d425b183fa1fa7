"""/health/live and /health/ready, for whoever watches over the server."""

import asyncio

import pymongo
from aiohttp import web
from pymongo import ReadPreference
from pymongo.errors import PyMongoError

from api.services import SERVICES, Services
from content.printing import press

READY_TIMEOUT_SECONDS = 2.0


def add_health(app: web.Application) -> None:
    """Answer for this process."""
    app.router.add_get("/health/live", _live)
    app.router.add_get("/health/ready", _ready)


async def states(services: Services) -> dict[str, str]:
    """What each part says of itself: ok, or why it can't serve."""
    return {
        "server": "stopping" if services.lifecycle.stopping else "ok",
        "mongodb": await _mongodb(services.database.client),
        "follower": _follower(services.lifecycle.follower),
    }


async def _live(request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def _ready(request: web.Request) -> web.Response:
    """200 where requests can be served, else 503 and which part can't serve them."""
    parts = await states(request.app[SERVICES])
    ready = all(state == "ok" for state in parts.values())
    content: dict[str, object] = {"status": "ok" if ready else "not_ready", "parts": parts}
    warnings = lacking(request.app[SERVICES])
    if warnings:
        content["warnings"] = warnings
    return web.json_response(content, status=200 if ready else 503)


def lacking(services: Services) -> list[str]:
    """What requests are served without: nothing else waits for it."""
    printing = [] if press.is_available() else [press.MISSING]
    return [*printing, *sorted(set(services.ledger.blocked.values()))]


def _follower(task: asyncio.Task[None] | None) -> str:
    return "ok" if task is not None and not task.done() else "not running"


async def _mongodb(client: pymongo.AsyncMongoClient[dict[str, object]]) -> str:
    try:
        with pymongo.timeout(READY_TIMEOUT_SECONDS):
            await client.admin.command("ping", read_preference=ReadPreference.PRIMARY)
    except PyMongoError as error:
        return f"no primary answers: {type(error).__name__}"
    return "ok"
