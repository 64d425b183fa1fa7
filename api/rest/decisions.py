"""What the acts on a duty have in common: attributes, lists, outcomes for each of many people."""

from datetime import datetime
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import BaseModel, Field

from api.permissions import Permission
from api.rest.bodies import Body, PageQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage
from api.rest.lists import page_of, paging
from api.services import Services
from content.compliance import deciding
from content.compliance.deciding import LONGEST_REASON, DecisionFilter
from content.compliance.decisions import Decision
from content.compliance.telling import Duty
from content.errors import ContentError, RuleBroken

MOST_AT_ONCE = 1000

Id = Annotated[str, Field(max_length=100)]
Reason = Annotated[str, Field(min_length=1, max_length=LONGEST_REASON)]

RELATED = {
    "requirement": "requirement",
    "user": "user",
    "proposed_by": "user",
    "decided_by": "user",
    "revoked_by": "user",
}


class DecisionAttributes(Attributes):
    """What every act has: `state` is proposed, approved, rejected or revoked; `answer` is why it
    was approved, rejected or revoked; `statement_ids` are the statements that tell of it.
    """

    relationship_types = RELATED

    state: str
    reason: str
    answer: str
    proposed_at: datetime
    decided_at: datetime | None
    revoked_at: datetime | None
    statement_ids: tuple[str, ...]
    created_at: datetime


class DecisionQuery(PageQuery):
    """Which: of a requirement, a person, a state; people see their own."""

    requirement_id: str | None = None
    user_id: str | None = None
    state: str | None = None
    sort: str | None = None


class Revocation(Body):
    """Why it is to hold no longer."""

    reason: Reason


class Outcome(BaseModel):
    """What came of one person: `done` and the id of what was made, or the code of an error."""

    user_id: str
    outcome: str
    id: str | None = None
    detail: str = ""


class BulkOutcome(BaseModel):
    """How many were done, and what came of each, in the order in which they were named."""

    requirement_id: str
    done_count: int
    refused_count: int
    results: list[Outcome]


class BulkAnswer(BaseModel):
    """What came of deciding about many."""

    data: BulkOutcome


class Terms(Protocol):
    """A body that asks for the same decision about one person or many."""

    requirement_id: str

    async def decide(self, services: Services, duty: Duty) -> Decision:
        """Decide about the duty's person."""
        ...


A = TypeVar("A", bound=DecisionAttributes)


def resource(attributes: type[A], decision: Decision) -> Resource[A]:
    """The decision as a resource of this type."""
    related = {
        "requirement": decision.requirement_id,
        "user": decision.person_id,
        "proposed_by": decision.proposed_by or None,
        "decided_by": decision.decided_by or None,
        "revoked_by": decision.revoked_by or None,
    }
    shown = attributes.model_validate(decision)
    return Resource(decision.id, shown, related, decision.version)


async def listed(
    call: Call, query: DecisionQuery, acts: tuple[str, ...], attributes: type[A]
) -> ResourcePage[A]:
    """One page of the acts of some kinds; people see their own."""
    filters = DecisionFilter(
        acts=acts,
        requirement_id=query.requirement_id,
        person_id=call.own_or(Permission.COMPLIANCE_READ, query.user_id),
        state=query.state,
    )
    store = call.services.content
    found = await deciding.find(store, call.organization_id, filters, paging(query, query.sort))
    return page_of(found, lambda each: resource(attributes, each))


async def shown(call: Call, decision_id: str, acts: tuple[str, ...]) -> Decision:
    """The act, for whom it concerns and for officers. Raises NotFound, ProblemRaised (403)."""
    store = call.services.content
    decision = await deciding.get(store, call.organization_id, decision_id, acts)
    call.own_or(Permission.COMPLIANCE_READ, decision.person_id)
    return decision


async def duty(call: Call, requirement_id: str, person_id: str) -> Duty:
    """The duty that the caller acts on. Raises NotFound, Conflict."""
    store, by = call.services.content, call.principal.person
    return await deciding.duty_of(store, call.organization_id, requirement_id, person_id, by)


async def revoked(call: Call, decision_id: str, acts: tuple[str, ...], reason: str) -> Decision:
    """The act, which holds no longer."""
    services = call.services
    decision = await deciding.get(services.content, call.organization_id, decision_id, acts)
    by = call.principal.person
    return await deciding.revoke(services.content, services.outbox, decision, by, reason)


async def decided(call: Call, terms: Terms, user_id: str, attributes: type[A]) -> Resource[A]:
    """Decide about one person. Raises NotFound, Conflict, Refused, RuleBroken."""
    concerned = await duty(call, terms.requirement_id, user_id)
    return resource(attributes, await terms.decide(call.services, concerned))


async def each_of(call: Call, terms: Terms, user_ids: tuple[str, ...]) -> BulkAnswer:
    """Decide about each person, and say what came of it; one refusal stops no other.

    Raises RuleBroken where the terms themselves are wrong, before anything is done.
    """
    results: list[Outcome] = []
    for user_id in dict.fromkeys(user_ids):
        try:
            concerned = await duty(call, terms.requirement_id, user_id)
            made = await terms.decide(call.services, concerned)
            results.append(Outcome(user_id=user_id, outcome="done", id=made.id))
        except RuleBroken:
            raise
        except ContentError as error:
            results.append(_refused(user_id, error))
    done = sum(each.id is not None for each in results)
    summary = BulkOutcome(
        requirement_id=terms.requirement_id,
        done_count=done,
        refused_count=len(results) - done,
        results=results,
    )
    return BulkAnswer(data=summary)


def _refused(user_id: str, error: Any) -> Outcome:
    if error.code == "requirement_not_found":
        raise error
    return Outcome(user_id=user_id, outcome=error.code, detail=str(error))
