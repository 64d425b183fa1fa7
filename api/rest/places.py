"""Where a resource can be fetched: the `Location` of what was made."""

from collections.abc import Iterable
from typing import Any

from aiohttp import web

from api.rest.documents import Resource
from api.rest.route import Route

Places = dict[str, str]

PREFIX = "/api/v1"
PLACES = web.AppKey("places", dict[str, str])


def places_of(routes: Iterable[Route]) -> dict[str, str]:
    """The path of each type of resource that has one of its own, such as /courses/{course_id}."""
    return {type_of(route): route.path for route in routes if _shows_one(route)}


def location(places: Places, resource: Resource[Any]) -> str | None:
    """The address of a resource, if it has one."""
    path = places.get(resource.attributes.type_name)
    return None if path is None else f"{PREFIX}{path.partition('{')[0]}{resource.id}"


def type_of(route: Route) -> str:
    """The type of the resources that a route answers with; empty where it answers with none."""
    return getattr(route.answers, "type_name", "")


def _shows_one(route: Route) -> bool:
    """A GET of one resource by its id alone."""
    if route.method != "GET" or route.many or len(route.parameters) != 1:
        return False
    (name,) = route.parameters
    kind = type_of(route)
    named_for = bool(kind) and name.endswith("_id") and kind.endswith(name.removesuffix("_id"))
    return named_for and route.path.endswith(f"/{{{name}}}")
