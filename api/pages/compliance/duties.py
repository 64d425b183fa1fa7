"""/compliance/{requirement}/people/{person}: one duty: where it stands, why, and what to decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from api.identity.reauthentication import ways
from api.pages.compliance import asked, decision_rows, overview, targets
from api.pages.compliance.register import row
from api.pages.desk import Desk, at_desk
from api.pages.statements import Row, reader_of
from api.pages.statements import row as statement_row
from api.pages.wording import Badge, badge, minute
from api.permissions import Permission
from api.services import Services
from content.compliance import deciding, records, requirements
from content.compliance.deciding import DecisionFilter
from content.compliance.records import Record
from content.compliance.requirements import Requirement
from content.compliance.signers import SUPERVISOR
from content.compliance.timeline import Span
from content.documents import Paging
from content.enrollment import enrollments
from content.enrollment.enrollments import EnrollmentFilter
from content.organizations import ZONE
from content.people import people
from content.people.people import Person

table = web.RouteTableDef()

DECISIONS_SHOWN = 100
MEANINGS = ("I have observed this person do the work and found it right.",)


@dataclass(frozen=True, slots=True)
class Past:
    """A status from when until when; `to_come` where it is what happens if nothing more does."""

    badge: Badge
    since: str
    until: str
    to_come: bool


@table.get("/compliance/{requirement_id}/people/{person_id}")
async def duty(request: web.Request) -> web.Response:
    """Show one person under one requirement."""
    desk = await at_desk(request, Permission.COMPLIANCE_READ)
    store, names = desk.store, request.match_info
    organization_id = desk.organization_id
    requirement = await requirements.get(store, organization_id, names["requirement_id"])
    person = await people.get(store, organization_id, names["person_id"])
    return await page(desk, requirement, person)


async def page(
    desk: Desk,
    requirement: Requirement,
    person: Person,
    problems: Sequence[str] = (),
) -> web.Response:
    """The page of a duty; with `problems` of a form that was sent from it."""
    services = desk.services
    wanted = asked.read(desk.request)
    record = await records.of_person(services.content, requirement, person.id, wanted.as_of)
    spans = await records.history(services.content, requirement, person.id)
    filters = DecisionFilter(requirement_id=requirement.id, person_id=person.id)
    newest = Paging(per_page=DECISIONS_SHOWN, sort="-created_at")
    organization_id = desk.organization_id
    found = await deciding.find(services.content, organization_id, filters, newest)
    own = desk.person.id == person.id
    return desk.show(
        "compliance/duty.html",
        422 if problems else 200,
        requirement=requirement,
        due=overview.due(requirement).removeprefix("due "),
        targets=await targets.named(services.content, requirement),
        signs=requirement.terms.sign_off == SUPERVISOR,
        history=[_past(each) for each in spans],
        asked=wanted,
        record=row(record),
        person=person,
        problems=problems,
        decisions=await decision_rows.rows(services.content, organization_id, found.items),
        statements=await _proofs(desk, record),
        enrollment_id=await _enrollment_id(services, requirement, person.id),
        may_decide=desk.principal.may(Permission.COMPLIANCE_WRITE) and not own,
        meanings=MEANINGS,
        ways=await ways(desk.request, desk.principal),
        today=datetime.now(UTC).date(),
    )


def zone_of(person: Person) -> str:
    """The name of the time zone in which a person's days begin."""
    return person.time_zone or ZONE


def _past(span: Span) -> Past:
    until = f"until {minute(span.until)}" if span.until else "onwards"
    future = span.since > datetime.now(UTC)
    return Past(badge(span.status), minute(span.since), until, future)


async def _enrollment_id(
    services: Services, requirement: Requirement, person_id: str
) -> str | None:
    """The person's last enrollment in the first course that is required."""
    if requirement.course_id is None:
        return None
    filters = EnrollmentFilter(course_id=requirement.course_id, person_id=person_id)
    last = Paging(per_page=1, sort="-enrolled_at")
    found = await enrollments.find(services.content, requirement.organization_id, filters, last)
    return found.items[0].id if found.items else None


async def _proofs(desk: Desk, record: Record) -> list[Row]:
    log, reader = desk.services.log, reader_of(desk.request)
    found = [await log.get(desk.organization_id, each) for each in record.evidence]
    return [statement_row(each, reader) for each in found if each is not None]
