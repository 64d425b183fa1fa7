"""A course's figures: who came, who completed, who is at it, where people stop, what they think.

All are counted from enrollments that are not cancelled and from the folds over their statements.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from msgspec import Struct

from content.analytics import lesson_attempts
from content.analytics.periods import Period, trend
from content.store import COLLECTIONS, Store

STOPPED_AFTER: Final = timedelta(days=14)
DAY: Final = 86_400_000
MOST_DROP_OFFS: Final = 10


class Enrollments(Struct, frozen=True, kw_only=True):
    """`total` there are, `new` came in the period, `trend` percent more than in the one before."""

    total: int
    new: int
    trend: float | None


class Completions(Struct, frozen=True, kw_only=True):
    """`total` completed it, `new` of them in the period; `rate` is in percent of enrollments."""

    total: int
    new: int
    rate: float
    average_days_to_complete: float | None


class DropOff(Struct, frozen=True, kw_only=True):
    """`drop_rate` percent of those who began the lesson have not completed it, nor the course,
    and have done nothing in the course for STOPPED_AFTER.
    """

    lesson_id: str
    title: str
    drop_rate: float


class Engagement(Struct, frozen=True, kw_only=True):
    """What was done in the period: people with any activity, the mean of sessions that ended in
    it, completions of lessons for each of its days.
    """

    active_learners: int
    average_time_per_session_minutes: float | None
    lessons_completed_per_day: float
    drop_off_lessons: tuple[DropOff, ...]


class Day(Struct, frozen=True, kw_only=True):
    """One day's enrollments and completions."""

    date: date
    enrollments: int
    completions: int


async def enrollments(
    store: Store, organization_id: str, course_id: str, of: Period
) -> Enrollments:
    """How many people came."""
    collection = store.database[COLLECTIONS["enrollment"]]
    own = {"organization_id": organization_id, "course_id": course_id, "cancelled_at": None}
    total = await collection.count_documents(own)
    new = await collection.count_documents({**own, **_within("enrolled_at", of)})
    earlier = of.earlier
    if earlier is None:
        return Enrollments(total=total, new=new, trend=None)
    before = await collection.count_documents({**own, **_within("enrolled_at", earlier)})
    return Enrollments(total=total, new=new, trend=trend(new, before))


async def completions(
    store: Store, organization_id: str, course_id: str, of: Period
) -> Completions:
    """How many people completed it, and how long it took them."""
    new = {"$ne": ["$completed_at", None]}
    if of.since is not None:
        new = _and(new, {"$gt": ["$completed_at", of.since]})
    found = await _held(
        store,
        organization_id,
        course_id,
        [
            {
                "$group": {
                    "_id": None,
                    "enrolled": {"$sum": 1},
                    "completed": _count({"$ne": ["$completed_at", None]}),
                    "new": _count(new),
                    "took": {"$avg": {"$subtract": ["$completed_at", "$enrolled_at"]}},
                }
            }
        ],
    )
    (told,) = found or [{"enrolled": 0, "completed": 0, "new": 0, "took": None}]
    rate = 100 * told["completed"] / told["enrolled"] if told["enrolled"] else 0.0
    took = told["took"]
    return Completions(
        total=told["completed"],
        new=told["new"],
        rate=round(rate, 1),
        average_days_to_complete=None if took is None else round(max(took, 0) / DAY, 1),
    )


async def engagement(store: Store, organization_id: str, course_id: str, of: Period) -> Engagement:
    """What people did in the period, and where they stopped."""
    own = {"organization_id": organization_id, "course_id": course_id}
    progress = store.database[COLLECTIONS["progress"]]
    active = {**own, **_within("standing.last_activity_at", of)}
    sessions, completed = await _done(store, own, of)
    known = await progress.find_one(own, {"standing.started_at": 1}, sort=[("created_at", 1)])
    begun = (known or {}).get("standing", {}).get("started_at")
    days = max(len(of.days(begun)), 1)
    return Engagement(
        active_learners=await progress.count_documents(active),
        average_time_per_session_minutes=None if sessions is None else round(sessions / 60, 1),
        lessons_completed_per_day=round(completed / days, 1),
        drop_off_lessons=await _drop_offs(store, own, of.until),
    )


async def timeline(store: Store, organization_id: str, course_id: str, of: Period) -> list[Day]:
    """Enrollments and completions, day by day, of a year at the most."""
    own = {"organization_id": organization_id, "course_id": course_id, "cancelled_at": None}
    collection = store.database[COLLECTIONS["enrollment"]]
    oldest = await collection.find_one(own, {"enrolled_at": 1}, sort=[("enrolled_at", 1)])
    days = of.days(oldest["enrolled_at"] if oldest else None)
    came = await _by_day(store, organization_id, course_id, "enrolled_at")
    left = await _by_day(store, organization_id, course_id, "completed_at")
    return [
        Day(date=day, enrollments=came.get(str(day), 0), completions=left.get(str(day), 0))
        for day in days
    ]


async def _by_day(
    store: Store, organization_id: str, course_id: str, field: str
) -> Mapping[str, int]:
    found = await _held(
        store,
        organization_id,
        course_id,
        [
            {"$match": {field: {"$ne": None}}},
            {
                "$group": {
                    "_id": {"$dateToString": {"date": f"${field}", "format": "%Y-%m-%d"}},
                    "count": {"$sum": 1},
                }
            },
        ],
    )
    return {each["_id"]: each["count"] for each in found}


async def _held(
    store: Store, organization_id: str, course_id: str, stages: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The course's enrollments as {enrolled_at, completed_at}, through more stages."""
    own = {"organization_id": organization_id, "course_id": course_id, "cancelled_at": None}
    completed = {"$ifNull": [{"$first": "$progress.standing.completed_at"}, None]}
    joined = {
        "from": COLLECTIONS["progress"],
        "localField": "_id",
        "foreignField": "_id",
        "as": "progress",
    }
    found = await store.database[COLLECTIONS["enrollment"]].aggregate(
        [
            {"$match": own},
            {"$project": {"enrolled_at": 1}},
            {"$lookup": joined},
            {"$project": {"enrolled_at": 1, "completed_at": completed}},
            *stages,
        ]
    )
    return await found.to_list()


async def _done(store: Store, own: Mapping[str, Any], of: Period) -> tuple[float | None, int]:
    """The mean length in seconds of the period's sessions, and how many lessons were completed."""
    progress = store.database[COLLECTIONS["progress"]]
    course_id = own["course_id"]
    sessions = await progress.aggregate(
        [
            *lesson_attempts.stages(own),
            {"$unwind": "$state.sessions"},
            {"$match": _within("state.sessions.at", of)},
            {"$group": {"_id": None, "mean": {"$avg": "$state.sessions.seconds"}}},
        ]
    )
    completed = await progress.aggregate(
        [
            *lesson_attempts.stages(own),
            {"$match": {"lesson": {"$ne": course_id}, "state.completed": {"$ne": None}}},
            {
                "$group": {
                    "_id": {"enrollment": "$_id", "lesson": "$lesson"},
                    "at": {"$min": "$state.completed.at"},
                }
            },
            {"$match": _within("at", of)},
            {"$count": "count"},
        ]
    )
    (mean,) = await sessions.to_list() or [{"mean": None}]
    (counted,) = await completed.to_list() or [{"count": 0}]
    return mean["mean"], counted["count"]


async def _drop_offs(store: Store, own: Mapping[str, Any], moment: datetime) -> tuple[DropOff, ...]:
    stopped = _and(
        {"$eq": [{"$ifNull": ["$completed", None]}, None]},
        {"$eq": [{"$ifNull": ["$standing.completed_at", None]}, None]},
        {"$lt": ["$standing.last_activity_at", moment - STOPPED_AFTER]},
    )
    found = await store.database[COLLECTIONS["progress"]].aggregate(
        [
            *lesson_attempts.stages(own, "standing"),
            {"$match": {"lesson": {"$ne": own["course_id"]}}},
            {
                "$group": {
                    "_id": {"enrollment": "$_id", "lesson": "$lesson"},
                    "standing": {"$first": "$standing"},
                    "completed": {"$max": "$state.completed.at"},
                }
            },
            {"$group": {"_id": "$_id.lesson", "begun": {"$sum": 1}, "stopped": _count(stopped)}},
            {"$match": {"stopped": {"$gt": 0}}},
        ]
    )
    rates = {each["_id"]: 100 * each["stopped"] / each["begun"] async for each in found}
    lessons = store.database[COLLECTIONS["lesson"]].find(
        {"organization_id": own["organization_id"], "_id": {"$in": list(rates)}}, {"title": 1}
    )
    titles = {each["_id"]: each["title"] async for each in lessons}
    ordered = sorted(rates.items(), key=lambda each: (-each[1], each[0]))
    return tuple(
        DropOff(lesson_id=lesson, title=titles[lesson], drop_rate=round(rate, 1))
        for lesson, rate in ordered[:MOST_DROP_OFFS]
        if lesson in titles
    )


def _within(field: str, period: Period) -> dict[str, Any]:
    """A query for a moment in the period."""
    bounds: dict[str, Any] = {"$lte": period.until}
    if period.since is not None:
        bounds["$gt"] = period.since
    return {field: bounds}


def _count(condition: Any) -> dict[str, Any]:
    return {"$sum": {"$cond": [condition, 1, 0]}}


def _and(*conditions: Any) -> dict[str, Any]:
    return {"$and": list(conditions)}
