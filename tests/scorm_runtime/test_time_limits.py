"""Time limits: counted over all sessions of an attempt, by the player's clock and the server's."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from pymongo.asynchronous.database import AsyncDatabase

from scorm_runtime.http.answers import opened as answer
from scorm_runtime.manifest.reader import read_manifest
from scorm_runtime.navigation import Navigation
from scorm_runtime.runtime import CommitRequest, OpenRequest
from scorm_runtime.sessions import Commit, TimeLimit
from scorm_runtime.time_limits import TIME_IS_UP, time_limit
from tests.scorm_runtime.courses import a_launch, sco
from tests.scorm_runtime.test_runtime import STATUS, World

LIMIT = "0000:10:00"


async def world_of(database: AsyncDatabase[dict[str, object]], action: str | None) -> World:
    """Two SCOs, the first with a limit of ten minutes."""
    timed = sco("one", max_time_allowed=LIMIT, time_limit_action=action)
    world = World(database, timed, sco("two"))
    await world.runtime.prepare()
    return world


@pytest.mark.parametrize(
    ("values", "limit"),
    [
        ({}, None),
        ({"cmi.student_data.max_time_allowed": "soon"}, None),
        (
            {
                "cmi.student_data.max_time_allowed": "00:10:00",
                "cmi.student_data.time_limit_action": "exit,message",
                "cmi.core.total_time": "0000:04:00.00",
            },
            TimeLimit(left=360.0, exits=True, message=True),
        ),
        (
            {"cmi.student_data.max_time_allowed": "00:10:00", "cmi.core.total_time": "01:00:00"},
            TimeLimit(left=0.0, exits=False, message=False),
        ),
        (
            {
                "cmi.max_time_allowed": "PT1H",
                "cmi.time_limit_action": "continue,message",
                "cmi.total_time": "PT15M",
            },
            TimeLimit(left=2700.0, exits=False, message=True),
        ),
        (
            {"cmi.max_time_allowed": "PT1H", "cmi.time_limit_action": "exit,no message"},
            TimeLimit(left=3600.0, exits=True, message=False),
        ),
    ],
)
def test_the_limit_is_what_the_attempt_has_left(
    values: dict[str, str], limit: TimeLimit | None
) -> None:
    assert time_limit(a_launch(), values) == limit
    assert time_limit(a_launch(mode="review"), values) is None


async def test_a_sco_is_told_of_its_limit_and_the_player_of_what_is_left(
    database: AsyncDatabase[dict[str, object]],
) -> None:
    world = await world_of(database, "exit,message")
    await world.play("one", ("cmi.core.session_time", "00:04:00"), ("cmi.core.exit", "suspend"))
    opened = await world.open("one")
    assert opened.values["cmi.student_data.max_time_allowed"] == LIMIT
    assert answer(opened, "/")["time"] == TimeLimit(left=360.0, exits=True, message=True)


async def test_what_is_set_after_the_time_is_not_taken(
    database: AsyncDatabase[dict[str, object]],
) -> None:
    world = await world_of(database, "exit,message")
    opened = await world.open("one")
    assert opened.session is not None
    await world.commit(opened, Commit(1, (("cmi.core.lesson_location", "5"),), initialize=True))
    world.now += timedelta(minutes=20)
    late = Commit(3, (("cmi.core.score.raw", "100"), (STATUS, "passed")), finish=True)
    kept = Commit(2, (("cmi.core.lesson_location", "6"),), age=900.0)
    request = CommitRequest(opened.session.id, (kept, late))
    done = await world.runtime.commit(world.launch, request)
    assert done.number == 3
    assert [each.element for each in done.refused] == ["cmi.core.score.raw", STATUS]
    again = await world.open("two")
    assert again.attempt.items[0].status == "incomplete"
    assert "passed one" not in world.sink.said()


async def test_a_sco_without_time_left_is_not_launched_and_the_others_are(
    database: AsyncDatabase[dict[str, object]],
) -> None:
    world = await world_of(database, "exit,message")
    await world.play("one", ("cmi.core.session_time", "00:10:00"), ("cmi.core.exit", "suspend"))
    refused = await world.open("one")
    assert refused.session is None
    assert refused.attempt.problem == TIME_IS_UP
    said = answer(refused, "/")
    assert (said["state"], said["problem"]) == ("active", "The time for this part is up.")
    opened = await world.open("two")
    assert opened.session is not None
    assert opened.attempt.problem is None


@pytest.mark.parametrize(
    ("action", "problem"), [("exit,message", TIME_IS_UP), ("exit,no message", "")]
)
async def test_the_end_of_the_time_leaves_the_learner_to_choose(
    database: AsyncDatabase[dict[str, object]], action: str, problem: str
) -> None:
    world = await world_of(database, action)
    opened = await world.open("one")
    await world.commit(opened, Commit(1, initialize=True))
    world.now += timedelta(minutes=10, seconds=1)
    request = OpenRequest("tab", Navigation("exit", "one"))
    over = await world.runtime.open(world.launch, request)
    assert over.session is None
    assert over.attempt.problem == problem
    assert answer(over, "/")["state"] == "active"


async def test_a_limit_that_only_warns_keeps_nothing_out(
    database: AsyncDatabase[dict[str, object]],
) -> None:
    world = await world_of(database, None)
    await world.play("one", ("cmi.core.session_time", "00:30:00"), ("cmi.core.exit", "suspend"))
    opened = await world.open("one")
    assert opened.session is not None
    assert opened.session.limit == TimeLimit(left=0.0, exits=False, message=False)
    world.launch = replace(world.launch, mode="browse")
    assert (await world.open("one")).session is not None


SEQUENCED = b"""<?xml version="1.0"?>
<manifest identifier="m" version="1" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
    xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"
    xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
  <metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>
  <organizations default="o"><organization identifier="o"><title>Exits</title>
    <item identifier="one" identifierref="r"><title>One</title>
      <adlcp:timeLimitAction>exit,message</adlcp:timeLimitAction>
      <adlcp:dataFromLMS>colour=green</adlcp:dataFromLMS>
      <imsss:sequencing><imsss:limitConditions attemptAbsoluteDurationLimit="PT10M"/>
      </imsss:sequencing></item>
    <item identifier="two" identifierref="r"><title>Two</title></item>
    <imsss:sequencing><imsss:controlMode choice="true" flow="true"/></imsss:sequencing>
  </organization></organizations>
  <resources><resource identifier="r" type="webcontent" adlcp:scormType="sco" href="sco.html">
    <file href="sco.html"/></resource></resources>
</manifest>
"""


async def test_a_sequenced_item_without_time_left_gives_way_to_the_others(
    database: AsyncDatabase[dict[str, object]],
) -> None:
    world = World(database)
    read = read_manifest(SEQUENCED, "imsmanifest.xml", ["imsmanifest.xml", "sco.html"]).manifest
    assert read is not None
    world.packages.package = read
    await world.runtime.prepare()
    opened = await world.open()
    assert opened.session is not None
    assert opened.session.limit == TimeLimit(left=600.0, exits=True, message=True)
    assert opened.values["cmi.launch_data"] == "colour=green"
    changes = (("cmi.session_time", "PT10M"), ("cmi.exit", "suspend"))
    await world.commit(opened, Commit(1, changes, initialize=True, finish=True))
    await world.runtime.leave(world.launch, "tab")
    refused = await world.open()
    assert (refused.session, refused.attempt.problem) == (None, TIME_IS_UP)
    assert answer(refused, "/")["state"] == "active"
    two = await world.open("two")
    assert two.session is not None
    assert two.outline.activities[two.session.position].identifier == "two"
    assert two.attempt.problem is None
