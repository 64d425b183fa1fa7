"""What a request changed, for the audit log: what the resource was before, and what it is after.

A route that changes a resource has a twin, the GET that shows it; that is asked before and, where
the answer does not say it, after. What people do with their own (by permissions that every learner
has) is told without its contents: their notes and answers are nobody's but theirs.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from api.addresses import client_address
from api.audit import Change, Whence
from api.identity.principal import Principal
from api.permissions import ROLES
from api.rest.call import Call
from api.rest.documents import Resource
from api.rest.problems import ProblemRaised
from api.rest.route import Route
from api.services import SERVICES
from content.errors import ContentError
from lrs.errors import Refusal

LONGEST_TEXT = 500
LARGEST_VALUE = 4000
LONGEST_AGENT = 300
SECRETS = frozenset({"key", "secret", "token", "password", "access_token", "refresh_token"})
_NOT_TOLD = SECRETS | {"updated_at"}
_PERSON = re.compile(r"user_[0-9a-f]{12,40}")

Attributes = Mapping[str, Any]
Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class State:
    """A resource as it is shown, and the people that this says something of."""

    attributes: Attributes
    mentions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Twins:
    """The GET routes of single resources, by path."""

    by_path: Mapping[str, Route] = field(default_factory=dict)

    @classmethod
    def among(cls, routes: Iterable[Route]) -> "Twins":
        """The twins that these routes have."""
        return cls({each.path: each for each in routes if _shows_one(each)})

    def changed_by(self, route: Route) -> Route | None:
        """What shows the resource that a route changes."""
        if route.method != "POST" and route.path in self.by_path:
            return self.by_path[route.path]
        parent = self.by_path.get(route.path.rpartition("/")[0])
        return parent if parent is not None and parent.answers is route.answers else None

    def made_by(self, route: Route) -> Route | None:
        """What shows the resources of the type that a route makes; the answer may say more."""
        made = route.answers
        if route.status != 201 or made is None:
            return None
        shown = self.by_path.values()
        return next((each for each in shown if each.answers in made.__mro__), None)


TWINS = web.AppKey("twins", Twins)


def whence_of(request: web.Request, principal: Principal) -> Whence:
    """From where a request comes."""
    return Whence(
        address=client_address(request, request.app[SERVICES].settings.trusted_proxies),
        user_agent=request.headers.get("User-Agent", "")[:LONGEST_AGENT],
        credential=principal.key_id or principal.session_id,
    )


async def state_before(call: Call, route: Route, arguments: Arguments) -> State | None:
    """The resource that a route is about to change; None where there is none to be told.

    `arguments` are those that the route's handler is given; its path's are named as there.
    """
    twins = call.request.app[TWINS]
    if not _is_told(route) or twins.made_by(route) is not None:
        return None
    twin = twins.changed_by(route)
    return None if twin is None else await _shown(call, twin, arguments)


async def audit(
    call: Call, route: Route, arguments: Arguments, before: State | None, answer: Any
) -> None:
    """Note what a route has done."""
    subjects = [arguments[name] for name in route.parameters]
    if isinstance(answer, Resource) and answer.id not in subjects:
        subjects.append(answer.id)
    change = await _change(call, route, arguments, before, answer) if _is_told(route) else None
    await call.services.audit.append(
        call.organization_id,
        call.principal.person.id,
        f"{route.method} {route.path}",
        subjects,
        whence=whence_of(call.request, call.principal),
        change=change,
    )


def change_between(before: State | None, after: State | None) -> Change | None:
    """What differs between two states; None where nothing does."""
    was, is_now = before.attributes if before else {}, after.attributes if after else {}
    names = [
        name
        for name in dict.fromkeys((*was, *is_now))
        if name not in _NOT_TOLD and was.get(name) != is_now.get(name)
    ]
    if not names:
        return None
    mentions = (before.mentions if before else frozenset()) | (
        after.mentions if after else frozenset()
    )
    return Change(
        before={name: _brief(was.get(name)) for name in names} if before else None,
        after={name: _brief(is_now.get(name)) for name in names} if after else None,
        mentions=mentions,
    )


async def _change(
    call: Call, route: Route, arguments: Arguments, before: State | None, answer: Any
) -> Change | None:
    twins = call.request.app[TWINS]
    made = twins.made_by(route)
    if made is not None:
        return change_between(None, _state(answer, made) if isinstance(answer, Resource) else None)
    changed = twins.changed_by(route)
    if changed is None or before is None:
        return None
    if route.answers is changed.answers and isinstance(answer, Resource):
        return change_between(before, _state(answer, changed))
    return change_between(before, await _shown(call, changed, arguments))


async def _shown(call: Call, twin: Route, arguments: Arguments) -> State | None:
    """What the twin shows; nothing where the resource is not there, or not for this caller."""
    given: dict[str, Any] = {name: arguments[name] for name in twin.parameters}
    if twin.query is not None:
        given["query"] = twin.query()
    try:
        return _state(await twin.handler(call, **given), twin)
    except (ContentError, ProblemRaised, Refusal):
        return None


def _state(resource: Resource[Any], twin: Route) -> State:
    names = set(twin.answers.model_fields) if twin.answers else set()
    attributes = resource.attributes.model_dump(mode="json", include=names)
    related = orjson.dumps(dict(resource.related), default=str).decode()
    said = orjson.dumps(attributes, option=orjson.OPT_NON_STR_KEYS).decode() + related
    return State(attributes, frozenset(_PERSON.findall(said + resource.id)))


def _brief(value: Any) -> Any:
    """A value as it is kept: a long text is cut, and what is large all the same only measured."""
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return value[:LONGEST_TEXT] + "…"
    size = len(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS))
    return value if size <= LARGEST_VALUE else f"({size} bytes)"


def _is_told(route: Route) -> bool:
    return route.permission not in ROLES["learner"]


def _shows_one(route: Route) -> bool:
    """A GET of one resource that needs no query."""
    if route.method != "GET" or route.many or not hasattr(route.answers, "type_name"):
        return False
    return not any(each.is_required() for each in _fields(route.query))


def _fields(model: type[BaseModel] | None) -> Iterable[FieldInfo]:
    return model.model_fields.values() if model else ()
