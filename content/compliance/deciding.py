"""Deciding: how an act on a duty comes to be, takes force, is rejected or revoked.

Each step is one update of the decision, with the statement and the event that tell of it. Nobody
decides on a duty of their own.
"""

from datetime import datetime
from typing import Any

from msgspec import Struct, structs

from content import findings
from content.compliance import requirements, telling
from content.compliance.decisions import ACTS, APPROVED, PROPOSED, REJECTED, REVOKED, STATES
from content.compliance.decisions import Decision as Decision
from content.compliance.telling import APPROVED_EVENTS, APPROVING, REJECT, RETRACT, Duty
from content.documents import Page, Paging
from content.errors import Conflict, NotFound, Refused, RuleBroken, VersionMismatch
from content.findings import Finding
from content.identity import new_id, now
from content.people import people
from content.people.people import Person
from content.store import Store
from content.telling.outbox import Outbox, untold

LONGEST_REASON = 2000


class DecisionFilter(Struct, frozen=True, kw_only=True):
    """Which decisions: all that is given must hold."""

    acts: tuple[str, ...] = ACTS
    requirement_id: str | None = None
    person_id: str | None = None
    state: str | None = None


async def duty_of(
    store: Store, organization_id: str, requirement_id: str, person_id: str, by: Person
) -> Duty:
    """The duty that somebody acts on. Raises NotFound, Conflict (requirement_archived)."""
    requirement = await requirements.get(store, organization_id, requirement_id)
    if requirement.archived_at is not None:
        raise Conflict("requirement_archived", "The requirement is not in force any more.")
    person = await people.get(store, organization_id, person_id)
    return Duty(requirement=requirement, person=person, by=by)


def check_not_own(duty: Duty) -> None:
    """Nobody decides on their own duty. Raises Refused (own_duty)."""
    if duty.by.id == duty.person.id:
        raise Refused("own_duty", "Somebody else must decide on what you owe yourself.")


def why(where: str, reason: str) -> list[Finding]:
    """A reason has 1 to 2000 characters."""
    if 1 <= len(reason.strip()) <= LONGEST_REASON:
        return []
    return [Finding(where=where, detail=f"must have 1 to {LONGEST_REASON} characters")]


def drafted(duty: Duty, act: str, **fields: Any) -> Decision:
    """A decision that nobody has taken yet."""
    moment = now()
    return Decision(
        id=new_id("decision"),
        organization_id=duty.requirement.organization_id,
        created_at=moment,
        updated_at=moment,
        requirement_id=duty.requirement.id,
        person_id=duty.person.id,
        act=act,
        proposed_by=duty.by.id,
        proposed_at=moment,
        **fields,
    )


async def propose(store: Store, outbox: Outbox, duty: Duty, decision: Decision) -> Decision:
    """Keep a decision that waits to be taken by somebody else."""
    at = decision.proposed_at
    said = telling.statement(duty, decision, telling.SUBMIT, at, decision.reason)
    event = telling.happened("compliance.evidence_submitted", duty, decision, at)
    kept = structs.replace(decision, statement_ids=(said["id"],), untold=untold([said], [event]))
    await store.of(Decision).insert(kept)
    await outbox.tell(kept)
    return kept


async def take(store: Store, outbox: Outbox, duty: Duty, decision: Decision) -> Decision:
    """Keep a decision that holds from now on."""
    taken = structs.replace(
        decision, state=APPROVED, decided_by=duty.by.id, decided_at=decision.proposed_at
    )
    verb = APPROVING[taken.act]
    said = telling.statement(duty, taken, verb, taken.proposed_at, taken.reason)
    event = telling.happened(APPROVED_EVENTS[taken.act], duty, taken, taken.proposed_at)
    kept = structs.replace(taken, statement_ids=(said["id"],), untold=untold([said], [event]))
    await store.of(Decision).insert(kept)
    await outbox.tell(kept)
    return kept


async def approve(
    store: Store, outbox: Outbox, decision: Decision, by: Person, answer: str = ""
) -> Decision:
    """Let a proposed decision hold from now on. Raises Refused, Conflict (already_decided)."""
    if len(answer) > LONGEST_REASON:
        raise RuleBroken(why("reason", answer))
    step = {"state": APPROVED, "decided_by": by.id, "decided_at": now(), "answer": answer.strip()}
    verb, kind = APPROVING[decision.act], APPROVED_EVENTS[decision.act]
    return await _step(store, outbox, decision, by, step, (verb, kind), answer)


async def reject(
    store: Store, outbox: Outbox, decision: Decision, by: Person, reason: str
) -> Decision:
    """Do not let a proposed decision hold. Raises RuleBroken, Refused, Conflict."""
    if broken := why("reason", reason):
        raise RuleBroken(broken)
    step = {"state": REJECTED, "decided_by": by.id, "decided_at": now(), "answer": reason.strip()}
    kind = "compliance.evidence_rejected"
    return await _step(store, outbox, decision, by, step, (REJECT, kind), reason)


async def revoke(
    store: Store, outbox: Outbox, decision: Decision, by: Person, reason: str
) -> Decision:
    """Let a decision hold no longer. Raises RuleBroken, Refused, Conflict (not_in_force)."""
    if broken := why("reason", reason):
        raise RuleBroken(broken)
    step = {"state": REVOKED, "revoked_by": by.id, "revoked_at": now(), "answer": reason.strip()}
    return await _step(store, outbox, decision, by, step, (RETRACT, "compliance.revoked"), reason)


async def get(
    store: Store, organization_id: str, decision_id: str, acts: tuple[str, ...] = ACTS
) -> Decision:
    """The decision, if it is one of these acts. Raises NotFound."""
    query = {"_id": decision_id, "act": {"$in": list(acts)}}
    found = await store.of(Decision).first(organization_id, query)
    if found is None:
        raise NotFound(Decision.kind, decision_id)
    return found


async def find(
    store: Store, organization_id: str, filters: DecisionFilter, paging: Paging
) -> Page[Decision]:
    """One page of decisions. Raises RuleBroken for a wrong state, page or sort."""
    if filters.state is not None and (broken := findings.one_of("state", filters.state, STATES)):
        raise RuleBroken(broken)
    query: dict[str, Any] = {"act": {"$in": list(filters.acts)}}
    for name in ("requirement_id", "person_id", "state"):
        if (value := getattr(filters, name)) is not None:
            query[name] = value
    return await store.of(Decision).page(organization_id, query, paging)


async def _step(
    store: Store,
    outbox: Outbox,
    decision: Decision,
    by: Person,
    step: dict[str, Any],
    told: tuple[str, str],
    reason: str,
) -> Decision:
    """One step of a decision, with what tells of it (verb and type of event)."""
    duty = await _duty(store, decision, by)
    check_not_own(duty)
    _check_state(decision, PROPOSED if step["state"] != REVOKED else APPROVED)
    verb, kind = told
    changed = structs.replace(decision, **step)
    at: datetime = step.get("decided_at") or step["revoked_at"]
    said = telling.statement(duty, changed, verb, at, reason.strip())
    step["statement_ids"] = [said["id"], *decision.statement_ids]
    if step["state"] == REVOKED:
        step["statement_ids"] = [*decision.statement_ids, said["id"]]
    waiting = untold([said], [telling.happened(kind, duty, changed, at)])
    try:
        kept = await store.of(Decision).change(
            decision.organization_id, decision.id, step, decision.version, tell=waiting
        )
    except VersionMismatch:
        raise Conflict("already_decided", "Somebody else has just decided on it.") from None
    await outbox.tell(kept)
    return kept


async def _duty(store: Store, decision: Decision, by: Person) -> Duty:
    """The duty of a decision, of a requirement out of force too."""
    organization_id = decision.organization_id
    return Duty(
        requirement=await requirements.get(store, organization_id, decision.requirement_id),
        person=await people.get(store, organization_id, decision.person_id),
        by=by,
    )


def _check_state(decision: Decision, expected: str) -> None:
    if decision.state == expected:
        return
    if expected == APPROVED:
        raise Conflict("not_in_force", f"It is {decision.state}, and cannot be revoked.")
    raise Conflict("already_decided", f"It was {decision.state} before.")
