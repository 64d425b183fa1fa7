"""GET /activities: an activity with all that is known of it (Communication 2.5)."""

import orjson
from aiohttp import web

from lrs.credentials import scopes
from lrs.http import requirements
from lrs.http.exchange import Exchange, Service, resource
from lrs.http.parameters import read_iri


def routes(service: Service) -> list[web.RouteDef]:
    """Return the routes of the activities resource."""
    return resource(service, "/activities", {"GET": get})


async def get(exchange: Exchange) -> web.Response:
    """Return the activity; only its id where no statement has defined it."""
    exchange.require(scopes.READ_STATEMENTS, scopes.PROFILE, scopes.DEFINE)
    read = exchange.parameters({"activityId"}, requirements.ACTIVITIES)
    activity_id = read.required("activityId", read_iri)
    read.finish()
    definition = await exchange.service.metadata.definition(exchange.organization_id, activity_id)
    activity = {"objectType": "Activity", "id": activity_id}
    known = {**activity, "definition": definition} if definition else activity
    return web.Response(body=orjson.dumps(known), content_type="application/json")
