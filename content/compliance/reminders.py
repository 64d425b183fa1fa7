"""Reminders: people are told of what they owe, and those who answer for them of what is overdue.

A round looks at the time since the round before and tells each step that came in it. Events have
ids of what they tell, so that a round that a crash cut off is done again and tells nothing twice;
a lease keeps the rounds of several servers apart.
"""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final

import structlog
from msgspec import Struct, convert
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from content import organizations
from content.compliance import reminding, requirements
from content.compliance.entries import Entry
from content.compliance.reminding import SUPERVISOR, Step
from content.compliance.requirements import Requirement
from content.compliance.status import ASSIGNED, DUE_SOON, EXPIRED, IN_PROGRESS, OVERDUE
from content.compliance.timeline import Post, Span, span_at
from content.documents import Document, encode
from content.identity import now
from content.store import Store
from content.telling import events
from content.telling.events import Event, event
from content.telling.statements import timestamp
from lrs.cancellation import heed_cancellation, rest

log = structlog.get_logger(__name__)

EVERY_SECONDS: Final = 60.0
LEASE: Final = timedelta(minutes=10)
OPEN: Final = (ASSIGNED, IN_PROGRESS, DUE_SOON, OVERDUE, EXPIRED)
LATE: Final = (OVERDUE, EXPIRED)
LONGEST_BACK: Final = timedelta(days=7)
PORTION: Final = 500


class Round(Document, frozen=True, kw_only=True):
    """How far an organization's reminders are: what came by `until` is told."""

    kind: ClassVar[str] = "reminder_round"

    until: datetime
    held_until: datetime | None = None


class Owing(Struct, frozen=True, kw_only=True):
    """Somebody who has not done what is due, and where they live."""

    person_id: str
    due_at: datetime
    status: str
    zone: str


class Reminders:
    """The reminding work of a server; several servers may remind at once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def run(self) -> None:
        """Remind every now and then, until cancelled."""
        while True:
            heed_cancellation()
            try:
                for each in await organizations.every(self._store):
                    await remind(self._store, each.id, now())
            except Exception:
                log.exception("reminders of what is due wait to be told")
            await rest(EVERY_SECONDS)


async def remind(store: Store, organization_id: str, moment: datetime) -> int:
    """Tell what has come since the last round; return how many events. 0 while another server does.

    The first round of an organization tells nothing but marks where reminders begin.
    """
    held = await _hold(store, organization_id, moment)
    if held is None or held.until >= moment:
        return 0
    since, told = max(held.until, moment - LONGEST_BACK), 0
    for requirement in await requirements.in_force(store, organization_id):
        async for portion in _reminders(store, requirement, since, moment):
            await events.emit(store, portion)
            told += len(portion)
        for escalate in (_escalations, _to_supervisors):
            escalations = [each async for each in escalate(store, requirement, since, moment)]
            await events.emit(store, escalations)
            told += len(escalations)
    done = {"until": moment, "held_until": None, "updated_at": moment}
    own = {"organization_id": organization_id, "_id": held.id, "held_until": held.held_until}
    await store.of(Round).collection.update_one(own, {"$set": done})
    return told


async def _hold(store: Store, organization_id: str, moment: datetime) -> Round | None:
    """Take the round, unless another server has it."""
    documents, own = store.of(Round), f"reminders_{organization_id}"
    query = {"organization_id": organization_id, "_id": own}
    free = {"$or": [{"held_until": None}, {"held_until": {"$lte": moment}}]}
    taken = await documents.collection.find_one_and_update(
        {**query, **free, "until": {"$lt": moment}},
        {"$set": {"held_until": moment + LEASE}},
        return_document=ReturnDocument.AFTER,
    )
    if taken is not None:
        return documents.decode(taken)
    first = Round(
        id=own,
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        until=moment,
    )
    try:
        await documents.collection.insert_one(encode(first))
    except DuplicateKeyError:
        return None
    return first


async def _reminders(
    store: Store, requirement: Requirement, since: datetime, until: datetime
) -> AsyncIterator[list[Event]]:
    """The reminders to people themselves, some at a time."""
    portion: list[Event] = []
    bounds = reminding.reach(requirement.reminding, since, until)
    async for each in _owing(store, requirement, bounds, until):
        step = reminding.between(requirement.reminding, each.due_at, each.zone, since, until)
        if step is not None:
            portion.append(_reminder(requirement, each, step, until))
        if len(portion) == PORTION:
            yield portion
            portion = []
    yield portion


async def _escalations(
    store: Store, requirement: Requirement, since: datetime, until: datetime
) -> AsyncIterator[Event]:
    """For each morning: how many have by then been overdue for so many days, where some have
    since the morning before.
    """
    days = requirement.reminding.escalate_days
    if days is None or not set(requirement.reminding.escalate_to) - {SUPERVISOR}:
        return
    for day in reminding.mornings(since, until):
        if found := [e async for e in _late(store, requirement, day, days, until)]:
            yield _escalation(requirement, day.isoformat(), len(found), until)


async def _to_supervisors(
    store: Store, requirement: Requirement, since: datetime, until: datetime
) -> AsyncIterator[Event]:
    """For each morning and level: each person who has come to be overdue for so many days."""
    for level, days in reminding.levels(requirement.reminding):
        for day in reminding.mornings(since, until):
            async for each in _late(store, requirement, day, days, until):
                yield _to_supervisor(requirement, each, level, days, until)


async def _late(
    store: Store, requirement: Requirement, day: date, days: int, moment: datetime
) -> AsyncIterator[Owing]:
    """Who is overdue for so many days on a morning, and was not on the one before."""
    latest = reminding.morning(day, -days, "UTC")
    async for each in _owing(store, requirement, (latest - timedelta(days=1), latest), moment):
        if each.status in LATE:
            yield each


async def _owing(
    store: Store, requirement: Requirement, bounds: tuple[datetime, datetime], moment: datetime
) -> AsyncIterator[Owing]:
    """Who has not done at the moment what is due between the bounds."""
    due = {"$elemMatch": {"due_at": {"$gt": bounds[0], "$lte": bounds[1]}}}
    query: dict[str, Any] = {
        "organization_id": requirement.organization_id,
        "requirement_id": requirement.id,
        "current": {"$in": list(OPEN)},
        "spans": due,
    }
    shown = {"person_id": 1, "spans": 1, "posts": 1}
    async for each in store.of(Entry).collection.find(query, shown):
        span = span_at(convert(each["spans"], tuple[Span, ...]), moment)
        if span is None or span.due_at is None or span.status not in OPEN:
            continue
        if bounds[0] < span.due_at <= bounds[1]:
            posts = convert(each.get("posts", []), list[Post])
            zone = posts[-1].zone if posts else None
            yield Owing(
                person_id=each["person_id"],
                due_at=span.due_at,
                status=span.status,
                zone=zone or "UTC",
            )


def _reminder(requirement: Requirement, owing: Owing, step: Step, moment: datetime) -> Event:
    kind = "compliance.due_soon" if step.days < 0 else "compliance.overdue"
    due_at = timestamp(owing.due_at)
    data = {
        "requirement_id": requirement.id,
        "user_id": owing.person_id,
        "title": requirement.title,
        "due_at": due_at,
        "days": step.days,
    }
    told = f"{requirement.id}/{owing.person_id}/{due_at}/{step.days}"
    return event(requirement.organization_id, kind, told, moment, data)


def _to_supervisor(
    requirement: Requirement, owing: Owing, level: int, days: int, moment: datetime
) -> Event:
    due_at = timestamp(owing.due_at)
    data = {
        "requirement_id": requirement.id,
        "user_id": owing.person_id,
        "title": requirement.title,
        "due_at": due_at,
        "days": days,
        "level": level,
    }
    told = f"{requirement.id}/{owing.person_id}/{due_at}/{level}"
    return event(requirement.organization_id, "compliance.team_overdue", told, moment, data)


def _escalation(requirement: Requirement, day: str, count: int, moment: datetime) -> Event:
    data = {
        "requirement_id": requirement.id,
        "title": requirement.title,
        "count": count,
        "days": requirement.reminding.escalate_days,
        "to": list(requirement.reminding.escalate_to),
    }
    kind, told = "compliance.escalated", f"{requirement.id}/{day}"
    return event(requirement.organization_id, kind, told, moment, data)
