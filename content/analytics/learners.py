"""The learners of a course, as the figures of it need them: two queries, then pure functions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import Struct, convert

from content.store import COLLECTIONS, Store

MOST: Final = 50_000
"""Of more enrollments the latest are looked at."""
PORTION: Final = 2000


class Try(Struct, frozen=True, kw_only=True):
    """An attempt on a lesson that was not reset; `seconds` in sessions."""

    lesson_id: str
    completed_at: datetime | None = None
    passed_at: datetime | None = None
    failed_at: datetime | None = None
    seconds: float = 0.0


class Learner(Struct, frozen=True, kw_only=True):
    """An enrollment that is not cancelled, and what its fold tells; scores in percent."""

    id: str
    person_id: str
    enrolled_at: datetime
    expires_at: datetime | None = None
    cohort_id: str | None = None
    progress: float = 0.0
    score: float | None = None
    started_at: datetime | None = None
    last_activity_at: datetime | None = None
    completed_at: datetime | None = None
    seconds: float = 0.0
    tries: tuple[Try, ...] = ()

    @property
    def completed(self) -> set[str]:
        """The lessons that were completed."""
        return {each.lesson_id for each in self.tries if each.completed_at is not None}


async def of_course(store: Store, organization_id: str, course_id: str) -> list[Learner]:
    """The course's learners, the latest enrolled first, MOST of them."""
    cursor = store.database[COLLECTIONS["enrollment"]].find(
        {"organization_id": organization_id, "course_id": course_id, "cancelled_at": None},
        dict.fromkeys(_KEPT, 1),
        sort=[("enrolled_at", -1), ("_id", -1)],
        limit=MOST,
        batch_size=PORTION,
    )
    found: list[Learner] = []
    while portion := await cursor.to_list(PORTION):
        folds = await _folds(store, organization_id, [each["_id"] for each in portion])
        found += [_learner({**folds.get(each["_id"], {}), **each}) for each in portion]
    return found


async def _folds(
    store: Store, organization_id: str, enrollment_ids: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """What is needed of some folds, by the enrollment's id.

    A $lookup of each from its enrollment takes MongoDB ten times as long.
    """
    query = {"organization_id": organization_id, "_id": {"$in": list(enrollment_ids)}}
    found = await store.database[COLLECTIONS["progress"]].aggregate(
        [{"$match": query}, {"$project": _FOLDED}], batchSize=PORTION
    )
    return {each["_id"]: each async for each in found}


def _learner(fields: dict[str, Any]) -> Learner:
    tries = [one for some in fields.pop("tries", None) or () for one in some]
    return convert({**fields, "id": fields["_id"], "tries": tries}, Learner)


_KEPT: Final = ("person_id", "enrolled_at", "expires_at", "cohort_id")
_STANDING: Final = (
    "progress",
    "score",
    "started_at",
    "last_activity_at",
    "completed_at",
    "seconds",
)
_TRY: Final = {
    "lesson_id": "$$lesson.k",
    "completed_at": "$$each.v.completed.at",
    "passed_at": "$$each.v.passed.at",
    "failed_at": "$$each.v.failed.at",
    "seconds": {"$sum": "$$each.v.sessions.seconds"},
}
_LIVE: Final = {
    "$filter": {
        "input": {"$objectToArray": "$$lesson.v"},
        "as": "each",
        "cond": {"$not": ["$$each.v.reset"]},
    }
}
_FOLDED: Final[dict[str, Any]] = {
    **{name: f"$standing.{name}" for name in _STANDING},
    "tries": {
        "$map": {
            "input": {"$objectToArray": "$state.attempts"},
            "as": "lesson",
            "in": {"$map": {"input": _LIVE, "as": "each", "in": _TRY}},
        }
    },
}
