"""SCORM 2004 through crashes, jumping clocks and silence: state and statements keep agreeing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from scorm_runtime.errors import AttemptInUse, SessionEnded
from scorm_runtime.navigation import Navigation
from scorm_runtime.runtime import CommitRequest, Committed, Opened, OpenRequest, Runtime
from scorm_runtime.sessions import Attempt, Commit
from tests.scorm_runtime.courses import KEY, Folder, Sink, a_launch
from tests.scorm_runtime.courses2004 import NEXT, ONCE, PASSED, disagreements, manifest2004

START = datetime(2026, 11, 21, 9, tzinfo=UTC)


class World:
    """A course of two SCOs, with a clock that a test sets."""

    def __init__(self, database: AsyncDatabase[dict[str, Any]], each_one: str = "") -> None:
        self.now = START
        self.sink = Sink()
        self.launch = a_launch()
        self._database = database
        self._packages = Folder(manifest2004("one", "two", each_one=each_one))
        self.runtime = self.started()

    def started(self) -> Runtime:
        """A server as it is after a start."""
        return Runtime(self._database, self.sink, self._packages, KEY, clock=lambda: self.now)

    async def open(self, player: str = "tab", **more: Any) -> Opened:
        """Launch what is to be launched."""
        return await self.runtime.open(self.launch, OpenRequest(player, Navigation(), **more))

    async def commit(self, opened: Opened, *commits: Commit) -> Committed:
        """Send commits of the session that was opened."""
        assert opened.session is not None
        return await self.runtime.commit(self.launch, CommitRequest(opened.session.id, commits))

    async def attempt(self) -> Attempt:
        """The attempt as it is stored."""
        found = await self.runtime.history.current(self.launch)
        assert found is not None
        return found

    async def moves(self) -> list[str]:
        """The requests that sequencing met."""
        attempt = await self.attempt()
        found = await self.runtime.history.moves(self.launch.organization_id, attempt.id)
        return [move.request for move in found]

    async def agrees(self) -> None:
        """Insist that the attempt and the statements say the same."""
        assert disagreements(await self.attempt(), list(self.sink.statements.values())) == []


@pytest.fixture
async def world(database: AsyncDatabase[dict[str, Any]]) -> World:
    made = World(database)
    await made.runtime.prepare()
    return made


LAST = Commit(1, NEXT, initialize=True, finish=True, proceed=True)


async def test_a_request_whose_answer_was_lost_is_carried_out_once(world: World) -> None:
    opened = await world.open()
    assert (await world.commit(opened, LAST)).moved
    world.runtime = world.started()
    again = await world.commit(opened, LAST)
    assert (again.moved, again.number) == (True, 1)
    assert await world.moves() == ["start", "continue"]
    assert len(world.sink.of("terminated")) == 1
    following = await world.open()
    assert following.session is not None
    assert following.outline.activities[following.session.position].identifier == "two"
    assert (await world.commit(opened, LAST)).number == 1
    assert await world.moves() == ["start", "continue"]
    await world.agrees()


async def test_what_a_dying_server_did_not_send_on_is_sent_by_the_next(world: World) -> None:
    opened = await world.open()
    world.sink.broken = True
    await world.commit(opened, LAST)
    assert world.sink.said() == []
    world.sink.broken = False
    world.runtime = world.started()
    await world.runtime.prepare()
    assert world.sink.said().count("terminated one") == 1
    await world.agrees()


async def test_a_server_that_dies_while_it_sends_on_says_nothing_twice(world: World) -> None:
    opened = await world.open()
    world.sink.refused_verb = "passed"
    await world.commit(opened, LAST)
    world.sink.refused_verb = ""
    await world.commit(opened, LAST)
    assert len(world.sink.of("completed")) == 1
    assert len(world.sink.of("answered")) == 1


async def test_ten_minutes_offline_count_when_they_were(world: World) -> None:
    opened = await world.open()
    await world.commit(opened, Commit(1, initialize=True))
    world.now += timedelta(minutes=11)
    commits = (Commit(2, PASSED, age=600.0), Commit(3, (("adl.nav.request", "continue"),), age=1.0))
    done = await world.commit(opened, *commits, Commit(4, finish=True, proceed=True))
    assert done.moved
    (answered,) = world.sink.of("answered")
    assert datetime.fromisoformat(answered["timestamp"]) == START + timedelta(minutes=1)
    (terminated,) = world.sink.of("terminated")
    assert terminated["result"]["duration"] == "PT11M"
    await world.agrees()


@pytest.mark.parametrize("jump", [timedelta(days=-400), timedelta(hours=-1), timedelta(days=400)])
async def test_a_clock_that_jumps_makes_no_time_before_the_session(
    world: World, jump: timedelta
) -> None:
    opened = await world.open()
    await world.commit(opened, Commit(1, PASSED[:5], initialize=True))
    world.now += jump
    changes = (*PASSED[5:], ("adl.nav.request", "continue"))
    assert (await world.commit(opened, Commit(2, changes, finish=True, proceed=True))).moved
    for statement in world.sink.statements.values():
        assert datetime.fromisoformat(statement["timestamp"]) >= START
        assert not statement.get("result", {}).get("duration", "").startswith("-")
    item = (await world.attempt()).items[1]
    assert item.seconds == max(0.0, jump.total_seconds())
    await world.agrees()


async def test_a_clock_set_back_does_not_keep_the_next_player_waiting_for_as_long(
    world: World,
) -> None:
    await world.open()
    world.now -= timedelta(days=1)
    with pytest.raises(AttemptInUse) as refused:
        await world.open("other")
    assert refused.value.meta == {"retry_after": 12.0}
    world.now += timedelta(seconds=12.1)
    assert (await world.open("other")).session is not None


async def test_a_clock_set_back_takes_an_attempt_from_nobody_who_is_alive(world: World) -> None:
    opened = await world.open()
    world.now -= timedelta(days=1)
    for _ in range(3):
        with pytest.raises(AttemptInUse):
            await world.open("other")
        world.now += timedelta(seconds=8)
        await world.commit(opened)
    assert (await world.open("other", takeover=True)).session is not None


async def test_an_early_commit_with_other_contents_changes_nothing(world: World) -> None:
    opened = await world.open()
    await world.commit(opened, Commit(1, (("cmi.location", "3"),), initialize=True))
    await world.commit(opened, Commit(1, (("cmi.location", "9"),)))
    again = await world.open()
    assert again.values["cmi.location"] == "3"


SCORED = (
    Commit(1, (("cmi.score.scaled", "0.5"),), initialize=True),
    Commit(2, (("cmi.score.scaled", "0.5"), ("cmi.location", "4"))),
    Commit(3, (("cmi.score.scaled", "0.6"),)),
)


async def test_what_was_said_before_is_not_judged_again(
    database: AsyncDatabase[dict[str, Any]],
) -> None:
    world = World(database, ONCE)
    opened = await world.open()
    valid = [(await world.commit(opened, commit)).valid for commit in SCORED]
    assert [each is not None for each in valid] == [True, False, True]
    assert [one["result"]["score"]["scaled"] for one in world.sink.of("scored")] == [0.5, 0.6]


async def test_where_no_activity_has_conditions_progress_does_not_change_what_is_valid(
    world: World,
) -> None:
    opened = await world.open()
    assert [(await world.commit(opened, commit)).valid for commit in SCORED] == [None] * 3
    again = await world.open()
    assert again.valid == opened.valid


async def test_a_session_of_another_launch_is_not_written_to(world: World) -> None:
    opened = await world.open()
    await world.commit(opened, Commit(1, PASSED[:5], initialize=True))
    own = world.launch
    for launch in (
        a_launch(registration="11111111-2222-4333-8444-555555555555"),
        a_launch(organization_id="org2"),
        a_launch(lesson_id="l2"),
        a_launch(mode="browse"),
    ):
        world.launch = launch
        await world.open("other")
        with pytest.raises(SessionEnded):
            await world.commit(opened, Commit(2, PASSED, finish=True, proceed=True))
    world.launch = own
    assert "passed one" not in world.sink.said()
    assert (await world.commit(opened, LAST, Commit(2, NEXT, finish=True, proceed=True))).moved
    await world.agrees()
