"""Who does which job: claims by lease, so that another server goes on after a crash."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

import structlog
from msgspec import to_builtins
from pymongo import ReturnDocument
from pymongo.errors import PyMongoError

from content.identity import new_id, now
from content.jobs.jobs import KEPT, Job, JobFinding, JobResult, State
from content.store import JOB_INPUTS, Store
from lrs.cancellation import rest

log = structlog.get_logger(__name__)

LEASE: Final = timedelta(seconds=30)
RENEWAL_SECONDS: Final = 10.0
MOST_ATTEMPTS: Final = 5
MOST_FINDINGS: Final = 1000


class JobCancelled(Exception):
    """Whoever asked for the job wants it no more."""


class JobLost(Exception):
    """Another server holds the job now."""


class Run:
    """One attempt at a job, by the server that holds it.

    `given` is what was asked for, `job.checkpoint` where an attempt before this one had come to.
    """

    def __init__(self, queue: "JobQueue", job: Job, given: Mapping[str, Any]) -> None:
        self.job = job
        self.given = given
        self._queue = queue

    async def advance(
        self,
        done: int,
        *,
        total: int | None = None,
        checkpoint: Mapping[str, Any] | None = None,
        findings: Sequence[JobFinding] = (),
    ) -> None:
        """Tell that `done` items are through, and what was found in the last portion of them.

        A next attempt begins at the checkpoint; the findings are stored with it.

        Raises:
            JobCancelled: the job is to end here.
            JobLost: another server holds it now.
        """
        changes: dict[str, Any] = {"done": done}
        if total is not None:
            changes["total"] = total
        if checkpoint is not None:
            changes["checkpoint"] = dict(checkpoint)
        self.job = await self._queue.change(self.job, changes, findings)
        if self.job.cancel_asked:
            raise JobCancelled


class JobQueue:
    """The jobs of all organizations that wait or run, as far as these works do them."""

    def __init__(self, store: Store, works: Iterable[str]) -> None:
        self._works = list(works)
        self._jobs = store.of(Job)
        self._inputs = store.database[JOB_INPUTS]

    async def take(self) -> Run | None:
        """Take on the job that is due first; None where none is."""
        moment = now()
        held = {"holder": new_id("run"), "due_at": moment + LEASE, "state": "running"}
        fields = await self._jobs.collection.find_one_and_update(
            {"due_at": {"$lte": moment}, "work": {"$in": self._works}},
            [
                {
                    "$set": {
                        **held,
                        "attempts": {"$add": ["$attempts", 1]},
                        "started_at": {"$ifNull": ["$started_at", moment]},
                    }
                }
            ],
            sort=[("due_at", 1)],
            return_document=ReturnDocument.AFTER,
        )
        if fields is None:
            return None
        job = self._jobs.decode(fields)
        ours = {"_id": job.id, "organization_id": job.organization_id}
        found = await self._inputs.find_one(ours) or {"given": {}}
        return Run(self, job, found["given"])

    async def change(
        self, job: Job, changes: Mapping[str, Any], findings: Sequence[JobFinding] = ()
    ) -> Job:
        """Change a job that is held, and hold it for longer. Raises JobLost."""
        update: dict[str, Any] = {
            "$set": {**changes, "updated_at": now(), "due_at": now() + LEASE},
            "$inc": {"finding_count": len(findings)},
        }
        if findings:
            told = {"$each": to_builtins(list(findings)), "$slice": MOST_FINDINGS}
            update["$push"] = {"findings": told}
        return await self._update(job, update)

    async def finish(
        self,
        job: Job,
        state: State,
        result: JobResult | None = None,
        findings: Sequence[JobFinding] = (),
    ) -> Job:
        """Bring a job to its end. Raises JobLost."""
        moment = now()
        ended = {
            "state": state,
            "result": to_builtins(result),
            "updated_at": moment,
            "finished_at": moment,
            "expires_at": moment + KEPT,
        }
        update: dict[str, Any] = {
            "$set": ended,
            "$unset": {"due_at": "", "holder": ""},
            "$inc": {"finding_count": len(findings)},
            "$push": {"findings": {"$each": to_builtins(list(findings))}},
        }
        over = await self._update(job, update)
        await self._inputs.delete_one({"_id": job.id, "organization_id": job.organization_id})
        return over

    async def put_back(self, job: Job) -> None:
        """Let any server take a job on at once, as this one stops."""
        back = {"due_at": now(), "attempts": job.attempts - 1}
        await self._update(job, {"$set": back, "$unset": {"holder": ""}})

    @asynccontextmanager
    async def held(self, job: Job) -> AsyncIterator[None]:
        """Hold a job for as long as this lasts, were its portions long."""
        task = asyncio.create_task(self._hold(job))
        try:
            yield
        finally:
            task.cancel()

    async def _hold(self, job: Job) -> None:
        while True:
            await rest(RENEWAL_SECONDS)
            try:
                await self._update(job, {"$set": {"due_at": now() + LEASE}})
            except JobLost:
                return
            except PyMongoError:
                log.warning("a job's lease could not be renewed", job_id=job.id)

    async def _update(self, job: Job, update: Mapping[str, Any]) -> Job:
        held = {
            "organization_id": job.organization_id,
            "_id": job.id,
            "holder": job.holder,
            "state": "running",
        }
        fields = await self._jobs.collection.find_one_and_update(
            held, update, return_document=ReturnDocument.AFTER
        )
        if fields is None:
            raise JobLost
        return self._jobs.decode(fields)
