"""SCORM 2004's data model as data (RTE 4, chapter 4): one table, read for one of its editions.

`scorm2004.json` is the only statement of the elements; `languages.json` lists the codes of ISO
639-1 and 639-2 that a language tag may begin with.
"""

from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Final, Literal

import msgspec
from msgspec.structs import replace

from scorm_runtime.cmi.scorm2004_types import DataType, Types

Edition = Literal["2nd Edition", "3rd Edition", "4th Edition"]


class Derived(msgspec.Struct, frozen=True):
    """A status that a measure decides where the LMS gives a threshold: `values` are (below, at)."""

    by: str
    at_least: str
    values: tuple[str, str]


class Response(msgspec.Struct, frozen=True):
    """What an interaction's type asks of a response or of a correct response's pattern."""

    types: tuple[str, ...]
    count: int | None = None
    unique: bool = False


class Element(msgspec.Struct, frozen=True):
    """One element; `n` in its name stands for an index, `{target}` for an activity.

    `spm` is the smallest permitted maximum: what is longer is taken all the same. `requires` names
    what must be set first in the innermost record that has it. `grows` says whether a SCO may add
    records to the collection.
    """

    name: str
    access: Literal["ro", "wo", "rw"]
    types: tuple[str, ...]
    default: str | None = None
    spm: int | None = None
    spm_before: dict[Edition, int] = {}
    types_before: dict[Edition, tuple[str, ...]] = {}
    requires: tuple[str, ...] = ()
    unique: bool = False
    once: bool = False
    empty_is_unset: bool = False
    grows: bool = True
    since: Edition = "2nd Edition"
    derived: Derived | None = None
    by_type: dict[str, Response] = {}


class Table(msgspec.Struct, frozen=True, dict=True):
    """The elements of one edition, with the types, keywords and messages that they refer to."""

    standard: str
    editions: tuple[Edition, ...]
    max_size: int
    messages: dict[str, str]
    types: dict[str, DataType]
    keywords: dict[str, str]
    collections: tuple[str, ...]
    elements: tuple[Element, ...]

    @cached_property
    def by_name(self) -> dict[str, Element]:
        """The elements by their pattern."""
        return {element.name: element for element in self.elements}

    @cached_property
    def parents(self) -> frozenset[str]:
        """Every name that exists, elements and what contains them."""
        names = set(self.by_name)
        for name in self.by_name:
            parts = name.split(".")
            names.update(".".join(parts[:end]) for end in range(1, len(parts)))
        return frozenset(names)

    @cached_property
    def values(self) -> Types:
        """The data types, ready to check values."""
        return Types(self.types, _languages())

    def of(self, edition: Edition) -> "Table":
        """The table as that edition had it."""
        age = self.editions.index(edition)
        kept = tuple(
            _as_of(element, edition)
            for element in self.elements
            if self.editions.index(element.since) <= age
        )
        return replace(self, elements=kept, keywords=_keywords(self.keywords, kept))


def _as_of(element: Element, edition: Edition) -> Element:
    return replace(
        element,
        spm=element.spm_before.get(edition, element.spm),
        types=element.types_before.get(edition, element.types),
    )


def _keywords(keywords: dict[str, str], elements: tuple[Element, ...]) -> dict[str, str]:
    """The keywords without the children that this edition does not have."""
    found: dict[str, str] = {}
    for name, value in keywords.items():
        parent, _, keyword = name.rpartition(".")
        if keyword != "_children":
            found[name] = value
            continue
        inside = [
            e.name[len(parent) + 1 :].removeprefix("n.")
            for e in elements
            if e.name.startswith(f"{parent}.")
        ]
        present = {each.split(".")[0] for each in inside}
        if listed := [child for child in value.split(",") if child in present]:
            found[name] = ",".join(listed)
    return found


def _languages() -> frozenset[str]:
    lists = msgspec.json.decode(
        (files(__package__) / "languages.json").read_bytes(), type=dict[str, tuple[str, ...]]
    )
    return frozenset(code for codes in lists.values() for code in codes)


SCORM2004: Final = msgspec.json.decode(
    (files(__package__) / "scorm2004.json").read_bytes(), type=Table
)


@lru_cache
def table(edition: Edition) -> Table:
    """The data model of one edition of SCORM 2004."""
    return SCORM2004.of(edition)


@lru_cache
def table_for_browser(edition: Edition) -> bytes:
    """The same table as JSON, with the language codes, for the model in the browser."""
    whole = {**msgspec.to_builtins(table(edition)), "languages": sorted(_languages())}
    return msgspec.json.encode(whole)
