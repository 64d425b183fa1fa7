"""Small packages and a launch, for the runtime's tests."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scorm_runtime.launch import Launch
from scorm_runtime.manifest.tree import Item, Manifest, Organization
from scorm_runtime.packages import FileNotInPackage
from scorm_runtime.sink import StatementsRefused

KEY = b"a key of thirty-two bytes or more"
REGISTRATION = "5b0c4f5e-6a35-4f0e-9f0b-0f4f2a0f7c11"
LESSON = "http://lms.example/activities/lessons/l1"
COURSE = "http://lms.example/activities/courses/c1"


def a_launch(**changes: Any) -> Launch:
    """Ada, on her way into the lesson."""
    said: dict[str, Any] = {
        "organization_id": "org1",
        "registration": REGISTRATION,
        "learner_id": "u1",
        "learner_name": "Lovelace, Ada",
        "agent": {"account": {"homePage": "http://lms.example", "name": "u1"}},
        "package_id": "p1",
        "lesson_id": "l1",
        "activity_id": LESSON,
        "title": "Engines",
        "course_activity_id": COURSE,
        "course_title": "Analytical Engines",
        "return_url": "/courses/c1",
    }
    return Launch(**{**said, **changes})


def sco(identifier: str, **changes: Any) -> Item:
    """An item with a page that can be driven by a test."""
    said = {"title": identifier.title(), "kind": "sco", "href": "sco.html", "path": "sco.html"}
    return Item(identifier=identifier, **{**said, **changes})


def manifest(*items: Item, title: str = "Engines") -> Manifest:
    """A package of these items."""
    organization = Organization(identifier="o", title=title, items=tuple(items))
    return Manifest(identifier="m", edition="scorm12", default="o", organizations=(organization,))


class Folder:
    """A PackageSource of one package whose files lie in a folder."""

    def __init__(self, package: Manifest, folder: Path = Path("/nonexistent")) -> None:
        self.package = package
        self.folder = folder

    async def manifest(self, organization_id: str, package_id: str) -> Manifest:
        """The package."""
        return self.package

    async def file(self, organization_id: str, package_id: str, path: str) -> Path:
        """A file of the folder."""
        found = (self.folder / path).resolve()
        if not found.is_relative_to(self.folder.resolve()) or not found.is_file():
            raise FileNotInPackage(path)
        return found


class Sink:
    """A StatementSink that remembers; `broken` makes it refuse."""

    def __init__(self) -> None:
        self.statements: dict[str, dict[str, Any]] = {}
        self.calls = 0
        self.broken = False
        self.refused_verb = ""

    async def __call__(self, organization_id: str, statements: Sequence[dict[str, Any]]) -> None:
        """Take statements; the same id twice counts once."""
        if self.broken:
            raise ConnectionError("the log is away")
        if any(one["verb"]["display"]["en"] == self.refused_verb for one in statements):
            raise StatementsRefused(self.refused_verb)
        self.calls += 1
        for statement in statements:
            held = self.statements.setdefault(statement["id"], statement)
            assert held == statement

    def said(self) -> list[str]:
        """`verb object` of each statement, objects without the lesson's prefix."""
        return [_short(statement) for statement in self.statements.values()]

    def of(self, verb: str) -> list[dict[str, Any]]:
        """The statements with a verb."""
        return [s for s in self.statements.values() if s["verb"]["display"]["en"] == verb]


def _short(statement: dict[str, Any]) -> str:
    target = statement["object"]["id"].removeprefix(LESSON).removeprefix("/") or "lesson"
    return f"{statement['verb']['display']['en']} {target}"
