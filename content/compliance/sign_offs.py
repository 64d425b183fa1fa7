"""Sign-offs: electronic signatures under a duty, in the manner of 21 CFR Part 11.

A signature has the printed name of the signer, the moment and its meaning (11.50), is bound to
what it signs by the statement that tells of it (11.70), and is given by somebody who has just shown
once more who they are (11.200). It is never changed; it can be revoked, which is told as well.
"""

from datetime import datetime
from typing import Final

from msgspec import Struct

from content import findings
from content.compliance import deciding
from content.compliance.decisions import SIGN_OFF, Decision
from content.compliance.telling import Duty
from content.errors import RuleBroken
from content.store import Store
from content.telling.outbox import Outbox

PERSON: Final = "person"
SUPERVISOR: Final = "supervisor"
SIGNERS: Final = (PERSON, SUPERVISOR)


class Proof(Struct, frozen=True, kw_only=True):
    """How (`password`, `identity_provider`) and when a signer has shown who they are."""

    method: str
    at: datetime


async def sign(store: Store, outbox: Outbox, duty: Duty, meaning: str, proof: Proof) -> Decision:
    """Sign under a duty: one's own as the person, another's as a supervisor. Raises RuleBroken."""
    if broken := findings.title("meaning", meaning):
        raise RuleBroken(broken)
    decision = deciding.drafted(
        duty,
        SIGN_OFF,
        meaning=meaning.strip(),
        signed_as=PERSON if duty.by.id == duty.person.id else SUPERVISOR,
        signed_name=duty.by.name,
        authenticated_by=proof.method,
    )
    return await deciding.take(store, outbox, duty, decision)
