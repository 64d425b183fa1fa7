"""Leaderboards: people in order of progress, score, time or streak, in a course, a path or all.

Over several courses progress and time are summed, and the score is the mean of courses with one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct

from content import findings
from content.analytics import lesson_attempts
from content.analytics.periods import streak
from content.errors import RuleBroken
from content.findings import Finding
from content.identity import now
from content.people.people import Person
from content.store import COLLECTIONS, Store

SCOPES: Final = ("course", "path", "global")
METRICS: Final = ("progress", "score", "time", "streak")
PERIODS: Final = {"all": None, "month": timedelta(days=30), "week": timedelta(days=7)}
MOST: Final = 100


class Asked(Struct, frozen=True, kw_only=True):
    """Which leaderboard: of a course or a path by its id; `period` leaves out who did nothing
    in it, and counts its sessions alone where the metric is time.
    """

    scope: str = "global"
    scope_id: str | None = None
    metric: str = "progress"
    period: str = "all"
    limit: int = 10


class Place(Struct, frozen=True, kw_only=True):
    """One person's rank, equal for equal values: percent, percent, minutes or days."""

    rank: int
    person_id: str
    name: str
    value: float


async def leaderboard(store: Store, organization_id: str, asked: Asked) -> list[Place]:
    """The first people. Raises RuleBroken."""
    if broken := _broken(asked):
        raise RuleBroken(broken)
    scope = await _scope(store, organization_id, asked)
    span = PERIODS[asked.period]
    since = None if span is None else now() - span
    values = await _values(store, {"organization_id": organization_id, **scope}, asked, since)
    best = sorted(values.items(), key=lambda each: (-each[1], each[0]))
    people = await _names(store, organization_id, [person_id for person_id, _ in best[: 2 * MOST]])
    ranked = [each for each in best if each[0] in people and each[1] > 0]
    return placed(ranked, people)[: asked.limit]


def placed(ranked: Iterable[tuple[str, float]], names: Mapping[str, str]) -> list[Place]:
    """Ranks for people in order of their values; equal values have the same."""
    places: list[Place] = []
    for position, (person_id, value) in enumerate(ranked, start=1):
        equal = bool(places) and places[-1].value == value
        rank = places[-1].rank if equal else position
        places.append(Place(rank=rank, person_id=person_id, name=names[person_id], value=value))
    return places


async def _scope(store: Store, organization_id: str, asked: Asked) -> dict[str, Any]:
    if asked.scope == "global":
        return {}
    if asked.scope == "course":
        return {"course_id": asked.scope_id}
    query = {"organization_id": organization_id, "_id": asked.scope_id, "archived_at": None}
    path = await store.database[COLLECTIONS["learning_path"]].find_one(query, {"courses": 1})
    courses = [each["course_id"] for each in (path or {"courses": []})["courses"]]
    return {"course_id": {"$in": courses}}


async def _values(
    store: Store, scope: dict[str, Any], asked: Asked, since: datetime | None
) -> dict[str, float]:
    if asked.metric == "streak":
        return await _streaks(store, scope)
    if asked.metric == "time" and since is not None:
        return await _minutes_since(store, scope, since)
    field = {"progress": "progress", "score": "score", "time": "seconds"}[asked.metric]
    active = {} if since is None else {"standing.last_activity_at": {"$gte": since}}
    how = "$avg" if asked.metric == "score" else "$sum"
    found = await store.database[COLLECTIONS["progress"]].aggregate(
        [
            {"$match": {**scope, **active}},
            {"$group": {"_id": "$person_id", "value": {how: f"$standing.{field}"}}},
            {"$match": {"value": {"$ne": None}}},
            {"$sort": {"value": -1, "_id": 1}},
            {"$limit": 2 * MOST},
        ]
    )
    scale = 60 if asked.metric == "time" else 1
    return {each["_id"]: round(each["value"] / scale, 1) async for each in found}


async def _minutes_since(store: Store, scope: dict[str, Any], since: datetime) -> dict[str, float]:
    active = {**scope, "standing.last_activity_at": {"$gte": since}}
    found = await store.database[COLLECTIONS["progress"]].aggregate(
        [
            *lesson_attempts.stages(active, "person_id"),
            {"$unwind": "$state.sessions"},
            {"$match": {"state.sessions.at": {"$gte": since}}},
            {"$group": {"_id": "$person_id", "value": {"$sum": "$state.sessions.seconds"}}},
            {"$sort": {"value": -1, "_id": 1}},
            {"$limit": 2 * MOST},
        ]
    )
    return {each["_id"]: round(each["value"] / 60, 1) async for each in found}


async def _streaks(store: Store, scope: dict[str, Any]) -> dict[str, float]:
    """The present streaks: only who did something since yesterday has one."""
    today = now().toordinal()
    yesterday = datetime.combine(
        now().date() - timedelta(days=1), datetime.min.time(), now().tzinfo
    )
    active = {**scope, "standing.last_activity_at": {"$gte": yesterday}}
    found = await store.database[COLLECTIONS["progress"]].aggregate(
        [
            *lesson_attempts.stages(active, "person_id"),
            {"$group": {"_id": "$person_id", "days": {"$push": "$state.days"}}},
        ]
    )
    days: dict[str, set[int]] = defaultdict(set)
    async for each in found:
        days[each["_id"]].update(day for part in each["days"] if part for day in part)
    return {person_id: float(streak(each, today)) for person_id, each in days.items()}


async def _names(store: Store, organization_id: str, person_ids: list[str]) -> dict[str, str]:
    query = {"_id": {"$in": person_ids}, "status": "active"}
    return {each.id: each.name for each in await store.of(Person).all(organization_id, query)}


def _broken(asked: Asked) -> list[Finding]:
    broken = (
        findings.one_of("scope", asked.scope, SCOPES)
        + findings.one_of("metric", asked.metric, METRICS)
        + findings.one_of("period", asked.period, PERIODS)
    )
    if asked.scope in ("course", "path") and asked.scope_id is None:
        detail = f"is required where the scope is {asked.scope}"
        broken.append(Finding(where=f"{asked.scope}_id", detail=detail))
    return broken
