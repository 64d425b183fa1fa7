"""From a declared route to an aiohttp handler, and from what it returns to a response."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from aiohttp import web
from pydantic import BaseModel

from api.rest.bodies import Query, read_body, read_query
from api.rest.call import Call
from api.rest.documents import (
    Resource,
    ResourcePage,
    document_response,
    json_response,
    page_response,
)
from api.rest.limits import admit
from api.rest.problems import MEDIA_TYPE, Finding, refuse
from api.rest.route import Route
from api.services import SERVICES

ROUTE = web.RequestKey("route", Route)
ANY_MEDIA = "*/*"
MULTIPART = "multipart/form-data"

Served = Callable[[web.Request], Awaitable[web.StreamResponse]]


def add_routes(app: web.Application, routes: Iterable[Route]) -> None:
    """Serve the routes under the application's own prefix; GET answers HEAD as well."""
    for route in routes:
        served = _served(route)
        app.router.add_route(route.method, route.path, served)
        if route.method == "GET":
            app.router.add_route("HEAD", route.path, served)


def _served(route: Route) -> Served:
    async def serve(request: web.Request) -> web.StreamResponse:
        request[ROUTE] = route
        _accepts(request, route)
        call = Call(request, request.app[SERVICES], await admit(request, route))
        if route.permission is not None:
            call.require(route.permission)
        arguments: dict[str, Any] = {name: request.match_info[name] for name in route.parameters}
        query = read_query(request, route.query or Query)
        if route.query:
            arguments["query"] = query
        if route.body:
            by_form = route.form is not None and request.content_type == MULTIPART
            arguments["body"] = None if by_form else await read_body(request, route.body)
        answer = await route.handler(call, **arguments)
        if route.audited:
            await _audit(call, route, answer)
        return _response(request, route, answer)

    return serve


async def _audit(call: Call, route: Route, answer: Any) -> None:
    subjects = [call.request.match_info[name] for name in route.parameters]
    if isinstance(answer, Resource) and answer.id not in subjects:
        subjects.append(answer.id)
    action = f"{route.method} {route.path}"
    who = call.principal.person.id
    await call.services.audit.append(call.organization_id, who, action, subjects)


def _response(request: web.Request, route: Route, answer: Any) -> web.StreamResponse:
    if isinstance(answer, web.StreamResponse):
        return answer
    if isinstance(answer, Resource):
        return document_response(request, answer, route.status)
    if isinstance(answer, ResourcePage):
        return page_response(request, answer)
    if isinstance(answer, BaseModel):
        return json_response(answer.model_dump(mode="json"), route.status)
    return web.Response(status=204)


def _accepts(request: web.Request, route: Route) -> None:
    header = request.headers.get("Accept", "*/*")
    ranges = {part.partition(";")[0].strip().lower() for part in header.split(",")}
    if route.media == ANY_MEDIA:
        return
    taken = {"*/*", route.media, route.media.partition("/")[0] + "/*", ""}
    if route.media == MEDIA_TYPE:
        taken.add("application/json")
    if ranges & taken:
        return
    finding = Finding(f"this answers with {route.media}", "Accept", "header")
    raise refuse(406, "not_acceptable", "No media type that you accept", [finding])
