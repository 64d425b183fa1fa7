"""/my/requirements: what one owes, by when, what to hand in, and what to sign."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from api.identity.reauthentication import ways
from api.pages.compliance import acts, decision_rows, targets
from api.pages.compliance.register import RecordRow, row
from api.pages.compliance.shares import GOOD
from api.pages.desk import Desk, at_desk
from api.permissions import Permission
from content.compliance import deciding, records, renewal, requirements
from content.compliance.deciding import DecisionFilter
from content.compliance.records import Record
from content.compliance.requirements import Requirement
from content.compliance.signers import PERSON
from content.compliance.telling import Duty
from content.documents import Paging

table = web.RouteTableDef()

SHOWN = 100
NEVER = datetime.max.replace(tzinfo=UTC)
LIST = "/my/requirements"
ONE = f"{LIST}/{{requirement_id}}"
MEANINGS = ("I have read and understood it.", "I have done this work as I was taught.")


@dataclass(frozen=True, slots=True)
class Owed:
    """A requirement that concerns the person and where it stands; the lowest `rank` is first."""

    id: str
    title: str
    description: str
    record: RecordRow
    rank: tuple[bool, datetime, str]


@table.get(LIST)
async def mine(request: web.Request) -> web.Response:
    """Show what the person owes."""
    desk = await at_desk(request, Permission.COMPLIANCE_READ_OWN)
    owed = await _owed(desk)
    return desk.show("compliance/mine.html", owed=owed)


@table.get(ONE)
async def one(request: web.Request) -> web.Response:
    """Show one requirement to whom it concerns."""
    desk = await at_desk(request, Permission.COMPLIANCE_READ_OWN)
    return await _page(desk)


@table.post(f"{ONE}/evidence")
async def hand_in(request: web.Request) -> web.Response:
    """Hand in what one has learnt elsewhere."""
    desk = await at_desk(request, Permission.COMPLIANCE_READ_OWN)
    duty = await _duty(desk)
    try:
        made = await acts.handed_in(desk, duty, approve=False)
    except acts.WRONG as error:
        return await _page(desk, acts.told(error), "evidence")
    await desk.audit("POST /compliance/evidence", made.id)
    told = "Your evidence was handed in. You hear of it when somebody has looked at it."
    return desk.go(f"{LIST}/{duty.requirement.id}", told)


@table.post(f"{ONE}/sign-offs")
async def sign(request: web.Request) -> web.Response:
    """Sign under one's own duty."""
    desk = await at_desk(request, Permission.COMPLIANCE_READ_OWN)
    duty = await _duty(desk)
    try:
        made = await acts.signed(desk, duty)
    except acts.WRONG as error:
        return await _page(desk, acts.told(error), "sign")
    services = desk.services
    await renewal.renew(services.content, services.log, made)
    await desk.audit("POST /compliance/sign-offs", made.id)
    return desk.go(f"{LIST}/{duty.requirement.id}", "You have signed.")


async def _duty(desk: Desk) -> Duty:
    store, person = desk.store, desk.person
    sought = desk.named("requirement_id")
    return await deciding.duty_of(store, desk.organization_id, sought, person.id, person)


async def _owed(desk: Desk) -> list[Owed]:
    store, organization_id = desk.store, desk.organization_id
    mine = await records.all_of_person(store, organization_id, desk.person.id)
    known = {each.id: each for each in await requirements.in_force(store, organization_id)}
    owed = [_one(known[each.requirement_id], each) for each in mine if each.requirement_id in known]
    return sorted(owed, key=lambda each: each.rank)


def _one(requirement: Requirement, record: Record) -> Owed:
    return Owed(
        id=requirement.id,
        title=requirement.title,
        description=requirement.description,
        record=row(record),
        rank=(record.status in GOOD, record.due_at or NEVER, requirement.title),
    )


async def _page(desk: Desk, problems: Sequence[str] = (), of: str = "") -> web.Response:
    """The page of a duty of one's own; with `problems` of the form `of` that was sent from it."""
    services, organization_id = desk.services, desk.organization_id
    sought = desk.named("requirement_id")
    requirement = await requirements.get(services.content, organization_id, sought)
    record = await records.of_person(services.content, requirement, desk.person.id)
    owed = _one(requirement, record)
    filters = DecisionFilter(requirement_id=sought, person_id=desk.person.id)
    newest = Paging(per_page=SHOWN, sort="-created_at")
    found = await deciding.find(services.content, organization_id, filters, newest)
    return desk.show(
        "compliance/my_requirement.html",
        422 if problems else 200,
        owed=owed,
        targets=await targets.named(services.content, requirement),
        signs=requirement.terms.sign_off == PERSON,
        problems=problems,
        wrong=of,
        decisions=await decision_rows.rows(services.content, organization_id, found.items),
        meanings=MEANINGS,
        ways=await ways(desk.request, desk.principal),
        today=datetime.now(UTC).date(),
    )
