"""A CMI data model as data.

`scorm12.json` is the only statement of SCORM 1.2's elements (RTE 1.2, section 3.4): the Python
model, the browser's model and the documentation are all fed from it.
"""

import re
from functools import cached_property
from importlib.resources import files
from typing import Final, Literal

import msgspec

Condition = Literal[
    "none",
    "general",
    "argument",
    "index",
    "no_children",
    "no_count",
    "not_initialized",
    "not_implemented",
    "keyword",
    "read_only",
    "write_only",
    "type",
]
"""What a call ran into; each standard has its own error code for it."""


class DataType(msgspec.Struct, frozen=True, dict=True):
    """A set of strings: each constraint that is given must hold."""

    pattern: str | None = None
    vocabulary: tuple[str, ...] | None = None
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern or "", re.DOTALL)

    def accepts(self, value: str) -> bool:
        """Whether the value belongs to the type; lengths count code points."""
        if self.vocabulary is not None and value not in self.vocabulary:
            return False
        if self.max_length is not None and len(value) > self.max_length:
            return False
        if self.pattern is not None and not self._compiled.fullmatch(value):
            return False
        return self._in_range(value)

    def _in_range(self, value: str) -> bool:
        low = self.minimum is None or float(value) >= self.minimum
        return low and (self.maximum is None or float(value) <= self.maximum)


class DependentTypes(msgspec.Struct, frozen=True):
    """Types that another element of the same record decides."""

    element: str
    types: dict[str, tuple[str, ...]]


class Element(msgspec.Struct, frozen=True):
    """One element; `n` in its name stands for an index. It takes what any of its types takes."""

    name: str
    access: Literal["ro", "wo", "rw"]
    types: tuple[str, ...]
    default: str = ""
    append: bool = False
    types_by: DependentTypes | None = None


class Table(msgspec.Struct, frozen=True, dict=True):
    """A data model: conditions to error codes, types, keywords, collections, elements."""

    standard: str
    max_size: int
    conditions: dict[Condition, str]
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


def load(name: str) -> Table:
    """Read one of the tables that lie beside this module."""
    return msgspec.json.decode((files(__package__) / name).read_bytes(), type=Table)


SCORM12: Final = load("scorm12.json")
