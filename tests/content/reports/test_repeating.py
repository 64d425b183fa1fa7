"""Schedules run once each time, alerts tell once each crossing, whoever looks."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from class_room import open_class_room
from msgspec import structs

from content.documents import Paging
from content.errors import NotFound, RuleBroken
from content.identity import now
from content.jobs import jobs
from content.jobs.jobs import JobFilter
from content.reports import alerts, calendar, reports, schedules
from content.reports.alerts import AlertDraft, ReportAlert, is_raised
from content.reports.calendar import Timing, next_run
from content.reports.definitions import Aggregate, ReportDefinition, Scope
from content.reports.entities import ENTITIES
from content.reports.ownership import of_report, own
from content.reports.reports import Report, ReportDraft
from content.reports.schedules import ReportSchedule, ScheduleDraft
from content.store import COLLECTIONS, Store

SCOPE = Scope(permissions=frozenset(each.needs for each in ENTITIES.values()))


@pytest.fixture
async def report(store: Store) -> Report:
    room = await open_class_room(store)
    draft = ReportDraft(name="Open", definition=ReportDefinition(entity="enrollments"))
    return await reports.create(store, room.organization.id, draft, room.person.id, SCOPE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("timing", "after", "run"),
    [
        (Timing(every="day", hour=6), "2026-11-21T05:59", "2026-11-21T06:00"),
        (Timing(every="day", hour=6), "2026-11-21T06:00", "2026-11-22T06:00"),
        (Timing(every="week", weekday="friday"), "2026-11-21T12:00", "2026-11-27T06:00"),
        (Timing(every="month", day=31), "2026-11-21T12:00", "2026-11-30T06:00"),
        (Timing(every="month", day=31), "2027-01-31T07:00", "2027-02-28T06:00"),
        (
            Timing(every="day", hour=8, time_zone="America/New_York"),
            "2026-10-31T13:00",
            "2026-11-01T13:00",
        ),
        (
            Timing(every="day", hour=2, minute=30, time_zone="Europe/Berlin"),
            "2027-03-27T12:00",
            "2027-03-28T01:30",
        ),
    ],
)
def test_the_next_run_is_at_the_hour_of_the_time_zone(timing: Timing, after: str, run: str) -> None:
    assert next_run(timing, at(after)) == at(run)


def test_a_wrong_timing_is_told_in_full() -> None:
    timing = Timing(every="month", hour=24, minute=60, day=0, weekday="x", time_zone="Mars")
    wrong = {each.where for each in calendar.broken(timing)}
    assert wrong == {"hour", "minute", "day", "weekday", "time_zone"}


async def test_a_run_is_asked_for_once_however_many_servers_look(
    store: Store, report: Report
) -> None:
    schedule = await schedules.create(store, report, ScheduleDraft(timing=Timing(every="day")))
    later = now() + timedelta(days=9)
    assert sum(await asyncio.gather(*(schedules.run_due(store, later) for _ in range(3)))) == 1
    asked = await jobs.find(store, report.organization_id, JobFilter(), Paging())
    assert [each.work for each in asked.items] == [schedules.DELIVERY_WORK]
    (shown,) = await of_report(store, ReportSchedule, report)
    assert shown.due_at == next_run(schedule.timing, later)
    assert await schedules.run_due(store, later) == 0


async def test_a_crash_after_the_job_was_asked_for_makes_no_second_one(
    store: Store, report: Report
) -> None:
    schedule = await schedules.create(store, report, ScheduleDraft(timing=Timing(every="day")))
    later = now() + timedelta(days=2)
    await schedules.run_due(store, later)
    await store.database[COLLECTIONS["report_schedule"]].update_one(
        {"_id": schedule.id}, {"$set": {"due_at": schedule.due_at}}
    )
    assert await schedules.run_due(store, later) == 1
    asked = await jobs.find(store, report.organization_id, JobFilter(), Paging())
    assert asked.total == 1


async def test_a_paused_schedule_waits_and_unknown_recipients_are_refused(
    store: Store, report: Report
) -> None:
    draft = ScheduleDraft(timing=Timing(every="day"), paused=True)
    paused = await schedules.create(store, report, draft)
    assert paused.due_at is None
    resumed = await schedules.update(store, paused, schedules.ScheduleChanges(paused=False))
    assert resumed.due_at is not None
    wrong = structs.replace(draft, recipient_ids=(report.owner_id, "user_x"))
    with pytest.raises(RuleBroken) as raised:
        await schedules.create(store, report, wrong)
    assert [each.where for each in raised.value.findings] == ["recipient_ids/1"]


def test_an_alert_is_raised_beyond_the_threshold_and_settled_by_the_margin() -> None:
    moment = now()
    calm = ReportAlert(
        id="a",
        organization_id="o",
        created_at=moment,
        updated_at=moment,
        report_id="r",
        owner_id="p",
        name="Overdue",
        aggregate=Aggregate(function="count"),
        operator="more",
        threshold=10,
        margin=3,
    )
    loud = structs.replace(calm, raised=True)
    assert [is_raised(calm, value) for value in (9, 10, 11, None)] == [False, False, True, False]
    assert [is_raised(loud, value) for value in (11, 8, 7, None)] == [True, True, False, True]
    below = structs.replace(loud, operator="less", margin=0)
    assert [is_raised(below, value) for value in (9, 10, 11)] == [True, False, False]


async def test_an_alert_tells_once_for_each_crossing(store: Store, report: Report) -> None:
    draft = AlertDraft(
        name="Many", aggregate=Aggregate(function="count"), operator="more", threshold=5
    )
    alert = await alerts.create(store, report, draft, SCOPE)
    told = []
    for hour, value in enumerate((4.0, 6.0, 7.0, 5.0, 8.0)):
        moment = now() + timedelta(hours=hour + 1)
        (due,) = await alerts.due(store, moment)
        both = [await alerts.note(store, each, value, moment) for each in (due, due)]
        told.append(any(both))
    assert told == [False, True, False, False, True]
    events = store.database[COLLECTIONS["event"]]
    assert await events.count_documents({"type": "report.alert"}) == 2
    await reports.remove(store, report)
    with pytest.raises(NotFound):
        await own(store, ReportAlert, report.organization_id, alert.id, report.owner_id)


async def test_an_alert_watches_a_number(store: Store, report: Report) -> None:
    latest = Aggregate(function="max", field="enrolled_at")
    draft = AlertDraft(name="", aggregate=latest, operator="more", threshold=5, margin=-1)
    with pytest.raises(RuleBroken) as raised:
        await alerts.create(store, report, draft, SCOPE)
    wrong = [each.where for each in raised.value.findings]
    assert wrong == ["name", "margin", "aggregate/field"]
