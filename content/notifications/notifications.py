"""Notifications: one for each reader of an event, unread until they say so."""

import uuid
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, TypeVar

from msgspec import Struct
from pymongo.errors import DuplicateKeyError

from content.courses.courses import Course
from content.documents import Document, Page, Paging
from content.identity import now
from content.notifications import preferences, wording
from content.people.people import Person
from content.store import Store
from content.telling.events import Event

D = TypeVar("D", bound=Document)

CLAIM: Final = timedelta(minutes=2)
LONGEST_WAIT: Final = timedelta(hours=6)
MOST_IN_A_MESSAGE: Final = 100


class Notification(Document, frozen=True, kw_only=True):
    """One person told of one event. `shown` says that it is in the application's list; by e-mail
    it is `due_at` a moment, None when it was sent or is not to be.
    """

    kind: ClassVar[str] = "notification"
    sortable: ClassVar[tuple[str, ...]] = ("created_at",)

    person_id: str
    event: str
    event_id: str
    title: str
    body: str
    path: str
    shown: bool
    read_at: datetime | None = None
    due_at: datetime | None = None
    tries: int = 0


class Message(Struct, frozen=True, kw_only=True):
    """The e-mail to one person: everything that is due for them."""

    person: Person
    notifications: tuple[Notification, ...]


async def react(store: Store, event: Event) -> None:
    """Tell whoever is to know of an event, as they prefer; harmless twice."""
    course = await _named(store, Course, event.organization_id, event.data.get("course_id"))
    about = {"instructor_id": course.instructor_id} if course else {}
    person_id = wording.reader(event, about)
    reader = await _named(store, Person, event.organization_id, person_id)
    if reader is None or reader.status != "active":
        return
    chosen = await preferences.get(store, event.organization_id, reader.id)
    wish = chosen.of(event.type)
    due_at = preferences.mail_at(chosen, wish.email, now()) if wish else None
    if wish is None or not (wish.in_app or due_at):
        return
    actor = await _named(store, Person, event.organization_id, event.data.get("user_id"))
    words = wording.told(event, course.title if course else "", actor.name if actor else "")
    told = made(event, reader.id, words, shown=wish.in_app, due_at=due_at)
    with suppress(DuplicateKeyError):
        await store.of(Notification).insert(told)


async def find(
    store: Store, organization_id: str, person_id: str, *, unread: bool, paging: Paging
) -> Page[Notification]:
    """One page of a person's notifications. Raises RuleBroken for a wrong page or sort."""
    query = _shown(person_id) | ({"read_at": None} if unread else {})
    return await store.of(Notification).page(organization_id, query, paging)


async def unread(store: Store, organization_id: str, person_id: str) -> int:
    """How many a person has not read."""
    query = {"organization_id": organization_id, **_shown(person_id), "read_at": None}
    return await store.of(Notification).collection.count_documents(query)


async def read(
    store: Store, organization_id: str, person_id: str, ids: Collection[str] | None
) -> int:
    """Mark notifications of a person as read, all without `ids`; return how many were not."""
    query: dict[str, Any] = {"organization_id": organization_id, **_shown(person_id)}
    if ids is not None:
        query["_id"] = {"$in": list(ids)}
    marked = await store.of(Notification).collection.update_many(
        {**query, "read_at": None}, {"$set": {"read_at": now()}, "$inc": {"version": 1}}
    )
    return marked.modified_count


async def claim_message(store: Store) -> Message | None:
    """Take the message that waits longest, of any organization, for CLAIM."""
    moment, documents = now(), store.of(Notification)
    first = await documents.claim(CLAIM)
    if first is None:
        return None
    claimed = [first]
    organization_id, person_id = claimed[0].organization_id, claimed[0].person_id
    person = await _named(store, Person, organization_id, person_id)
    if person is None or person.status != "active":
        await sent(store, claimed)
        return await claim_message(store)
    more = {"person_id": person_id, "due_at": {"$lte": moment}}
    async for each in documents.each(organization_id, more, [("due_at", 1)]):
        if len(claimed) < MOST_IN_A_MESSAGE and await _claimed(store, each, moment):
            claimed.append(each)
    return Message(person=person, notifications=tuple(claimed))


async def sent(store: Store, notifications: Collection[Notification]) -> None:
    """Note that a message went out."""
    await _set_due(store, notifications, None)


async def not_sent(store: Store, notifications: Collection[Notification]) -> None:
    """Note that a message did not go out: it is tried again, later each time."""
    tries = max(each.tries for each in notifications)
    wait = min(timedelta(minutes=2.0 ** min(tries, 20)), LONGEST_WAIT)
    await _set_due(store, notifications, now() + wait)


async def _claimed(store: Store, notification: Notification, moment: datetime) -> bool:
    own = {"organization_id": notification.organization_id, "_id": notification.id}
    taken = await store.of(Notification).collection.update_one(
        {**own, "due_at": {"$lte": moment}},
        {"$set": {"due_at": moment + CLAIM}, "$inc": {"tries": 1}},
    )
    return bool(taken.modified_count)


async def _set_due(
    store: Store, notifications: Collection[Notification], due_at: datetime | None
) -> None:
    for each in notifications:
        own = {"organization_id": each.organization_id, "_id": each.id}
        await store.of(Notification).collection.update_one(own, {"$set": {"due_at": due_at}})


def made(
    event: Event,
    person_id: str,
    words: wording.Told,
    *,
    shown: bool,
    due_at: datetime | None,
) -> Notification:
    """The notification of an event to a person: the same two, the same id."""
    moment = now()
    return Notification(
        id=f"notification_{uuid.uuid5(uuid.NAMESPACE_OID, f'{event.id}/{person_id}').hex}",
        organization_id=event.organization_id,
        created_at=moment,
        updated_at=moment,
        person_id=person_id,
        event=event.type,
        event_id=event.id,
        title=words.title,
        body=words.body,
        path=words.path,
        shown=shown,
        due_at=due_at,
    )


async def _named(store: Store, shape: type[D], organization_id: str, sought: object) -> D | None:
    if not isinstance(sought, str):
        return None
    return await store.of(shape).find(organization_id, sought)


def _shown(person_id: str) -> dict[str, Any]:
    return {"person_id": person_id, "shown": True}
