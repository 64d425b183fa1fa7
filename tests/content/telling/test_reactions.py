"""Every reaction deals with every event, and what fails is tried again."""

import pytest
from class_room import ClassRoom

from content.identity import now
from content.store import Store
from content.telling import events, reactions
from content.telling.events import Event
from content.telling.reactions import Reactions


@pytest.fixture(autouse=True)
def two_reactions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "REACTIONS", ("first", "second"))
    monkeypatch.setattr(reactions, "LONGEST_WAIT", reactions.timedelta(0))


async def happened(store: Store, room: ClassRoom, told: str = "one") -> None:
    made = events.event(room.organization.id, "quiz.passed", told, now(), {"told": told})
    await events.emit(store, [made])


class Heard:
    """A reaction that fails the first `failures` times."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.told: list[str] = []

    async def __call__(self, event: Event) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionError
        self.told.append(event.data["told"])


async def test_each_reaction_is_called_once_for_each_event(store: Store, room: ClassRoom) -> None:
    first, second = Heard(), Heard()
    reacting = Reactions(store, {"first": first, "second": second})
    await happened(store, room, "one")
    await happened(store, room, "two")
    while await reacting.react():
        pass
    assert first.told == second.told == ["one", "two"]


async def test_only_what_failed_is_tried_again(store: Store, room: ClassRoom) -> None:
    first, second = Heard(), Heard(failures=2)
    reacting = Reactions(store, {"first": first, "second": second})
    await happened(store, room)
    for _ in range(3):
        assert await reacting.react()
    assert not await reacting.react()
    assert first.told == second.told == ["one"]


async def test_a_claimed_event_is_left_to_whoever_claimed_it(
    store: Store, room: ClassRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reactions, "LONGEST_WAIT", reactions.CLAIM)
    await happened(store, room)
    failing = Reactions(store, {"first": Heard(failures=1), "second": Heard()})
    assert await failing.react()
    assert not await Reactions(store, {"first": Heard(), "second": Heard()}).react()
