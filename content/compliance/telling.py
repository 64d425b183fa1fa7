"""What decisions tell: statements on the requirement's activity, and events. Pure."""

from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from content.compliance.decisions import (
    EXTENSION,
    EXTERNAL_EVIDENCE,
    PRIOR_LEARNING,
    SIGN_OFF,
    WAIVER,
    Decision,
)
from content.compliance.requirements import Requirement
from content.people import people
from content.people.people import Person
from content.telling.events import Event, event
from content.telling.statements import Statement, activity, statement_id, timestamp, verb_of

STREAMS: Final = "http://activitystrea.ms/schema/1.0/"
WAIVED: Final = "https://w3id.org/xapi/adl/verbs/waived"
REASON: Final = "https://w3id.org/xapi/cmi5/result/extensions/reason"
SUBMIT, APPROVE, REJECT = f"{STREAMS}submit", f"{STREAMS}approve", f"{STREAMS}reject"
UPDATE, CONFIRM, RETRACT = f"{STREAMS}update", f"{STREAMS}confirm", f"{STREAMS}retract"
APPROVING: Final = {
    WAIVER: WAIVED,
    EXTENSION: UPDATE,
    EXTERNAL_EVIDENCE: APPROVE,
    PRIOR_LEARNING: APPROVE,
    SIGN_OFF: CONFIRM,
}
"""The verb by which each act takes force."""
APPROVED_EVENTS: Final = {
    WAIVER: "compliance.waived",
    EXTENSION: "compliance.extended",
    EXTERNAL_EVIDENCE: "compliance.evidence_approved",
    PRIOR_LEARNING: "compliance.evidence_approved",
    SIGN_OFF: "compliance.signed_off",
}
_SAID: Final = ("valid_from", "valid_until", "due_at", "completed_at")


class Duty(Struct, frozen=True, kw_only=True):
    """One person under one requirement, and who acts on that."""

    requirement: Requirement
    person: Person
    by: Person


def requirement_activity_id(home_page: str, requirement_id: str) -> str:
    """The activity that a requirement is, for statements about it."""
    return f"{home_page}/activities/requirements/{requirement_id}"


def id_of(decision: Decision, verb: str) -> str:
    """The id of the statement that tells of one step of the decision."""
    return statement_id(decision.id, verb)


def statement(duty: Duty, decision: Decision, verb: str, at: datetime, why: str) -> Statement:
    """Who did what about the duty, when and why.

    A waiver is told of the person, as cmi5 has it (9.3.8), and names who waived as instructor;
    all else is told of who did it. The person concerned is the context's team.
    """
    actor, by = people.xapi_agent(duty.person), people.xapi_agent(duty.by)
    team = {"objectType": "Group", "member": [actor]}
    context: Statement = {"team": team, "extensions": _extensions(duty, decision)}
    if verb == WAIVED:
        context["instructor"] = by
    said: Statement = {
        "id": id_of(decision, verb),
        "actor": actor if verb == WAIVED else by,
        "verb": verb_of(verb),
        "object": _target(duty, decision, verb),
        "context": context,
        "timestamp": timestamp(at),
    }
    result = _result(decision, verb, why)
    return {**said, "result": result} if result else said


def happened(kind: str, duty: Duty, decision: Decision, at: datetime) -> Event:
    """The event of a step of the decision."""
    data: dict[str, Any] = {
        "decision_id": decision.id,
        "requirement_id": decision.requirement_id,
        "user_id": decision.person_id,
        "act": decision.act,
        "title": duty.requirement.title,
        **_moments(decision),
    }
    return event(decision.organization_id, kind, decision.id, at, data)


def _target(duty: Duty, decision: Decision, verb: str) -> Statement:
    if verb == RETRACT:
        return {"objectType": "StatementRef", "id": id_of(decision, APPROVING[decision.act])}
    identifier = requirement_activity_id(duty.person.home_page, duty.requirement.id)
    return activity(identifier, duty.requirement.title, "objective")


def _result(decision: Decision, verb: str, why: str) -> Statement:
    if verb == CONFIRM:
        return {"response": decision.meaning or ""}
    return {"extensions": {REASON: why}} if why else {}


def _extensions(duty: Duty, decision: Decision) -> Statement:
    said: Statement = {
        "id": decision.id,
        "act": decision.act,
        "requirement": decision.requirement_id,
        "requirement_version": duty.requirement.version,
        **_moments(decision),
    }
    for name in ("file_id", "signed_as", "signed_name", "authenticated_by"):
        if (value := getattr(decision, name)) is not None:
            said[name] = value
    return {f"{duty.person.home_page}/xapi/extensions/decision": said}


def _moments(decision: Decision) -> dict[str, str]:
    given = {name: getattr(decision, name) for name in _SAID}
    return {name: timestamp(moment) for name, moment in given.items() if moment is not None}
