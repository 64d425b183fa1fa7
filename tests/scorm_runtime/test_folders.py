"""The folders of a table of contents stand as the items in them do."""

from typing import Any

import msgspec
import pytest
from pymongo.asynchronous.database import AsyncDatabase

from scorm_runtime import folders
from scorm_runtime.attempts import ItemProgress
from scorm_runtime.manifest.reader import read_manifest
from scorm_runtime.manifest.tree import Item
from scorm_runtime.outline import Outline, outline_of
from scorm_runtime.requests import CommitRequest, OpenRequest
from scorm_runtime.runtime import Runtime
from scorm_runtime.sessions import Attempt, Commit, new_attempt
from tests.scorm_runtime.courses import KEY, Folder, Sink, a_launch, manifest, sco
from tests.scorm_runtime.courses2004 import PASSED, manifest_text

INNER = Item(identifier="inner", title="Inner", items=(sco("two"), sco("three")))
OUTLINE = outline_of(
    manifest(Item(identifier="outer", title="Outer", items=(sco("one"), INNER)), sco("four"))
)


def _standing(*statuses: str) -> Attempt:
    """An attempt whose SCOs stand so, in the order of the outline."""
    attempt, given = new_attempt("a", 1, a_launch(), OUTLINE), iter(statuses)
    items = tuple(
        ItemProgress(one.identifier, next(given)) if one.launchable else held
        for one, held in zip(OUTLINE.activities, attempt.items, strict=True)
    )
    return msgspec.structs.replace(attempt, items=items)


@pytest.mark.parametrize(
    ("statuses", "outer", "inner"),
    [
        (("not attempted",) * 4, "not attempted", "not attempted"),
        (("completed", *["not attempted"] * 3), "incomplete", "not attempted"),
        (("completed", "passed", "completed", "incomplete"), "completed", "completed"),
        (("passed", "passed", "passed", "incomplete"), "passed", "passed"),
        (("passed", "failed", "passed", "incomplete"), "failed", "failed"),
        (("incomplete", "failed", "passed", "incomplete"), "incomplete", "failed"),
    ],
)
def test_a_folder_of_scorm12_comes_to_what_its_items_come_to(
    statuses: tuple[str, ...], outer: str, inner: str
) -> None:
    attempt = _standing(*statuses)
    assert folders.status(attempt, OUTLINE, 0) == outer
    assert folders.status(attempt, OUTLINE, 2) == inner
    assert folders.status(attempt, OUTLINE, 5) == statuses[3]


def test_an_item_lies_in_each_folder_around_it() -> None:
    assert [folders.enclosing(OUTLINE, place) for place in (3, 4, 5)] == [[2, 0], [2, 0], []]


async def test_a_folder_of_scorm2004_is_rolled_up_by_sequencing(
    database: AsyncDatabase[dict[str, Any]],
) -> None:
    """Only the folder has its completion: no statement tells of it."""
    text = manifest_text(["one", "two"]).replace(
        '<item identifier="one"',
        '<item identifier="part"><title>Part</title><item identifier="one"',
    )
    flow = '<imsss:sequencing><imsss:controlMode flow="true"/></imsss:sequencing>'
    two = '<item identifier="two"'
    text = text.replace(two, f"{flow}</item>{two}")
    reading = read_manifest(text.encode(), "imsmanifest.xml", ["sco.html"])
    assert reading.manifest is not None, reading.findings
    sink = Sink()
    runtime, launch = Runtime(database, sink, Folder(reading.manifest), KEY), a_launch()
    opened = await runtime.open(launch, OpenRequest("tab"))
    assert opened.session is not None
    last = Commit(1, PASSED, initialize=True, finish=True)
    done = await runtime.commit(launch, CommitRequest(opened.session.id, (last,)))
    assert _statuses(done.attempt, done.outline) == {
        "o": "incomplete",
        "part": "completed",
        "one": "passed",
        "two": "not attempted",
    }
    assert not [one for one in sink.said() if one.endswith(" part")]


def _statuses(attempt: Attempt, outline: Outline) -> dict[str, str]:
    return {
        activity.identifier: folders.status(attempt, outline, place)
        for place, activity in enumerate(outline.activities)
    }
