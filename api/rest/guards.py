"""`If-Match` on every change of something that has a version.

Most handlers hand the version on, so that the change itself is made of that version alone. For the
others the version is looked up before: what GET at the same address answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from api.rest.bodies import Query
from api.rest.call import Call
from api.rest.documents import Resource
from api.rest.problems import Finding, refuse
from api.rest.route import Route
from api.rest.versions import expected_version

MISMATCH = "version_mismatch"
CHANGING = ("PATCH", "PUT", "DELETE")


def guarded(routes: Sequence[Route]) -> list[Route]:
    """The routes; those that change a thing without a look at its version get its GET as guard."""
    shown = {each.path: each for each in routes if each.method == "GET" and _shows_one(each)}
    return [_guarded(route, shown.get(route.path)) for route in routes]


async def check_version(call: Call, route: Route, arguments: Mapping[str, Any]) -> None:
    """Go on only when If-Match names the present version; the handler's own check comes after it.

    Raises:
        ProblemRaised: 400, the header is malformed; 412, there is another version, or none.
    """
    if route.method not in CHANGING:
        return
    expected = expected_version(call.request)
    if expected is None or (route.guard is None and MISMATCH in route.errors):
        return
    version = await _version(call, route.guard, arguments) if route.guard else None
    if version != expected:
        told = "has no versions" if version is None else f"is at version {version}, not {expected}"
        finding = Finding(f"What is to be changed {told}.", "If-Match", "header")
        raise refuse(412, MISMATCH, "It was changed meanwhile", [finding])


async def _version(call: Call, guard: Route, arguments: Mapping[str, Any]) -> int | None:
    given: dict[str, Any] = {name: arguments[name] for name in guard.parameters}
    if guard.query is not None:
        given["query"] = guard.query()
    shown = await guard.handler(call, **given)
    return shown.version if isinstance(shown, Resource) else None


def _guarded(route: Route, shown: Route | None) -> Route:
    if route.method not in CHANGING or MISMATCH in route.errors or shown is None:
        return route
    return replace(route, errors=(*route.errors, MISMATCH), guard=shown)


def _shows_one(route: Route) -> bool:
    required = any(each.is_required() for each in (route.query or Query).model_fields.values())
    return route.answers is not None and not route.many and not required
