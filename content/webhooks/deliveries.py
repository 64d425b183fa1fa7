"""Deliveries: what one webhook is told of one event, every attempt at it, and when the next is."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Literal

import msgspec
from msgspec import Struct, to_builtins

from content import findings
from content.certificates import certificates
from content.documents import Document, Page, Paging
from content.errors import NotFound, RuleBroken
from content.identity import new_id, now
from content.store import Store
from content.telling.events import Event
from content.webhooks import subscriptions
from content.webhooks.subscriptions import PING, Webhook

Status = Literal["pending", "delivered", "failed"]
STATUSES: Final = ("pending", "delivered", "failed")
PAUSES: Final = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 10 * 3600)
"""Seconds between attempts, as Standard Webhooks advises; after the last one it failed."""
CLAIM: Final = timedelta(minutes=1)
GONE: Final = 410


class Attempt(Struct, frozen=True, kw_only=True):
    """One request: `status` None where there was no answer; `answer` the beginning of it."""

    at: datetime
    milliseconds: int
    status: int | None
    answer: str

    @property
    def succeeded(self) -> bool:
        """Whether the other side took it."""
        return self.status is not None and 200 <= self.status < 300


class Delivery(Document, frozen=True, kw_only=True):
    """What a webhook is told; `payload` are the very characters that are signed and sent.

    `due_at` is when it is sent next, None when that is over; `tries` counts since it was made or
    replayed; `about` is the person whom the payload names.
    """

    kind: ClassVar[str] = "webhook_delivery"
    sortable: ClassVar[tuple[str, ...]] = ("created_at",)

    webhook_id: str
    event_id: str
    event: str
    payload: str
    status: Status = "pending"
    attempts: tuple[Attempt, ...] = ()
    due_at: datetime | None
    tries: int = 0
    about: str | None = None


class DeliveryFilter(Struct, frozen=True, kw_only=True):
    """Which deliveries of a webhook."""

    status: str | None = None
    event: str | None = None


async def react(store: Store, event: Event) -> None:
    """Have every webhook that hears of such events told of this one; harmless twice."""
    hearing = await subscriptions.hearing(store, event.organization_id, event.type)
    if not hearing:
        return
    payload = _payload(event, await _found_out(store, event))
    about = event.data.get("user_id")
    made = [_delivery(each, event.id, event.type, payload, about) for each in hearing]
    await store.of(Delivery).insert_new(made)


async def ping(store: Store, webhook: Webhook) -> Delivery:
    """Send the webhook something harmless, so that somebody can see whether it arrives."""
    told = {"event": PING, "timestamp": now(), "data": {"webhook_id": webhook.id}}
    payload = msgspec.json.encode(told).decode()
    return await store.of(Delivery).insert(_delivery(webhook, new_id("event"), PING, payload))


async def get(store: Store, webhook: Webhook, delivery_id: str) -> Delivery:
    """A delivery of this webhook. Raises NotFound."""
    found = await store.of(Delivery).get(webhook.organization_id, delivery_id)
    if found.webhook_id != webhook.id:
        raise NotFound(Delivery.kind, delivery_id)
    return found


async def find(
    store: Store, webhook: Webhook, filters: DeliveryFilter, paging: Paging
) -> Page[Delivery]:
    """One page of a webhook's deliveries. Raises RuleBroken."""
    query: dict[str, Any] = {"webhook_id": webhook.id}
    if filters.status is not None:
        if broken := findings.one_of("status", filters.status, STATUSES):
            raise RuleBroken(broken)
        query["status"] = filters.status
    if filters.event is not None:
        query["event"] = filters.event
    return await store.of(Delivery).page(webhook.organization_id, query, paging)


async def count(store: Store, webhooks: Sequence[Webhook], status: Status) -> int:
    """How many deliveries of these webhooks, all of one organization, have a status."""
    if not webhooks:
        return 0
    query = {
        "organization_id": webhooks[0].organization_id,
        "webhook_id": {"$in": [each.id for each in webhooks]},
        "status": status,
    }
    return await store.of(Delivery).collection.count_documents(query)


async def replay(store: Store, delivery: Delivery) -> Delivery:
    """Send it once more, with the same id, and try as often as a new one."""
    fields = {"status": "pending", "due_at": now(), "tries": 0}
    return await store.of(Delivery).change(delivery.organization_id, delivery.id, fields)


async def claim(store: Store) -> Delivery | None:
    """Take the delivery that waits longest, of any organization, for CLAIM."""
    return await store.of(Delivery).claim(CLAIM)


async def note(store: Store, delivery: Delivery, attempt: Attempt) -> None:
    """Note an attempt, and when the next one is."""
    status, due_at = outcome(delivery.tries, attempt)
    await store.of(Delivery).collection.update_one(
        {"organization_id": delivery.organization_id, "_id": delivery.id},
        {
            "$set": {"status": status, "due_at": due_at, "updated_at": now()},
            "$push": {"attempts": to_builtins(attempt, builtin_types=(datetime,))},
            "$inc": {"version": 1},
        },
    )


async def drop(store: Store, delivery: Delivery) -> None:
    """Forget a delivery whose webhook is no more."""
    await store.of(Delivery).collection.delete_many(
        {"organization_id": delivery.organization_id, "webhook_id": delivery.webhook_id}
    )


def outcome(tries: int, attempt: Attempt) -> tuple[Status, datetime | None]:
    """What the `tries`-th attempt comes to, and when the next one is."""
    if attempt.succeeded:
        return "delivered", None
    if attempt.status == GONE or tries > len(PAUSES):
        return "failed", None
    return "pending", attempt.at + timedelta(seconds=PAUSES[tries - 1])


async def _found_out(store: Store, event: Event) -> dict[str, Any]:
    """What is known once the reactions before this one have dealt with the event."""
    if event.type != "enrollment.completed":
        return {}
    whose = event.data["user_id"], event.data["enrollment_id"]
    issued = await certificates.of_enrollment(store, event.organization_id, *whose)
    return {"certificate_id": issued.id if issued else None}


def _payload(event: Event, found_out: dict[str, Any]) -> str:
    data = {**event.data, **found_out}
    told = {"event": event.type, "timestamp": event.occurred_at, "data": data}
    return msgspec.json.encode(told).decode()


def _delivery(
    webhook: Webhook, event_id: str, kind: str, payload: str, about: str | None = None
) -> Delivery:
    moment = now()
    return Delivery(
        id=f"delivery_{uuid.uuid5(uuid.NAMESPACE_OID, f'{event_id}/{webhook.id}').hex}",
        organization_id=webhook.organization_id,
        created_at=moment,
        updated_at=moment,
        webhook_id=webhook.id,
        event_id=event_id,
        event=kind,
        payload=payload,
        due_at=moment,
        about=about,
    )
