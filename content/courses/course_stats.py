"""Statistics of a course: its enrollments, and how far those in it are, by the fold."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from content.enrollment.enrollments import Enrollment
from content.identity import now
from content.store import COLLECTIONS, Store


class CourseStats(Struct, frozen=True, kw_only=True):
    """Of all enrollments that are not cancelled: progress, score and rate are in percent.

    `average_score` is over those who have one, the other means are over everybody.
    """

    enrollments: int
    active: int
    completed: int
    expired: int
    cancelled: int
    not_started: int
    completion_rate: float
    average_progress: float
    average_score: float | None
    average_time_spent_minutes: float
    last_activity_at: datetime | None


async def of(store: Store, organization_id: str, course_id: str) -> CourseStats:
    """How the course stands now."""
    own = {"organization_id": organization_id, "course_id": course_id}
    collection = store.of(Enrollment).collection
    cancelled = await collection.count_documents({**own, "cancelled_at": {"$ne": None}})
    found = await collection.aggregate(
        [
            {"$match": {**own, "cancelled_at": None}},
            {
                "$lookup": {
                    "from": COLLECTIONS["progress"],
                    "localField": "_id",
                    "foreignField": "_id",
                    "as": "progress",
                }
            },
            {"$set": {"standing": {"$first": "$progress.standing"}}},
            {"$group": _TOTALS | {"expired": {"$sum": {"$cond": [_expired(), 1, 0]}}}},
        ]
    )
    (told,) = await found.to_list() or [{}]
    return _stats(told, cancelled)


def _expired() -> dict[str, Any]:
    """Not completed, and past its time."""
    open_ended = {"$ifNull": ["$expires_at", None]}
    return {
        "$and": [
            {"$not": [_given("$standing.completed_at")]},
            {"$ne": [open_ended, None]},
            {"$lte": ["$expires_at", now()]},
        ]
    }


def _given(field: str) -> dict[str, Any]:
    return {"$ne": [{"$ifNull": [field, None]}, None]}


_TOTALS: dict[str, Any] = {
    "_id": None,
    "count": {"$sum": 1},
    "completed": {"$sum": {"$cond": [_given("$standing.completed_at"), 1, 0]}},
    "started": {"$sum": {"$cond": [_given("$standing.started_at"), 1, 0]}},
    "progress": {"$sum": "$standing.progress"},
    "seconds": {"$sum": "$standing.seconds"},
    "score": {"$avg": "$standing.score"},
    "last_activity_at": {"$max": "$standing.last_activity_at"},
}


def _stats(told: dict[str, Any], cancelled: int) -> CourseStats:
    count, completed = told.get("count", 0), told.get("completed", 0)
    score = told.get("score")
    people = count or 1
    return CourseStats(
        enrollments=count,
        active=count - completed - told.get("expired", 0),
        completed=completed,
        expired=told.get("expired", 0),
        cancelled=cancelled,
        not_started=count - told.get("started", 0),
        completion_rate=round(100 * completed / people, 1),
        average_progress=round(told.get("progress", 0) / people, 1),
        average_score=None if score is None else round(score, 2),
        average_time_spent_minutes=round(told.get("seconds", 0) / people / 60, 1),
        last_activity_at=told.get("last_activity_at"),
    )
