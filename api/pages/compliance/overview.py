"""/compliance: requirements, and their registers."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from api.pages.rendering import render
from api.pages.viewer import signed_in
from api.pages.wording import Badge, badge, day, number
from api.permissions import Permission
from api.services import SERVICES, Services
from content.compliance import records, requirements, tallies
from content.compliance.records import Record, RecordFilter
from content.compliance.requirements import Requirement, RequirementFilter
from content.courses import courses
from content.documents import Paging
from content.enrollment import enrollments
from content.enrollment.enrollments import EnrollmentFilter

table = web.RouteTableDef()

REQUIREMENTS_SHOWN = 100
RECORDS_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Share:
    """How many people have a status; `offset` and `width` place it in a bar of 100."""

    badge: Badge
    count: int
    offset: float
    width: float


@dataclass(frozen=True, slots=True)
class RequirementCard:
    """A requirement and how its people stand."""

    id: str
    title: str
    course_title: str
    due: str
    total: int
    shares: list[Share]


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A person's record as a row."""

    person_id: str
    name: str
    email: str
    badge: Badge
    due: str
    completed: str
    score: str
    proofs: int


@table.get("/compliance")
async def overview(request: web.Request) -> web.Response:
    """Show every requirement with its people by status."""
    principal = await signed_in(request, Permission.COMPLIANCE_READ)
    services = request.app[SERVICES]
    paging = Paging(per_page=REQUIREMENTS_SHOWN, sort="due_at")
    found = await requirements.find(
        services.content, principal.organization_id, RequirementFilter(), paging
    )
    cards = [await card(services, each) for each in found.items]
    return render(request, "compliance/overview.html", principal, requirements=cards)


@table.get("/compliance/{requirement_id}")
async def register(request: web.Request) -> web.Response:
    """Show the records of a requirement, a page of them, filtered by status."""
    principal = await signed_in(request, Permission.COMPLIANCE_READ)
    services = request.app[SERVICES]
    requirement = await _requirement(request, principal.organization_id)
    status = request.query.get("status") or None
    page = request.query.get("page", "1")
    paging = Paging(page=int(page) if page.isdecimal() else 0, per_page=RECORDS_A_PAGE)
    filters = RecordFilter(status=status)
    found = await records.find(services.content, requirement, filters, paging)
    return render(
        request,
        "compliance/register.html",
        principal,
        requirement=await card(services, requirement),
        records=[row(each) for each in found.items],
        chosen=status,
        page=found.page,
        pages=max(1, -(-found.total // RECORDS_A_PAGE)),
    )


@table.get("/compliance/{requirement_id}/people/{person_id}")
async def evidence(request: web.Request) -> web.Response:
    """Show the statements that prove a person's record."""
    principal = await signed_in(request, Permission.COMPLIANCE_READ)
    services = request.app[SERVICES]
    requirement = await _requirement(request, principal.organization_id)
    person_id = request.match_info["person_id"]
    record = await records.of_person(services.content, requirement, person_id)
    return render(
        request,
        "evidence.html",
        principal,
        requirement=await _card(services, requirement),
        record=row(record),
        statements=await _proofs(request, record, principal.organization_id),
        enrollment_id=await _enrollment_id(services, requirement, person_id),
    )


def shares(counts: Mapping[str, int]) -> list[Share]:
    """The statuses that somebody has, side by side in a bar of 100."""
    total = sum(counts.values())
    placed: list[Share] = []
    offset = 0.0
    for status, count in counts.items():
        if count:
            width = 100 * count / total
            placed.append(Share(badge(status, count), count, round(offset, 3), round(width, 3)))
            offset += width
    return placed


def row(record: Record) -> RecordRow:
    """A record as a row."""
    return RecordRow(
        person_id=record.person_id,
        name=record.name,
        email=record.email,
        badge=badge(record.status),
        due=day(record.due_at),
        completed=day(record.completed_at),
        score=number(record.score),
        proofs=len(record.evidence),
    )


async def _enrollment_id(
    services: Services, requirement: Requirement, person_id: str
) -> str | None:
    """The person's last enrollment in the required course."""
    if requirement.course_id is None:
        return None
    filters = EnrollmentFilter(course_id=requirement.course_id, person_id=person_id)
    last = Paging(per_page=1, sort="-enrolled_at")
    found = await enrollments.find(services.content, requirement.organization_id, filters, last)
    return found.items[0].id if found.items else None


async def _requirement(request: web.Request, organization_id: str) -> Requirement:
    sought = request.match_info["requirement_id"]
    return await requirements.get(request.app[SERVICES].content, organization_id, sought)


async def card(services: Services, requirement: Requirement) -> RequirementCard:
    """A requirement, with how its people stand now."""
    store, organization_id = services.content, requirement.organization_id
    counted = await tallies.latest(store, organization_id, [requirement.id])
    counts = counted[requirement.id].counts() if counted else tallies.nobody()
    return RequirementCard(
        id=requirement.id,
        title=requirement.title,
        course_title=await _target_title(services, requirement),
        due=day(requirement.due_at) or "without a date",
        total=sum(counts.values()),
        shares=shares(counts),
    )


async def _target_title(services: Services, requirement: Requirement) -> str:
    """The title of the required course; of what is no course, what identifies it."""
    if requirement.course_id is None:
        return requirement.terms.targets[0].id
    return (
        await courses.get(services.content, requirement.organization_id, requirement.course_id)
    ).title


async def _proofs(request: web.Request, record: Record, organization_id: str) -> list[Row]:
    log, reader = request.app[SERVICES].log, reader_of(request)
    found = [await log.get(organization_id, each) for each in record.evidence]
    return [statement_row(each, reader) for each in found if each is not None]


async def _target_title(services: Services, requirement: Requirement) -> str:
    """The title of the required course; of what is no course, what identifies it."""
    if requirement.course_id is None:
        return requirement.terms.targets[0].id
    course = await courses.get(
        services.content, requirement.organization_id, requirement.course_id
    )
    return course.title
