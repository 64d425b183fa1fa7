"""Evidence packages as jobs: the sources that the server has, and what came of one."""

from functools import partial
from typing import Final

from aiohttp import web

from api import awards
from api.audit_chain import AUDIT, entries_about
from api.services import Services
from content.compliance.evidence_packages import making, package
from content.compliance.evidence_packages.making import STEPS, Awards, Sources
from content.compliance.evidence_packages.package import FAILED, EvidencePackage, PackageDraft
from content.errors import ContentError, Refused
from content.jobs import jobs
from content.jobs.job_queue import Run
from content.jobs.jobs import Job, JobResult
from lrs.errors import KeyUnreadable

WORK: Final = "evidence_packages.make"
PACKAGES: Final = "/api/v1/compliance/evidence-packages"


async def ask(
    services: Services, organization_id: str, draft: PackageDraft, asked_by: str
) -> tuple[EvidencePackage, Job]:
    """Have a package made. Raises RuleBroken, NotFound."""
    content = services.content
    asked = await package.create(content, organization_id, draft, asked_by)
    given = {"package_id": asked.id}
    job = await jobs.ask(content, organization_id, WORK, given, asked_by=asked_by, total=STEPS)
    return await package.note(content, asked, {"job_id": job.id}), job


async def make(services: Services, run: Run) -> JobResult:
    """Make a package as a job; its link leads to it."""
    asked = await package.get(services.content, run.job.organization_id, run.given["package_id"])
    sources = Sources(
        store=services.content,
        ledger=services.ledger,
        audit=partial(entries_about, services.database),
        audit_log=AUDIT,
        pdf=services.press.pdf,
        awards=Awards(
            document=partial(awards.document, services),
            badge=partial(awards.token, services),
            badge_keys=partial(awards.key_set, services),
        ),
    )
    try:
        made = await making.make(sources, asked, run.advance)
    except ContentError:
        await package.note(services.content, asked, {"state": FAILED})
        raise
    except KeyUnreadable as error:
        await package.note(services.content, asked, {"state": FAILED})
        raise Refused("ledger_key_unreadable", str(error)) from error
    return JobResult(link=f"{PACKAGES}/{made.id}", counts=made.counts)


async def send(
    request: web.Request, services: Services, found: EvidencePackage
) -> web.StreamResponse:
    """Send the file of a package, part by part. Raises Conflict (evidence_package_not_ready)."""
    parts = package.read(services.content, found)
    response = web.StreamResponse(
        headers={
            "Content-Type": "application/zip",
            "Content-Length": str(found.size),
            "Content-Disposition": f'attachment; filename="{found.filename}"',
        }
    )
    await response.prepare(request)
    if request.method != "HEAD":
        async for part in parts:
            await response.write(part)
    await response.write_eof()
    return response
