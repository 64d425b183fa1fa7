"""/my/team: the people whom one supervises, where they stand, what waits for one's signature."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from api.identity.reauthentication import ways
from api.pages.compliance import acts
from api.pages.compliance.duties import MEANINGS
from api.pages.compliance.register import RecordRow, row
from api.pages.compliance.shares import ORDER
from api.pages.desk import Desk, at_desk
from api.pages.paging import page_asked, pages_of
from api.pages.wording import Badge, badge
from api.permissions import Permission
from content.compliance import deciding, renewal, requirements, teams
from content.compliance.teams import Member
from content.documents import Paging
from content.errors import NotFound

table = web.RouteTableDef()

SHOWN = 50
MOST_BELOW = 100
TEAM = "/my/team"
ONE = f"{TEAM}/{{person_id}}"


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody of the team: how many requirements they have in each status, the worst first."""

    id: str
    name: str
    email: str
    department: str
    standings: Sequence[Badge]
    awaiting: int


@dataclass(frozen=True, slots=True)
class Owed:
    """What somebody of the team owes, and whether it waits for a signature."""

    title: str
    record: RecordRow
    awaiting: bool


@table.get(TEAM)
async def team(request: web.Request) -> web.Response:
    """Show the people whom somebody supervises."""
    desk = await at_desk(request, Permission.COMPLIANCE_READ_OWN)
    paging = Paging(page=page_asked(request), per_page=SHOWN, sort="name")
    found = await teams.members(desk.store, desk.organization_id, desk.person.id, paging)
    titles = await _titles(desk)
    return desk.show(
        "compliance/team.html",
        members=[_row(each) for each in found.items],
        waiting=[
            (each.person, titles[requirement_id], requirement_id)
            for each in found.items
            for requirement_id in each.awaiting
        ],
        pages=pages_of(request, found.page, found.total, SHOWN),
    )


@table.get(ONE)
async def member(request: web.Request) -> web.Response:
    """Show what is required of somebody below, and the forms to sign.

    Officers are told of who has no supervisor, and are led to their own page of the person.
    """
    desk = await at_desk(request, Permission.COMPLIANCE_READ_OWN)
    try:
        return await _page(desk)
    except NotFound:
        if not desk.principal.may(Permission.COMPLIANCE_READ):
            raise
    return desk.go(f"/compliance/people/{desk.named('person_id')}")


@table.post(f"{ONE}/{{requirement_id}}/sign-offs")
async def sign(request: web.Request) -> web.Response:
    """Sign for somebody below, as their supervisor."""
    desk = await at_desk(request, Permission.COMPLIANCE_READ_OWN)
    below = (await _below(desk)).person
    sought = desk.named("requirement_id")
    duty = await deciding.duty_of(desk.store, desk.organization_id, sought, below.id, desk.person)
    try:
        made = await acts.signed(desk, duty)
    except acts.WRONG as error:
        return await _page(desk, acts.told(error))
    await renewal.renew(desk.store, desk.services.log, made)
    await desk.audit("POST /compliance/sign-offs", made.id, below.id)
    done = f"You have signed {duty.requirement.title} for {below.name}."
    return desk.go(f"{TEAM}/{below.id}", done)


async def _below(desk: Desk) -> Member:
    sought, own = desk.named("person_id"), desk.person.id
    return await teams.member(desk.store, desk.organization_id, own, sought)


async def _page(desk: Desk, problems: Sequence[str] = ()) -> web.Response:
    """The page of somebody below; with `problems` of a form that was sent from it."""
    found = await _below(desk)
    paging = Paging(per_page=MOST_BELOW, sort="name")
    below = await teams.members(desk.store, desk.organization_id, found.person.id, paging)
    titles = await _titles(desk)
    return desk.show(
        "compliance/team_member.html",
        422 if problems else 200,
        member=_row(found),
        owed=[
            Owed(titles[e.requirement_id], row(e), e.requirement_id in found.awaiting)
            for e in found.records
        ],
        below=[_row(each) for each in below.items],
        meanings=MEANINGS,
        ways=await ways(desk.request, desk.principal),
        problems=problems,
    )


async def _titles(desk: Desk) -> Mapping[str, str]:
    return {e.id: e.title for e in await requirements.every(desk.store, desk.organization_id)}


def _row(member: Member) -> MemberRow:
    counts = member.counts
    return MemberRow(
        id=member.person.id,
        name=member.person.name,
        email=member.person.email,
        department=member.person.department or "",
        standings=[badge(each, counts[each]) for each in reversed(ORDER) if counts.get(each)],
        awaiting=len(member.awaiting),
    )
