"""/webhooks: addresses outside that are told of events, and every delivery to them."""

import base64
import binascii
from datetime import datetime
from typing import Annotated

from aiohttp import web
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api.permissions import Permission
from api.rest.bodies import Draft, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage, expected_version
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from api.webhooks import PREFIX, new_secret
from content.telling import events
from content.webhooks import deliveries, subscriptions
from content.webhooks.deliveries import Delivery, DeliveryFilter
from content.webhooks.subscriptions import Webhook, WebhookChanges, WebhookDraft

table = RouteTable()

ONE = "/webhooks/{webhook_id}"
DELIVERIES = f"{ONE}/deliveries"
DELIVERY = f"{DELIVERIES}/{{delivery_id}}"
PERMISSION = Permission.WEBHOOKS
NOT_FOUND = ("webhook_not_found",)


def _readable(secret: str) -> str:
    """A secret of the standard's spelling must be what it says."""
    if secret.startswith(PREFIX):
        try:
            base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except binascii.Error:
            raise ValueError(f"must be base64 after {PREFIX}") from None
    return secret


Secret = Annotated[
    str,
    Field(
        min_length=16,
        max_length=200,
        pattern=r"^[!-~]+$",
        examples=["a-secret-of-16-or-more"],
    ),
    AfterValidator(_readable),
]
Events = Annotated[tuple[str, ...], Field(max_length=100)]


class WebhookAttributes(Attributes):
    """A webhook. `secret` is shown when it is made or rotated, and never again."""

    type_name = "webhook"

    url: str
    description: str
    events: list[str]
    enabled: bool
    failing_since: datetime | None
    disabled_because: str | None
    secret: str | None = None
    created_at: datetime
    updated_at: datetime


class NewWebhook(Draft):
    """A new webhook. Without a secret it is given one."""

    url: str = Field(examples=["https://example.org/hooks/lyceum"])
    events: Events = Field(examples=[["enrollment.completed", "certificate.issued"]])
    secret: Secret | None = None
    description: str = ""
    enabled: bool = True


class ChangedWebhook(Draft):
    """What may be changed; what is not given stays."""

    url: str = ""
    events: Events = ()
    description: str = ""
    enabled: bool = True


class NewSecret(Draft):
    """The next secret; without it, one is made."""

    secret: Secret | None = None


class AttemptShown(BaseModel):
    """One request: `status` is null where there was no answer."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    milliseconds: int
    status: int | None
    answer: str


class DeliveryAttributes(Attributes):
    """What a webhook is told of one event; the id is the request's `webhook-id`."""

    type_name = "webhook_delivery"
    relationship_types = {"webhook": "webhook"}

    event: str
    event_id: str
    payload: str
    status: str
    attempts: list[AttemptShown]
    due_at: datetime | None
    created_at: datetime


class DeliveryQuery(PageQuery):
    """Which deliveries: pending, delivered or failed; of one event type."""

    status: str | None = None
    event: str | None = None
    sort: str | None = "-created_at"


class EventTypes(BaseModel):
    """The types of events that there are."""

    data: list[str]


def _resource(webhook: Webhook, secret: str | None = None) -> Resource[WebhookAttributes]:
    fields = {each: getattr(webhook, each, None) for each in WebhookAttributes.model_fields}
    attributes = WebhookAttributes.model_validate({**fields, "secret": secret})
    return Resource(webhook.id, attributes, version=webhook.version)


def _delivery(delivery: Delivery) -> Resource[DeliveryAttributes]:
    attributes = DeliveryAttributes.model_validate(delivery)
    return Resource(delivery.id, attributes, {"webhook": delivery.webhook_id})


async def _webhook(call: Call, webhook_id: str) -> Webhook:
    return await subscriptions.get(call.services.content, call.organization_id, webhook_id)


@table.route("GET", "/webhooks/events", permission=PERMISSION)
async def list_events(call: Call) -> EventTypes:
    """List the types of events that a webhook can hear of."""
    return EventTypes(data=list(events.TYPES))


@table.route("GET", "/webhooks", permission=PERMISSION)
async def list_webhooks(call: Call, query: PageQuery) -> ResourcePage[WebhookAttributes]:
    """List the webhooks."""
    store = call.services.content
    return page_of(await subscriptions.find(store, call.organization_id, paging(query)), _resource)


@table.route("POST", "/webhooks", permission=PERMISSION, status=201)
async def create_webhook(call: Call, body: NewWebhook) -> Resource[WebhookAttributes]:
    """Have an address told of events; the answer alone shows the secret."""
    secret = body.secret or new_secret()
    fields = body.model_dump(exclude={"secret"})
    draft = WebhookDraft(**fields, secret=call.services.webhooks.sealed(secret))
    store = call.services.content
    return _resource(await subscriptions.create(store, call.organization_id, draft), secret)


@table.route("GET", ONE, permission=PERMISSION, errors=NOT_FOUND)
async def get_webhook(call: Call, webhook_id: str) -> Resource[WebhookAttributes]:
    """Show a webhook."""
    return _resource(await _webhook(call, webhook_id))


@table.route("PATCH", ONE, permission=PERMISSION, errors=(*NOT_FOUND, "version_mismatch"))
async def update_webhook(
    call: Call, webhook_id: str, body: ChangedWebhook
) -> Resource[WebhookAttributes]:
    """Change a webhook, or switch it on again."""
    changes = WebhookChanges(**body.model_dump(exclude_unset=True))
    store, expected = call.services.content, expected_version(call.request)
    return _resource(
        await subscriptions.update(store, call.organization_id, webhook_id, changes, expected)
    )


@table.route(
    "DELETE", ONE, permission=PERMISSION, status=204, errors=(*NOT_FOUND, "version_mismatch")
)
async def remove_webhook(call: Call, webhook_id: str) -> web.Response:
    """Tell the address no more."""
    store, expected = call.services.content, expected_version(call.request)
    await subscriptions.remove(store, call.organization_id, webhook_id, expected)
    return web.Response(status=204)


@table.route(
    "POST", f"{ONE}/rotate-secret", permission=PERMISSION, errors=(*NOT_FOUND, "version_mismatch")
)
async def rotate_secret(
    call: Call, webhook_id: str, body: NewSecret
) -> Resource[WebhookAttributes]:
    """Sign with another secret; for a day deliveries are signed with the former one too."""
    secret = body.secret or new_secret()
    webhook = await _webhook(call, webhook_id)
    sealed, expected = call.services.webhooks.sealed(secret), expected_version(call.request)
    changed = await subscriptions.rotate(call.services.content, webhook, sealed, expected)
    return _resource(changed, secret)


@table.route("POST", f"{ONE}/test", permission=PERMISSION, status=201, errors=NOT_FOUND)
async def test_webhook(call: Call, webhook_id: str) -> Resource[DeliveryAttributes]:
    """Send a `ping`; the delivery shows whether it arrived."""
    webhook = await _webhook(call, webhook_id)
    return _delivery(await deliveries.ping(call.services.content, webhook))


@table.route("GET", DELIVERIES, permission=PERMISSION, errors=NOT_FOUND)
async def list_deliveries(
    call: Call, webhook_id: str, query: DeliveryQuery
) -> ResourcePage[DeliveryAttributes]:
    """List a webhook's deliveries of the last 30 days, the latest first."""
    webhook = await _webhook(call, webhook_id)
    filters = DeliveryFilter(status=query.status, event=query.event)
    store = call.services.content
    return page_of(
        await deliveries.find(store, webhook, filters, paging(query, query.sort)), _delivery
    )


@table.route(
    "GET", DELIVERY, permission=PERMISSION, errors=(*NOT_FOUND, "webhook_delivery_not_found")
)
async def get_delivery(
    call: Call, webhook_id: str, delivery_id: str
) -> Resource[DeliveryAttributes]:
    """Show a delivery with every attempt at it."""
    webhook = await _webhook(call, webhook_id)
    return _delivery(await deliveries.get(call.services.content, webhook, delivery_id))


@table.route(
    "POST",
    f"{DELIVERY}/replay",
    permission=PERMISSION,
    errors=(*NOT_FOUND, "webhook_delivery_not_found"),
)
async def replay_delivery(
    call: Call, webhook_id: str, delivery_id: str
) -> Resource[DeliveryAttributes]:
    """Send a delivery once more."""
    store, webhook = call.services.content, await _webhook(call, webhook_id)
    return _delivery(
        await deliveries.replay(store, await deliveries.get(store, webhook, delivery_id))
    )
