"""/admin/webhooks/…: what a webhook was told, every request and what it answered."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from api.pages.admin.sections import page
from api.pages.admin.webhooks import ONE, PATH, PERMISSION, state_badge
from api.pages.desk import at_desk
from api.pages.paging import page_asked, pages_of
from api.pages.wording import Badge, minute, second
from api.rest import webhooks
from api.rest.documents import Resource
from api.rest.webhooks import AttemptShown, DeliveryAttributes

table = web.RouteTableDef()

PER_PAGE = 25
STATUSES = {"pending": "Waiting", "delivered": "Delivered", "failed": "Failed for good"}
BADGES = {"pending": "in_progress", "delivered": "completed", "failed": "failed"}
TOLD = {
    "sent": "A ping was sent: it is the first one below. Load the page again to see its answer.",
    "replayed": "It is sent once more, with the same id.",
}


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery in the log."""

    id: str
    event: str
    badge: Badge
    made: str
    attempts: int
    answer: str
    due: str


@table.get(ONE)
async def log(request: web.Request) -> web.Response:
    """Show a webhook with the log of its deliveries."""
    desk = await at_desk(request, PERMISSION)
    webhook = await desk.ask(webhooks.get_webhook)
    status = request.query.get("status", "")
    asked = {
        "status": status if status in STATUSES else None,
        "page": page_asked(request),
        "per_page": PER_PAGE,
    }
    found = await desk.ask(webhooks.list_deliveries, query=asked)
    return page(
        desk,
        "webhook.html",
        webhook=webhook,
        badge=state_badge(webhook.attributes),
        minute=minute,
        deliveries=[_row(each) for each in found.items],
        statuses=STATUSES,
        chosen=status,
        pages=pages_of(request, page_asked(request), found.total, PER_PAGE),
    )


@table.get(ONE + "/deliveries/{delivery_id}")
async def show(request: web.Request) -> web.Response:
    """Show one delivery: what was sent, and every attempt with its answer."""
    desk = await at_desk(request, PERMISSION)
    delivery = await desk.ask(webhooks.get_delivery)
    webhook = await desk.ask(webhooks.get_webhook)
    said = delivery.attributes
    return page(
        desk,
        "delivery.html",
        webhook=webhook,
        delivery=delivery,
        row=_row(delivery),
        payload=_readable(said.payload),
        attempts=[(second(each.at), outcome(each), each) for each in reversed(said.attempts)],
    )


@table.post(f"{ONE}/test")
async def test(request: web.Request) -> web.Response:
    """Send a ping."""
    desk = await at_desk(request, PERMISSION)
    await desk.ask(webhooks.test_webhook)
    return desk.go(f"{PATH}/{desk.named('webhook_id')}", TOLD["sent"])


@table.post(ONE + "/deliveries/{delivery_id}/replay")
async def replay(request: web.Request) -> web.Response:
    """Send a delivery once more."""
    desk = await at_desk(request, PERMISSION)
    sent = await desk.ask(webhooks.replay_delivery)
    webhook_id = desk.named("webhook_id")
    return desk.go(f"{PATH}/{webhook_id}/deliveries/{sent.id}", TOLD["replayed"])


def outcome(attempt: AttemptShown) -> str:
    """What came of an attempt, in words."""
    if attempt.status is None:
        return f"No answer: {attempt.answer}"
    taken = 200 <= attempt.status < 300
    return f"Answered {attempt.status}{'' if taken else ', which is not a success'}"


def _row(delivery: Resource[DeliveryAttributes]) -> DeliveryRow:
    said = delivery.attributes
    last = said.attempts[-1] if said.attempts else None
    waits = said.due_at is not None and said.due_at > datetime.now(UTC)
    return DeliveryRow(
        id=delivery.id,
        event=said.event,
        badge=Badge(BADGES[said.status], STATUSES[said.status]),
        made=second(said.created_at),
        attempts=len(said.attempts),
        answer=outcome(last) if last else "Not sent yet",
        due=second(said.due_at) if waits and said.due_at and said.status == "pending" else "",
    )


def _readable(payload: str) -> str:
    try:
        return json.dumps(json.loads(payload), indent=2, ensure_ascii=False)
    except ValueError:
        return payload
