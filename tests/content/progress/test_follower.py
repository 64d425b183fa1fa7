"""The follower makes up for what a server did not fold before it died."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from class_room import ClassRoom, add_lesson
from recorded_log import RecordedLog, voiding

from content.enrollment.enrollments import Enrollment
from content.people import people
from content.people.people import PersonChanges
from content.progress import follower as following
from content.progress.follower import Follower
from content.progress.progress import CourseProgress, Progress
from content.store import RESUME_TOKENS, Store
from tests.tasks import beside, until


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "RENEWAL_SECONDS", 0.05)


@asynccontextmanager
async def running(follower: Follower) -> AsyncIterator[None]:
    try:
        async with beside(follower.run()):
            yield
    finally:
        await follower.release()


def at(store: Store, room: ClassRoom, percent: float) -> Callable[[], Awaitable[bool]]:
    async def reached() -> bool:
        found = await store.of(CourseProgress).first(
            room.organization.id, {"_id": room.enrollment.id}
        )
        return found is not None and found.standing.progress == percent

    return reached


async def test_it_folds_what_no_server_observed(
    store: Store, log: RecordedLog, progress: Progress, room: ClassRoom
) -> None:
    said = room.says("completed", room.first.activity_id)
    await log.take(said)
    async with running(Follower(store, log, progress)):
        await until(at(store, room, 50))
        await log.take(voiding(said))
        await until(at(store, room, 0))


def begun(store: Store) -> Callable[[], Awaitable[bool]]:
    async def has_begun() -> bool:
        lease = await store.database[RESUME_TOKENS].find_one({"_id": following.LEASE_ID})
        return lease is not None and set(lease.get("tokens", ())) == {"statements", "changes"}

    return has_begun


async def test_it_goes_on_where_the_last_one_stopped(
    store: Store, log: RecordedLog, room: ClassRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    progress = Progress(store, log)
    async with running(Follower(store, log, progress)):
        await until(begun(store))
        await log.take(room.says("completed", room.first.activity_id))
        await until(at(store, room, 50))
    await store.of(CourseProgress).collection.delete_many({})
    await log.take(room.says("completed", room.second.activity_id))
    monkeypatch.setattr(progress, "rebuild", None)
    async with running(Follower(store, log, progress)):
        await until(at(store, room, 100))


async def test_a_statement_voided_before_it_came_is_not_brought_in(
    store: Store, log: RecordedLog, progress: Progress, room: ClassRoom
) -> None:
    said, other = (room.says("completed", each.activity_id) for each in (room.first, room.second))
    async with running(Follower(store, log, progress)):
        await until(at(store, room, 0))
        await log.take(voiding(said), said, other)
        await until(at(store, room, 50))
    await progress.catch_up([said])
    assert await at(store, room, 50)()


async def test_it_folds_anew_when_outline_enrollments_or_agents_change(
    store: Store, log: RecordedLog, progress: Progress, room: ClassRoom
) -> None:
    own, address = "https://tool.example/a/1", "mbox:mailto:ann@new.example"
    said = room.says("completed", own, actor=address, registration=None)
    await log.take(said, room.says("completed", room.first.activity_id))
    async with running(Follower(store, log, progress)):
        await until(at(store, room, 50))
        await add_lesson(store, room.course, "From a tool", activity_id=own)
        await until(at(store, room, 33.3))
        changes = PersonChanges(email="ann@new.example")
        await people.update(store, room.organization.id, room.person.id, changes)
        await until(at(store, room, 66.7))


async def test_an_enrollment_that_was_erased_before_it_came_is_passed_by(
    store: Store, log: RecordedLog, progress: Progress, room: ClassRoom
) -> None:
    async with running(Follower(store, log, progress)):
        await until(begun(store))
    enrolled = store.of(Enrollment).collection
    document = await enrolled.find_one({"_id": room.enrollment.id}) or {}
    erased = {**document, "_id": "enrollment_erased", "registration": "r", "person_id": "erased"}
    await enrolled.insert_one(erased)
    await enrolled.delete_one({"_id": "enrollment_erased"})
    own, address = "https://tool.example/a/1", "mbox:mailto:ann@new.example"
    await log.take(room.says("completed", own, actor=address, registration=None))
    await add_lesson(store, room.course, "From a tool", activity_id=own)
    changes = PersonChanges(email="ann@new.example")
    await people.update(store, room.organization.id, room.person.id, changes)
    async with running(Follower(store, log, progress)):
        await until(at(store, room, 33.3))


async def test_it_goes_on_after_a_failure(
    store: Store, log: RecordedLog, room: ClassRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    progress, failed = Progress(store, log), list[str]()
    refold = progress.refold_course

    async def fail_once(organization_id: str, course_id: str) -> None:
        if not failed:
            failed.append(course_id)
            raise ConnectionError
        await refold(organization_id, course_id)

    monkeypatch.setattr(progress, "refold_course", fail_once)
    await log.take(room.says("completed", room.first.activity_id))
    async with running(Follower(store, log, progress)):
        await until(at(store, room, 50))
        await add_lesson(store, room.course, "Another")
        await until(at(store, room, 33.3))
    assert failed


async def test_another_server_takes_over(
    store: Store, log: RecordedLog, progress: Progress, room: ClassRoom
) -> None:
    async def holder() -> str:
        lease = await store.database[RESUME_TOKENS].find_one({"_id": following.LEASE_ID})
        return lease["holder"] if lease else ""

    async def held() -> bool:
        return await holder() != ""

    async def taken_over() -> bool:
        return await holder() != former

    async with running(Follower(store, log, progress)):
        await until(held)
        former = await holder()
        rival = asyncio.create_task(Follower(store, log, progress).run())
        await log.take(room.says("completed", room.first.activity_id))
        await until(at(store, room, 50))
        assert await holder() == former
    await until(taken_over)
    await log.take(room.says("completed", room.second.activity_id))
    await until(at(store, room, 100))
    rival.cancel()
