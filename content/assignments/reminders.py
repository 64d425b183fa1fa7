"""Reminders: a day before work is due, those who have not handed in are told, once."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Final

import structlog

from content import organizations
from content.assignments.assignment import Assignment
from content.assignments.submission import Submission
from content.enrollment import participation
from content.identity import now
from content.store import Store
from content.telling import events
from content.telling.events import Event, event
from content.telling.statements import timestamp
from lrs.cancellation import heed_cancellation, rest

BEFORE: Final = timedelta(days=1)
EVERY_SECONDS: Final = 60.0

log = structlog.get_logger(__name__)


class Reminders:
    """The reminding work of a server; several servers may remind at once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def run(self) -> None:
        """Remind of what is due soon every now and then, until cancelled."""
        while True:
            heed_cancellation()
            try:
                await remind(self._store, now())
            except Exception:
                log.exception("reminders wait to be told")
            await rest(EVERY_SECONDS)


async def remind(store: Store, moment: datetime) -> int:
    """Tell the event of each assignment that is due within a day; return how many.

    The event's id is the assignment's and its due date's: another date is reminded of again.
    """
    count = 0
    soon = {"archived_at": None, "due_date": {"$gt": moment, "$lte": moment + BEFORE}}
    for organization in await organizations.every(store):
        async for each in store.of(Assignment).each(organization.id, soon):
            if each.due_date is None or each.reminded_of == each.due_date:
                continue
            await events.emit(store, [_due(each, each.due_date)])
            await store.of(Assignment).collection.update_one(
                {"organization_id": organization.id, "_id": each.id},
                {"$set": {"reminded_of": each.due_date}},
            )
            count += 1
    return count


async def readers(store: Store, assignment: Assignment) -> AsyncIterator[list[str]]:
    """The ids of those who are in the course now and have handed nothing in, some at a time."""
    organization_id = assignment.organization_id
    async for some in participation.members(store, organization_id, assignment.course_id):
        query = {"assignment_id": assignment.id, "person_id": {"$in": some}}
        found = store.of(Submission).collection.find(
            {"organization_id": organization_id, **query}, {"person_id": 1}
        )
        done = {each["person_id"] async for each in found}
        yield [each for each in some if each not in done]


def _due(assignment: Assignment, due_date: datetime) -> Event:
    due_at = timestamp(due_date)
    data = {
        "assignment_id": assignment.id,
        "course_id": assignment.course_id,
        "lesson_id": assignment.lesson_id,
        "title": assignment.title,
        "due_date": due_at,
    }
    told = f"{assignment.id}/{due_at}"
    return event(assignment.organization_id, "assignment.due", told, now(), data)
