"""The worker of a server: does the jobs that wait, a few at once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import structlog
from pymongo.errors import PyMongoError

from api.services import Services
from content.errors import ContentError
from content.jobs.job_queue import MOST_ATTEMPTS, JobCancelled, JobLost, JobQueue, Run
from content.jobs.jobs import JobFinding, JobResult
from lrs.cancellation import heed_cancellation, rest, together

log = structlog.get_logger("lyceum.jobs")

Work = Callable[[Services, Run], Awaitable[JobResult]]

AT_ONCE: Final = 2
LOOK_EVERY_SECONDS: Final = 1.0


class JobWorker:
    """Does the works of a table. Each must bear to be begun again from its checkpoint."""

    def __init__(self, services: Services, works: Mapping[str, Work]) -> None:
        self._services = services
        self._works = works
        self._queue = JobQueue(services.content, works)

    async def run(self) -> None:
        """Do what is due, until cancelled; what is at work then waits for another server."""
        await together(self._work() for _ in range(AT_ONCE))

    async def do_next(self) -> bool:
        """Do the job that is due first; False where none is."""
        run = await self._queue.take()
        if run is None:
            return False
        try:
            async with self._queue.held(run.job):
                await self._do(run)
        except JobLost:
            log.info("another server goes on with a job", job_id=run.job.id)
        except asyncio.CancelledError:
            await asyncio.shield(self._queue.put_back(run.job))
            raise
        return True

    async def _work(self) -> None:
        while True:
            heed_cancellation()
            try:
                while await self.do_next():
                    heed_cancellation()
            except PyMongoError as error:
                log.warning("jobs wait for the database", reason=str(error))
            await rest(LOOK_EVERY_SECONDS)

    async def _do(self, run: Run) -> None:
        job = run.job
        if job.attempts > MOST_ATTEMPTS:
            await self._fail(run, "job_abandoned", f"It was begun {MOST_ATTEMPTS} times in vain.")
            return
        try:
            await self._queue.change(job, {})
            result = await self._works[job.work](self._services, run)
        except JobCancelled:
            await self._queue.finish(run.job, "cancelled")
        except ContentError as error:
            await self._fail(run, error.code, str(error))
        except (JobLost, PyMongoError):
            raise
        except Exception:
            log.exception("a job failed", job_id=job.id, work=job.work)
            detail = f"The server failed. Quote {job.id} to its operator."
            await self._fail(run, "internal_error", detail)
        else:
            await self._queue.finish(run.job, "done", result)

    async def _fail(self, run: Run, code: str, detail: str) -> None:
        finding = JobFinding(where="", code=code, detail=detail)
        await self._queue.finish(run.job, "failed", findings=[finding])
