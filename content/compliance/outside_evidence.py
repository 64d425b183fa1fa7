"""Outside evidence and prior learning: what was learnt elsewhere, shown by a document.

Anybody hands in their own, an officer also for another; it counts once an officer who is not the
person concerned approves it, from the moment at which it was completed.
"""

from datetime import datetime
from typing import Final

from msgspec import Struct

from content import findings
from content.compliance import deciding
from content.compliance.decisions import EXTERNAL_EVIDENCE, PRIOR_LEARNING, Decision
from content.compliance.telling import Duty
from content.errors import Conflict, RuleBroken
from content.files import StoredFile
from content.findings import Finding
from content.identity import milliseconds, now
from content.store import Store
from content.telling.outbox import Outbox

KINDS: Final = (EXTERNAL_EVIDENCE, PRIOR_LEARNING)
UNATTACHED: Final = {"submission_id": None, "course_id": None, "decision_id": None}


class EvidenceDraft(Struct, frozen=True, kw_only=True):
    """What was completed and where (`what`), when, until when it counts, and the file that shows
    it: one that who hands it in has uploaded, attached to nothing yet.
    """

    what: str
    completed_at: datetime
    valid_until: datetime | None = None
    file_id: str | None = None
    act: str = EXTERNAL_EVIDENCE


async def hand_in(store: Store, outbox: Outbox, duty: Duty, draft: EvidenceDraft) -> Decision:
    """Keep evidence that waits to be approved. Raises RuleBroken, Conflict (file_in_use)."""
    decision = await _drafted(store, duty, draft)
    await _attach(store, duty, decision)
    return await deciding.propose(store, outbox, duty, decision)


async def recognise(store: Store, outbox: Outbox, duty: Duty, draft: EvidenceDraft) -> Decision:
    """Let evidence about somebody else count at once. Raises RuleBroken, Refused, Conflict."""
    deciding.check_not_own(duty)
    decision = await _drafted(store, duty, draft)
    await _attach(store, duty, decision)
    return await deciding.take(store, outbox, duty, decision)


def broken(draft: EvidenceDraft, moment: datetime) -> list[Finding]:
    """What is wrong with evidence that is handed in at this moment."""
    wrong = deciding.why("what", draft.what) + findings.one_of("act", draft.act, KINDS)
    wrong += findings.moment("valid_until", draft.valid_until)
    early = findings.moment("completed_at", draft.completed_at)
    if not early and draft.completed_at > moment:
        early.append(Finding(where="completed_at", detail="must not be in the future"))
    if not (wrong or early) and draft.valid_until and draft.valid_until <= draft.completed_at:
        wrong.append(Finding(where="valid_until", detail="must be after completed_at"))
    if draft.act == EXTERNAL_EVIDENCE and draft.file_id is None:
        wrong.append(Finding(where="file_id", detail="is required: what shows it"))
    return wrong + early


async def _drafted(store: Store, duty: Duty, draft: EvidenceDraft) -> Decision:
    wrong = broken(draft, now())
    if draft.file_id is not None and await _own_file(store, duty, draft.file_id) is None:
        detail = "must be a file that you have uploaded and that belongs to nothing yet"
        wrong.append(Finding(where="file_id", detail=detail))
    if wrong:
        raise RuleBroken(wrong)
    until = draft.valid_until
    return deciding.drafted(
        duty,
        draft.act,
        reason=draft.what.strip(),
        completed_at=milliseconds(draft.completed_at),
        valid_until=milliseconds(until) if until else None,
        file_id=draft.file_id,
    )


async def _own_file(store: Store, duty: Duty, file_id: str) -> StoredFile | None:
    query = {"_id": file_id, "owner_id": duty.by.id, **UNATTACHED}
    return await store.of(StoredFile).first(duty.requirement.organization_id, query)


async def _attach(store: Store, duty: Duty, decision: Decision) -> None:
    """Make the file the decision's, so that nobody deletes it; it goes with the person."""
    if decision.file_id is None:
        return
    query = {"organization_id": decision.organization_id, "_id": decision.file_id, **UNATTACHED}
    taken = {"decision_id": decision.id, "owner_id": duty.person.id, "updated_at": now()}
    moved = await store.of(StoredFile).collection.update_one(query, {"$set": taken})
    if not moved.matched_count:
        raise Conflict("file_in_use", "The file was just handed in elsewhere.", "file_id")
