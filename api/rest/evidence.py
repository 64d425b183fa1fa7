"""/compliance/evidence: what was learnt elsewhere, handed in, approved or rejected."""

from datetime import datetime
from typing import Literal

from aiohttp import web
from pydantic import Field

from api.permissions import Permission
from api.rest import decisions
from api.rest.bodies import Body, Draft
from api.rest.call import Call
from api.rest.decisions import (
    RELATED,
    DecisionAttributes,
    DecisionQuery,
    Id,
    Reason,
    Revocation,
)
from api.rest.documents import Resource, ResourcePage
from api.rest.files import ContentQuery
from api.rest.route import RouteTable
from api.rest.serving import serve
from api.rest.waivers import DECIDING, REVOKING
from content import files
from content.compliance import deciding, outside_evidence
from content.compliance.deciding import LONGEST_REASON
from content.compliance.decisions import Decision
from content.compliance.outside_evidence import KINDS, EvidenceDraft
from content.errors import NotFound

table = RouteTable()

PATH = "/compliance/evidence"
ONE = f"{PATH}/{{evidence_id}}"
NOT_FOUND = "compliance_decision_not_found"


class EvidenceAttributes(DecisionAttributes):
    """What was completed elsewhere (`reason` says what and where), when, and until when it counts.

    `act` is external_evidence, which a file shows, or prior_learning.
    """

    type_name = "compliance_evidence"
    relationship_types = {**RELATED, "file": "file"}

    act: str
    completed_at: datetime | None
    valid_until: datetime | None
    file_id: str | None


class NewEvidence(Draft):
    """What was completed and where, and the file (POST /files) that shows it.

    Without `user_id` it is one's own. `approve` lets an officer's about another count at once.
    """

    requirement_id: Id
    user_id: Id | None = None
    act: Literal["external_evidence", "prior_learning"] = "external_evidence"
    what: Reason
    completed_at: datetime
    valid_until: datetime | None = None
    file_id: Id | None = None
    approve: bool = False


class Approval(Body):
    """A remark, if wanted."""

    reason: str = Field("", max_length=LONGEST_REASON)


class Rejection(Body):
    """Why not."""

    reason: Reason


def evidence_resource(decision: Decision) -> Resource[EvidenceAttributes]:
    """The evidence as a resource."""
    made = decisions.resource(EvidenceAttributes, decision)
    related = {**made.related, "file": decision.file_id}
    return Resource(made.id, made.attributes, related, made.version)


@table.route("GET", PATH, permission=Permission.COMPLIANCE_READ_OWN)
async def list_evidence(call: Call, query: DecisionQuery) -> ResourcePage[EvidenceAttributes]:
    """List outside evidence, `state=proposed` what waits to be approved; people see their own."""
    return await decisions.listed(call, query, KINDS, EvidenceAttributes)


@table.route(
    "POST",
    PATH,
    permission=Permission.COMPLIANCE_READ_OWN,
    status=201,
    errors=(*DECIDING, "file_in_use"),
)
async def hand_evidence_in(call: Call, body: NewEvidence) -> Resource[EvidenceAttributes]:
    """Hand in evidence of what you have learnt elsewhere; officers also about others."""
    person_id = body.user_id or call.principal.person.id
    if body.approve or person_id != call.principal.person.id:
        call.require(Permission.COMPLIANCE_WRITE)
    duty = await decisions.duty(call, body.requirement_id, person_id)
    draft = EvidenceDraft(
        what=body.what,
        completed_at=body.completed_at,
        valid_until=body.valid_until,
        file_id=body.file_id,
        act=body.act,
    )
    act = outside_evidence.recognise if body.approve else outside_evidence.hand_in
    return evidence_resource(await act(call.services.content, call.services.outbox, duty, draft))


@table.route("GET", ONE, permission=Permission.COMPLIANCE_READ_OWN, errors=(NOT_FOUND,))
async def get_evidence(call: Call, evidence_id: str) -> Resource[EvidenceAttributes]:
    """Show evidence."""
    return evidence_resource(await decisions.shown(call, evidence_id, KINDS))


@table.route(
    "GET",
    f"{ONE}/file",
    permission=Permission.COMPLIANCE_READ_OWN,
    errors=(NOT_FOUND, "file_not_found", "range_not_satisfiable"),
    media="*/*",
    limit="downloads",
)
async def get_evidence_file(
    call: Call, evidence_id: str, query: ContentQuery
) -> web.StreamResponse:
    """Send the file that shows it."""
    decision = await decisions.shown(call, evidence_id, KINDS)
    if decision.file_id is None:
        raise NotFound("file", evidence_id)
    store = call.services.content
    file = await files.get(store, call.organization_id, decision.file_id)
    return await serve(call.request, store, file, download=query.download)


@table.route(
    "POST",
    f"{ONE}/approve",
    permission=Permission.COMPLIANCE_WRITE,
    errors=(NOT_FOUND, "already_decided", "own_duty"),
)
async def approve_evidence(
    call: Call, evidence_id: str, body: Approval
) -> Resource[EvidenceAttributes]:
    """Let evidence count, from the moment at which it was completed."""
    services = call.services
    decision = await deciding.get(services.content, call.organization_id, evidence_id, KINDS)
    by = call.principal.person
    return evidence_resource(
        await deciding.approve(services.content, services.outbox, decision, by, body.reason)
    )


@table.route(
    "POST",
    f"{ONE}/reject",
    permission=Permission.COMPLIANCE_WRITE,
    errors=(NOT_FOUND, "already_decided", "own_duty"),
)
async def reject_evidence(
    call: Call, evidence_id: str, body: Rejection
) -> Resource[EvidenceAttributes]:
    """Do not let evidence count, and say why."""
    services = call.services
    decision = await deciding.get(services.content, call.organization_id, evidence_id, KINDS)
    by = call.principal.person
    return evidence_resource(
        await deciding.reject(services.content, services.outbox, decision, by, body.reason)
    )


@table.route("POST", f"{ONE}/revoke", permission=Permission.COMPLIANCE_WRITE, errors=REVOKING)
async def revoke_evidence(
    call: Call, evidence_id: str, body: Revocation
) -> Resource[EvidenceAttributes]:
    """Let approved evidence count no longer."""
    return evidence_resource(await decisions.revoked(call, evidence_id, KINDS, body.reason))
