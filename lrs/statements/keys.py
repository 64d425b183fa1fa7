"""What a statement can be found by: each filter's value becomes one number in one index.

A statement's keys are 64-bit hashes in an array. One multikey index over (organization, key,
stored) so serves every filter in the order of `stored`, both ways. A statement that refers to
another is found by that one's keys too: they are added to its own.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from lrs.agents import agent_key


class Kind(StrEnum):
    """What a key tells of a statement."""

    AGENT = "agent"
    RELATED_AGENT = "related_agent"
    VERB = "verb"
    ACTIVITY = "activity"
    RELATED_ACTIVITY = "related_activity"
    REGISTRATION = "registration"


@lru_cache(maxsize=16_384)
def key(kind: Kind, value: str) -> int:
    """Return the key of a value as a signed 64-bit number."""
    digest = blake2b(f"{kind}:{value}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def statement_keys(statement: Mapping[str, Any], authority: Mapping[str, Any]) -> list[int]:
    """Return every key of a statement (Communication 2.1.3).

    A related key is given only where the direct one is not: a broad search asks for both.
    """
    thing, context = statement["object"], statement.get("context", {})
    agents = {*agents_of(statement["actor"]), *_agents_of_object(thing)}
    related_agents = {*_agents_around(statement), *agents_of(authority)} - agents
    activities = {thing["id"]} if _is_activity(thing) else set()
    related_activities = set(_activities_around(statement)) - activities
    keys = [key(Kind.VERB, statement["verb"]["id"])]
    if "registration" in context:
        keys.append(key(Kind.REGISTRATION, context["registration"].lower()))
    keys += [key(Kind.AGENT, agent) for agent in agents]
    keys += [key(Kind.ACTIVITY, activity) for activity in activities]
    keys += [key(Kind.RELATED_AGENT, agent) for agent in related_agents]
    keys += [key(Kind.RELATED_ACTIVITY, activity) for activity in related_activities]
    return keys


def agents_of(actor: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys of an agent, or of a group and its members."""
    identifier = agent_key(actor)
    if identifier:
        yield identifier
    for member in actor.get("member", ()):
        yield from agents_of(member)


def _is_activity(thing: Mapping[str, Any]) -> bool:
    return bool(thing.get("objectType", "Activity") == "Activity")


def _agents_of_object(thing: Mapping[str, Any]) -> Iterator[str]:
    if thing.get("objectType") in ("Agent", "Group"):
        yield from agents_of(thing)


def _agents_around(statement: Mapping[str, Any]) -> Iterator[str]:
    context, thing = statement.get("context", {}), statement["object"]
    for role in ("instructor", "team"):
        if role in context:
            yield from agents_of(context[role])
    for each in context.get("contextAgents", ()):
        yield from agents_of(each["agent"])
    for each in context.get("contextGroups", ()):
        yield from agents_of(each["group"])
    if thing.get("objectType") == "SubStatement":
        yield from agents_of(thing["actor"])
        yield from _agents_of_object(thing["object"])
        yield from _agents_around(thing)


def _activities_around(statement: Mapping[str, Any]) -> Iterator[str]:
    thing = statement["object"]
    for activities in statement.get("context", {}).get("contextActivities", {}).values():
        for activity in activities:
            yield activity["id"]
    if thing.get("objectType") == "SubStatement":
        if _is_activity(thing["object"]):
            yield thing["object"]["id"]
        yield from _activities_around(thing)
