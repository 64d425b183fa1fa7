"""What pages ask of the REST API's routes: the same permission, checks, work and audit entry."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from aiohttp import web
from pydantic import BaseModel, ValidationError

from api.pages.wording import sentence
from api.rest.auditing import TWINS, Twins, audit, state_before
from api.rest.bodies import invalid
from api.rest.boundary import problem_of
from api.rest.call import Call
from api.rest.dispatch import ROUTE
from api.rest.guards import check_version
from api.rest.problems import Problem
from api.rest.route import Handler, Route
from api.rest.versions import EXPECTED

SHOWN = frozenset({400, 403, 409, 412, 413, 415, 422, 503})
"""What a form is shown again for; anything else is a page of its own."""
NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
CHANGED = "Load the page again, and make your change anew."


@dataclass(frozen=True, slots=True)
class Asked:
    """The routes that pages can ask, by what handles them."""

    by_handler: Mapping[Handler, Route]


ASKED = web.AppKey("asked", Asked)


@dataclass(frozen=True, slots=True)
class Problems:
    """What is wrong with a form: each finding with the field that it is about, "" for none.

    `code` is that of REST's problem, `refused` its status.
    """

    title: str = ""
    findings: Sequence[tuple[str, str]] = ()
    code: str = ""
    refused: int = 422

    def __bool__(self) -> bool:
        return bool(self.title)

    @property
    def status(self) -> int:
        """The status of the page that tells it."""
        return self.refused if self else 200

    @property
    def told(self) -> str:
        """All that is wrong, in sentences."""
        return " ".join(sentence(detail) for _, detail in self.findings)

    def of(self, name: str) -> list[str]:
        """What is wrong with a field, as sentences; `a/b` is the part b of a."""
        return [sentence(detail) for where, detail in self.findings if _about(where, name)]

    def by_field(self) -> dict[str, str]:
        """What is wrong with each field, as a sentence, by the last part of its name."""
        return {where.rpartition("/")[2]: sentence(detail) for where, detail in self.findings}

    def beside(self, names: Iterable[str]) -> list[str]:
        """What is wrong and about none of these fields."""
        names = list(names)
        loose = [
            (where, detail)
            for where, detail in self.findings
            if not any(_about(where, name) for name in names)
        ]
        return [sentence(f"{where}: {detail}" if where else detail) for where, detail in loose]


NO_PROBLEMS: Final = Problems()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a form: an answer, or problems."""

    answer: Any = None
    problems: Problems = NO_PROBLEMS


def let_ask(app: web.Application, routes: Sequence[Route]) -> None:
    """Let an application's pages ask these routes."""
    app[ASKED] = Asked({route.handler: route for route in routes})
    app[TWINS] = Twins.among(routes)


async def ask(
    call: Call,
    handler: Handler,
    given: Mapping[str, Any] | None,
    query: Mapping[str, Any],
    at: Mapping[str, str],
) -> Any:
    """What a route answers to who calls.

    `given` is its body (None is handed on: the route reads the request itself), `query` its
    parameters, of which those without a value are left out, `at` has its path's.

    Raises:
        ProblemRaised and whatever else the route raises.
    """
    route = call.request.app[ASKED].by_handler[handler]
    if route.permission is not None:
        call.require(route.permission)
    call.request[ROUTE] = route
    arguments: dict[str, Any] = {name: at[name] for name in route.parameters}
    if route.query is not None:
        asked = {name: value for name, value in query.items() if value not in (None, "")}
        arguments["query"] = _checked(route.query, asked)
    if route.body is not None:
        arguments["body"] = None if given is None else _checked(route.body, given)
    await check_version(call, route, arguments)
    if not route.audited:
        return await route.handler(call, **arguments)
    before = await state_before(call, route, arguments)
    answer = await route.handler(call, **arguments)
    await audit(call, route, arguments, before, answer)
    return answer


async def submit(
    call: Call,
    handler: Handler,
    given: Mapping[str, Any] | None,
    version: int | None,
    at: Mapping[str, str],
) -> Outcome:
    """Ask a route for what a form says; what can be mended in the form is told, not raised.

    `version` is the one that the form was filled in for.
    """
    if version is not None:
        call.request[EXPECTED] = version
    try:
        return Outcome(await ask(call, handler, given, NOTHING, at))
    except Exception as error:
        problem = problem_of(error, call.request)
        if problem is None or problem.status not in SHOWN:
            raise
        return Outcome(problems=problems_of(problem))


def problems_of(problem: Problem) -> Problems:
    """A problem as a form tells it."""
    if problem.status == 412:
        return Problems(
            "somebody has changed it meanwhile", [("", CHANGED)], problem.code, problem.status
        )
    said = [(each.where.strip("/"), each.detail) for each in problem.findings]
    marked = problem.status in (400, 422) and any(where for where, _ in said)
    title = "see what is marked" if marked else problem.title
    return Problems(title, said or [("", problem.title)], problem.code, problem.status)


def _checked(model: type[BaseModel], given: Mapping[str, Any]) -> BaseModel:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise invalid(error, given, "") from None


def _about(where: str, name: str) -> bool:
    return where == name or where.startswith(f"{name}/")
