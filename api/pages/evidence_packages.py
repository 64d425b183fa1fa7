"""/compliance/packages: evidence packages: asked for, how far they are, and their files."""

from dataclasses import dataclass
from datetime import UTC, datetime, time

from aiohttp import web

from api import evidence
from api.pages.desk import at_desk
from api.pages.paging import page_asked, pages_of
from api.pages.wording import ago, day, minute
from api.permissions import Permission
from api.services import Services
from content.compliance.evidence_packages import package
from content.compliance.evidence_packages.package import MAKING, EvidencePackage, PackageDraft
from content.documents import Paging
from content.errors import NotFound
from content.jobs import jobs

table = web.RouteTableDef()

PATH = "/compliance/packages"
A_PAGE = 20


@dataclass(frozen=True, slots=True)
class PackageRow:
    """A package as a row; `percent` while it is made."""

    id: str
    title: str
    about: str
    as_of: str
    state: str
    percent: int | None
    made: str
    statements: int
    size: str
    until: str


@table.get(PATH)
async def overview(request: web.Request) -> web.Response:
    """Show the packages that are kept."""
    desk = await at_desk(request, Permission.COMPLIANCE_READ)
    services, number = desk.services, page_asked(request)
    paging = Paging(page=number, per_page=A_PAGE, sort="-created_at")
    found = await package.find(services.content, desk.organization_id, paging)
    rows = [await _row(services, each) for each in found.items]
    return desk.show(
        "compliance/packages.html",
        packages=rows,
        making=any(each.percent is not None for each in rows),
        pages=pages_of(request, number, found.total, A_PAGE),
    )


@table.post(PATH)
async def make(request: web.Request) -> web.Response:
    """Have a package made: `person_id` or `requirement_id`, and `as_of` (a day, its end)."""
    desk = await at_desk(request, Permission.COMPLIANCE_READ)
    services, form = desk.services, await request.post()
    draft = PackageDraft(
        person_id=str(form.get("person_id", "")) or None,
        requirement_id=str(form.get("requirement_id", "")) or None,
        as_of=_end_of(str(form.get("as_of", ""))),
    )
    made, _ = await evidence.ask(services, desk.organization_id, draft, desk.person.id)
    await desk.audit("POST /compliance/evidence-packages", made.id)
    return desk.go(PATH, f"The evidence package about {made.title} is being made.")


@table.get(PATH + "/{package_id}/file")
async def file(request: web.Request) -> web.StreamResponse:
    """Send the file of a package."""
    desk = await at_desk(request, Permission.COMPLIANCE_READ)
    services, sought = desk.services, desk.named("package_id")
    found = await package.get(services.content, desk.organization_id, sought)
    return await evidence.send(request, services, found)


def _end_of(written: str) -> datetime | None:
    """A day's last moment in UTC, or a moment; None where nothing is written, or now comes
    before."""
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise web.HTTPBadRequest(reason="The day is not right") from None
    if len(written) == len("2026-11-21"):
        moment = datetime.combine(moment.date(), time.max)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None if moment >= datetime.now(UTC) else moment


async def _row(services: Services, each: EvidencePackage) -> PackageRow:
    return PackageRow(
        id=each.id,
        title=each.title,
        about="Requirement" if each.requirement_id else "Person",
        as_of=minute(each.as_of),
        state=each.state,
        percent=await _percent(services, each),
        made=ago(each.created_at, datetime.now(UTC)),
        statements=each.counts.get("statements", 0),
        size=_size(each.size),
        until=day(each.expires_at),
    )


async def _percent(services: Services, each: EvidencePackage) -> int | None:
    if each.state != MAKING or each.job_id is None:
        return None
    try:
        return (await jobs.get(services.content, each.organization_id, each.job_id)).percent
    except NotFound:
        return None


def _size(size: int | None) -> str:
    if size is None:
        return ""
    return f"{size / 1024:.0f} KiB" if size < 2**20 else f"{size / 2**20:.1f} MiB"
