"""Who gets into a course: limits that hold under concurrency, prerequisites, many at once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from class_room import ClassRoom, open_class_room
from msgspec import structs
from recorded_log import RecordedLog

from content.courses import courses
from content.courses.course_settings import SettingsChanges
from content.courses.courses import Course, CourseChanges, CourseDraft
from content.documents import encode
from content.enrollment import admission, bulk_enrollment, enrollments, expiry
from content.enrollment.admission import Terms
from content.enrollment.bulk_enrollment import BulkDraft, Outcome
from content.enrollment.enrollments import Enrollment, EnrollmentDraft, EnrollmentFilter
from content.enrollment.expiry import Expiry
from content.errors import Conflict, Refused
from content.identity import new_id, now
from content.people import people
from content.people.people import Person, PersonDraft
from content.progress.progress import Progress
from content.store import Store
from content.telling.events import Event
from content.telling.outbox import Outbox


async def set_terms(
    store: Store, course: Course, prerequisites: tuple[str, ...] = (), **settings: Any
) -> None:
    """Change a course's settings and prerequisites."""
    changes = CourseChanges(settings=SettingsChanges(**settings), prerequisites=prerequisites)
    await courses.update(store, course.organization_id, course.id, changes)


async def crowd(store: Store, room: ClassRoom, size: int) -> tuple[str, ...]:
    """More people, by their ids."""
    everybody = [
        encode(structs.replace(room.person, id=new_id("user"), agents=(f"mbox:mailto:{each}@x.y",)))
        for each in range(size)
    ]
    await store.of(Person).collection.insert_many(everybody)
    return tuple(each["_id"] for each in everybody)


async def at_once(store: Store, room: ClassRoom, draft: BulkDraft) -> list[Outcome]:
    portions = bulk_enrollment.enroll_many(store, room.organization.id, draft)
    return [each async for portion in portions for each in portion]


async def told(store: Store, room: ClassRoom, kind: str) -> list[Event]:
    return await store.of(Event).all(room.organization.id, {"type": kind})


async def complete(room: ClassRoom, log: RecordedLog, progress: Progress) -> None:
    """The person completes both lessons."""
    done = [room.says("completed", each.activity_id) for each in (room.first, room.second)]
    await log.take(*done)
    await progress.observe(done)


async def silence(organization_id: str, statements: object) -> None:
    """A sink for what has no statements."""


def test_only_a_published_course_that_lets_them_takes_in_who_enrol_themselves() -> None:
    plain = Terms(title="Fire", status="published", self_enrollment=True)
    admission.check_open(plain, by_oneself=True)
    for closed in (
        structs.replace(plain, status="draft"),
        structs.replace(plain, self_enrollment=False),
    ):
        admission.check_open(closed, by_oneself=False)
        with pytest.raises(Refused) as refused:
            admission.check_open(closed, by_oneself=True)
        assert refused.value.code == "self_enrollment_disabled"


async def test_a_limit_holds_when_everybody_comes_at_once(store: Store, room: ClassRoom) -> None:
    await set_terms(store, room.course, max_enrollments=6)
    one = room.organization.id
    drafts = [
        EnrollmentDraft(person_id=each, course_id=room.course.id)
        for each in await crowd(store, room, 20)
    ]
    came = await asyncio.gather(
        *(enrollments.enroll(store, one, each) for each in drafts), return_exceptions=True
    )
    refused = [each for each in came if isinstance(each, Conflict)]
    assert [each.code for each in refused] == ["enrollment_limit_reached"] * 15
    filters = EnrollmentFilter(course_id=room.course.id, status="active")
    page = await enrollments.find(store, one, filters, enrollments.Paging())
    assert page.total == 6


async def test_a_seat_is_free_again_after_a_cancellation_or_an_expiry(
    store: Store, room: ClassRoom
) -> None:
    await set_terms(store, room.course, max_enrollments=1)
    one = room.organization.id
    bo, cy = await crowd(store, room, 2)
    with pytest.raises(Conflict) as refused:
        await enrollments.enroll(
            store, one, EnrollmentDraft(person_id=bo, course_id=room.course.id)
        )
    assert refused.value.code == "enrollment_limit_reached"
    await expiry.extend(store, one, room.enrollment.id, now() - timedelta(days=1))
    held = await enrollments.enroll(
        store, one, EnrollmentDraft(person_id=bo, course_id=room.course.id)
    )
    with pytest.raises(Conflict) as refused:
        await expiry.extend(store, one, room.enrollment.id, None)
    assert refused.value.code == "enrollment_limit_reached"
    await enrollments.cancel(store, one, held.id)
    await enrollments.enroll(store, one, EnrollmentDraft(person_id=cy, course_id=room.course.id))


async def test_who_has_not_completed_what_comes_before_is_refused(
    store: Store, room: ClassRoom, log: RecordedLog, progress: Progress
) -> None:
    one = room.organization.id
    after = await courses.create(store, one, CourseDraft(title="Surgery"))
    await set_terms(store, after, prerequisites=(room.course.id,))
    draft = EnrollmentDraft(person_id=room.person.id, course_id=after.id)
    with pytest.raises(Refused) as refused:
        await enrollments.enroll(store, one, draft)
    assert refused.value.code == "prerequisite_not_met"
    many = BulkDraft(course_id=after.id, person_ids=(room.person.id,))
    (outcome,) = await at_once(store, room, many)
    assert outcome.outcome == "prerequisite_not_met"
    await complete(room, log, progress)
    await enrollments.enroll(store, one, draft)


async def test_many_are_enrolled_at_once_with_an_outcome_for_each(
    store: Store, room: ClassRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_enrollment, "PORTION", 7)
    everybody = await crowd(store, room, 20)
    draft = BulkDraft(
        course_id=room.course.id,
        person_ids=(*everybody[:10], room.person.id, "user_x", *everybody),
        cohort_id="cohort_1",
        notify=True,
    )
    outcomes = await at_once(store, room, draft)
    assert len(outcomes) == 22
    by_person = {each.person_id: each.outcome for each in outcomes}
    assert by_person.pop("user_x") == "user_not_found"
    assert by_person.pop(room.person.id) == "already_enrolled"
    assert by_person == dict.fromkeys(everybody, "enrolled")
    again = await at_once(store, room, draft)
    assert {each.outcome for each in again} == {"already_enrolled", "user_not_found"}
    created = await told(store, room, "enrollment.created")
    assert {each.data["user_id"] for each in created} == set(everybody)
    assert {each.data["send_notification"] for each in created} == {True}
    stored = await store.of(Enrollment).all(room.organization.id, {"cohort_id": "cohort_1"})
    assert {each.untold for each in stored} == {()}
    assert {each.id for each in stored} == {e.enrollment_id for e in outcomes if e.enrollment_id}


async def test_two_bulk_enrollments_share_out_the_seats_that_are_left(
    store: Store, room: ClassRoom
) -> None:
    await set_terms(store, room.course, max_enrollments=13)
    everybody = await crowd(store, room, 20)
    one = BulkDraft(course_id=room.course.id, person_ids=everybody)
    other = BulkDraft(course_id=room.course.id, person_ids=everybody[::-1])
    both = await asyncio.gather(at_once(store, room, one), at_once(store, room, other))
    enrolled = [e.person_id for each in both for e in each if e.outcome == "enrolled"]
    assert len(enrolled) == len(set(enrolled)) == 12
    refused = {
        e.person_id for each in both for e in each if e.outcome == "enrollment_limit_reached"
    }
    assert refused == set(everybody) - set(enrolled)


async def test_an_enrollment_tells_that_it_expired_once_when_it_does(
    store: Store, room: ClassRoom
) -> None:
    one, moment = room.organization.id, now()
    sweep = Expiry(store, Outbox(store, silence)).sweep
    enrollment = await expiry.extend(store, one, room.enrollment.id, moment + timedelta(hours=1))
    assert await sweep(moment + timedelta(minutes=59)) == 0
    both = await asyncio.gather(*(sweep(moment + timedelta(hours=2)) for _ in range(2)))
    assert sorted(both) == [0, 1]
    (event,) = await told(store, room, "enrollment.expired")
    assert event.occurred_at == enrollment.expires_at
    assert event.data["enrollment_id"] == enrollment.id
    assert (await enrollments.get(store, one, enrollment.id)).untold == ()
    await expiry.extend(store, one, enrollment.id, moment + timedelta(days=1))
    assert await sweep(moment + timedelta(days=2)) == 1
    assert len(await told(store, room, "enrollment.expired")) == 2


async def test_who_completed_or_left_before_does_not_expire(
    store: Store, room: ClassRoom, log: RecordedLog, progress: Progress
) -> None:
    one, moment = room.organization.id, now()
    await expiry.extend(store, one, room.enrollment.id, moment)
    await complete(room, log, progress)
    bo = await people.create(store, one, PersonDraft(name="Bo", email="bo@x.example"))
    draft = EnrollmentDraft(person_id=bo.id, course_id=room.course.id, expires_at=moment)
    left = await enrollments.enroll(store, one, draft)
    await enrollments.cancel(store, one, left.id)
    assert await Expiry(store, Outbox(store, silence)).sweep(now()) == 0
    assert await told(store, room, "enrollment.expired") == []


async def test_people_of_another_organization_are_nobody_here(
    store: Store, room: ClassRoom
) -> None:
    other = await open_class_room(store)
    draft = BulkDraft(course_id=room.course.id, person_ids=(other.person.id,))
    (outcome,) = await at_once(store, room, draft)
    assert outcome.outcome == "user_not_found"
