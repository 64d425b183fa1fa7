"""Jobs: work that takes longer than a request may, to be followed while some server does it.

What a job works on lies beside it, so that telling how far it is stays cheap. A finished job is
kept for thirty days.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

from msgspec import Struct
from pymongo.errors import DuplicateKeyError

from content import findings
from content.documents import Document, Page, Paging
from content.errors import Conflict, RuleBroken
from content.identity import new_id, now
from content.store import JOB_INPUTS, Store

State = Literal["queued", "running", "done", "failed", "cancelled"]

STATES = ("queued", "running", "done", "failed", "cancelled")
OVER = ("done", "failed", "cancelled")
KEPT = timedelta(days=30)


class JobFinding(Struct, frozen=True, kw_only=True):
    """One item that could not be done: `where` points into what was asked for."""

    where: str
    code: str
    detail: str


class JobResult(Struct, frozen=True, kw_only=True):
    """What came of a job: where to look at it (until it expires), and how much of what it was."""

    link: str | None = None
    counts: Mapping[str, int] = {}
    expires_at: datetime | None = None

    def link_at(self, moment: datetime) -> str | None:
        """Where to look at it, for as long as it is there."""
        gone = self.expires_at is not None and self.expires_at <= moment
        return None if gone else self.link


class Job(Document, frozen=True, kw_only=True):
    """A job. `work` names what is done; `done` of `total` items are through.

    `findings` are the first of `finding_count`. `due_at` is when a server may take it on: it is
    put off while one holds it, and gone when the job is over.
    """

    kind: ClassVar[str] = "job"
    sortable: ClassVar[tuple[str, ...]] = ("created_at",)

    work: str
    asked_by: str
    state: State = "queued"
    total: int = 0
    done: int = 0
    checkpoint: dict[str, Any] | None = None
    findings: tuple[JobFinding, ...] = ()
    finding_count: int = 0
    result: JobResult | None = None
    attempts: int = 0
    holder: str | None = None
    cancel_asked: bool = False
    due_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    expires_at: datetime | None = None

    @property
    def percent(self) -> int:
        """How far it is."""
        if self.state == "done":
            return 100
        return min(99, 100 * self.done // self.total) if self.total else 0


class JobFilter(Struct, frozen=True, kw_only=True):
    """Which jobs: all that is given must hold."""

    asked_by: str | None = None
    work: str | None = None
    state: str | None = None


async def ask(
    store: Store,
    organization_id: str,
    work: str,
    given: Mapping[str, Any],
    *,
    asked_by: str,
    total: int = 0,
    job_id: str | None = None,
) -> Job:
    """Have a work done by the next server that is free.

    `given` is what the work needs, in types that BSON knows; `total` counts its items. Of those
    who ask under the same `job_id` the first one does: the others are given its job.
    """
    moment = now()
    job = Job(
        id=job_id or new_id("job"),
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        work=work,
        asked_by=asked_by,
        total=total,
        due_at=moment,
    )
    own = {"_id": job.id, "organization_id": organization_id}
    if job_id is not None and (known := await store.of(Job).find(organization_id, job_id)):
        return known
    await store.database[JOB_INPUTS].replace_one(
        own, {**own, "given": given, "created_at": moment}, upsert=True
    )
    try:
        return await store.of(Job).insert(job)
    except DuplicateKeyError:
        return await store.of(Job).get(organization_id, job.id)


async def get(store: Store, organization_id: str, job_id: str) -> Job:
    """The job. Raises NotFound."""
    return await store.of(Job).get(organization_id, job_id)


async def find(store: Store, organization_id: str, filters: JobFilter, paging: Paging) -> Page[Job]:
    """One page of jobs. Raises RuleBroken for an unknown state, a wrong page or sort."""
    if filters.state is not None and (broken := findings.one_of("state", filters.state, STATES)):
        raise RuleBroken(broken)
    asked = {"asked_by": filters.asked_by, "work": filters.work, "state": filters.state}
    query = {name: value for name, value in asked.items() if value is not None}
    return await store.of(Job).page(organization_id, query, paging)


async def cancel(store: Store, organization_id: str, job_id: str) -> Job:
    """Have a job stopped: at once while it waits, else after the part that it is at.

    Raises:
        NotFound: there is no such job.
        Conflict: job_over, it has come to its end.
    """
    jobs = store.of(Job)
    job = await jobs.get(organization_id, job_id)
    moment, ours = now(), {"organization_id": organization_id, "_id": job_id}
    ended = {"state": "cancelled", "finished_at": moment, "expires_at": moment + KEPT}
    waiting = await jobs.collection.update_one(
        {**ours, "state": "queued"},
        {"$set": {**ended, "updated_at": moment}, "$unset": {"due_at": ""}},
    )
    if not waiting.matched_count:
        running = await jobs.collection.update_one(
            {**ours, "state": "running"}, {"$set": {"cancel_asked": True, "updated_at": moment}}
        )
        if not running.matched_count:
            raise Conflict("job_over", f"The job {job_id} is {job.state} already.")
    return await jobs.get(organization_id, job_id)
