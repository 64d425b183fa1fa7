"""What a change tells is told once, whatever fails in between."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from class_room import ClassRoom

from content.identity import now
from content.store import COLLECTIONS, Store
from content.telling import events
from content.telling.events import Event
from content.telling.outbox import Outbox, Telling, untold
from content.telling.statements import ADL, Scene, about_lesson
from scorm_runtime.sink import StatementsRefused

NO_TIME = timedelta(0)


class Deed(Telling, frozen=True, kw_only=True):
    kind: ClassVar[str] = "deed"


class Log:
    """Takes statements, unless it is told to fail; refuses those about what is forbidden."""

    def __init__(self) -> None:
        self.failing = False
        self.taken: list[dict[str, Any]] = []

    async def __call__(self, organization_id: str, statements: Sequence[dict[str, Any]]) -> None:
        if self.failing:
            raise ConnectionError
        if any(each["verb"]["id"].endswith("forbidden") for each in statements):
            raise StatementsRefused("a forbidden verb")
        self.taken += statements


@pytest.fixture(autouse=True)
def deeds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COLLECTIONS, "deed", "deeds")


def scene(room: ClassRoom) -> Scene:
    return Scene(
        actor=room.person,
        course=room.course,
        lesson=room.first,
        registration=room.enrollment.registration,
        at=now(),
    )


async def deed(room: ClassRoom, store: Store, *verbs: str) -> Deed:
    moment = now()
    statements = [about_lesson(scene(room), ADL + verb, "deed") for verb in verbs]
    happened = events.event(room.organization.id, "lesson.completed", "deed", moment, {"a": 1})
    return await store.of(Deed).insert(
        Deed(
            id="deed_1",
            organization_id=room.organization.id,
            created_at=moment,
            updated_at=moment,
            untold=untold(statements, [happened]),
        )
    )


async def test_statements_and_events_are_told_and_cleared(store: Store, room: ClassRoom) -> None:
    log = Log()
    await Outbox(store, log).tell(await deed(room, store, "completed"))
    assert [each["verb"]["id"] for each in log.taken] == [f"{ADL}completed"]
    assert [each.data for each in await store.of(Event).all(room.organization.id, {})] == [{"a": 1}]
    assert (await store.of(Deed).get(room.organization.id, "deed_1")).untold == ()


async def test_what_could_not_be_told_is_told_by_a_sweep(store: Store, room: ClassRoom) -> None:
    log = Log()
    log.failing = True
    outbox = Outbox(store, log, [Deed])
    await outbox.tell(await deed(room, store, "completed"))
    assert (await store.of(Deed).get(room.organization.id, "deed_1")).untold
    log.failing = False
    assert await outbox.sweep(NO_TIME) == 1
    assert len(log.taken) == 1
    assert await outbox.sweep(NO_TIME) == 0


async def test_what_is_being_told_is_left_alone_by_a_sweep(store: Store, room: ClassRoom) -> None:
    await deed(room, store, "completed")
    assert await Outbox(store, Log(), [Deed]).sweep() == 0


async def test_a_refused_statement_holds_up_no_other(store: Store, room: ClassRoom) -> None:
    log = Log()
    await Outbox(store, log).tell(await deed(room, store, "forbidden", "completed"))
    assert [each["verb"]["id"] for each in log.taken] == [f"{ADL}completed"]
    assert (await store.of(Deed).get(room.organization.id, "deed_1")).untold == ()


async def test_a_change_adds_to_what_is_untold(store: Store, room: ClassRoom) -> None:
    before = await deed(room, store, "attempted")
    more = untold([about_lesson(scene(room), f"{ADL}completed", "deed")])
    after = await store.of(Deed).change(room.organization.id, before.id, {}, tell=more)
    assert after.untold == before.untold + more


async def test_an_event_told_of_twice_is_there_once(store: Store, room: ClassRoom) -> None:
    for _ in range(2):
        happened = events.event(room.organization.id, "quiz.passed", "attempt_1", now(), {})
        await events.emit(store, [happened])
    assert len(await store.of(Event).all(room.organization.id, {})) == 1
