"""Broadcasts: an event that many people are told of, some at a time; any other has one reader."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Final

from content import assignments
from content.announcements import announcements
from content.assignments import reminders
from content.compliance import escalation, requirements
from content.courses.courses import Course
from content.errors import NotFound
from content.identity import now
from content.notifications import notifications, preferences, wording
from content.notifications.notifications import Notification
from content.people.people import Person
from content.store import Store
from content.telling.events import Event

Readers = Callable[[Store, Event], AsyncIterator[list[str]]]


async def react(store: Store, event: Event) -> None:
    """Tell whoever is to know of an event, as they prefer; harmless twice."""
    readers = BROADCASTS.get(event.type)
    if readers is None:
        await notifications.react(store, event)
        return
    try:
        words = await _words(store, event)
        async for some in readers(store, event):
            await _tell(store, event, some, words)
    except NotFound:
        return


async def _words(store: Store, event: Event) -> wording.Told:
    course_id, person_id = event.data.get("course_id"), event.data.get("user_id")
    course = await store.of(Course).get(event.organization_id, course_id) if course_id else None
    person = await store.of(Person).find(event.organization_id, person_id) if person_id else None
    return wording.told(event, course.title if course else "", person.name if person else "")


async def _of_announcement(store: Store, event: Event) -> AsyncIterator[list[str]]:
    sought = event.data["announcement_id"]
    announcement = await announcements.get(store, event.organization_id, sought)
    async for some in announcements.readers(store, announcement):
        yield some


async def _of_assignment(store: Store, event: Event) -> AsyncIterator[list[str]]:
    sought = event.data["assignment_id"]
    assignment = await assignments.get(store, event.organization_id, sought)
    async for some in reminders.readers(store, assignment):
        yield some


async def _of_evidence(store: Store, event: Event) -> AsyncIterator[list[str]]:
    """The officers, save who handed it in."""
    async for some in escalation.officers(store, event.organization_id):
        yield [each for each in some if each != event.data["user_id"]]


async def _of_escalation(store: Store, event: Event) -> AsyncIterator[list[str]]:
    sought = event.data["requirement_id"]
    requirement = await requirements.get(store, event.organization_id, sought)
    async for some in escalation.answerable(store, requirement):
        yield some


async def _of_team(store: Store, event: Event) -> AsyncIterator[list[str]]:
    person_id, level = event.data["user_id"], event.data["level"]
    async for some in escalation.supervising(store, event.organization_id, person_id, level):
        yield some


BROADCASTS: Final[Mapping[str, Readers]] = {
    "announcement.published": _of_announcement,
    "assignment.due": _of_assignment,
    "compliance.escalated": _of_escalation,
    "compliance.evidence_submitted": _of_evidence,
    "compliance.team_overdue": _of_team,
}
"""The events that many are told of, and who they are, some at a time; NotFound: nobody any more."""


async def _tell(store: Store, event: Event, readers: Sequence[str], words: wording.Told) -> None:
    organization_id, moment = event.organization_id, now()
    chosen = await preferences.of_people(store, organization_id, readers)
    query = {"_id": {"$in": list(readers)}, "status": "active"}
    made: list[Notification] = []
    async for each in store.of(Person).each(organization_id, query):
        own = chosen.get(each.id) or preferences.unchosen(organization_id, each.id)
        wish = own.of(event.type)
        due_at = preferences.mail_at(own, wish.email, moment) if wish else None
        if wish is not None and (wish.in_app or due_at):
            told = notifications.made(event, each.id, words, shown=wish.in_app, due_at=due_at)
            made.append(told)
    await store.of(Notification).insert_new(made)
