"""Decisions as pages show them: what, by whom, when and why, and what may be done about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.pages.compliance.forms import last_day
from api.pages.wording import Badge, day, minute
from content.compliance.decisions import (
    APPROVED,
    EXTENSION,
    EXTERNAL_EVIDENCE,
    PRIOR_LEARNING,
    PROPOSED,
    REJECTED,
    REVOKED,
    SIGN_OFF,
    WAIVER,
    Decision,
)
from content.compliance.requirements import Requirement
from content.files import StoredFile
from content.people.people import Person
from content.store import Store

ACTS: Final = {
    WAIVER: "Waiver",
    EXTENSION: "Extension",
    EXTERNAL_EVIDENCE: "Outside evidence",
    PRIOR_LEARNING: "Prior learning",
    SIGN_OFF: "Sign-off",
}
STATES: Final = {
    PROPOSED: Badge("pending", "Waiting"),
    APPROVED: Badge("valid", "In force"),
    REJECTED: Badge("rejected", "Rejected"),
    REVOKED: Badge("revoked", "Revoked"),
}
DONE: Final = {
    WAIVER: "Waived",
    EXTENSION: "Extended",
    EXTERNAL_EVIDENCE: "Approved",
    PRIOR_LEARNING: "Recognised",
    SIGN_OFF: "Signed",
}
ENDS: Final = ("due", "until")
NOBODY: Final = "somebody who was erased"


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision as a row; `steps` say who did what when, `file` is the name of what shows it."""

    id: str
    act: str
    badge: Badge
    reason: str
    terms: str
    steps: tuple[str, ...]
    file: str
    open: bool
    waits: bool
    person_id: str
    person: str
    requirement_id: str
    requirement: str
    statement_ids: tuple[str, ...]


async def rows(store: Store, organization_id: str, found: Sequence[Decision]) -> list[DecisionRow]:
    """Decisions with the names in them."""
    names = await _people(store, organization_id, found)
    files = await _files(store, organization_id, found)
    titles = await _titles(store, organization_id, found)
    return [_row(each, names, files, titles) for each in found]


def _row(
    decision: Decision, names: dict[str, str], files: dict[str, str], titles: dict[str, str]
) -> DecisionRow:
    return DecisionRow(
        id=decision.id,
        act=ACTS[decision.act],
        badge=STATES[decision.state],
        reason=decision.meaning or decision.reason,
        terms=terms(decision),
        steps=tuple(_steps(decision, names)),
        file=files.get(decision.file_id or "", ""),
        open=decision.state == APPROVED,
        waits=decision.state == PROPOSED,
        person_id=decision.person_id,
        person=names.get(decision.person_id, NOBODY),
        requirement_id=decision.requirement_id,
        requirement=titles.get(decision.requirement_id, ""),
        statement_ids=decision.statement_ids,
    )


def terms(decision: Decision) -> str:
    """What a decision says of dates, in words."""
    said = [
        ("from", decision.valid_from),
        ("completed", decision.completed_at),
        ("due", decision.due_at),
        ("until", decision.valid_until),
    ]
    words = [
        f"{word} {last_day(moment) if word in ENDS else day(moment)}"
        for word, moment in said
        if moment is not None
    ]
    if decision.act == SIGN_OFF:
        words = [f"signed as {decision.signed_as} by {decision.signed_name or NOBODY}"]
        if decision.authenticated_by:
            words.append(f"shown by {decision.authenticated_by.replace('_', ' ')}")
    said_so = ", ".join(words)
    return said_so[:1].upper() + said_so[1:]


def _steps(decision: Decision, names: dict[str, str]) -> Iterable[str]:
    """Who did what when, and the answer at the last of it."""
    told: list[tuple[str, str | None, datetime | None]] = []
    if decision.proposed_at != decision.decided_at:
        told.append(("Handed in", decision.proposed_by, decision.proposed_at))
    verb = "Rejected" if decision.state == REJECTED else DONE[decision.act]
    told.append((verb, decision.decided_by, decision.decided_at))
    told.append(("Revoked", decision.revoked_by, decision.revoked_at))
    done = [
        f"{what} by {names.get(who or '', NOBODY)}, {minute(at)}" for what, who, at in told if at
    ]
    return [*done[:-1], f"{done[-1]}: {decision.answer}"] if decision.answer else done


async def _people(store: Store, organization_id: str, found: Sequence[Decision]) -> dict[str, str]:
    ids = {
        each
        for decision in found
        for each in (
            decision.person_id,
            decision.proposed_by,
            decision.decided_by,
            decision.revoked_by,
        )
        if each
    }
    query = {"_id": {"$in": sorted(ids)}}
    return {each.id: each.name async for each in store.of(Person).each(organization_id, query)}


async def _files(store: Store, organization_id: str, found: Sequence[Decision]) -> dict[str, str]:
    query = {"_id": {"$in": [each.file_id for each in found if each.file_id]}}
    files = store.of(StoredFile).each(organization_id, query)
    return {each.id: each.filename async for each in files}


async def _titles(store: Store, organization_id: str, found: Sequence[Decision]) -> dict[str, str]:
    query = {"_id": {"$in": sorted({each.requirement_id for each in found})}}
    known = store.of(Requirement).each(organization_id, query)
    return {each.id: each.title async for each in known}
