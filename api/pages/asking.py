"""What pages ask of the REST API's routes: the same permission, checks, work and audit entry.

A page's route names the parameters in its path as the route that it asks does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ValidationError

from api.identity.principal import Principal
from api.rest.auditing import TWINS, Twins, audit, state_before
from api.rest.bodies import invalid
from api.rest.boundary import problem_of
from api.rest.call import Call
from api.rest.dispatch import ROUTE
from api.rest.guards import check_version
from api.rest.problems import Problem
from api.rest.route import Handler, Route
from api.rest.versions import EXPECTED
from api.services import SERVICES

SHOWN = frozenset({400, 409, 412, 413, 422, 503})
"""What a form is shown again for; anything else is a page of its own."""


CHANGED = "Load the page again, and make your change anew."


@dataclass(frozen=True, slots=True)
class Asked:
    """The routes that pages can ask, by what handles them."""

    by_handler: Mapping[Handler, Route]


ASKED = web.AppKey("asked", Asked)


@dataclass(frozen=True, slots=True)
class Problems:
    """What is wrong with a form: each finding with the field that it is about, "" for none."""

    title: str = ""
    findings: Sequence[tuple[str, str]] = ()

    def __bool__(self) -> bool:
        return bool(self.title)

    def of(self, name: str) -> list[str]:
        """What is wrong with a field, as sentences; `a/b` is the part b of a."""
        return [_sentence(detail) for where, detail in self.findings if _about(where, name)]

    def beside(self, names: Iterable[str]) -> list[str]:
        """What is wrong and about none of these fields."""
        names = list(names)
        loose = [
            (where, detail)
            for where, detail in self.findings
            if not any(_about(where, name) for name in names)
        ]
        return [_sentence(f"{where}: {detail}" if where else detail) for where, detail in loose]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a form: an answer, or problems."""

    answer: Any = None
    problems: Problems = field(default_factory=Problems)


def let_ask(app: web.Application, routes: Sequence[Route]) -> None:
    """Let an application's pages ask these routes."""
    app[ASKED] = Asked({route.handler: route for route in routes})
    app[TWINS] = Twins.among(routes)


async def ask(
    request: web.Request,
    principal: Principal,
    handler: Handler,
    given: Mapping[str, Any] | None = None,
    *,
    query: Mapping[str, Any] | None = None,
    at: Mapping[str, str] | None = None,
) -> Any:
    """What a route answers to this person: `given` is its body, `query` its parameters.

    `at` are the path's parameters, where a page's own path has others; only for what changes
    nothing.

    Raises:
        ProblemRaised and whatever else the route raises.
    """
    route = request.app[ASKED].by_handler[handler]
    call = Call(request, request.app[SERVICES], principal)
    if route.permission is not None:
        call.require(route.permission)
    request[ROUTE] = route
    known = request.match_info if at is None else at
    arguments: dict[str, Any] = {name: known[name] for name in route.parameters}
    if route.query is not None:
        asked = {name: value for name, value in (query or {}).items() if value not in (None, "")}
        arguments["query"] = _checked(route.query, asked)
    if route.body is not None:
        arguments["body"] = _checked(route.body, given or {})
    await check_version(call, route, arguments)
    if not route.audited:
        return await route.handler(call, **arguments)
    before = await state_before(call, route)
    answer = await route.handler(call, **arguments)
    await audit(call, route, before, answer)
    return answer


async def submit(
    request: web.Request,
    principal: Principal,
    handler: Handler,
    given: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> Outcome:
    """Ask a route for what a form says; what can be mended in the form is told, not raised.

    `version` is the one that the form was filled in for.
    """
    if version is not None:
        request[EXPECTED] = version
    try:
        return Outcome(await ask(request, principal, handler, given))
    except Exception as error:
        problem = problem_of(error, request)
        if problem is None or problem.status not in SHOWN:
            raise
        return Outcome(problems=problems_of(problem))


def problems_of(problem: Problem) -> Problems:
    """A problem as a form tells it."""
    if problem.status == 412:
        return Problems("somebody has changed it meanwhile", [("", CHANGED)])
    said = [(each.where.strip("/"), each.detail) for each in problem.findings]
    marked = problem.status in (400, 422) and any(where for where, _ in said)
    title = "see what is marked" if marked else problem.title
    return Problems(title, said or [("", problem.title)])


def _checked(model: type[BaseModel], given: Mapping[str, Any]) -> BaseModel:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise invalid(error, given, "") from None


def _about(where: str, name: str) -> bool:
    return where == name or where.startswith(f"{name}/")


def _sentence(detail: str) -> str:
    """A finding as people read it: REST says `must be…` of the field that it names."""
    said = f"It {detail}" if detail[:1].islower() else detail
    return said if said.endswith((".", "!", "?")) else f"{said}."
