"""Sign-offs: electronic signatures under a duty, in the manner of 21 CFR Part 11.

A signature has the printed name of the signer, the moment and its meaning (11.50), is bound to
what it signs by the statement that tells of it (11.70), and is given by somebody who has just shown
once more who they are (11.200). It is never changed; it can be revoked, which is told as well.
"""

from datetime import datetime

from msgspec import Struct

from content import findings
from content.compliance import deciding, signers
from content.compliance.decisions import SIGN_OFF, Decision
from content.compliance.telling import Duty
from content.errors import Refused, RuleBroken
from content.people import supervisors
from content.people.people import Person
from content.store import Store
from content.telling.outbox import Outbox


class Proof(Struct, frozen=True, kw_only=True):
    """How (`password`, `identity_provider`) and when a signer has shown who they are."""

    method: str
    at: datetime


async def signs_as(store: Store, by: Person, person_id: str, *, officer: bool) -> str:
    """As what somebody signs for a person: as themselves, as a supervisor of any level, or as an
    officer. Raises Refused (not_the_supervisor).
    """
    above = await supervisors.above(store, by.organization_id, person_id)
    found = signers.signs_as(by.id, person_id, above, officer=officer)
    if found is None:
        detail = "Only their supervisor, or a compliance officer, signs for somebody else."
        raise Refused("not_the_supervisor", detail)
    return found


async def sign(
    store: Store, outbox: Outbox, duty: Duty, capacity: str, meaning: str, proof: Proof
) -> Decision:
    """Sign under a duty. Raises RuleBroken."""
    if broken := findings.title("meaning", meaning):
        raise RuleBroken(broken)
    decision = deciding.drafted(
        duty,
        SIGN_OFF,
        meaning=meaning.strip(),
        signed_as=capacity,
        signed_name=duty.by.name,
        authenticated_by=proof.method,
    )
    return await deciding.take(store, outbox, duty, decision)
