"""Review: everything in the learner's own contents can be opened, and nothing is changed."""

from typing import Any

import pytest
from msgspec.structs import replace
from pymongo.asynchronous.database import AsyncDatabase

from scorm_runtime.http.answers import opened as answer
from scorm_runtime.manifest.reader import read_manifest
from scorm_runtime.navigation import Navigation
from scorm_runtime.runtime import CommitRequest, Opened, OpenRequest
from scorm_runtime.sessions import Commit
from tests.scorm_runtime.courses import sco
from tests.scorm_runtime.test_runtime import STATUS, World

GUIDED = b"""<?xml version="1.0"?>
<manifest identifier="m" version="1" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
    xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"
    xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
  <metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>
  <organizations default="o"><organization identifier="o"><title>Exits</title>
    <item identifier="one" identifierref="r"><title>One</title>
      <imsss:sequencing><imsss:limitConditions attemptLimit="1"/></imsss:sequencing></item>
    <item identifier="two" identifierref="r"><title>Two</title></item>
    <item identifier="three" identifierref="r" isvisible="false"><title>Three</title></item>
    <imsss:sequencing>
      <imsss:controlMode choice="false" flow="true" forwardOnly="true"/></imsss:sequencing>
  </organization></organizations>
  <resources><resource identifier="r" type="webcontent" adlcp:scormType="sco" href="sco.html">
    <file href="sco.html"/></resource></resources>
</manifest>
"""
FILES = ["imsmanifest.xml", "sco.html"]


@pytest.fixture
async def world(database: AsyncDatabase[dict[str, Any]]) -> World:
    """A course that only goes forward, each part once."""
    made = World(database)
    package = read_manifest(GUIDED, FILES[0], FILES).manifest
    assert package is not None
    made.packages.package = package
    await made.runtime.prepare()
    return made


async def _ask(world: World, kind: Any, item: str | None = None) -> Opened:
    request = OpenRequest("tab", Navigation(kind, item))
    return await world.runtime.open(world.launch, request)


def _shown(opened: Opened) -> str | None:
    session = opened.session
    return None if session is None else opened.outline.activities[session.position].identifier


async def test_each_reviewer_has_a_review_of_their_own(world: World) -> None:
    """An instructor sees what the learner left, and nobody is in anybody's way."""
    opened = await world.open()
    await world.commit(opened, Commit(1, (("cmi.location", "9"),), initialize=True))
    told = world.sink.said()
    learner = replace(world.launch, mode="review")
    for launch in (learner, replace(learner, reviewer="ines"), replace(learner, reviewer="ian")):
        seen = await world.runtime.open(launch, OpenRequest(f"tab of {launch.reviewer}"))
        assert seen.session is not None
        assert seen.values["cmi.location"] == "9"
        said = Commit(1, (("cmi.location", "1"),), initialize=True, finish=True)
        await world.runtime.commit(launch, CommitRequest(seen.session.id, (said,)))
    (attempt,) = await world.runtime.history.attempts("org1", [world.launch.registration])
    assert attempt.id == opened.attempt.id
    assert await world.commit(opened, Commit(2, (("cmi.location", "10"),))) == 2
    assert world.sink.said() == told


async def test_sequencing_keeps_nothing_from_a_review(world: World) -> None:
    opened = await world.open()
    said = (("cmi.location", "9"), ("cmi.completion_status", "completed"))
    await world.commit(opened, Commit(1, said, initialize=True, finish=True))
    assert _shown(await _ask(world, "continue")) == "two"
    await world.runtime.leave(world.launch, "tab")
    told = world.sink.said()
    world.launch = replace(world.launch, mode="review")
    opened = await _ask(world, "choice", "one")
    assert (_shown(opened), opened.values["cmi.location"]) == ("one", "9")
    shown = answer(opened, "/")
    assert shown["visible"] == ["o", "one", "two"]
    assert shown["valid"]["choice"] == ["one", "two"]
    statuses = {each["identifier"]: each["status"] for each in shown["outline"]}
    assert (statuses["one"], statuses["two"]) == ("completed", "incomplete")
    assert [name for name, works in shown["navigation"].items() if works] == [
        "continue",
        "exitAll",
        "abandonAll",
    ]
    assert _shown(await _ask(world, "continue")) == "two"
    assert _shown(await _ask(world, "previous")) == "one"
    over = await _ask(world, "exitAll")
    assert (over.session, answer(over, "/")["state"]) == (None, "ended")
    assert world.sink.said() == told


async def test_what_was_never_begun_can_be_looked_at(world: World) -> None:
    world.launch = replace(world.launch, mode="review")
    opened = await world.open()
    assert _shown(opened) == "one"
    assert answer(opened, "/")["state"] == "active"
    assert _shown(await _ask(world, "choice", "two")) == "two"


async def test_a_review_of_scorm_12_takes_nothing_from_the_content(
    database: AsyncDatabase[dict[str, Any]],
) -> None:
    world = World(database, sco("one"), sco("two"))
    await world.runtime.prepare()
    await world.play("one", (STATUS, "passed"), ("cmi.core.score.raw", "90"))
    told = world.sink.said()
    world.launch = replace(world.launch, mode="review")
    opened = await world.open("one")
    assert opened.session is not None
    late = Commit(1, ((STATUS, "failed"),), initialize=True, finish=True)
    request = CommitRequest(opened.session.id, (late,))
    assert (await world.runtime.commit(world.launch, request)).number == 1
    assert (await _ask(world, "continue", "one")).session is not None
    again = await world.open("one")
    assert (again.values[STATUS], again.attempt.items[0].status) == ("passed", "passed")
    assert world.sink.said() == told
