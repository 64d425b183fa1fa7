"""Subscriptions: an address outside that is told of events of some types."""

import ipaddress
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from msgspec import UNSET, Struct, UnsetType

from content import findings
from content.documents import Document, Page, Paging, given
from content.errors import RuleBroken
from content.findings import Finding
from content.identity import new_id, now
from content.store import Store
from content.telling import events

EVERY: Final = "*"
PING: Final = "ping"
"""What a test sends; nobody needs to subscribe to it."""
OVERLAP: Final = timedelta(hours=24)
"""How long deliveries are signed with the former secret as well."""
PATIENCE: Final = timedelta(days=5)
"""So long without a success, and a webhook is disabled."""
LONGEST_URL: Final = 2000


class Webhook(Document, frozen=True, kw_only=True):
    """An address that hears of events; `secret` and `former_secret` are encrypted.

    `events` are types, or `*` for all. `failing_since` is when deliveries began to fail with no
    success since; `disabled_because` says why it is off, where the server itself put it off.
    """

    kind: ClassVar[str] = "webhook"
    sortable: ClassVar[tuple[str, ...]] = ("created_at", "updated_at")

    url: str
    description: str = ""
    events: tuple[str, ...]
    enabled: bool = True
    secret: str
    former_secret: str | None = None
    former_until: datetime | None = None
    failing_since: datetime | None = None
    disabled_because: str | None = None

    def hears(self, kind: str) -> bool:
        """Whether it is to be told of events of this type."""
        return self.enabled and (EVERY in self.events or kind in self.events)


class WebhookDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a new webhook; `secret` is encrypted already."""

    url: str
    events: tuple[str, ...]
    secret: str
    description: str = ""
    enabled: bool = True


class WebhookChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays."""

    url: str | UnsetType = UNSET
    events: tuple[str, ...] | UnsetType = UNSET
    description: str | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


async def create(store: Store, organization_id: str, draft: WebhookDraft) -> Webhook:
    """Subscribe an address to events. Raises RuleBroken."""
    if broken := _broken(draft):
        raise RuleBroken(broken)
    moment = now()
    webhook = Webhook(
        id=new_id("webhook"),
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        url=draft.url,
        description=draft.description,
        events=tuple(dict.fromkeys(draft.events)),
        enabled=draft.enabled,
        secret=draft.secret,
    )
    return await store.of(Webhook).insert(webhook)


async def get(store: Store, organization_id: str, webhook_id: str) -> Webhook:
    """The webhook. Raises NotFound."""
    return await store.of(Webhook).get(organization_id, webhook_id)


async def find(store: Store, organization_id: str, paging: Paging) -> Page[Webhook]:
    """One page of webhooks. Raises RuleBroken for a wrong page or sort."""
    return await store.of(Webhook).page(organization_id, {}, paging)


async def hearing(store: Store, organization_id: str, kind: str) -> list[Webhook]:
    """The webhooks that are to be told of events of a type."""
    query = {"enabled": True, "events": {"$in": [kind, EVERY]}}
    return await store.of(Webhook).all(organization_id, query)


async def update(
    store: Store,
    organization_id: str,
    webhook_id: str,
    changes: WebhookChanges,
    expected_version: int | None = None,
) -> Webhook:
    """Change a webhook; one that is enabled again starts afresh.

    Raises RuleBroken, NotFound, VersionMismatch.
    """
    if broken := _broken(changes):
        raise RuleBroken(broken)
    fields = given(changes)
    if changes.enabled is True:
        fields |= {"failing_since": None, "disabled_because": None}
    return await store.of(Webhook).change(organization_id, webhook_id, fields, expected_version)


async def rotate(
    store: Store, webhook: Webhook, secret: str, expected_version: int | None = None
) -> Webhook:
    """Sign with another secret from now on, and with the former one too for OVERLAP."""
    fields = {
        "secret": secret,
        "former_secret": webhook.secret,
        "former_until": now() + OVERLAP,
    }
    expected = webhook.version if expected_version is None else expected_version
    return await store.of(Webhook).change(webhook.organization_id, webhook.id, fields, expected)


async def remove(
    store: Store, organization_id: str, webhook_id: str, expected_version: int | None = None
) -> None:
    """Tell the address no more. Raises NotFound, VersionMismatch."""
    await store.of(Webhook).remove(organization_id, webhook_id, expected_version)


async def succeeded(store: Store, webhook: Webhook) -> None:
    """Note that it answers."""
    await _note(store, webhook, {"failing_since": {"$ne": None}}, {"failing_since": None})


async def failed(store: Store, webhook: Webhook, *, gone: bool) -> None:
    """Note that it did not take a delivery; one that is gone, or fails for long, is disabled."""
    await _note(store, webhook, {"failing_since": None}, {"failing_since": now()})
    off = {"enabled": False}
    if gone:
        await _note(store, webhook, {}, {**off, "disabled_because": "it answered 410 Gone"})
        return
    long = {"enabled": True, "failing_since": {"$lte": now() - PATIENCE}}
    reason = f"no delivery succeeded in {PATIENCE.days} days"
    await _note(store, webhook, long, {**off, "disabled_because": reason})


async def _note(
    store: Store, webhook: Webhook, query: dict[str, Any], fields: dict[str, Any]
) -> None:
    """Note what deliveries come to; nobody's ETag changes by it."""
    own = {"organization_id": webhook.organization_id, "_id": webhook.id}
    await store.of(Webhook).collection.update_one({**own, **query}, {"$set": fields})


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public Internet."""
    return ipaddress.ip_address(address).is_global


def _broken(webhook: WebhookDraft | WebhookChanges) -> list[Finding]:
    broken = findings.text("description", webhook.description)
    if isinstance(webhook.url, str) and not _is_address(webhook.url):
        detail = "must be an http(s) address without user and fragment"
        broken.append(Finding(where="url", detail=detail))
    if isinstance(webhook.events, tuple):
        if not webhook.events:
            broken.append(Finding(where="events", detail="must name at least one event"))
        for position, each in enumerate(webhook.events):
            broken += findings.one_of(f"events/{position}", each, (*events.TYPES, EVERY))
    return broken


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    plain = not (parts.username or parts.password or parts.fragment)
    known = parts.scheme in ("http", "https") and bool(parts.hostname)
    return plain and known and len(url) <= LONGEST_URL and url.isascii() and " " not in url
