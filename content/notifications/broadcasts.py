"""Broadcasts: an event that many people are told of, some at a time; any other has one reader."""

from collections.abc import Sequence

from content import announcements
from content.courses import Course
from content.errors import NotFound
from content.events import Event
from content.identity import now
from content.notifications import notifications, preferences, wording
from content.notifications.notifications import Notification
from content.people import Person
from content.store import Store


async def react(store: Store, event: Event) -> None:
    """Tell whoever is to know of an event, as they prefer; harmless twice."""
    if event.type != "announcement.published":
        await notifications.react(store, event)
        return
    organization_id = event.organization_id
    try:
        sought = event.data["announcement_id"]
        announcement = await announcements.get(store, organization_id, sought)
    except NotFound:
        return
    course = await store.of(Course).get(organization_id, announcement.course_id)
    words = wording.told(event, course.title, "")
    async for some in announcements.readers(store, announcement):
        await _tell(store, event, some, words)


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
