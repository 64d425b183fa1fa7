"""Renewal: one entry of the register made anew at once, for whoever has just decided on it.

The registrar would come to it within a second; a page that follows a decision is not to show what
was before.
"""

from content.compliance import requirements
from content.compliance.decisions import Decision
from content.compliance.gathering import Gathering, VoidingLog
from content.compliance.register import Register
from content.people import people
from content.store import Store


async def renew(store: Store, log: VoidingLog, decision: Decision) -> None:
    """Make the entry anew that a decision is about. Raises NotFound."""
    organization_id = decision.organization_id
    person = await people.get(store, organization_id, decision.person_id)
    requirement = await requirements.get(store, organization_id, decision.requirement_id)
    await Register(store, Gathering(store, log)).refresh(organization_id, [person], [requirement])
