"""/jobs: work that takes longer than a request may, and how far it is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from api.permissions import Permission
from api.rest.bodies import ListQuery
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from content.identity import now
from content.jobs import jobs
from content.jobs.jobs import Job, JobFilter

table = RouteTable()

State = Literal["queued", "running", "done", "failed", "cancelled"]


class JobError(BaseModel):
    """What could not be done: `where` points into what was asked for."""

    model_config = ConfigDict(from_attributes=True)

    where: str
    code: str
    detail: str


class JobAttributes(Attributes):
    """A job. `progress` is in percent, `done` of `total` items are through.

    `errors` are the first thousand of `error_count`; a job may be done and yet have some.
    `result` is where to look at what came of it, until `result_expires_at` where that is given;
    `counts` how much of what it was.
    """

    type_name = "job"
    relationship_types = {"asked_by": "user"}

    work: str
    state: State
    progress: int
    done: int
    total: int
    errors: list[JobError]
    error_count: int
    result: str | None
    result_expires_at: datetime | None
    counts: Mapping[str, int]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class JobQuery(ListQuery):
    """Which jobs, the latest first."""

    state: State | None = None
    work: str | None = None
    sort: str | None = "-created_at"


def job_resource(job: Job) -> Resource[JobAttributes]:
    """The job as a resource."""
    attributes = JobAttributes(
        work=job.work,
        state=job.state,
        progress=job.percent,
        done=job.done,
        total=job.total,
        errors=[JobError.model_validate(each) for each in job.findings],
        error_count=job.finding_count,
        result=job.result.link_at(now()) if job.result else None,
        result_expires_at=job.result.expires_at if job.result else None,
        counts=job.result.counts if job.result else {},
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
    )
    return Resource(job.id, attributes, {"asked_by": job.asked_by})


async def accept(
    call: Call, work: str, given: Mapping[str, Any], *, total: int = 0
) -> Resource[JobAttributes]:
    """Have a work done, for a route that answers 202."""
    job = await jobs.ask(
        call.services.content,
        call.organization_id,
        work,
        given,
        asked_by=call.principal.person.id,
        total=total,
    )
    return job_resource(job)


@table.route("GET", "/jobs", permission=Permission.SESSION)
async def list_jobs(call: Call, query: JobQuery) -> ResourcePage[JobAttributes]:
    """List jobs: one's own, or everybody's with the permission jobs.read."""
    filters = JobFilter(
        asked_by=call.own_or(Permission.JOBS_READ, None), work=query.work, state=query.state
    )
    found = await jobs.find(call.services.content, call.organization_id, filters, paging(query))
    return page_of(found, job_resource)


@table.route("GET", "/jobs/{job_id}", permission=Permission.SESSION, errors=("job_not_found",))
async def get_job(call: Call, job_id: str) -> Resource[JobAttributes]:
    """Show how far a job is, and what came of it."""
    return job_resource(await _job(call, job_id))


@table.route(
    "POST",
    "/jobs/{job_id}/cancel",
    permission=Permission.SESSION,
    errors=("job_not_found", "job_over"),
)
async def cancel_job(call: Call, job_id: str) -> Resource[JobAttributes]:
    """Stop a job: at once while it waits, else after the part that it is at; what is done stays."""
    await _job(call, job_id)
    return job_resource(await jobs.cancel(call.services.content, call.organization_id, job_id))


@table.route(
    "POST",
    "/progress/rebuild",
    permission=Permission.PROGRESS_REBUILD,
    status=202,
)
async def rebuild_progress(call: Call) -> Resource[JobAttributes]:
    """Compute everybody's progress again, from nothing but the statements."""
    return await accept(call, "progress.rebuild", {})


async def _job(call: Call, job_id: str) -> Job:
    job = await jobs.get(call.services.content, call.organization_id, job_id)
    call.own_or(Permission.JOBS_READ, job.asked_by)
    return job
