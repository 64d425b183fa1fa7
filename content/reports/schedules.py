"""Schedules: a saved report, sent by e-mail again and again.

A run is due at a moment. Whichever server comes first asks for its job under an id made of the
schedule and the moment, and only then puts the next moment down: a crash in between, or another
server at the same time, asks for the same job. After a standstill there is one run, not all that
were missed.
"""

import uuid
from datetime import datetime
from typing import Any, ClassVar, Final, Literal

from msgspec import UNSET, Struct, UnsetType, structs

from content.documents import given
from content.errors import RuleBroken
from content.findings import Finding
from content.identity import new_id, now
from content.jobs import jobs
from content.people.people import Person
from content.reports import calendar
from content.reports.calendar import Timing
from content.reports.ownership import Repeated, insert
from content.reports.reports import Report
from content.store import Store
from lrs.cancellation import heed_cancellation

Format = Literal["csv", "xlsx", "pdf"]
Delivery = Literal["attachment", "link"]

DELIVERY_WORK: Final = "reports.deliver"
MOST_RECIPIENTS: Final = 50
_RUNS: Final = uuid.UUID("3c1d25ad-9a0f-5f57-8a9a-6b3dd2f7f9e1")


class ReportSchedule(Repeated, frozen=True, kw_only=True):
    """When a report is sent, to whom (nobody named: its owner), and how.

    It is run with what its owner may see at that moment. `due_at` is the next run, None while it
    is paused; `last_run_at` and `last_job_id` tell of the last one.
    """

    kind: ClassVar[str] = "report_schedule"
    sortable: ClassVar[tuple[str, ...]] = ("created_at",)

    timing: Timing
    format: Format = "csv"
    delivery: Delivery = "attachment"
    recipient_ids: tuple[str, ...] = ()
    paused: bool = False
    due_at: datetime | None = None
    last_run_at: datetime | None = None
    last_job_id: str | None = None


class ScheduleDraft(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is needed for a schedule."""

    timing: Timing
    format: Format = "csv"
    delivery: Delivery = "attachment"
    recipient_ids: tuple[str, ...] = ()
    paused: bool = False


class ScheduleChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is not given stays."""

    timing: Timing | UnsetType = UNSET
    format: Format | UnsetType = UNSET
    delivery: Delivery | UnsetType = UNSET
    recipient_ids: tuple[str, ...] | UnsetType = UNSET
    paused: bool | UnsetType = UNSET


async def create(store: Store, report: Report, draft: ScheduleDraft) -> ReportSchedule:
    """Have a report sent. Raises RuleBroken."""
    await _check(store, report.organization_id, draft)
    moment = now()
    schedule = ReportSchedule(
        id=new_id("report_schedule"),
        organization_id=report.organization_id,
        created_at=moment,
        updated_at=moment,
        report_id=report.id,
        owner_id=report.owner_id,
        due_at=None if draft.paused else calendar.next_run(draft.timing, moment),
        **structs.asdict(draft),
    )
    return await insert(store, schedule, report)


async def update(
    store: Store,
    schedule: ReportSchedule,
    changes: ScheduleChanges,
    expected_version: int | None = None,
) -> ReportSchedule:
    """Change a schedule; its next run follows. Raises RuleBroken, NotFound, VersionMismatch."""
    await _check(store, schedule.organization_id, changes)
    timing = schedule.timing if changes.timing is UNSET else changes.timing
    paused = schedule.paused if changes.paused is UNSET else changes.paused
    due_at = None if paused else calendar.next_run(timing, now())
    fields = {**given(changes), "due_at": due_at}
    return await store.of(ReportSchedule).change(
        schedule.organization_id, schedule.id, fields, expected_version
    )


async def remove(
    store: Store, schedule: ReportSchedule, expected_version: int | None = None
) -> None:
    """Delete a schedule. Raises NotFound, VersionMismatch."""
    await store.of(ReportSchedule).remove(schedule.organization_id, schedule.id, expected_version)


async def run_due(store: Store, moment: datetime) -> int:
    """Ask for the jobs of all runs that are due by a moment; return how many."""
    documents, count = store.of(ReportSchedule), 0
    async for fields in documents.collection.find({"due_at": {"$lte": moment}}):
        heed_cancellation()
        count += await _run(store, documents.decode(fields), moment)
    return count


async def _run(store: Store, schedule: ReportSchedule, moment: datetime) -> bool:
    due_at = schedule.due_at or moment
    job_id = f"job_{uuid.uuid5(_RUNS, f'{schedule.id}/{due_at.isoformat()}').hex}"
    await jobs.ask(
        store,
        schedule.organization_id,
        DELIVERY_WORK,
        {"schedule_id": schedule.id},
        asked_by=schedule.owner_id,
        job_id=job_id,
    )
    following: dict[str, Any] = {
        "due_at": calendar.next_run(schedule.timing, moment),
        "last_run_at": moment,
        "last_job_id": job_id,
    }
    written = await store.of(ReportSchedule).collection.update_one(
        {
            "organization_id": schedule.organization_id,
            "_id": schedule.id,
            "due_at": schedule.due_at,
        },
        {"$set": following},
    )
    return bool(written.modified_count)


async def _check(
    store: Store, organization_id: str, schedule: ScheduleDraft | ScheduleChanges
) -> None:
    found: list[Finding] = []
    if isinstance(schedule.timing, Timing):
        found += [
            Finding(where=f"timing/{each.where}", detail=each.detail)
            for each in calendar.broken(schedule.timing)
        ]
    if schedule.recipient_ids is not UNSET:
        found += await _unknown(store, organization_id, schedule.recipient_ids)
    if found:
        raise RuleBroken(found)


async def _unknown(
    store: Store, organization_id: str, recipient_ids: tuple[str, ...]
) -> list[Finding]:
    if len(recipient_ids) > MOST_RECIPIENTS:
        detail = f"has {len(recipient_ids)}; {MOST_RECIPIENTS} are allowed"
        return [Finding(where="recipient_ids", detail=detail)]
    query = {"_id": {"$in": list(recipient_ids)}, "status": "active"}
    known = {each.id for each in await store.of(Person).all(organization_id, query)}
    return [
        Finding(where=f"recipient_ids/{at}", detail="must be the id of an active person")
        for at, each in enumerate(recipient_ids)
        if each not in known
    ]
