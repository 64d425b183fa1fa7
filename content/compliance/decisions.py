"""Decisions: what people decide about one person's duty under one requirement.

A waiver frees from it until `valid_until`; an extension moves the due date to `due_at`; external
evidence and prior learning say that it was done, at `completed_at`; a sign-off (`meaning`) is what
a requirement may ask for beside the completion. A decision counts from the moment at which it was
approved, and no more from the one at which it was revoked.
"""

from datetime import datetime
from typing import ClassVar, Final

from content.telling.outbox import Telling

WAIVER: Final = "waiver"
EXTENSION: Final = "extension"
EXTERNAL_EVIDENCE: Final = "external_evidence"
PRIOR_LEARNING: Final = "prior_learning"
SIGN_OFF: Final = "sign_off"
ACTS: Final = (WAIVER, EXTENSION, EXTERNAL_EVIDENCE, PRIOR_LEARNING, SIGN_OFF)
ACHIEVING: Final = (EXTERNAL_EVIDENCE, PRIOR_LEARNING)
"""The acts that say that it was done."""

PROPOSED: Final = "proposed"
APPROVED: Final = "approved"
REJECTED: Final = "rejected"
REVOKED: Final = "revoked"
STATES: Final = (PROPOSED, APPROVED, REJECTED, REVOKED)


class Decision(Telling, frozen=True, kw_only=True):
    """One act about a person under a requirement; `act` is of ACTS, `state` of STATES.

    `decided_at` is the moment from which it is known, `revoked_at` the one from which it no
    longer holds. Of a waiver `valid_from` and `valid_until` bound the time in which it frees; of
    external evidence and prior learning `valid_until` may bound how long they count.
    `statement_ids` are the statements that tell of the decision, the approving one first.
    """

    kind: ClassVar[str] = "compliance_decision"
    sortable: ClassVar[tuple[str, ...]] = ("created_at", "updated_at")

    requirement_id: str
    person_id: str
    act: str
    state: str = PROPOSED
    reason: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    due_at: datetime | None = None
    completed_at: datetime | None = None
    file_id: str | None = None
    meaning: str | None = None
    signed_as: str | None = None
    signed_name: str | None = None
    authenticated_by: str | None = None
    answer: str = ""
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    revoked_by: str | None = None
    revoked_at: datetime | None = None
    statement_ids: tuple[str, ...] = ()
