"""The data model of one SCO: which value each element has, and what a call may do to it.

`scorm_runtime/player/cmi.js` is the same model in the browser; a test holds the two together.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from scorm_runtime.cmi.table import Condition, Element, Table

_INDEX = re.compile("0|[1-9][0-9]{0,8}")
_KEYWORDS = ("_children", "_count", "_version")


@lru_cache(maxsize=16_384)
def _pattern(name: str) -> str:
    """`a.0.b` is `a.n.b`; a literal `n` is no index and so matches nothing."""
    parts = ("?" if part == "n" else part for part in name.split("."))
    return ".".join("n" if _INDEX.fullmatch(part) else part for part in parts)


@lru_cache(maxsize=16_384)
def _levels(name: str) -> tuple[tuple[str, int], ...]:
    """Each collection that the name passes through, with the index it takes there."""
    parts = name.split(".")
    return tuple(
        (".".join(parts[:position]), int(part))
        for position, part in enumerate(parts)
        if _INDEX.fullmatch(part)
    )


class DataModel:
    """The elements of one SCO under one table; values are strings by full element name."""

    def __init__(self, table: Table, values: Mapping[str, str]) -> None:
        """Take the values as they are: they were checked when they were set."""
        self.table = table
        self.values = dict(values)
        self._counts: dict[str, int] = {}
        self._size = sum(map(len, values)) + sum(map(len, values.values()))
        for name in values:
            self._count(name)

    def get(self, name: str) -> tuple[str, Condition]:
        """Answer GetValue: the value and what the call ran into ("" unless "none")."""
        if not name:
            return "", "argument"
        pattern = _pattern(name)
        parent, _, last = pattern.rpartition(".")
        if last in _KEYWORDS:
            return self._keyword(name, pattern, parent, last)
        element = self.table.by_name.get(pattern)
        if element is None:
            return "", "not_implemented"
        if element.access == "wo":
            return "", "write_only"
        if not self._exists(name):
            return "", "index"
        return self.values.get(name, element.default), "none"

    def set(self, name: str, value: str) -> Condition:
        """Carry out SetValue; anything but "none" leaves the model as it was."""
        if not name:
            return "argument"
        pattern = _pattern(name)
        element = self.table.by_name.get(pattern)
        refusal = self._refuses(name, pattern, element)
        if refusal != "none" or element is None:
            return refusal
        if element.append:
            value = self.values.get(name, "") + value
        if not self._accepts(element, name, value):
            return "type"
        growth = self._growth(name, value)
        if self._size + growth > self.table.max_size:
            return "general"
        self._size += growth
        self.values[name] = value
        self._count(name)
        return "none"

    def _refuses(self, name: str, pattern: str, element: Element | None) -> Condition:
        parent, _, last = pattern.rpartition(".")
        if last in _KEYWORDS and parent in self.table.parents:
            return "keyword"
        if element is None:
            return "not_implemented"
        if element.access == "ro":
            return "read_only"
        return "none" if self._reachable(name) else "index"

    def _keyword(self, name: str, pattern: str, parent: str, keyword: str) -> tuple[str, Condition]:
        if parent not in self.table.parents:
            return "", "not_implemented"
        if keyword == "_count":
            if parent not in self.table.collections:
                return "", "no_count"
        elif pattern not in self.table.keywords:
            return "", "no_children" if keyword == "_children" else "not_implemented"
        if not self._exists(name):
            return "", "index"
        if keyword == "_count":
            return str(self._counts.get(name.rpartition(".")[0], 0)), "none"
        return self.table.keywords[pattern], "none"

    def _accepts(self, element: Element, name: str, value: str) -> bool:
        types = element.types
        if element.types_by is not None:
            record = name.split(".")[:3]
            decider = ".".join([*record, element.types_by.element.rpartition(".")[2]])
            types = element.types_by.types.get(self.values.get(decider, ""), types)
        return any(self.table.types[kind].accepts(value) for kind in types)

    def _exists(self, name: str) -> bool:
        return all(index < self._counts.get(path, 0) for path, index in _levels(name))

    def _reachable(self, name: str) -> bool:
        """An index may name an existing record or the next one: collections have no holes."""
        return all(index <= self._counts.get(path, 0) for path, index in _levels(name))

    def _growth(self, name: str, value: str) -> int:
        known = self.values.get(name)
        return len(value) + len(name) if known is None else len(value) - len(known)

    def _count(self, name: str) -> None:
        for path, index in _levels(name):
            if index >= self._counts.get(path, 0):
                self._counts[path] = index + 1
