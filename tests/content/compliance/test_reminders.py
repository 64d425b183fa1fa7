"""Reminders and escalations: each told once, across crashes and servers, to who is to know."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from class_room import ClassRoom
from office import Office
from recorded_log import RecordedLog

from content.compliance.audiences import Audience
from content.compliance.reminders import Round, remind
from content.compliance.reminding import Reminding
from content.compliance.requirements import Requirement
from content.compliance.terms import Due
from content.courses import courses
from content.courses.courses import CourseChanges
from content.identity import now
from content.notifications import broadcasts
from content.notifications.notifications import Notification
from content.people import people
from content.people.people import Person, PersonChanges
from content.store import Store
from content.telling.events import Event

DAY = timedelta(days=1)


@pytest.fixture
def office(store: Store, log: RecordedLog, room: ClassRoom) -> Office:
    return Office(store, log, room)


async def due_in_ten_days(office: Office) -> tuple[Requirement, datetime]:
    """A requirement of one person, and the end of its last day; reminders begin now."""
    only = Audience(kind="people", person_ids=(office.room.person.id,))
    requirement = await office.require(due=Due(days=10), audience=only)
    await remind(office.store, office.own, now())
    due_at = (await office.record(requirement)).due_at
    assert due_at is not None
    return requirement, due_at


async def told(office: Office) -> list[tuple[str, Any]]:
    found = await office.store.of(Event).all(office.own, {}, [("occurred_at", 1)])
    return [(each.type, each.data.get("days")) for each in found if "compliance" in each.type]


async def test_a_reminder_is_told_once_even_when_a_crash_cuts_the_round_off(
    office: Office,
) -> None:
    _, due_at = await due_in_ten_days(office)
    eve = due_at - DAY
    assert await remind(office.store, office.own, eve) == 1
    assert await remind(office.store, office.own, eve) == 0
    forgotten = {"$set": {"until": eve - DAY, "held_until": None}}
    await office.store.of(Round).collection.update_one({}, forgotten)
    await asyncio.gather(*(remind(office.store, office.own, eve) for _ in range(3)))
    assert await told(office) == [("compliance.due_soon", -1)]


async def test_who_has_done_it_is_not_reminded(office: Office, room: ClassRoom) -> None:
    _, due_at = await due_in_ten_days(office)
    for lesson in (room.first, room.second):
        await office.says(room.says("completed", lesson.activity_id, minute=1))
    assert await remind(office.store, office.own, due_at - DAY) == 0


async def test_the_overdue_are_told_of_to_officers_and_the_instructor(
    office: Office, room: ClassRoom
) -> None:
    officer = await office.join("Olga", roles=("compliance_officer",))
    teacher = await office.join("Tom", roles=("instructor",))
    changes = CourseChanges(instructor_id=teacher.id)
    await courses.update(office.store, office.own, room.course.id, changes)
    _, due_at = await due_in_ten_days(office)
    for day in range(1, 10):
        await remind(office.store, office.own, due_at + day * DAY)
    assert sorted(await told(office), key=str) == [
        ("compliance.escalated", 7),
        ("compliance.overdue", 1),
        ("compliance.overdue", 7),
    ]
    async for event in office.store.of(Event).each(office.own, {"type": {"$regex": "^compl"}}):
        await broadcasts.react(office.store, event)
        await broadcasts.react(office.store, event)
    found = await office.store.of(Notification).all(office.own, {}, [("title", 1)])
    names = {officer.id: "Olga", teacher.id: "Tom", room.person.id: "Ann"}
    assert sorted((names[each.person_id], each.title) for each in found) == [
        ("Ann", "Overdue: Hygiene, yearly"),
        ("Ann", "Overdue: Hygiene, yearly"),
        ("Olga", "Overdue for 7 days: Hygiene, yearly"),
        ("Tom", "Overdue for 7 days: Hygiene, yearly"),
    ]
    assert all(each.due_at for each in found)


async def test_supervisors_are_told_by_name_then_those_above_them(
    office: Office, room: ClassRoom
) -> None:
    head = await office.join("Hel")
    gone = await office.join("Gus", supervisor_id=head.id)
    lead = await office.join("Lea", supervisor_id=gone.id)
    await office.join("Olga", roles=("compliance_officer",))
    await people.update(office.store, office.own, gone.id, PersonChanges(status="inactive"))
    lonely = await office.join("Lou")
    changes = PersonChanges(supervisor_id=lead.id)
    await people.update(office.store, office.own, room.person.id, changes)
    both = Audience(kind="people", person_ids=(room.person.id, lonely.id))
    asked = Reminding(before_days=(), overdue_days=(), escalate_to=("supervisor",))
    requirement = await office.require(due=Due(days=10), audience=both, reminding=asked)
    await remind(office.store, office.own, now())
    due_at = (await office.record(requirement)).due_at
    assert due_at is not None
    for day in range(1, 17):
        await remind(office.store, office.own, due_at + day * DAY)
    async for event in office.store.of(Event).each(office.own, {"type": {"$regex": "^compl"}}):
        await broadcasts.react(office.store, event)
    found = await office.store.of(Notification).all(office.own, {}, [("title", 1)])
    names = {each.id: each.name async for each in office.store.of(Person).each(office.own, {})}
    assert sorted((names[each.person_id], each.title) for each in found) == [
        ("Hel", "Ann Lee is overdue: Hygiene, yearly"),
        ("Lea", "Ann Lee is overdue: Hygiene, yearly"),
        ("Olga", "Lou is overdue: Hygiene, yearly"),
    ]
