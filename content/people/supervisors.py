"""Supervisors: who answers for whom. People form trees; nobody is above themselves."""

from collections.abc import Mapping
from typing import Any, Final

from content.errors import RuleBroken
from content.findings import Finding
from content.identity import now
from content.store import COLLECTIONS, Store

MOST_LEVELS: Final = 50
"""So far up is looked; whoever is higher still has no say."""


async def above(store: Store, organization_id: str, person_id: str) -> list[str]:
    """The ids of a person's supervisor, their supervisor and so on, the nearest first.

    Each is named once, should two changes at the same moment have closed a circle.
    """
    found = await _named(store, organization_id, person_id)
    chain: list[str] = []
    while (upper := found.get("supervisor_id")) and len(chain) < MOST_LEVELS:
        if upper == person_id or upper in chain:
            break
        chain.append(upper)
        found = await _named(store, organization_id, upper)
    return chain


async def active_above(store: Store, organization_id: str, person_id: str) -> list[str]:
    """Those above who are active: for who has left, the next one up answers."""
    chain = await above(store, organization_id, person_id)
    query = {"organization_id": organization_id, "_id": {"$in": chain}, "status": "active"}
    active = {each["_id"] async for each in _people(store).find(query, {"_id": 1})}
    return [each for each in chain if each in active]


async def check(
    store: Store, organization_id: str, person_id: str | None, supervisor_id: str
) -> None:
    """Whether somebody may be the supervisor of a person (None: of somebody new).

    Raises RuleBroken: there is no such person here, it is the person, or somebody below them.
    """
    if not await _named(store, organization_id, supervisor_id):
        raise _wrong("must be a person of this organization")
    if supervisor_id == person_id:
        raise _wrong("must be somebody else")
    if person_id in await above(store, organization_id, supervisor_id):
        raise _wrong("must not be somebody whom this person supervises, at any level")


async def has_team(store: Store, organization_id: str, person_id: str) -> bool:
    """Whether somebody is this person's to supervise."""
    query = {"organization_id": organization_id, "supervisor_id": person_id, "status": "active"}
    return await _people(store).find_one(query, {"_id": 1}) is not None


async def clear(store: Store, organization_id: str, supervisor_id: str) -> None:
    """Leave the people whom somebody supervised without a supervisor."""
    await _people(store).update_many(
        {"organization_id": organization_id, "supervisor_id": supervisor_id},
        {"$set": {"supervisor_id": None, "updated_at": now()}, "$inc": {"version": 1}},
    )


async def _named(store: Store, organization_id: str, person_id: str) -> Mapping[str, Any]:
    query = {"organization_id": organization_id, "_id": person_id}
    return await _people(store).find_one(query, {"supervisor_id": 1}) or {}


def _people(store: Store) -> Any:
    return store.database[COLLECTIONS["user"]]


def _wrong(detail: str) -> RuleBroken:
    return RuleBroken([Finding(where="supervisor_id", detail=detail)])
