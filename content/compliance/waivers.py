"""Waivers free a person from a requirement; extensions move the date by which it is due."""

from datetime import datetime

from msgspec import Struct

from content import findings
from content.compliance import deciding
from content.compliance.decisions import EXTENSION, WAIVER, Decision
from content.compliance.telling import Duty
from content.errors import RuleBroken
from content.findings import Finding
from content.identity import milliseconds, now
from content.store import Store
from content.telling.outbox import Outbox


class WaiverDraft(Struct, frozen=True, kw_only=True):
    """Why somebody is free, from when (None: now) until when (None: until it is revoked)."""

    reason: str
    valid_from: datetime | None = None
    valid_until: datetime | None = None


class ExtensionDraft(Struct, frozen=True, kw_only=True):
    """Why somebody has until `due_at`."""

    reason: str
    due_at: datetime


async def waive(store: Store, outbox: Outbox, duty: Duty, draft: WaiverDraft) -> Decision:
    """Free the person. Raises RuleBroken, Refused (own_duty)."""
    deciding.check_not_own(duty)
    if broken := broken_waiver(draft, now()):
        raise RuleBroken(broken)
    decision = deciding.drafted(
        duty,
        WAIVER,
        reason=draft.reason.strip(),
        valid_from=_kept(draft.valid_from),
        valid_until=_kept(draft.valid_until),
    )
    return await deciding.take(store, outbox, duty, decision)


async def extend(store: Store, outbox: Outbox, duty: Duty, draft: ExtensionDraft) -> Decision:
    """Give the person until another date. Raises RuleBroken, Refused (own_duty)."""
    deciding.check_not_own(duty)
    if broken := broken_extension(draft, now()):
        raise RuleBroken(broken)
    decision = deciding.drafted(
        duty, EXTENSION, reason=draft.reason.strip(), due_at=_kept(draft.due_at)
    )
    return await deciding.take(store, outbox, duty, decision)


def broken_waiver(draft: WaiverDraft, moment: datetime) -> list[Finding]:
    """What is wrong with a waiver that is given at this moment."""
    broken = deciding.why("reason", draft.reason)
    wrong = findings.moment("valid_from", draft.valid_from)
    wrong += findings.moment("valid_until", draft.valid_until)
    if wrong or draft.valid_until is None:
        return broken + wrong
    if draft.valid_until <= max(moment, draft.valid_from or moment):
        broken.append(Finding(where="valid_until", detail="must be later, and in the future"))
    return broken


def broken_extension(draft: ExtensionDraft, moment: datetime) -> list[Finding]:
    """What is wrong with an extension that is given at this moment."""
    broken = deciding.why("reason", draft.reason)
    wrong = findings.moment("due_at", draft.due_at)
    if not wrong and draft.due_at <= moment:
        wrong.append(Finding(where="due_at", detail="must be in the future"))
    return broken + wrong


def _kept(moment: datetime | None) -> datetime | None:
    return milliseconds(moment) if moment else None
