"""The works that jobs can ask for, by name."""

from collections.abc import Mapping

from api.jobs import Work
from api.services import Services
from content.job_queue import Run
from content.jobs import JobResult

PORTION = 200


async def rebuild_progress(services: Services, run: Run) -> JobResult:
    """Compute an organization's progress from nothing but the log."""
    organization_id = run.job.organization_id
    checkpoint = run.job.checkpoint or {"after": ""}
    done = run.job.done
    total = await services.progress.count(organization_id)
    while True:
        through = await services.progress.rebuild_after(
            organization_id, checkpoint["after"], PORTION
        )
        if not through:
            return JobResult(counts={"enrollments": done})
        done += len(through)
        checkpoint = {"after": through[-1]}
        await run.advance(done, total=max(total, done), checkpoint=checkpoint)


WORKS: Mapping[str, Work] = {
    "progress.rebuild": rebuild_progress,
}
