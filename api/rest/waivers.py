"""/compliance/waivers and /compliance/extensions: people freed from a duty, or given time."""

from datetime import datetime

from pydantic import Field

from api.permissions import Permission
from api.rest import decisions
from api.rest.bodies import Body, Draft
from api.rest.call import Call
from api.rest.decisions import (
    MOST_AT_ONCE,
    BulkAnswer,
    DecisionAttributes,
    DecisionQuery,
    Id,
    Reason,
    Revocation,
)
from api.rest.documents import Resource, ResourcePage
from api.rest.route import RouteTable
from api.services import Services
from content.compliance import waivers
from content.compliance.decisions import EXTENSION, WAIVER, Decision
from content.compliance.telling import Duty
from content.compliance.waivers import ExtensionDraft, WaiverDraft

table = RouteTable()

WAIVERS, EXTENSIONS = "/compliance/waivers", "/compliance/extensions"
DECIDING = ("own_duty", "requirement_archived", "requirement_not_found", "user_not_found")
REVOKING = ("compliance_decision_not_found", "not_in_force", "own_duty", "already_decided")


class WaiverAttributes(DecisionAttributes):
    """A person is free from a requirement, from `valid_from` until `valid_until` (null: open)."""

    type_name = "waiver"

    valid_from: datetime | None
    valid_until: datetime | None


class ExtensionAttributes(DecisionAttributes):
    """A person has until `due_at`."""

    type_name = "extension"

    due_at: datetime | None


class WaiverTerms(Draft):
    """Why, from when and until when."""

    requirement_id: Id
    reason: Reason
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    async def decide(self, services: Services, duty: Duty) -> Decision:
        """Free the duty's person."""
        draft = WaiverDraft(
            reason=self.reason, valid_from=self.valid_from, valid_until=self.valid_until
        )
        return await waivers.waive(services.content, services.outbox, duty, draft)


class NewWaiver(WaiverTerms):
    """Who is to be free from which requirement."""

    user_id: Id


class NewWaivers(WaiverTerms):
    """Who all are to be free from which requirement."""

    user_ids: tuple[Id, ...] = Field(min_length=1, max_length=MOST_AT_ONCE)


class ExtensionTerms(Body):
    """Why, and until when."""

    requirement_id: Id
    reason: Reason
    due_at: datetime

    async def decide(self, services: Services, duty: Duty) -> Decision:
        """Give the duty's person until the date."""
        draft = ExtensionDraft(reason=self.reason, due_at=self.due_at)
        return await waivers.extend(services.content, services.outbox, duty, draft)


class NewExtension(ExtensionTerms, Draft):
    """Who is to have until another date."""

    user_id: Id


class NewExtensions(ExtensionTerms):
    """Who all are to have until another date."""

    user_ids: tuple[Id, ...] = Field(min_length=1, max_length=MOST_AT_ONCE)


@table.route("GET", WAIVERS, permission=Permission.COMPLIANCE_READ_OWN)
async def list_waivers(call: Call, query: DecisionQuery) -> ResourcePage[WaiverAttributes]:
    """List waivers; people see their own."""
    return await decisions.listed(call, query, (WAIVER,), WaiverAttributes)


@table.route("POST", WAIVERS, permission=Permission.COMPLIANCE_WRITE, status=201, errors=DECIDING)
async def waive(call: Call, body: NewWaiver) -> Resource[WaiverAttributes]:
    """Free a person from a requirement."""
    return await decisions.decided(call, body, body.user_id, WaiverAttributes)


@table.route(
    "POST",
    "/compliance/waive",
    permission=Permission.COMPLIANCE_WRITE,
    status=201,
    errors=DECIDING,
)
async def waive_person(call: Call, body: NewWaiver) -> Resource[WaiverAttributes]:
    """Free a person from a requirement; the same as POST /compliance/waivers."""
    return await decisions.decided(call, body, body.user_id, WaiverAttributes)


@table.route(
    "POST",
    f"{WAIVERS}/bulk",
    permission=Permission.COMPLIANCE_WRITE,
    errors=("requirement_not_found",),
)
async def waive_many(call: Call, body: NewWaivers) -> BulkAnswer:
    """Free many people from a requirement, and say what came of each."""
    return await decisions.each_of(call, body, body.user_ids)


@table.route(
    "GET",
    f"{WAIVERS}/{{waiver_id}}",
    permission=Permission.COMPLIANCE_READ_OWN,
    errors=("compliance_decision_not_found",),
)
async def get_waiver(call: Call, waiver_id: str) -> Resource[WaiverAttributes]:
    """Show a waiver."""
    found = await decisions.shown(call, waiver_id, (WAIVER,))
    return decisions.resource(WaiverAttributes, found)


@table.route(
    "POST",
    f"{WAIVERS}/{{waiver_id}}/revoke",
    permission=Permission.COMPLIANCE_WRITE,
    errors=REVOKING,
)
async def revoke_waiver(call: Call, waiver_id: str, body: Revocation) -> Resource[WaiverAttributes]:
    """Let a waiver hold no longer; what it freed from until now stays waived."""
    gone = await decisions.revoked(call, waiver_id, (WAIVER,), body.reason)
    return decisions.resource(WaiverAttributes, gone)


@table.route("GET", EXTENSIONS, permission=Permission.COMPLIANCE_READ_OWN)
async def list_extensions(call: Call, query: DecisionQuery) -> ResourcePage[ExtensionAttributes]:
    """List extensions; people see their own."""
    return await decisions.listed(call, query, (EXTENSION,), ExtensionAttributes)


@table.route(
    "POST", EXTENSIONS, permission=Permission.COMPLIANCE_WRITE, status=201, errors=DECIDING
)
async def extend(call: Call, body: NewExtension) -> Resource[ExtensionAttributes]:
    """Give a person until another date."""
    return await decisions.decided(call, body, body.user_id, ExtensionAttributes)


@table.route(
    "POST",
    f"{EXTENSIONS}/bulk",
    permission=Permission.COMPLIANCE_WRITE,
    errors=("requirement_not_found",),
)
async def extend_many(call: Call, body: NewExtensions) -> BulkAnswer:
    """Give many people until another date, and say what came of each."""
    return await decisions.each_of(call, body, body.user_ids)


@table.route(
    "GET",
    f"{EXTENSIONS}/{{extension_id}}",
    permission=Permission.COMPLIANCE_READ_OWN,
    errors=("compliance_decision_not_found",),
)
async def get_extension(call: Call, extension_id: str) -> Resource[ExtensionAttributes]:
    """Show an extension."""
    found = await decisions.shown(call, extension_id, (EXTENSION,))
    return decisions.resource(ExtensionAttributes, found)


@table.route(
    "POST",
    f"{EXTENSIONS}/{{extension_id}}/revoke",
    permission=Permission.COMPLIANCE_WRITE,
    errors=REVOKING,
)
async def revoke_extension(
    call: Call, extension_id: str, body: Revocation
) -> Resource[ExtensionAttributes]:
    """Let an extension hold no longer: what was due before is due again."""
    gone = await decisions.revoked(call, extension_id, (EXTENSION,), body.reason)
    return decisions.resource(ExtensionAttributes, gone)
