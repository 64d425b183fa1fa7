"""/notifications: what a person is told of, and how they want to be told."""

from datetime import datetime
from typing import Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.permissions import Permission
from api.rest.bodies import Body, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from content.notifications import notifications, preferences
from content.notifications.notifications import Notification
from content.notifications.preferences import DigestTimes, Preference, Preferences

table = RouteTable()

PERMISSION = Permission.NOTIFICATIONS_OWN
PREFERENCES = "/notifications/preferences"


class NotificationAttributes(Attributes):
    """Something that the person is told; `path` is where the pages show more."""

    type_name = "notification"

    event: str
    title: str
    body: str
    path: str
    read_at: datetime | None
    created_at: datetime


class NotificationQuery(PageQuery):
    """Which notifications: all, or the unread ones."""

    unread: bool = False


class ReadMarks(Body):
    """Which notifications are read: those with these `ids`, or `all`."""

    ids: tuple[str, ...] | None = Field(None, min_length=1, max_length=1000)
    all: bool = False

    @model_validator(mode="after")
    def _either(self) -> "ReadMarks":
        if self.all == (self.ids is not None):
            raise ValueError("must have either ids or all: true")
        return self


class Count(BaseModel):
    """How many."""

    unread: int


class Marked(BaseModel):
    """How many were marked, and how many are left."""

    marked: int
    unread: int


class PreferenceShown(BaseModel):
    """How the person is told of one event."""

    model_config = ConfigDict(from_attributes=True)

    event: str
    in_app: bool
    email: str


class PreferencesAttributes(Attributes):
    """How the person is told of each event, and when digests come, in their time zone."""

    type_name = "notification_preferences"

    preferences: list[PreferenceShown]
    digest_at: str
    digest_on: str
    time_zone: str


class ChangedPreference(Body):
    """How the person wants to be told of one event."""

    event: str = Field(examples=["quiz.passed"])
    in_app: bool = True
    email: Literal["off", "immediate", "daily", "weekly"] = "off"


class ChangedDigestTimes(Body):
    """When digests come; what is not given stays."""

    digest_at: str = Field("08:00", examples=["07:30"])
    digest_on: str = Field("monday", examples=["friday"])
    time_zone: str = Field("UTC", examples=["Europe/Berlin"])


def _resource(notification: Notification) -> Resource[NotificationAttributes]:
    return Resource(notification.id, NotificationAttributes.model_validate(notification))


def _shown(chosen: Preferences) -> Resource[PreferencesAttributes]:
    attributes = PreferencesAttributes(
        preferences=[PreferenceShown.model_validate(each) for each in chosen.all()],
        digest_at=chosen.digest_at,
        digest_on=chosen.digest_on,
        time_zone=chosen.time_zone,
    )
    return Resource(chosen.id, attributes)


def _own(call: Call) -> tuple[str, str]:
    return call.organization_id, call.principal.person.id


@table.route("GET", "/notifications", permission=PERMISSION)
async def list_notifications(
    call: Call, query: NotificationQuery
) -> ResourcePage[NotificationAttributes]:
    """List the person's notifications, the latest first."""
    wanted = paging(query, "-created_at")
    found = await notifications.find(
        call.services.content, *_own(call), unread=query.unread, paging=wanted
    )
    return page_of(found, _resource)


@table.route("GET", "/notifications/unread-count", permission=PERMISSION)
async def count_unread(call: Call) -> Count:
    """Count what the person has not read."""
    return Count(unread=await notifications.unread(call.services.content, *_own(call)))


@table.route("PATCH", "/notifications/read", permission=PERMISSION, audited=False)
async def mark_read(call: Call, body: ReadMarks) -> Marked:
    """Mark notifications as read."""
    store = call.services.content
    marked = await notifications.read(store, *_own(call), None if body.all else body.ids)
    return Marked(marked=marked, unread=await notifications.unread(store, *_own(call)))


@table.route("GET", PREFERENCES, permission=PERMISSION)
async def get_preferences(call: Call) -> Resource[PreferencesAttributes]:
    """Show how the person is told of each event."""
    return _shown(await preferences.get(call.services.content, *_own(call)))


@table.route("PATCH", PREFERENCES, permission=PERMISSION, audited=False)
async def set_preference(call: Call, body: ChangedPreference) -> Resource[PreferencesAttributes]:
    """Set how the person is told of one event."""
    chosen = Preference(event=body.event, in_app=body.in_app, email=body.email)
    return _shown(await preferences.choose(call.services.content, *_own(call), chosen))


@table.route("DELETE", PREFERENCES, permission=PERMISSION, status=204, audited=False)
async def reset_preferences(call: Call) -> web.Response:
    """Go back to the defaults."""
    await preferences.reset(call.services.content, *_own(call))
    return web.Response(status=204)


@table.route("PATCH", f"{PREFERENCES}/digest-times", permission=PERMISSION, audited=False)
async def set_digest_times(call: Call, body: ChangedDigestTimes) -> Resource[PreferencesAttributes]:
    """Set when the person's daily and weekly digests come."""
    times = DigestTimes(**body.model_dump(exclude_unset=True))
    return _shown(await preferences.set_digest_times(call.services.content, *_own(call), times))
