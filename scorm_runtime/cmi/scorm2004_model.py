"""The data model of one SCO under SCORM 2004 (RTE 4, section 4.2).

`get` and `set` answer with the error codes of the API, "0" for none.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Literal

import msgspec

from scorm_runtime.cmi.meanings import Meanings
from scorm_runtime.cmi.scorm2004_table import Element, Response, Table

Access = Literal["ro", "wo", "none"]

_INDEX = re.compile("[0-9]{1,9}")
_TARGET = re.compile(r"(adl\.nav\.request_valid\.(?:choice|jump))\.\{target=([^{}]+)\}")
_KEYWORDS = ("_children", "_count", "_version")


class Name(msgspec.Struct, frozen=True, dict=True):
    """An element's name with its indices in plain form, and the pattern of the table it fits."""

    full: str
    pattern: str

    @cached_property
    def last(self) -> str:
        """The name's last part."""
        return self.full.rpartition(".")[2]

    @cached_property
    def parent(self) -> str:
        """The name without its last part."""
        return self.full.rpartition(".")[0]

    @cached_property
    def record(self) -> str:
        """The outermost record that the name lies in, if it lies in one."""
        return ".".join(self.full.split(".")[:3])

    @cached_property
    def records(self) -> tuple[tuple[str, int], ...]:
        """Each collection that the name passes through, with the index that it takes there."""
        parts = self.full.split(".")
        return tuple(
            (".".join(parts[:position]), int(parts[position]))
            for position, part in enumerate(self.pattern.split("."))
            if part == "n"
        )


@lru_cache(maxsize=16_384)
def parse(name: str) -> Name:
    """Read a name as a SCO gave it."""
    target = _TARGET.fullmatch(name)
    if target is not None:
        return Name(name, f"{target[1]}.{{target}}")
    parts = name.split(".")
    full = (str(int(part)) if _INDEX.fullmatch(part) else part for part in parts)
    pattern = ("n" if _INDEX.fullmatch(part) else part if part != "n" else "?" for part in parts)
    return Name(".".join(full), ".".join(pattern))


class DataModel:
    """The elements of one SCO; values are strings by full element name.

    `access` narrows what may be done to single elements. `changed` collects the names that were
    set since the model was made.
    """

    def __init__(
        self, table: Table, values: Mapping[str, str], access: Mapping[str, Access] | None = None
    ) -> None:
        """Take the values as they are: they were checked when they were set."""
        self.table = table
        self.access = dict(access or {})
        self.values = dict(values)
        self.changed: dict[str, None] = {}
        self._counts: dict[str, int] = {}
        self._meanings: dict[tuple[str, str], Meanings] = {}
        self._size = sum(map(len, values)) + sum(map(len, values.values()))
        for name in values:
            self._count(parse(name))

    def get(self, given: str) -> tuple[str, str]:
        """Answer GetValue: the value, and the error code."""
        name = parse(given)
        if not given:
            return "", "301"
        if name.last in _KEYWORDS:
            return self._keyword(name)
        element = self.table.by_name.get(name.pattern)
        if element is None:
            return "", "401"
        if element.access == "wo" or self.access.get(name.full) in ("wo", "none"):
            return "", "405"
        if not self._exists(name):
            return "", "301"
        value = self.value(name.full, element)
        return ("", "403") if value is None else (value, "0")

    def value(self, full: str, element: Element) -> str | None:
        """What an element holds: derived, set, or its default; None if it holds nothing."""
        value = self.values.get(full)
        derived = element.derived
        if derived is not None and derived.at_least in self.values:
            measure = self.values.get(derived.by)
            if measure is None:
                return element.default
            return derived.values[float(measure) >= float(self.values[derived.at_least])]
        if value is None or (value == "" and element.empty_is_unset):
            return element.default
        return value

    def set(self, given: str, value: str) -> str:
        """Carry out SetValue: the error code; anything but "0" leaves the model as it was."""
        name = parse(given)
        element = self.table.by_name.get(name.pattern)
        fault = self._refuses(name, element)
        if fault or element is None:
            return fault or "401"
        fault = self._mismatch(name, element, value)
        if fault:
            return fault
        growth = self._growth(name, value)
        if self._size + growth > self.table.max_size:
            return "351"
        self._size += growth
        self._store(name, value)
        self.changed[name.full] = None
        return "0"

    def count(self, collection: str) -> int:
        """How many records a collection has."""
        return self._counts.get(collection, 0)

    def _keyword(self, name: Name) -> tuple[str, str]:
        parent = name.pattern.rpartition(".")[0]
        if parent not in self.table.parents:
            return "", "401"
        if name.last == "_count":
            known = parent in self.table.collections
        else:
            known = name.pattern in self.table.keywords
        if not known or not self._exists(name):
            return "", "401" if name.last == "_version" else "301"
        if name.last == "_count":
            return str(self.count(name.parent)), "0"
        return self.table.keywords[name.pattern], "0"

    def _refuses(self, name: Name, element: Element | None) -> str:
        """Why the element may not be set at all: 351, 401, 404, 408, or nothing."""
        if not name.full:
            return "351"
        if name.last in _KEYWORDS:
            parent = name.pattern.rpartition(".")[0]
            keyword = name.pattern in self.table.keywords or parent in self.table.collections
            return "404" if keyword else "401"
        if element is None:
            return "401"
        if element.access == "ro" or self.access.get(name.full) in ("ro", "none"):
            return "404"
        if not self._reachable(name, element):
            return "351"
        held = all(f"{name.record}.{field}" in self.values for field in element.requires)
        return "" if held else "408"

    def _mismatch(self, name: Name, element: Element, value: str) -> str:
        """Why the value may not be set: 351, 406, 407, or nothing."""
        response = self._response(name, element)
        types = element.types if response is None else response.types
        if response is not None and _beyond(name, response.count):
            return "351"
        faults = {self.table.values.check(kind, value) for kind in types}
        if "none" not in faults:
            return "407" if "range" in faults else "406"
        if element.once and self.values.get(name.full, value) != value:
            return "351"
        unique = element.unique or (response is not None and response.unique)
        return "351" if unique and self._taken(name, types[0], value) else ""

    def _response(self, name: Name, element: Element) -> Response | None:
        if not element.by_type:
            return None
        return element.by_type[self.values[f"{name.record}.type"]]

    def _taken(self, name: Name, kind: str, value: str) -> bool:
        """Whether another record of the collection holds the same."""
        collection, own = name.records[-1]
        meanings = self._meanings.get((collection, name.last))
        if meanings is None or meanings.kind != kind:
            meanings = Meanings(self.table.values, kind, self.column(collection, name.last))
            self._meanings[collection, name.last] = meanings
        return meanings.elsewhere(value, own)

    def column(self, collection: str, field: str) -> Iterator[tuple[int, str]]:
        """The records of a collection that have a field: index and value."""
        for index in range(self.count(collection)):
            value = self.values.get(f"{collection}.{index}.{field}")
            if value is not None:
                yield index, value

    def _exists(self, name: Name) -> bool:
        return all(index < self.count(path) for path, index in name.records)

    def _reachable(self, name: Name, element: Element) -> bool:
        """An index may name an existing record or the next one: collections have no holes."""
        grows = 1 if element.grows else 0
        return all(index < self.count(path) + grows for path, index in name.records)

    def _growth(self, name: Name, value: str) -> int:
        known = self.values.get(name.full)
        return len(value) + len(name.full) if known is None else len(value) - len(known)

    def _store(self, name: Name, value: str) -> None:
        if name.records:
            collection, own = name.records[-1]
            meanings = self._meanings.get((collection, name.last))
            if meanings is not None:
                meanings.replace(own, self.values.get(name.full), value)
        self.values[name.full] = value
        self._count(name)

    def _count(self, name: Name) -> None:
        for path, index in name.records:
            if index >= self._counts.get(path, 0):
                self._counts[path] = index + 1


def _beyond(name: Name, count: int | None) -> bool:
    """Whether the innermost record is one more than there may be."""
    innermost = name.records[-1]
    return count is not None and innermost[1] >= count


def identifiers(model: DataModel, collection: str) -> Iterable[tuple[int, str]]:
    """The records of a collection that have an identifier: index and identifier."""
    return model.column(collection, "id")
