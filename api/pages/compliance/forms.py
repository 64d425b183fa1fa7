"""Forms of the compliance pages: days into moments, and files taken in."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from api.pages.desk import Desk
from api.pages.wording import day as day_in_words
from api.rest.files import receiving
from api.rest.forms import Form
from content import files
from content.compliance import calendars
from content.errors import RuleBroken
from content.files import Home, Received
from content.findings import Finding

INSTANT: Final = timedelta(milliseconds=1)
LABELS: Final = {
    "activity": "Activity",
    "audience": "Whom it concerns",
    "before_days": "Days before the end",
    "day": "Day",
    "due/at": "Due date",
    "due_days": "Days until it is due",
    "due_soon_days": "Days that count as soon",
    "escalate_days": "Days until others are told",
    "every": "How often",
    "grace_days": "Days of grace",
    "month": "Month",
    "overdue_days": "Days after the end",
    "recurrence": "How often again",
    "recurrence/day": "The day of each year",
    "recurrence/every": "How often",
    "targets": "What counts",
    "title": "Title",
    "window_days": "Days of the window",
    "act": "Kind",
    "completed_at": "Completed on",
    "due_at": "New due date",
    "file_id": "File",
    "meaning": "What the signature means",
    "password": "Password",
    "reason": "Reason",
    "user_ids": "People",
    "valid_from": "From",
    "valid_until": "Until",
    "what": "What was completed, and where",
}
PLACES: Final = {
    "audience": "rules",
    "due/at": "due_at",
    "due/days": "due_days",
    "recurrence": "again",
    "recurrence/day": "day",
    "recurrence/every": "every",
    "targets": "target",
}
"""The fields that say it, where they are called otherwise than what is found to be wrong."""
EVIDENCE_FIELDS: Final = ("what", "completed_at", "valid_until", "act", "approve")


def first_moment(where: str, written: str, zone: str) -> datetime | None:
    """The beginning of a day that a form names. Raises RuleBroken."""
    day = _day(where, written)
    return calendars.start_of(day, zone) if day else None


def end_of_day(where: str, written: str, zone: str) -> datetime | None:
    """The end of a day that a form names. Raises RuleBroken."""
    day = _day(where, written)
    return calendars.end_of(day, zone) if day else None


def required(where: str, moment: datetime | None) -> datetime:
    """A moment that must be given. Raises RuleBroken."""
    if moment is None:
        raise RuleBroken([Finding(where=where, detail="is required")])
    return moment


def last_day(moment: datetime | None) -> str:
    """The last day before an end, such as a due date; empty for none."""
    return "" if moment is None else day_in_words(moment - INSTANT)


def problems(found: Sequence[Finding]) -> list[str]:
    """What is wrong, each in a sentence."""
    return [f"{LABELS.get(each.where, each.where)}: {each.detail}." for each in found]


def summary(found: Sequence[Finding]) -> list[tuple[str, str, str]]:
    """What is wrong: the id of the field, what it is called, and what must be mended."""
    return [
        (PLACES.get(at, at), LABELS.get(at, "This"), f"It {each.detail}.")
        for each in found
        for at in [_told_of(each.where)]
    ]


def _told_of(where: str) -> str:
    """The place, or what it lies in, that has a name here."""
    if where in LABELS or "/" not in where:
        return where
    return _told_of(where.rpartition("/")[0])


@dataclass(frozen=True, slots=True)
class Sent:
    """A form with a file, whose bytes are there: `received` is kept by `keep`."""

    fields: Mapping[str, str]
    received: list[Received] = field(default_factory=list)

    async def keep(self, desk: Desk) -> str | None:
        """Keep the file as the person's own; its id, None without one."""
        if not self.received:
            return None
        store = desk.store
        organization_id, home = desk.organization_id, Home()
        kept = await files.keep(store, organization_id, self.received[0], desk.person.id, home)
        return kept.id


@asynccontextmanager
async def sent(desk: Desk, names: Sequence[str] = EVIDENCE_FIELDS) -> AsyncIterator[Sent]:
    """A form and its file; a file that nothing has become of goes away again."""
    call = desk.call
    form: Form[Received] = Form(names, receiving(call), most_files=1)
    try:
        await form.read(desk.request)
        yield Sent(form.fields, form.files)
    except BaseException:
        for each in form.files:
            await files.discard(call.services.content, desk.organization_id, each)
        raise


def text(form: Mapping[str, Any], name: str) -> str:
    """A field's text, empty where it is not there."""
    return str(form.get(name, "")).strip()


def _day(where: str, written: str) -> date | None:
    if not written:
        return None
    try:
        day = date.fromisoformat(written)
    except ValueError:
        day = date.min
    if not 1900 <= day.year <= 9000:
        raise RuleBroken([Finding(where=where, detail="must be a day, such as 2026-11-21")])
    return day
