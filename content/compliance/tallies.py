"""Tallies: how many people have each status, by requirement, department and day.

Today's are counted in the background, again and again; `at` tells as of when. Those of a day that
is over are as of its last moment (in UTC) and are not counted again.
"""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

from msgspec import Struct
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from content.compliance.entries import Entry, spans_holding
from content.compliance.requirements import Requirement
from content.compliance.status import STATUSES
from content.documents import Document, encode
from content.identity import now
from content.store import Store
from lrs.store import DUPLICATE_KEY

ONE_DAY = timedelta(days=1)
_INSTANT = timedelta(milliseconds=1)
FEW_DAYS = 3
_KEYS = {"department": "$span.department", "status": "$span.status"}
_FORMER = {"department": "$before.department", "status": "$before.status"}

Counts = Mapping[str, int]


class DepartmentTally(Struct, frozen=True, kw_only=True):
    """How many people of a department (None: of none) have each status that somebody has."""

    department: str | None
    counts: dict[str, int]


class Tally(Document, frozen=True, kw_only=True):
    """One requirement on one day, in all and by department; `final` once the day is over."""

    kind: ClassVar[str] = "compliance_tally"

    requirement_id: str
    day: date
    at: datetime
    final: bool
    counts: dict[str, int]
    departments: tuple[DepartmentTally, ...]

    def of(self, department: str | None = None) -> dict[str, int]:
        """How many have each status, in all or in one department; every status is in it."""
        if department is None:
            return {**nobody(), **self.counts}
        own = (each.counts for each in self.departments if each.department == department)
        return {**nobody(), **next(own, {})}


def nobody() -> dict[str, int]:
    """The counts of nobody."""
    return dict.fromkeys(STATUSES, 0)


async def latest(
    store: Store, organization_id: str, requirement_ids: Collection[str]
) -> dict[str, Tally]:
    """The last tally of each requirement that has one, by requirement."""
    found: dict[str, Tally] = {}
    ids = list(requirement_ids)
    for since in (now().date() - ONE_DAY, date.min):
        missing = [each for each in ids if each not in found]
        query = {"requirement_id": {"$in": missing}, "day": {"$gte": since.isoformat()}}
        if missing:
            found |= {e.requirement_id: e for e in await _in_order(store, organization_id, query)}
    return found


async def on(
    store: Store, organization_id: str, requirement_ids: Collection[str], day: date
) -> dict[str, Tally]:
    """The tally of each requirement on a day, by requirement; before its first there is none."""
    query = {"requirement_id": {"$in": list(requirement_ids)}, "day": day.isoformat()}
    return {e.requirement_id: e for e in await _in_order(store, organization_id, query)}


async def daily(
    store: Store,
    organization_id: str,
    requirement_ids: Collection[str],
    since: date,
    until: date,
    department: str | None = None,
) -> list[tuple[date, dict[str, int]]]:
    """The counts of each day from `since` to `until` that was counted, in order.

    They are those of all the requirements, added up; in all or in one department.
    """
    query = {
        "organization_id": organization_id,
        "requirement_id": {"$in": list(requirement_ids)},
        "day": {"$gte": since.isoformat(), "$lte": until.isoformat()},
    }
    part: dict[str, Any] = {"counts": 1}
    if department is not None:
        part = {"departments": {"$elemMatch": {"department": department}}}
    cursor = store.of(Tally).collection.find(query, {"_id": 0, "day": 1, **part}, batch_size=5000)
    days: dict[str, Counter[str]] = defaultdict(Counter)
    async for each in cursor:
        counts = days[each["day"]]
        for one in [each] if department is None else each.get("departments", ()):
            counts.update(one["counts"])
    return [(date.fromisoformat(day), {**nobody(), **days[day]}) for day in sorted(days)]


async def count(store: Store, requirement: Requirement, moment: datetime) -> Tally:
    """Count a requirement's people as of now, and keep it as today's tally."""
    by_department: dict[str | None, dict[str, int]] = defaultdict(dict)
    own = {"organization_id": requirement.organization_id, "requirement_id": requirement.id}
    keys = {"department": "$department", "current": "$current"}
    found = await store.of(Entry).collection.aggregate(
        [{"$match": own}, {"$group": {"_id": keys, "count": {"$sum": 1}}}],
        hint="by_department",
    )
    async for each in found:
        group = each["_id"]
        by_department[group.get("department")][group["current"]] = each["count"]
    tally = _tally(requirement, moment.date(), moment, by_department, final=False)
    await _keep(store, [tally])
    return tally


async def finish(store: Store, requirement: Requirement, today: date) -> int:
    """Count the days that are over and have no final tally; return how many."""
    first = requirement.editions[0].in_force_from.date()
    query = {"requirement_id": requirement.id, "final": True}
    own = {"organization_id": requirement.organization_id, **query}
    documents = store.of(Tally)
    done = {each["day"] async for each in documents.collection.find(own, {"day": 1})}
    days = [first + ONE_DAY * n for n in range((today - first).days)]
    missing = [each for each in days if each.isoformat() not in done]
    if len(missing) > FEW_DAYS:
        turns = [each async for each in _turns(store, requirement)]
        await _keep(store, counted(requirement, turns, missing))
    else:
        await _keep(store, [await _counted_at(store, requirement, each) for each in missing])
    return len(missing)


class Turn(Struct, frozen=True, kw_only=True):
    """On a day so many people more (or fewer) of a department have a status at its end."""

    day: date
    department: str | None
    status: str
    by: int


def counted(requirement: Requirement, turns: Iterable[Turn], days: Sequence[date]) -> list[Tally]:
    """The final tallies of days, in order, from all the turns since the beginning."""
    coming = sorted(turns, key=lambda each: each.day)
    running: dict[str | None, Counter[str]] = defaultdict(Counter)
    found, place = [], 0
    for day in sorted(days):
        while place < len(coming) and coming[place].day <= day:
            turn = coming[place]
            running[turn.department][turn.status] += turn.by
            place += 1
        held = {name: dict(+counts) for name, counts in running.items() if +counts}
        found.append(_tally(requirement, day, end_of_day(day), held, final=True))
    return found


def end_of_day(day: date) -> datetime:
    """The last moment of a day, in UTC."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return start + ONE_DAY - _INSTANT


async def _counted_at(store: Store, requirement: Requirement, day: date) -> Tally:
    """The final tally of one day, from the span that each person was in at its end."""
    by_department: dict[str | None, dict[str, int]] = defaultdict(dict)
    moment = end_of_day(day)
    own = {"organization_id": requirement.organization_id, "requirement_id": requirement.id}
    pipeline: list[dict[str, Any]] = [
        {"$match": own},
        {"$project": {"span": {"$first": spans_holding(moment)}}},
        {"$group": {"_id": _KEYS, "count": {"$sum": 1}}},
    ]
    async for each in await store.of(Entry).collection.aggregate(pipeline):
        group = each["_id"]
        if "status" in group:
            by_department[group.get("department")][group["status"]] = each["count"]
    return _tally(requirement, day, moment, by_department, final=True)


async def _turns(store: Store, requirement: Requirement) -> AsyncIterator[Turn]:
    """Where a span begins, the one before it has ended; the last one has no end."""
    own = {"organization_id": requirement.organization_id, "requirement_id": requirement.id}
    day = {"$dateTrunc": {"date": "$span.since", "unit": "day"}}
    before = {"$cond": ["$place", {"$arrayElemAt": ["$spans", {"$subtract": ["$place", 1]}]}, None]}
    pipeline: list[dict[str, Any]] = [
        {"$match": own},
        {"$project": {"spans": 1, "span": "$spans"}},
        {"$unwind": {"path": "$span", "includeArrayIndex": "place"}},
        {"$project": {"span": 1, "before": before}},
        {"$group": {"_id": {"day": day, "to": _KEYS, "from": _FORMER}, "count": {"$sum": 1}}},
    ]
    async for each in await store.of(Entry).collection.aggregate(pipeline):
        group = each["_id"]
        for held, by in ((group["to"], 1), (group["from"], -1)):
            if "status" in held:
                yield Turn(
                    day=group["day"].date(),
                    department=held.get("department"),
                    status=held["status"],
                    by=by * each["count"],
                )


def _tally(
    requirement: Requirement,
    day: date,
    at: datetime,
    by_department: Mapping[str | None, dict[str, int]],
    *,
    final: bool,
) -> Tally:
    moment, total = now(), Counter[str]()
    for counts in by_department.values():
        total.update(counts)
    return Tally(
        id=f"{requirement.id}.{day.isoformat()}",
        organization_id=requirement.organization_id,
        created_at=moment,
        updated_at=moment,
        requirement_id=requirement.id,
        day=day,
        at=at,
        final=final,
        counts=dict(total),
        departments=tuple(
            DepartmentTally(department=name, counts=by_department[name])
            for name in sorted(by_department, key=lambda each: each or "")
        ),
    )


async def _keep(store: Store, several: Sequence[Tally]) -> None:
    """Keep them; what is final stays, whoever counted it."""
    writes = [
        UpdateOne(
            {"organization_id": each.organization_id, "_id": each.id, "final": {"$ne": True}},
            {"$set": {name: value for name, value in encode(each).items() if name != "_id"}},
            upsert=True,
        )
        for each in several
    ]
    if not writes:
        return
    try:
        await store.of(Tally).collection.bulk_write(writes, ordered=False)
    except BulkWriteError as error:
        if any(each["code"] != DUPLICATE_KEY for each in error.details["writeErrors"]):
            raise


async def _in_order(store: Store, organization_id: str, query: Mapping[str, Any]) -> list[Tally]:
    return await store.of(Tally).all(organization_id, query, [("day", 1), ("requirement_id", 1)])
