"""How somebody wants to be told: for each event in the application or not, by e-mail at once, in a
digest or not; and when digests come.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import ClassVar, Final, Literal
from zoneinfo import ZoneInfo, available_timezones

from msgspec import UNSET, Struct, UnsetType
from pymongo.errors import DuplicateKeyError

from content import findings
from content.documents import Document, encode
from content.errors import RuleBroken
from content.findings import Finding
from content.identity import now
from content.store import Store

Mail = Literal["off", "immediate", "daily", "weekly"]
MAIL: Final = ("off", "immediate", "daily", "weekly")
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Preference(Struct, frozen=True, kw_only=True):
    """How somebody is told of events of one type."""

    event: str
    in_app: bool = True
    email: Mail = "off"


DEFAULTS: Final = (
    Preference(event="announcement.published", email="daily"),
    Preference(event="assignment.due", email="immediate"),
    Preference(event="assignment.graded", email="immediate"),
    Preference(event="assignment.submitted", email="daily"),
    Preference(event="certificate.issued", email="immediate"),
    Preference(event="compliance.due_soon", email="immediate"),
    Preference(event="compliance.escalated", email="immediate"),
    Preference(event="compliance.evidence_approved", email="immediate"),
    Preference(event="compliance.evidence_rejected", email="immediate"),
    Preference(event="compliance.evidence_submitted", email="daily"),
    Preference(event="compliance.extended", email="immediate"),
    Preference(event="compliance.overdue", email="immediate"),
    Preference(event="compliance.revoked", email="immediate"),
    Preference(event="compliance.team_overdue", email="daily"),
    Preference(event="compliance.waived", email="immediate"),
    Preference(event="discussion.replied", email="daily"),
    Preference(event="enrollment.completed"),
    Preference(event="enrollment.created", email="immediate"),
    Preference(event="enrollment.expired", email="immediate"),
    Preference(event="quiz.failed"),
    Preference(event="quiz.passed"),
    Preference(event="report.alert", email="immediate"),
    Preference(event="report.ready"),
)
"""The events that somebody is told of, and how, unless they say otherwise."""
EVENTS: Final = tuple(each.event for each in DEFAULTS)


class Preferences(Document, frozen=True, kw_only=True):
    """One person's wishes: only what differs from DEFAULTS is kept in `chosen`.

    `digest_at` is the hour and minute of digests in `time_zone`, `digest_on` the weekday of weekly
    ones.
    """

    kind: ClassVar[str] = "notification_preferences"

    person_id: str
    chosen: tuple[Preference, ...] = ()
    digest_at: str = "08:00"
    digest_on: str = "monday"
    time_zone: str = "UTC"

    def of(self, event: str) -> Preference | None:
        """How this person is told of an event; None for one that nobody is told of."""
        known = (*self.chosen, *DEFAULTS)
        return next((each for each in known if each.event == event), None)

    def all(self) -> list[Preference]:
        """How this person is told of each event."""
        return [found for event in EVENTS if (found := self.of(event))]


class DigestTimes(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When digests come; what is not given stays."""

    digest_at: str | UnsetType = UNSET
    digest_on: str | UnsetType = UNSET
    time_zone: str | UnsetType = UNSET


async def get(store: Store, organization_id: str, person_id: str) -> Preferences:
    """The person's preferences; where they never chose, the defaults."""
    found = await store.of(Preferences).find(organization_id, _id(person_id))
    return unchosen(organization_id, person_id) if found is None else found


def unchosen(organization_id: str, person_id: str) -> Preferences:
    """The preferences of a person who never chose."""
    moment = now()
    return Preferences(
        id=_id(person_id),
        organization_id=organization_id,
        version=0,
        created_at=moment,
        updated_at=moment,
        person_id=person_id,
    )


async def of_people(
    store: Store, organization_id: str, person_ids: Sequence[str]
) -> dict[str, Preferences]:
    """The preferences of those among these people who chose some."""
    query = {"_id": {"$in": [_id(each) for each in person_ids]}}
    documents = store.of(Preferences)
    return {each.person_id: each async for each in documents.each(organization_id, query)}


async def choose(
    store: Store, organization_id: str, person_id: str, chosen: Preference
) -> Preferences:
    """Set how a person is told of one event. Raises RuleBroken."""
    broken = findings.one_of("event", chosen.event, EVENTS)
    if broken := broken + findings.one_of("email", chosen.email, MAIL):
        raise RuleBroken(broken)
    await _begun(store, organization_id, person_id)
    collection = store.of(Preferences).collection
    own = {"organization_id": organization_id, "_id": _id(person_id)}
    kept = {"event": chosen.event, "in_app": chosen.in_app, "email": chosen.email}
    others = {"$filter": {"input": "$chosen", "cond": {"$ne": ["$$this.event", chosen.event]}}}
    update = {
        "chosen": {"$concatArrays": [others, [kept]]},
        "updated_at": now(),
        "version": {"$add": ["$version", 1]},
    }
    await collection.update_one(own, [{"$set": update}])
    return await get(store, organization_id, person_id)


async def set_digest_times(
    store: Store, organization_id: str, person_id: str, times: DigestTimes
) -> Preferences:
    """Set when a person's digests come. Raises RuleBroken."""
    if broken := _broken(times):
        raise RuleBroken(broken)
    await _begun(store, organization_id, person_id)
    given = {
        name: value
        for name in ("digest_at", "digest_on", "time_zone")
        if (value := getattr(times, name)) is not UNSET
    }
    return await store.of(Preferences).change(organization_id, _id(person_id), given)


async def reset(store: Store, organization_id: str, person_id: str) -> None:
    """Go back to the defaults."""
    own = {"organization_id": organization_id, "_id": _id(person_id)}
    await store.of(Preferences).collection.delete_one(own)


def mail_at(preferences: Preferences, mail: Mail, moment: datetime) -> datetime | None:
    """When a message of this moment is to be sent: at once, with the next digest, or never."""
    if mail == "off":
        return None
    if mail == "immediate":
        return moment
    zone = ZoneInfo(preferences.time_zone)
    local = moment.astimezone(zone)
    day = local.date()
    if mail == "weekly":
        day += timedelta(days=(WEEKDAYS.index(preferences.digest_on) - day.weekday()) % 7)
    due = datetime.combine(day, time.fromisoformat(preferences.digest_at), zone)
    if due <= local:
        further = day + timedelta(days=7 if mail == "weekly" else 1)
        due = datetime.combine(further, time.fromisoformat(preferences.digest_at), zone)
    return due.astimezone(moment.tzinfo)


async def _begun(store: Store, organization_id: str, person_id: str) -> None:
    """Make the document, unless it is there."""
    if (found := await get(store, organization_id, person_id)).version:
        return
    try:
        await store.of(Preferences).collection.insert_one({**encode(found), "version": 1})
    except DuplicateKeyError:
        return


def _id(person_id: str) -> str:
    return f"notification_preferences_{person_id}"


def _broken(times: DigestTimes) -> list[Finding]:
    broken = findings.one_of("digest_on", times.digest_on, WEEKDAYS)
    if isinstance(times.digest_at, str) and not _is_clock(times.digest_at):
        broken.append(Finding(where="digest_at", detail="must be hour and minute, such as 08:30"))
    if isinstance(times.time_zone, str) and times.time_zone not in available_timezones():
        detail = "must be a time zone of the IANA database, such as Europe/Berlin"
        broken.append(Finding(where="time_zone", detail=detail))
    return broken


def _is_clock(text: str) -> bool:
    try:
        return time.fromisoformat(text).strftime("%H:%M") == text
    except ValueError:
        return False
