"""GET /agents: the Person behind an agent (Communication 2.4)."""

from typing import Any

import orjson
from aiohttp import web

from lrs.agents import agent_key, to_person
from lrs.credentials import scopes
from lrs.http import requirements
from lrs.http.exchange import Exchange, Service, resource
from lrs.http.parameters import read_agent


def routes(service: Service) -> list[web.RouteDef]:
    """Return the routes of the agents resource."""
    return resource(service, "/agents", {"GET": get})


async def get(exchange: Exchange) -> web.Response:
    """Return the Person; only what was asked with where nothing more is known."""
    exchange.require(scopes.READ_STATEMENTS, scopes.PROFILE, scopes.DEFINE)
    read = exchange.parameters({"agent"}, requirements.AGENTS)
    agent: dict[str, Any] = read.required("agent", read_agent)
    read.finish()
    names = await exchange.service.metadata.names(exchange.organization_id, agent_key(agent) or "")
    return web.Response(body=orjson.dumps(to_person(agent, names)), content_type="application/json")
