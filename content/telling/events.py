"""Events: what happened in the learning management, for those outside who want to hear of it.

An event is told of at least once and found once: its id is derived from what happened.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Final

from content.documents import Document
from content.identity import now
from content.store import Store

TYPES: Final = (
    "enrollment.created",
    "enrollment.completed",
    "enrollment.expired",
    "lesson.completed",
    "quiz.submitted",
    "quiz.passed",
    "quiz.failed",
    "certificate.issued",
    "assignment.submitted",
    "assignment.graded",
    "discussion.created",
    "discussion.replied",
    "announcement.published",
    "assignment.due",
    "compliance.waived",
    "compliance.extended",
    "compliance.evidence_submitted",
    "compliance.evidence_approved",
    "compliance.evidence_rejected",
    "compliance.signed_off",
    "compliance.revoked",
    "compliance.due_soon",
    "compliance.overdue",
    "compliance.escalated",
    "compliance.team_overdue",
)
REACTIONS: Final = ("certificates", "learning_paths", "notifications", "webhooks")
"""Who deals with events: the names that `reactions.Reactions` is given."""
_HAPPENED: Final = uuid.UUID("9f0b6c0a-8e55-5c0e-8d7d-3f0c2a8a4b21")


class Event(Document, frozen=True, kw_only=True):
    """Something of a type happened; `data` are ids and plain values, as webhooks send them.

    `awaited_by` names the reactions that have not dealt with it yet; they are `due_at` a moment,
    at the `tries`-th time.
    """

    kind: ClassVar[str] = "event"

    type: str
    occurred_at: datetime
    data: dict[str, Any]
    awaited_by: tuple[str, ...]
    due_at: datetime | None = None
    tries: int = 0


def event(
    organization_id: str, kind: str, told: str, occurred_at: datetime, data: dict[str, Any]
) -> Event:
    """An event of a type; `told` tells it apart from others of the type."""
    moment = now()
    return Event(
        id=f"event_{uuid.uuid5(_HAPPENED, f'{organization_id}/{kind}/{told}').hex}",
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        type=kind,
        occurred_at=occurred_at,
        data=data,
        awaited_by=REACTIONS,
        due_at=moment if REACTIONS else None,
    )


async def emit(store: Store, events: Sequence[Event]) -> None:
    """Keep the events for their reactions; those that were told of before stay as they are."""
    await store.of(Event).insert_new(events)
