"""/admin/jobs: work that takes longer than a request, how far it is and what it found."""

import re
from dataclasses import dataclass

from aiohttp import web

from api.pages.admin.sections import page
from api.pages.asking import Problems
from api.pages.desk import Desk, at_desk
from api.pages.paging import page_asked, pages_of
from api.pages.wording import Badge, second
from api.permissions import Permission
from api.rest import jobs
from api.rest.documents import Resource
from api.rest.jobs import JobAttributes, JobError
from content.jobs.jobs import OVER
from content.people import people
from content.people.people import Person

table = web.RouteTableDef()

PATH = "/admin/jobs"
PER_PAGE = 25
STATES = {
    "queued": Badge("not_started", "Waiting"),
    "running": Badge("in_progress", "Running"),
    "done": Badge("completed", "Done"),
    "failed": Badge("failed", "Failed"),
    "cancelled": Badge("inactive", "Cancelled"),
}
WORKS = {
    "audit.verify": "Check the ledger and the audit log",
    "enrollments.bulk": "Enrol many people",
    "evidence_packages.make": "Make an evidence package",
    "progress.rebuild": "Compute progress again",
    "reports.deliver": "Send a scheduled report",
    "reports.export": "Write a report into a file",
    "users.import": "Import people",
}
PEOPLE = "user_ids"
COURSE = re.compile(r"/api/v1/courses/([^/]+)/enrollments")
DONE = {
    "cancelled": "It was asked to stop: what is done stays done.",
    "begun": "It has begun, and goes on when you leave this page.",
}


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job."""

    id: str
    title: str
    badge: Badge
    percent: int
    far: str
    asked: str
    began: str
    ended: str
    findings: int
    can_be_cancelled: bool


@table.get(PATH)
async def overview(request: web.Request) -> web.Response:
    """Show one's own jobs, or everybody's with the permission jobs.read, the latest first.

    Whoever may start a job may export reports, too.
    """
    desk = await at_desk(request, Permission.ANALYTICS_READ)
    state = request.query.get("state", "")
    asked = {
        "state": state if state in STATES else None,
        "page": page_asked(request),
        "per_page": PER_PAGE,
    }
    found = await desk.ask(jobs.list_jobs, query=asked)
    return page(
        desk,
        "jobs.html",
        jobs=[row(each) for each in found.items],
        states=STATES,
        state=state,
        pages=pages_of(request, page_asked(request), found.total, PER_PAGE),
    )


@table.get(PATH + "/{job_id}")
async def show(request: web.Request) -> web.Response:
    """Show a job; while it goes on, the page loads itself again."""
    desk = await at_desk(request, Permission.SESSION)
    return await _page(desk)


@table.post(PATH + "/{job_id}/cancel")
async def cancel(request: web.Request) -> web.Response:
    """Stop a job."""
    desk = await at_desk(request, Permission.SESSION)
    outcome = await desk.submit(jobs.cancel_job)
    if outcome.problems:
        return await _page(desk, outcome.problems)
    return desk.go(f"{PATH}/{outcome.answer.id}", DONE["cancelled"])


def row(job: Resource[JobAttributes]) -> JobRow:
    """A job as a row."""
    said = job.attributes
    return JobRow(
        id=job.id,
        title=WORKS.get(said.work, said.work),
        badge=STATES[said.state],
        percent=said.progress,
        far=f"{said.done:,} of {said.total:,}" if said.total else "",
        asked=second(said.created_at),
        began=second(said.started_at) if said.started_at else "",
        ended=second(said.finished_at) if said.finished_at else "",
        findings=said.error_count,
        can_be_cancelled=said.state not in OVER,
    )


def place(finding: JobError) -> str:
    """Where a finding is, as people count: lines of a file, else what was asked for."""
    kind, _, number = finding.where.strip("/").partition("/")
    if kind == PEOPLE and number.isdecimal():
        return f"Person {int(number) + 1}"
    return f"Line {number}" if kind == "lines" else finding.where


async def told(desk: Desk, found: list[JobError]) -> list[JobError]:
    """Findings as people read them: who is meant where only an id says it."""
    ids = [each.detail for each in found if each.where.startswith(f"/{PEOPLE}/")]
    wanted = {"_id": {"$in": ids}}
    known = await desk.store.of(Person).all(desk.organization_id, wanted) if ids else []
    names = {each.id: f"{each.name}, {each.email}" for each in known}
    return [
        each.model_copy(update={"detail": names.get(each.detail, each.detail)}) for each in found
    ]


def leads_to(result: str | None) -> str:
    """The page that shows what came of a job; REST's own link where there is none."""
    course = COURSE.fullmatch(result or "")
    return f"/courses/{course[1]}" if course else result or ""


async def _page(desk: Desk, refused: Problems | None = None) -> web.Response:
    job = await desk.ask(jobs.get_job)
    asked_by = job.related["asked_by"]
    findings = await told(desk, job.attributes.errors)
    names = await people.names(desk.store, desk.organization_id, {asked_by})
    return page(
        desk,
        "job.html",
        409 if refused else 200,
        job=row(job),
        said=job.attributes,
        asker=names.get(asked_by, asked_by),
        findings=[(place(each), each) for each in findings],
        result=leads_to(job.attributes.result),
        refused=refused or Problems(),
    )
