"""Sessions, commits and statements against a real MongoDB."""

import asyncio
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from pymongo.asynchronous.database import AsyncDatabase

from scorm_runtime.errors import AttemptInUse, AttemptOver, CommitGap, ItemNotFound, SessionEnded
from scorm_runtime.manifest.tree import Item
from scorm_runtime.navigation import Navigation
from scorm_runtime.runtime import CommitRequest, Opened, OpenRequest, Runtime
from scorm_runtime.sessions import Commit
from tests.scorm_runtime.courses import KEY, LESSON, Folder, Sink, a_launch, manifest, sco

Database = AsyncDatabase[dict[str, Any]]
STATUS = "cmi.core.lesson_status"


class World:
    """A runtime over a package, with a clock that a test sets."""

    def __init__(self, database: Database, *items: Item) -> None:
        self.now = datetime(2026, 11, 21, 9, tzinfo=UTC)
        self.sink = Sink()
        self.launch = a_launch()
        self.database = database
        self.packages = Folder(manifest(*items))
        self.runtime = self.started()

    def started(self) -> Runtime:
        """A server as it is after a start."""
        return Runtime(self.database, self.sink, self.packages, KEY, clock=lambda: self.now)

    async def open(self, item: str | None = None, player: str = "tab", **more: Any) -> Opened:
        """Launch an item, or resume."""
        navigation = Navigation("choice", item) if item else Navigation()
        return await self.runtime.open(self.launch, OpenRequest(player, navigation, **more))

    async def commit(self, opened: Opened, *commits: Commit, **more: Any) -> int:
        """Send commits; the number applied."""
        request = CommitRequest(opened.session.id, commits, **more)
        return (await self.runtime.commit(self.launch, request)).number

    async def play(self, item: str, *changes: tuple[str, str]) -> None:
        """Launch, initialise, set, finish."""
        opened = await self.open(item)
        await self.commit(opened, Commit(1, changes, initialize=True, finish=True))


@pytest.fixture
async def world(database: Database) -> World:
    made = World(database, sco("one"), sco("two"))
    await made.runtime.prepare()
    return made


async def test_a_first_session_starts_ab_initio_with_what_the_lms_knows(world: World) -> None:
    opened = await world.open()
    assert opened.values["cmi.core.student_id"] == "u1"
    assert opened.values["cmi.core.entry"] == "ab-initio"
    assert opened.values["cmi.core.total_time"] == "0000:00:00.00"
    assert opened.attempt.number == 1


async def test_a_suspended_sco_is_resumed_with_its_data_and_its_time(world: World) -> None:
    changes = (
        ("cmi.core.lesson_location", "page-7"),
        ("cmi.suspend_data", "a=1"),
        ("cmi.core.session_time", "00:10:00"),
        ("cmi.core.exit", "suspend"),
    )
    await world.play("one", *changes)
    again = await world.open()
    assert again.session.position == 0
    assert again.values["cmi.core.entry"] == "resume"
    assert again.values["cmi.core.lesson_location"] == "page-7"
    assert again.values["cmi.suspend_data"] == "a=1"
    assert again.values["cmi.core.total_time"] == "0000:10:00.00"
    assert again.values[STATUS] == "incomplete"
    assert "cmi.core.exit" not in again.values


async def test_a_session_that_was_cut_off_is_resumed_and_its_time_counts(world: World) -> None:
    opened = await world.open()
    changes = (("cmi.core.lesson_location", "3"), ("cmi.core.session_time", "00:02:00"))
    await world.commit(opened, Commit(1, changes, initialize=True))
    again = await world.open(player="next", replaces="tab")
    assert again.values["cmi.core.entry"] == "resume"
    assert again.values["cmi.core.lesson_location"] == "3"
    assert again.values["cmi.core.total_time"] == "0000:02:00.00"
    assert world.sink.said() == ["initialized one", "suspended one"]


async def test_a_sco_that_sets_no_status_is_completed_even_after_a_session_was_cut_off(
    world: World,
) -> None:
    """What the LMS itself called incomplete does not speak for the SCO (RTE 1.2, 3.4.4)."""
    opened = await world.open()
    await world.commit(opened, Commit(1, initialize=True))
    again = await world.open(player="next", replaces="tab")
    assert again.values[STATUS] == "incomplete"
    await world.commit(again, Commit(1, (("cmi.core.exit", "suspend"),), initialize=True))
    await world.commit(again, Commit(2, finish=True))
    third = await world.open(player="next")
    assert third.values[STATUS] == "incomplete"
    await world.commit(third, Commit(1, initialize=True, finish=True))
    assert "completed one" in world.sink.said()


async def test_a_sco_that_says_incomplete_stays_so_until_it_says_more(world: World) -> None:
    opened = await world.open()
    await world.commit(opened, Commit(1, ((STATUS, "incomplete"),), initialize=True))
    again = await world.open(player="next", replaces="tab")
    await world.commit(again, Commit(1, initialize=True, finish=True))
    assert "completed one" not in world.sink.said()


async def test_two_scos_make_the_statements_of_the_profile(world: World) -> None:
    await world.play("one")
    world.now += timedelta(minutes=5)
    await world.play("two", ("cmi.core.score.raw", "90"), (STATUS, "passed"))
    assert world.sink.said() == [
        "initialized one",
        "completed one",
        "progressed lesson",
        "terminated one",
        "initialized two",
        "passed two",
        "progressed lesson",
        "completed lesson",
        "passed lesson",
        "terminated two",
    ]
    (passed, of_lesson) = world.sink.of("passed")
    assert passed["result"]["score"] == {"scaled": 0.9, "raw": 90.0}
    assert of_lesson["object"]["id"] == LESSON
    assert {s["context"]["registration"] for s in world.sink.statements.values()} == {
        world.launch.registration
    }


async def test_a_number_is_applied_once_and_a_replay_is_answered_as_before(world: World) -> None:
    opened = await world.open()
    first = Commit(1, (("cmi.comments", "once"),), initialize=True)
    assert await world.commit(opened, first) == 1
    assert await world.commit(opened, first) == 1
    assert await world.commit(opened, first, Commit(2, (("cmi.comments", "+"),))) == 2
    again = await world.open(player="tab")
    assert again.values["cmi.comments"] == "once+"


async def test_a_gap_names_the_number_that_is_expected(world: World) -> None:
    opened = await world.open()
    with pytest.raises(CommitGap) as refused:
        await world.commit(opened, Commit(3, initialize=True))
    assert refused.value.meta == {"expected": 1}


async def test_a_session_that_never_was_is_refused(world: World) -> None:
    await world.open()
    with pytest.raises(SessionEnded):
        await world.runtime.commit(world.launch, CommitRequest("nobody", (Commit(1),)))


async def test_after_a_takeover_applied_commits_are_acknowledged_and_new_ones_refused(
    world: World,
) -> None:
    opened = await world.open()
    await world.commit(opened, Commit(1, initialize=True))
    await world.open(player="other", takeover=True)
    assert await world.commit(opened, Commit(1, initialize=True)) == 1
    with pytest.raises(SessionEnded):
        await world.commit(opened, Commit(2))
    with pytest.raises(SessionEnded):
        await world.commit(opened)


async def test_a_second_player_waits_while_the_first_is_heard_of(world: World) -> None:
    opened = await world.open()
    with pytest.raises(AttemptInUse):
        await world.open(player="second")
    world.now += timedelta(seconds=10)
    await world.commit(opened)
    world.now += timedelta(seconds=10)
    with pytest.raises(AttemptInUse):
        await world.open(player="second")
    world.now += timedelta(seconds=13)
    assert (await world.open(player="second")).session.player == "second"


async def test_a_player_that_leaves_gives_the_attempt_up_but_may_still_finish(
    world: World,
) -> None:
    opened = await world.open()
    await world.commit(opened, Commit(1, initialize=True), leaving=True)
    await world.commit(opened, Commit(2, ((STATUS, "completed"),), finish=True), leaving=True)
    assert (await world.open(player="second")).values[STATUS] == "completed"


async def test_wrong_elements_are_refused_one_by_one_and_the_rest_is_kept(world: World) -> None:
    opened = await world.open()
    changes = (
        ("cmi.core.student_id", "someone else"),
        ("cmi.core.score.raw", "1000"),
        ("cmi.nothing", "x"),
        ("cmi.core.lesson_location", "4"),
    )
    request = CommitRequest(opened.session.id, (Commit(1, changes, initialize=True),))
    committed = await world.runtime.commit(world.launch, request)
    assert [(one.element, one.error) for one in committed.refused] == [
        ("cmi.core.student_id", "403"),
        ("cmi.core.score.raw", "405"),
        ("cmi.nothing", "401"),
    ]
    assert (await world.open(player="tab")).values["cmi.core.lesson_location"] == "4"


async def test_ten_thousand_interactions_are_cut_at_the_size_of_the_model(world: World) -> None:
    opened = await world.open()
    changes = tuple((f"cmi.interactions.{n}.student_response", "x" * 200) for n in range(10_000))
    request = CommitRequest(opened.session.id, (Commit(1, changes, initialize=True),))
    committed = await world.runtime.commit(world.launch, request)
    assert {one.error for one in committed.refused} <= {"101", "201"}
    assert 4_000 < len(world.sink.of("answered")) < 5_000


async def test_what_the_sink_does_not_take_is_sent_at_the_next_start(world: World) -> None:
    world.sink.broken = True
    await world.play("one")
    assert world.sink.said() == []
    world.sink.broken = False
    await world.started().prepare()
    assert world.sink.said()[0] == "initialized one"
    assert await world.started().send_unsent() == 0


async def test_what_the_sink_does_not_take_is_sent_when_the_attempt_is_touched(
    world: World,
) -> None:
    world.sink.broken = True
    await world.play("one")
    world.sink.broken = False
    await world.play("two")
    assert world.sink.said()[0] == "initialized one"
    assert "completed lesson" in world.sink.said()


async def test_two_writers_at_once_apply_each_number_once(world: World) -> None:
    opened = await world.open()
    both = [Commit(n, (("cmi.comments", str(n)),), initialize=n == 1) for n in range(1, 6)]
    await asyncio.gather(*(world.commit(opened, *both[:n]) for n in range(1, 6)))
    again = await world.open(player="tab")
    assert again.values["cmi.comments"] == "12345"
    assert len(world.sink.of("initialized")) == 1


async def test_leaving_ends_the_session_and_frees_the_attempt(world: World) -> None:
    opened = await world.open()
    await world.commit(opened, Commit(1, initialize=True))
    await world.runtime.leave(world.launch, "tab")
    assert world.sink.said() == ["initialized one", "suspended one"]
    assert (await world.open(player="second")).values["cmi.core.entry"] == "resume"


async def test_navigation_walks_the_items_that_can_be_launched(database: Database) -> None:
    world = World(database, Item(identifier="f", title="Folder", items=(sco("one"),)), sco("two"))
    await world.runtime.prepare()
    assert (await world.open()).session.position == 1
    request = OpenRequest("tab", Navigation("continue", "one"))
    assert (await world.runtime.open(world.launch, request)).session.position == 2
    with pytest.raises(ItemNotFound):
        await world.runtime.open(world.launch, OpenRequest("tab", Navigation("continue", "two")))
    with pytest.raises(ItemNotFound):
        await world.open("f")


async def test_an_asset_is_completed_by_being_launched(database: Database) -> None:
    world = World(database, sco("page", kind="asset"))
    await world.runtime.prepare()
    await world.open()
    assert world.sink.said() == ["completed page", "progressed lesson", "completed lesson"]


async def test_the_mastery_score_decides_over_what_the_sco_says(database: Database) -> None:
    world = World(database, sco("quiz", mastery_score="80"))
    await world.runtime.prepare()
    await world.play("quiz", ("cmi.core.score.raw", "79"), (STATUS, "passed"))
    assert world.sink.of("passed") == []
    assert [one["result"]["success"] for one in world.sink.of("failed")] == [False, False]
    assert (await world.open()).values[STATUS] == "failed"
    assert world.sink.of("completed") == []


async def test_browsing_says_nothing_of_success_and_leaves_the_attempt_alone(
    world: World,
) -> None:
    normal = world.launch
    world.launch = replace(normal, mode="browse")
    opened = await world.open()
    assert opened.values["cmi.core.credit"] == "no-credit"
    await world.commit(opened, Commit(1, ((STATUS, "passed"),), initialize=True, finish=True))
    assert world.sink.said() == []
    world.launch = normal
    assert (await world.open()).values.get(STATUS) is None


async def test_a_review_shows_what_was_done(world: World) -> None:
    await world.play("one", ("cmi.core.lesson_location", "9"), (STATUS, "passed"))
    world.launch = replace(world.launch, mode="review")
    opened = await world.open("one")
    assert opened.values["cmi.core.lesson_location"] == "9"
    assert opened.values[STATUS] == "passed"
    assert opened.values["cmi.core.lesson_mode"] == "review"


async def test_another_package_for_the_lesson_is_a_new_attempt(world: World) -> None:
    await world.play("one")
    world.launch = replace(world.launch, package_id="p2")
    opened = await world.open()
    assert opened.attempt.number == 2
    assert opened.values["cmi.core.entry"] == "ab-initio"


async def test_organizations_do_not_see_each_others_attempts(world: World) -> None:
    await world.play("one", ("cmi.suspend_data", "secret"))
    world.launch = replace(world.launch, organization_id="org2")
    assert "cmi.suspend_data" not in (await world.open()).values


async def test_statements_are_valid_shapes_with_ids_that_a_replay_repeats(world: World) -> None:
    def ids(statements: Sequence[dict[str, Any]]) -> list[str]:
        return [str(uuid.UUID(one["id"])) for one in statements]

    await world.play("one")
    made = list(world.sink.statements.values())
    assert len(set(ids(made))) == len(made)


async def test_a_statement_that_the_log_never_takes_does_not_hold_up_the_others(
    world: World,
) -> None:
    world.sink.refused_verb = "completed"
    await world.play("one")
    assert world.sink.said() == ["initialized one", "progressed lesson", "terminated one"]
    assert await world.runtime.send_unsent() == 0


@pytest.mark.parametrize(("forget", "left"), [(False, 1), (True, 0)])
async def test_a_reset_attempt_is_played_no_more_and_shares_nothing(
    world: World, forget: bool, left: int
) -> None:
    opened = await world.open()
    await world.commit(opened, Commit(1, initialize=True))
    shares = {"$set": {"shared": b"{}"}}
    await world.database.attempts.update_one({}, shares)
    launch = world.launch
    await world.runtime.retire(
        launch.organization_id, launch.registration, launch.lesson_id, forget=forget
    )
    assert await world.database.attempts.count_documents({"shared": {"$exists": True}}) == left
    assert world.sink.said() == ["initialized one", "suspended one"]
    with pytest.raises(AttemptOver):
        await world.open()
    with pytest.raises(AttemptOver):
        await world.commit(opened, Commit(2, finish=True))
    world.launch = replace(launch, registration=str(uuid.uuid4()), attempt=2)
    again = await world.open()
    assert (again.attempt.number, again.values["cmi.core.entry"]) == (2, "ab-initio")
