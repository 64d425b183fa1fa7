"""Deciding on a page: waive, extend, record and judge evidence, sign, revoke.

Each form does what its operation of the REST API does, and comes back to the page it was sent
from; what was not right is told there.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from api.errors import TooManyAttempts
from api.identity.reauthentication import prove
from api.pages.compliance import duties, forms
from api.pages.desk import Desk, at_desk
from api.pages.redirection import local_path
from api.permissions import Permission
from content import files
from content.compliance import deciding, outside_evidence, renewal, sign_offs, waivers
from content.compliance.decisions import EXTERNAL_EVIDENCE, Decision
from content.compliance.outside_evidence import EvidenceDraft
from content.compliance.telling import Duty
from content.compliance.waivers import ExtensionDraft, WaiverDraft
from content.errors import Conflict, Refused, RuleBroken

table = web.RouteTableDef()

DUTY = "/compliance/{requirement_id}/people/{person_id}"
DECISION = "/compliance/decisions/{decision_id}"
WRONG = (Conflict, Refused, RuleBroken, TooManyAttempts)

Act = Callable[[Desk, Duty], Awaitable[Decision]]


@table.post(f"{DUTY}/waivers")
async def waive(request: web.Request) -> web.Response:
    """Free a person from a requirement."""

    async def act(desk: Desk, duty: Duty) -> Decision:
        form, services = await desk.request.post(), desk.services
        zone = duties.zone_of(duty.person)
        draft = WaiverDraft(
            reason=forms.text(form, "reason"),
            valid_until=forms.end_of_day("valid_until", forms.text(form, "valid_until"), zone),
        )
        return await waivers.waive(services.content, services.outbox, duty, draft)

    return await _on_duty(request, act, "POST /compliance/waivers", "The requirement is waived.")


@table.post(f"{DUTY}/extensions")
async def extend(request: web.Request) -> web.Response:
    """Give a person until another day."""

    async def act(desk: Desk, duty: Duty) -> Decision:
        form, services = await desk.request.post(), desk.services
        zone, written = duties.zone_of(duty.person), forms.text(form, "due_at")
        due_at = forms.required("due_at", forms.end_of_day("due_at", written, zone))
        draft = ExtensionDraft(reason=forms.text(form, "reason"), due_at=due_at)
        return await waivers.extend(services.content, services.outbox, duty, draft)

    return await _on_duty(request, act, "POST /compliance/extensions", "The due date is moved.")


@table.post(f"{DUTY}/evidence")
async def record_evidence(request: web.Request) -> web.Response:
    """Record what a person has learnt elsewhere, as somebody else who lets it count."""

    async def act(desk: Desk, duty: Duty) -> Decision:
        return await handed_in(desk, duty, approve=True)

    return await _on_duty(request, act, "POST /compliance/evidence", "The evidence counts.")


@table.post(f"{DUTY}/sign-offs")
async def sign(request: web.Request) -> web.Response:
    """Sign under another's duty, as an officer or as their supervisor."""
    return await _on_duty(request, signed, "POST /compliance/sign-offs", "You have signed.")


@table.post(f"{DECISION}/approve")
async def approve(request: web.Request) -> web.Response:
    """Let evidence count."""
    return await _on_decision(request, deciding.approve, "approve", "The evidence counts.")


@table.post(f"{DECISION}/reject")
async def reject(request: web.Request) -> web.Response:
    """Do not let evidence count."""
    return await _on_decision(request, deciding.reject, "reject", "The evidence is rejected.")


@table.post(f"{DECISION}/revoke")
async def revoke(request: web.Request) -> web.Response:
    """Let a decision hold no longer."""
    return await _on_decision(request, deciding.revoke, "revoke", "The decision is revoked.")


async def handed_in(desk: Desk, duty: Duty, *, approve: bool) -> Decision:
    """Evidence from a form with a file. Raises RuleBroken, Conflict, Refused."""
    services, zone = desk.services, duties.zone_of(duty.person)
    async with forms.sent(desk) as sent:
        fields = sent.fields
        completed_at = forms.first_moment("completed_at", fields.get("completed_at", ""), zone)
        draft = EvidenceDraft(
            what=fields.get("what", ""),
            completed_at=forms.required("completed_at", completed_at),
            valid_until=forms.end_of_day("valid_until", fields.get("valid_until", ""), zone),
            act=fields.get("act", EXTERNAL_EVIDENCE),
            file_id=await sent.keep(desk),
        )
    act = outside_evidence.recognise if approve else outside_evidence.hand_in
    try:
        return await act(services.content, services.outbox, duty, draft)
    except WRONG:
        if draft.file_id is not None:
            await files.delete(services.content, desk.organization_id, draft.file_id)
        raise


async def signed(desk: Desk, duty: Duty) -> Decision:
    """A signature from a form with a password. Raises RuleBroken, Refused, TooManyAttempts."""
    form, services = await desk.request.post(), desk.services
    store, officer = services.content, desk.principal.may(Permission.COMPLIANCE_WRITE)
    capacity = await sign_offs.signs_as(store, duty.by, duty.person.id, officer=officer)
    proof = await prove(desk.request, desk.principal, str(form.get("password", "")) or None)
    meaning = forms.text(form, "meaning")
    return await sign_offs.sign(store, services.outbox, duty, capacity, meaning, proof)


def told(error: Exception) -> list[str]:
    """What was not right, in sentences."""
    return forms.problems(error.findings) if isinstance(error, RuleBroken) else [str(error)]


async def _on_duty(request: web.Request, act: Act, action: str, done: str) -> web.Response:
    desk = await at_desk(request, Permission.COMPLIANCE_WRITE)
    names = request.match_info
    requirement_id, person_id = names["requirement_id"], names["person_id"]
    store, by = desk.store, desk.person
    organization_id = desk.organization_id
    duty = await deciding.duty_of(store, organization_id, requirement_id, person_id, by)
    try:
        made = await act(desk, duty)
    except WRONG as error:
        return await duties.page(desk, duty.requirement, duty.person, told(error))
    await renewal.renew(store, desk.services.log, made)
    await desk.audit(action, made.id, person_id)
    return desk.go(f"/compliance/{requirement_id}/people/{person_id}", done)


async def _on_decision(
    request: web.Request, step: Callable[..., Awaitable[Decision]], name: str, done: str
) -> web.Response:
    desk = await at_desk(request, Permission.COMPLIANCE_WRITE)
    services, organization_id = desk.services, desk.organization_id
    form: Mapping[str, Any] = await request.post()
    sought = desk.named("decision_id")
    decision = await deciding.get(services.content, organization_id, sought)
    address = f"/compliance/{decision.requirement_id}/people/{decision.person_id}"
    reason = forms.text(form, "reason")
    try:
        made = await step(services.content, services.outbox, decision, desk.person, reason)
    except WRONG as error:
        return desk.go(local_path(forms.text(form, "next") or address), " ".join(told(error)))
    await renewal.renew(services.content, services.log, made)
    action = f"POST /compliance/decisions/{{decision_id}}/{name}"
    await desk.audit(action, decision.id, decision.person_id)
    return desk.go(local_path(forms.text(form, "next") or address), done)
