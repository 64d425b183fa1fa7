"""The learner's preferences go with the learner from SCO to SCO."""

from typing import Any

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from scorm_runtime.manifest.tree import Manifest
from scorm_runtime.navigation import Navigation
from scorm_runtime.requests import CommitRequest, Opened, OpenRequest
from scorm_runtime.runtime import Runtime
from scorm_runtime.sessions import Commit
from tests.scorm_runtime.courses import KEY, Folder, Sink, a_launch, manifest, sco
from tests.scorm_runtime.courses2004 import manifest2004

SCORM12 = {
    "cmi.student_preference.audio": "60",
    "cmi.student_preference.language": "Welsh",
    "cmi.student_preference.speed": "-20",
    "cmi.student_preference.text": "1",
}
SCORM2004 = {
    "cmi.learner_preference.audio_level": "0.5",
    "cmi.learner_preference.language": "cy",
    "cmi.learner_preference.delivery_speed": "1.5",
    "cmi.learner_preference.audio_captioning": "1",
}
STANDARDS = [
    pytest.param(manifest(sco("one"), sco("two")), SCORM12, id="1.2"),
    pytest.param(manifest2004("one", "two"), SCORM2004, id="2004"),
]


class Learner:
    """Ada, who opens item after item of a package."""

    def __init__(self, database: AsyncDatabase[dict[str, Any]], package: Manifest) -> None:
        self.runtime = Runtime(database, Sink(), Folder(package), KEY)

    async def open(self, kind: Any = "resume", item: str | None = None) -> Opened:
        """Ask for an item."""
        request = OpenRequest("tab", Navigation(kind, item))
        return await self.runtime.open(a_launch(), request)

    async def says(self, opened: Opened, **values: str) -> None:
        """The SCO sets elements and ends its session."""
        assert opened.session is not None
        commit = Commit(1, tuple(values.items()), initialize=True, finish=True)
        await self.runtime.commit(a_launch(), CommitRequest(opened.session.id, (commit,)))


@pytest.mark.parametrize(("package", "wishes"), STANDARDS)
async def test_the_next_sco_begins_with_what_the_last_one_was_told(
    database: AsyncDatabase[dict[str, Any]], package: Manifest, wishes: dict[str, str]
) -> None:
    ada = Learner(database, package)
    first = await ada.open()
    assert not wishes.keys() & first.values.keys()
    await ada.says(first, **wishes)
    second = await ada.open("continue", "one")
    assert second.values.items() >= wishes.items()
    louder = next(iter(wishes))
    await ada.says(second, **{louder: "0"})
    again = await ada.open("choice", "one")
    assert again.values.items() >= {**wishes, louder: "0"}.items()


@pytest.mark.parametrize(("package", "wishes"), STANDARDS)
async def test_what_the_model_refused_is_no_preference(
    database: AsyncDatabase[dict[str, Any]], package: Manifest, wishes: dict[str, str]
) -> None:
    ada = Learner(database, package)
    louder = next(iter(wishes))
    await ada.says(await ada.open(), **{louder: "loud", "cmi.learner_preference.colour": "red"})
    second = await ada.open("continue", "one")
    assert not [name for name in second.values if "preference" in name]
