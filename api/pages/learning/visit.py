"""A look at a page of learning: who looks, what REST answers to them, and in whose time."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aiohttp import web
from pydantic import BaseModel, ValidationError

from api.identity.principal import Principal
from api.pages import wording
from api.pages.rendering import render
from api.pages.viewer import signed_in
from api.permissions import Permission
from api.rest import routes
from api.rest.auditing import whence_of
from api.rest.bodies import invalid
from api.rest.boundary import problem_of
from api.rest.call import Call
from api.rest.dispatch import ROUTE
from api.rest.documents import Resource
from api.rest.problems import Problem
from api.rest.route import Handler, Route
from api.services import SERVICES, Services
from content.people.people import Person
from content.store import Store

TOLD = (400, 403, 409, 413, 415, 422)
"""The statuses that a page tells beside its form; the others are pages of their own."""
PREDICATES = ("can", "cannot", "has", "is", "may", "must", "names", "needs")
"""How REST's findings about a field begin, which name no subject."""


@cache
def _routes() -> Mapping[Handler, Route]:
    """What each route of REST declares, by its handler."""
    return {each.handler: each for each in routes()}


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a signed-in person to a page."""

    request: web.Request
    principal: Principal

    @property
    def person(self) -> Person:
        """Who looks."""
        return self.principal.person

    @property
    def services(self) -> Services:
        """What the server is made of."""
        return self.request.app[SERVICES]

    @property
    def store(self) -> Store:
        """Where content is kept."""
        return self.services.content

    @property
    def organization_id(self) -> str:
        """Whose things are seen."""
        return self.principal.organization_id

    @property
    def call(self) -> Call:
        """The request as REST has it."""
        return Call(self.request, self.services, self.principal)

    def named(self, name: str) -> str:
        """A part of the address."""
        return self.request.match_info[name]

    async def ask(self, handler: Handler, **arguments: Any) -> Any:
        """What a handler of REST answers: by the same permission, checks and audit entry.

        `query` and `body` are given as plain fields. Raises ProblemRaised (403, 422), and whatever
        the handler does.
        """
        route, call = _routes()[handler], self.call
        if route.permission is not None:
            call.require(route.permission)
        self.request[ROUTE] = route
        if route.query is not None:
            arguments["query"] = _checked(route.query, arguments.get("query", {}))
        if route.body is not None and arguments.get("body") is not None:
            arguments["body"] = _checked(route.body, arguments["body"])
        answer = await handler(call, **arguments)
        if route.audited:
            await self._audit(route, arguments, answer)
        return answer

    async def tried(self, asked: Awaitable[Any]) -> Problem | None:
        """What was wrong with what was asked; None where nothing was."""
        try:
            await asked
        except Exception as error:
            return self.problem(error)
        return None

    def problem(self, error: Exception) -> Problem:
        """What an error means to who filled in a form. Raises it where it is not theirs to mend."""
        problem = problem_of(error, self.request)
        if problem is None or problem.status not in TOLD:
            raise error
        return problem

    def page(self, template: str, status: int = 200, **values: Any) -> web.Response:
        """The page; templates know `day` and `minute`, which tell a moment in the person's time."""
        told = {"day": self.day, "minute": self.minute, **values}
        return render(self.request, template, self.principal, status, **told)

    def day(self, moment: datetime | None) -> str:
        """The day of a moment."""
        return "" if moment is None else wording.day(moment.astimezone(zone_of(self.person)))

    def minute(self, moment: datetime | None) -> str:
        """A moment to the minute, with the time zone's name."""
        if moment is None:
            return ""
        local = moment.astimezone(zone_of(self.person))
        return f"{wording.day(local)}, {local:%H:%M} {local.tzname()}"

    async def _audit(self, route: Route, arguments: Mapping[str, Any], answer: Any) -> None:
        subjects = [arguments[name] for name in route.parameters]
        if isinstance(answer, Resource) and answer.id not in subjects:
            subjects.append(answer.id)
        action, whence = f"{route.method} {route.path}", whence_of(self.request, self.principal)
        await self.services.audit.append(
            self.organization_id, self.person.id, action, subjects, whence=whence
        )


async def visit(request: web.Request, permission: Permission) -> Visit:
    """The visit of a person who may. Raises HTTPSeeOther, HTTPForbidden (viewer.signed_in)."""
    return Visit(request, await signed_in(request, permission))


def zone_of(person: Person) -> tzinfo:
    """The time zone that a person has chosen, else UTC."""
    try:
        return ZoneInfo(person.time_zone) if person.time_zone else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _checked(model: type[BaseModel], given: Mapping[str, Any]) -> BaseModel:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise invalid(error, given, "") from None


def details(problem: Problem) -> str:
    """A problem in sentences."""
    said = [_sentence(each.detail) for each in problem.findings]
    return " ".join(said) or _sentence(problem.title)


def by_field(problem: Problem | None) -> dict[str, str]:
    """What is wrong with each field of a form, by its name, as a sentence; "" is the whole form."""
    if problem is None:
        return {}
    found = {each.where.rpartition("/")[2]: _sentence(each.detail) for each in problem.findings}
    return found or {"": _sentence(problem.title)}


def _sentence(detail: str) -> str:
    """A finding as people read it: REST says `must be…` of the field that it names."""
    said = f"It {detail}" if detail.partition(" ")[0] in PREDICATES else detail
    return said if said.endswith((".", "!", "?")) else f"{said}."
