"""Deciding about many people at once from a register: waive, or give more time."""

from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

from api.pages.compliance import acts, forms, register
from api.pages.desk import Desk, at_desk
from api.permissions import Permission
from content.compliance import deciding, renewal, requirements, waivers
from content.compliance.decisions import Decision
from content.compliance.requirements import Requirement
from content.compliance.telling import Duty
from content.compliance.waivers import ExtensionDraft, WaiverDraft
from content.errors import ContentError, RuleBroken
from content.findings import Finding
from content.organizations import ZONE

table = web.RouteTableDef()

Decide = Callable[[Desk, Duty], Awaitable[Decision]]


@table.post("/compliance/{requirement_id}/waivers")
async def waive(request: web.Request) -> web.Response:
    """Free everybody who is chosen."""

    async def decide(desk: Desk, duty: Duty) -> Decision:
        form, services = await desk.request.post(), desk.services
        written = forms.text(form, "valid_until")
        until = forms.end_of_day("valid_until", written, duty.person.time_zone or ZONE)
        draft = WaiverDraft(reason=forms.text(form, "reason"), valid_until=until)
        return await waivers.waive(services.content, services.outbox, duty, draft)

    return await _decide(request, decide, "POST /compliance/waivers/bulk", "waived")


@table.post("/compliance/{requirement_id}/extensions")
async def extend(request: web.Request) -> web.Response:
    """Give everybody who is chosen until another day."""

    async def decide(desk: Desk, duty: Duty) -> Decision:
        form, services = await desk.request.post(), desk.services
        written = forms.text(form, "due_at")
        until = forms.end_of_day("due_at", written, duty.person.time_zone or ZONE)
        due_at = forms.required("due_at", until)
        draft = ExtensionDraft(reason=forms.text(form, "reason"), due_at=due_at)
        return await waivers.extend(services.content, services.outbox, duty, draft)

    return await _decide(request, decide, "POST /compliance/extensions/bulk", "extended")


async def _decide(request: web.Request, decide: Decide, action: str, done: str) -> web.Response:
    desk = await at_desk(request, Permission.COMPLIANCE_WRITE)
    store, sought = desk.store, desk.named("requirement_id")
    requirement = await requirements.get(store, desk.organization_id, sought)
    form = await request.post()
    chosen = [str(each) for each in form.getall("person", [])]
    try:
        if not chosen:
            raise RuleBroken([Finding(where="user_ids", detail="must be chosen first")])
        refused = await _each(desk, requirement, chosen, decide)
    except RuleBroken as error:
        return await register.page(desk, requirement, acts.told(error))
    count = len(chosen) - len(refused)
    await desk.audit(action, requirement.id, *chosen, decided=count)
    told = f"{count} of {len(chosen)} {done}."
    return desk.go(f"/compliance/{requirement.id}", " ".join([told, *refused]))


async def _each(
    desk: Desk,
    requirement: Requirement,
    chosen: Sequence[str],
    decide: Decide,
) -> list[str]:
    """Decide about each; return why some could not be."""
    services, by = desk.services, desk.person
    store, log = services.content, services.log
    refused: list[str] = []
    for person_id in dict.fromkeys(chosen):
        try:
            own = requirement.organization_id
            duty = await deciding.duty_of(store, own, requirement.id, person_id, by)
            await renewal.renew(store, log, await decide(desk, duty))
        except RuleBroken:
            raise
        except ContentError as error:
            refused.append(str(error))
    return list(dict.fromkeys(refused))
