"""Progress over a real MongoDB: whose a statement is, taking back, races, and rebuilding."""

import asyncio
import hashlib
import uuid
from typing import Any

from class_room import ClassRoom, add_lesson, open_class_room
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from recorded_log import RecordedLog, statement, voiding

from content.documents import Paging
from content.enrollment import enrollments
from content.enrollment.enrollments import EnrollmentDraft, EnrollmentFilter
from content.lessons import lessons
from content.people import people
from content.people.people import PersonChanges
from content.progress.fold import RESET
from content.progress.progress import CourseProgress, Progress, standings
from content.progress.rollup import Standing
from content.store import Store
from lrs.statement import StoredStatement

ACTORLESS = "account:https://lms.example|somebody"


async def record(log: RecordedLog, progress: Progress, *statements: StoredStatement) -> None:
    await log.take(*statements)
    await progress.observe(statements)


async def standing(progress: Progress, room: ClassRoom) -> Standing:
    return (await progress.report(room.organization.id, room.enrollment.id)).standing


async def folds(store: Store, room: ClassRoom) -> dict[str, dict[str, Any]]:
    """The folds as stored, without what tells only when and how often they were written."""
    apart = {"version": 0, "created_at": 0, "updated_at": 0, "voided": 0}
    query = {"organization_id": room.organization.id}
    found = store.of(CourseProgress).collection.find(query, apart)
    return {each["_id"]: each async for each in found}


async def rebuilt(store: Store, room: ClassRoom, log: RecordedLog) -> dict[str, dict[str, Any]]:
    await store.of(CourseProgress).collection.delete_many({})
    await Progress(store, log).rebuild(room.organization.id)
    return await folds(store, room)


async def test_a_launched_statement_moves_progress_at_once(
    log: RecordedLog, progress: Progress, room: ClassRoom
) -> None:
    said = room.says("completed", room.first.activity_id, minute=4)
    await record(log, progress, said)
    report = await progress.report(room.organization.id, room.enrollment.id)
    assert (report.standing.progress, report.standing.status) == (50, "in_progress")
    assert report.standing.evidence == (said.statement_id,)
    assert [module.progress for module in report.modules] == [100, 0]


async def test_a_pushed_statement_counts_by_account_address_or_hash(
    log: RecordedLog, progress: Progress, room: ClassRoom
) -> None:
    digest = hashlib.sha1(b"mailto:ann.lee@example.org").hexdigest()  # noqa: S324
    for actor in ("mbox:mailto:Ann.Lee@example.org", f"mbox_sha1sum:{digest}", room.account):
        said = room.says("scored", room.second.activity_id, actor=actor, registration=None, raw=1.0)
        await record(log, progress, said)
        report = await progress.report(room.organization.id, room.enrollment.id)
        assert report.modules[1].lessons[0].status == "in_progress"
    said = room.says("completed", room.course.activity_id, registration=str(uuid.uuid4()))
    await record(log, progress, said)
    assert (await standing(progress, room)).status == "completed"


async def test_somebody_else_under_my_registration_does_not_count(
    log: RecordedLog, progress: Progress, room: ClassRoom
) -> None:
    await record(log, progress, room.says("completed", room.first.activity_id, actor=ACTORLESS))
    assert (await standing(progress, room)).status == "not_started"


async def test_another_organization_is_not_touched(
    store: Store, log: RecordedLog, progress: Progress, room: ClassRoom
) -> None:
    other = await open_class_room(store)
    said = statement(
        other.organization.id,
        room.account,
        "completed",
        room.course.activity_id,
        registration=room.enrollment.registration,
    )
    await record(log, progress, said)
    assert await folds(store, room) == await folds(store, other) == {}
    assert await standings(store, other.organization.id, [room.enrollment.id]) == {}


async def test_voiding_takes_the_effect_back_and_a_late_follower_does_not_undo_that(
    log: RecordedLog, progress: Progress, room: ClassRoom
) -> None:
    said = room.says("completed", room.first.activity_id)
    kept = room.says("progressed", room.first.activity_id, progress=30.0)
    await record(log, progress, said, kept)
    await record(log, progress, voiding(said))
    assert (await standing(progress, room)).progress == 15
    await progress.catch_up([said])
    assert (await standing(progress, room)).progress == 15
    await progress.observe([said, voiding(said), kept])
    assert (await standing(progress, room)).progress == 15


async def test_what_was_recorded_before_the_enrollment_counts_to_the_first(
    store: Store, log: RecordedLog, progress: Progress, room: ClassRoom
) -> None:
    organization_id = room.organization.id
    await record(log, progress, room.says("completed", room.first.activity_id, registration=None))
    assert (await standing(progress, room)).progress == 50
    await enrollments.cancel(store, organization_id, room.enrollment.id)
    draft = EnrollmentDraft(person_id=room.person.id, course_id=room.course.id)
    again = await enrollments.enroll(store, organization_id, draft)
    assert again.registration != room.enrollment.registration
    report = await progress.report(organization_id, again.id)
    assert report.standing.status == "not_started"
    assert (await standing(progress, room)).progress == 50


async def test_a_new_lesson_or_an_archived_one_changes_the_roll_up_at_the_next_reading(
    store: Store, log: RecordedLog, progress: Progress, room: ClassRoom
) -> None:
    own = "https://tool.example/activities/42"
    await record(
        log,
        progress,
        room.says("completed", room.first.activity_id),
        room.says("completed", own, registration=None),
    )
    await add_lesson(store, room.course, "From a tool", activity_id=own)
    assert (await standing(progress, room)).lessons_completed == 2
    await lessons.archive(store, room.organization.id, room.second.id)
    assert (await standing(progress, room)).status == "completed"


async def test_a_new_address_brings_in_what_was_recorded_under_it(
    store: Store, log: RecordedLog, progress: Progress, room: ClassRoom
) -> None:
    said = room.says(
        "completed", room.first.activity_id, actor="mbox:mailto:ann@new.example", registration=None
    )
    await record(log, progress, said)
    changes = PersonChanges(email="ann@new.example")
    await people.update(store, room.organization.id, room.person.id, changes)
    await progress.refold_person(room.organization.id, room.person.id)
    assert (await standing(progress, room)).progress == 50


async def test_many_servers_fold_at_once_and_nothing_is_lost(
    store: Store, log: RecordedLog, room: ClassRoom
) -> None:
    servers = [Progress(store, log) for _ in range(4)]
    part = f"{room.first.activity_id}/sco"
    said = [room.says("terminated", part, minute=n, duration=1.0) for n in range(20)]
    await asyncio.gather(
        *(record(log, servers[n % 4], each) for n, each in enumerate(said)),
        *(servers[0].observe(said[n : n + 10]) for n in range(0, 20, 10)),
    )
    assert (await standing(servers[0], room)).seconds == 20


async def test_a_repeated_statement_writes_nothing(
    store: Store, log: RecordedLog, progress: Progress, room: ClassRoom
) -> None:
    said = room.says("completed", room.first.activity_id)
    await record(log, progress, said)
    await progress.observe([said, said])
    document = await store.of(CourseProgress).get(room.organization.id, room.enrollment.id)
    assert document.version == 1


async def test_enrollments_are_found_by_their_derived_status(
    store: Store, log: RecordedLog, progress: Progress, room: ClassRoom
) -> None:
    async def having(status: str) -> int:
        filters = EnrollmentFilter(course_id=room.course.id, status=status)
        page = await enrollments.find(store, room.organization.id, filters, Paging())
        return page.total

    assert [await having(each) for each in ("active", "completed")] == [1, 0]
    await record(log, progress, room.says("completed", room.course.activity_id))
    assert [await having(each) for each in ("active", "completed", "expired")] == [0, 1, 0]
    await enrollments.cancel(store, room.organization.id, room.enrollment.id)
    assert [await having(each) for each in ("completed", "cancelled")] == [0, 1]


async def test_attempts_in_any_order_come_to_what_a_rebuild_says(
    store: Store, log: RecordedLog, progress: Progress, room: ClassRoom
) -> None:
    lesson = room.first
    start = await enrollments.begin_attempt(store, room.enrollment, lesson.id, "instructor")
    said = [
        room.says("completed", lesson.activity_id, minute=1),
        structs.replace(room.says("x", lesson.activity_id, minute=2), verb=RESET),
        room.says(
            "progressed",
            lesson.activity_id,
            minute=3,
            registration=start.registration,
            progress=40.0,
        ),
        room.says("progressed", lesson.activity_id, minute=4, progress=90.0),
    ]
    for each in reversed(said):
        await record(log, progress, each)
    report = await progress.report(room.organization.id, room.enrollment.id)
    shown = report.modules[0].lessons[0]
    assert (shown.status, shown.progress, shown.position) == ("in_progress", 40, 40)
    incremental = await folds(store, room)
    assert await rebuilt(store, room, log) == incremental


happenings = st.lists(
    st.tuples(
        st.sampled_from(["completed", "passed", "failed", "progressed", "terminated", "reset"]),
        st.sampled_from(["first", "second", "part", "course", "elsewhere"]),
        st.sampled_from(["account", "mbox", "stranger"]),
        st.booleans(),
        st.integers(0, 3),
        st.sampled_from([None, 0.0, 0.5, 1.0]),
    ),
    max_size=8,
)


def as_statement(room: ClassRoom, happening: tuple[Any, ...]) -> StoredStatement:
    verb, where, who, launched, minute, number = happening
    activity = {
        "first": room.first.activity_id,
        "second": room.second.activity_id,
        "part": f"{room.first.activity_id}/sco-1/interactions/2",
        "course": room.course.activity_id,
        "elsewhere": "https://elsewhere.example/x",
    }[where]
    actor = {
        "account": room.account,
        "mbox": "mbox:mailto:ann.lee@example.org",
        "stranger": ACTORLESS,
    }[who]
    numbers: dict[str, float] = {}
    if number is not None:
        numbers = {"scaled": number, "progress": number * 100, "duration": number * 60}
    said = room.says(
        verb,
        activity,
        actor=actor,
        registration=room.enrollment.registration if launched else None,
        minute=minute,
        **numbers,
    )
    return structs.replace(said, verb=RESET) if verb == "reset" else said


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(happenings, st.randoms(use_true_random=False))
async def test_any_order_repetition_or_voiding_comes_to_what_a_rebuild_says(
    store: Store, log: RecordedLog, happened: list[tuple[Any, ...]], chance: Any
) -> None:
    room = await open_class_room(store)
    servers = [Progress(store, log), Progress(store, log)]
    said = [as_statement(room, each) for each in happened]
    recorded: list[StoredStatement] = []
    for each in chance.sample(said, len(said)):
        news = [each, voiding(each)] if chance.random() < 0.3 else [each]
        for one in news:
            await log.take(one)
            recorded.append(one)
            if chance.random() < 0.7:
                again = chance.sample(recorded, chance.randrange(len(recorded)))
                await chance.choice(servers).observe([*again, one])
    await servers[0].catch_up(recorded)
    incremental = await folds(store, room)
    whole = await rebuilt(store, room, log)
    assert {key: whole[key] for key in incremental} == incremental
    unseen = [whole[key] for key in whole.keys() - incremental.keys()]
    assert all(each["standing"]["status"] == "not_started" for each in unseen)
