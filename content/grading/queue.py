"""The queue of who grades: submissions and answers that wait for a person, the oldest first."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from content.assignments.submission import Submission
from content.quizzes.attempts import QuizAttempt
from content.store import Store

MOST = 200
"""So many of each kind are looked at; the oldest come first, so none waits behind for ever."""


class Waiting(Struct, frozen=True, kw_only=True):
    """Somebody's work that waits: a submission, or an attempt with answers to be read."""

    kind: Literal["submission", "attempt"]
    id: str
    person_id: str
    course_id: str | None
    lesson_id: str | None
    submitted_at: datetime
    answers: int = 1


async def waiting(
    store: Store, organization_id: str, course_id: str | None = None
) -> list[Waiting]:
    """What waits, of one course or of all."""
    scope = {"organization_id": organization_id}
    if course_id is not None:
        scope["course_id"] = course_id
    found = [*await _submissions(store, scope), *await _attempts(store, scope)]
    return sorted(found, key=lambda each: (each.submitted_at, each.id))


async def _submissions(store: Store, scope: Mapping[str, Any]) -> list[Waiting]:
    kept = dict.fromkeys(("person_id", "course_id", "lesson_id", "submitted_at"), 1)
    cursor = store.of(Submission).collection.find(
        {**scope, "status": "submitted"}, kept, sort=[("submitted_at", 1), ("_id", 1)], limit=MOST
    )
    return [_waiting("submission", each) async for each in cursor]


async def _attempts(store: Store, scope: Mapping[str, Any]) -> list[Waiting]:
    kept = dict.fromkeys(
        ("person_id", "course_id", "lesson_id", "submitted_at", "outcome.pending_review"), 1
    )
    cursor = store.of(QuizAttempt).collection.find(
        {**scope, "outcome.pending_review": {"$gt": 0}},
        kept,
        sort=[("submitted_at", 1), ("_id", 1)],
        limit=MOST,
    )
    return [_waiting("attempt", each) async for each in cursor]


def _waiting(kind: Literal["submission", "attempt"], fields: Mapping[str, Any]) -> Waiting:
    return Waiting(
        kind=kind,
        id=fields["_id"],
        person_id=fields["person_id"],
        course_id=fields.get("course_id"),
        lesson_id=fields.get("lesson_id"),
        submitted_at=fields["submitted_at"],
        answers=fields.get("outcome", {}).get("pending_review", 1),
    )
