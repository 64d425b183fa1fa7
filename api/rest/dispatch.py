"""From a declared route to an aiohttp handler, and from what it returns to a response."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from aiohttp import web
from pydantic import BaseModel

from api.rest.auditing import TWINS, Twins, audit, state_before
from api.rest.bodies import Query, read_body, read_query
from api.rest.call import Call
from api.rest.documents import (
    Answer,
    CursorPage,
    Resource,
    ResourcePage,
    cursor_response,
    document_response,
    json_response,
    page_response,
    resources_of,
    with_included,
)
from api.rest.guards import check_version
from api.rest.including import included, includes_of, names_of
from api.rest.limits import admit
from api.rest.negotiation import negotiate
from api.rest.places import PLACES, location, places_of
from api.rest.replay import once
from api.rest.route import MULTIPART, Route
from api.rest.shape import INCLUDE, SHAPE, Shape, read_shape
from api.services import SERVICES

ROUTE = web.RequestKey("route", Route)

Served = Callable[[web.Request], Awaitable[web.StreamResponse]]


def add_routes(app: web.Application, routes: Iterable[Route]) -> None:
    """Serve the routes under the application's own prefix; GET answers HEAD as well."""
    routes = list(routes)
    app[PLACES] = places_of(routes)
    app[TWINS] = Twins.among(routes)
    for route in routes:
        served = _served(route)
        app.router.add_route(route.method, route.path, served)
        if route.method == "GET":
            app.router.add_route("HEAD", route.path, served)


def _served(route: Route) -> Served:
    async def serve(request: web.Request) -> web.StreamResponse:
        request[ROUTE] = route
        negotiate(request, route.media, *route.other_media)
        call = Call(request, request.app[SERVICES], await admit(request, route))
        if route.permission is not None:
            call.require(route.permission)
        arguments: dict[str, Any] = {name: request.match_info[name] for name in route.parameters}
        request[SHAPE] = _shape(request, route)
        query = read_query(request, route.query or Query)
        if route.query:
            arguments["query"] = query
        if route.body:
            by_form = route.form is not None and request.content_type == MULTIPART
            arguments["body"] = None if by_form else await read_body(request, route.body)
        await check_version(call, route, arguments)

        async def answering() -> web.StreamResponse:
            if not route.audited:
                return await _response(call, route, await route.handler(call, **arguments))
            before = await state_before(call, route, arguments)
            answer = await route.handler(call, **arguments)
            await audit(call, route, arguments, before, answer)
            return await _response(call, route, answer)

        return await once(call, route, answering)

    return serve


def _shape(request: web.Request, route: Route) -> Shape:
    """A route whose query has a field `include` brings itself what that names."""
    own = route.query is not None and INCLUDE in route.query.model_fields
    relationships = None if own else includes_of(route.answers)
    return read_shape(request, relationships, names_of(route.answers))


async def _response(call: Call, route: Route, answer: Any) -> web.StreamResponse:
    request = call.request
    if isinstance(answer, web.StreamResponse):
        return answer
    if isinstance(answer, Resource | ResourcePage | CursorPage):
        wanted = request[SHAPE].include
        beside = await included(call, resources_of(answer), wanted) if wanted else ()
        status = 202 if route.later and isinstance(answer, Resource) else route.status
        return _placed(request, answer, _document(request, with_included(answer, beside), status))
    if isinstance(answer, BaseModel):
        return json_response(answer.model_dump(mode="json"), route.status)
    return web.Response(status=204)


def _placed(request: web.Request, answer: Answer, response: web.Response) -> web.Response:
    """The answer with the address of what it has made or begun."""
    if isinstance(answer, Resource) and response.status in (201, 202):
        where = location(request.app[PLACES], answer)
        if where is not None:
            response.headers["Location"] = where
    return response


def _document(request: web.Request, answer: Answer, status: int) -> web.Response:
    if isinstance(answer, Resource):
        return document_response(request, answer, status)
    if isinstance(answer, ResourcePage):
        return page_response(request, answer, status)
    return cursor_response(request, answer, status)
