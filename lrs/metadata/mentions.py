"""What a recorded statement tells of activities and agents, read without decoding the rest."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from lrs.agents import IFI_PROPERTIES, agent_key

_NOTHING = msgspec.Raw()


class Mentions(msgspec.Struct, frozen=True):
    """Activities as (IRI, definition's JSON; b"" for none), agents as (agent key, name)."""

    activities: list[tuple[str, bytes]]
    agents: list[tuple[str, str]]


class _Agent(msgspec.Struct):
    objectType: str = ""  # noqa: N815
    name: str = ""
    mbox: str | None = None
    mbox_sha1sum: str | None = None
    openid: str | None = None
    account: dict[str, str] | None = None
    member: list["_Agent"] = []


class _Activity(msgspec.Struct):
    id: str
    definition: msgspec.Raw = _NOTHING


class _ContextAgent(msgspec.Struct):
    agent: _Agent


class _ContextGroup(msgspec.Struct):
    group: _Agent


class _Context(msgspec.Struct):
    instructor: _Agent | None = None
    team: _Agent | None = None
    contextActivities: dict[str, list[_Activity]] = {}  # noqa: N815
    contextAgents: list[_ContextAgent] = []  # noqa: N815
    contextGroups: list[_ContextGroup] = []  # noqa: N815


class _Object(_Agent):
    id: str = ""
    definition: msgspec.Raw = _NOTHING
    actor: _Agent | None = None
    object: "_Object | None" = None
    context: _Context | None = None


class _Statement(msgspec.Struct):
    actor: _Agent
    object: _Object
    context: _Context | None = None


_decoder = msgspec.json.Decoder(_Statement)


def read_mentions(raw: bytes) -> Mentions:
    """Return the activities and the named agents of a statement's JSON, its authority left out."""
    statement = _decoder.decode(raw)
    activities = [
        (each.id, bytes(each.definition))
        for each in _activities(statement.object, statement.context)
    ]
    actors = _agents(statement.actor, statement.object, statement.context)
    people = (person for actor in actors for person in _people(actor))
    return Mentions(activities, [(_key(each), each.name) for each in people if each.name])


def activities_of(statements: Iterable[bytes]) -> set[str]:
    """Return the IRIs of every activity in statements' JSON."""
    return {activity for raw in statements for activity, _ in read_mentions(raw).activities}


def _activities(thing: _Object, context: _Context | None) -> Iterator[_Activity | _Object]:
    if thing.objectType in ("", "Activity"):
        yield thing
    elif thing.object is not None:
        yield from _activities(thing.object, thing.context)
    if context is not None:
        for around in context.contextActivities.values():
            yield from around


def _agents(actor: _Agent | None, thing: _Object, context: _Context | None) -> Iterator[_Agent]:
    if actor is not None:
        yield actor
    if thing.objectType in ("Agent", "Group"):
        yield thing
    elif thing.object is not None:
        yield from _agents(thing.actor, thing.object, thing.context)
    if context is not None:
        yield from (each for each in (context.instructor, context.team) if each is not None)
        yield from (each.agent for each in context.contextAgents)
        yield from (each.group for each in context.contextGroups)


def _people(actor: _Agent) -> list[_Agent]:
    return actor.member if actor.objectType == "Group" else [actor]


def _key(agent: _Agent) -> str:
    identifiers: dict[str, Any] = {name: getattr(agent, name) for name in IFI_PROPERTIES}
    return agent_key(identifiers) or ""
