"""The data types of SCORM 2004 (RTE 4, section 4.1.1): what belongs, and when two values agree."""

import re
from collections.abc import Hashable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Literal

import msgspec

Fault = Literal["none", "type", "range"]

_TAG = re.compile("([A-Za-z]{1,8})((?:-[A-Za-z0-9]{1,8})*)")


class Prefix(msgspec.Struct, frozen=True):
    """A delimiter in front of a value: the type of what it gives, and what holds without it."""

    type: str
    default: str


class DataType(msgspec.Struct, frozen=True, dict=True):
    """A set of strings: each constraint that is given must hold.

    `prefixes` are delimiters such as {lang=en} that may stand in front, once each, in any order;
    `rest` is the type of what follows. `separator` splits a list of `item`s or the fixed `parts`.
    """

    pattern: str | None = None
    vocabulary: tuple[str, ...] | None = None
    minimum: float | None = None
    maximum: float | None = None
    language: bool = False
    prefixes: dict[str, Prefix] = {}
    rest: str | None = None
    separator: str | None = None
    item: str | None = None
    parts: tuple[str, ...] = ()
    distinct: bool = False
    unordered: bool = False
    ascending: bool = False

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern, ready for use."""
        return re.compile(self.pattern or "", re.DOTALL)


class Types:
    """The types of a table by name."""

    def __init__(self, types: Mapping[str, DataType], languages: frozenset[str]) -> None:
        self._types, self._languages = types, languages

    def check(self, name: str, value: str) -> Fault:
        """Whether a value belongs to the type, and if not, whether it is merely out of range."""
        kind = self._types[name]
        if not self._belongs(kind, value):
            return "type"
        low = kind.minimum is None or float(value) >= kind.minimum
        high = kind.maximum is None or float(value) <= kind.maximum
        return "none" if low and high else "range"

    def equal(self, name: str, one: str, other: str) -> bool:
        """Whether two values of a type mean the same: sets in any order, numbers as numbers."""
        return one == other or self.meaning(name, one) == self.meaning(name, other)

    def meaning(self, name: str, value: str) -> Hashable:
        """What a value means: equal for all values of the type that mean the same."""
        kind = self._types[name]
        if kind.prefixes:
            given: dict[str, str | None] = {
                prefix: known.default for prefix, known in kind.prefixes.items()
            }
            for prefix, text, rest in _prefixes(kind, value):
                given[prefix], value = text, rest
            inner = value if kind.rest is None else self.meaning(kind.rest, value)
            return (*given.items(), inner)
        if kind.separator is not None:
            return self._members(kind, value.split(kind.separator))
        if kind.pattern is not None and self._belongs(self._types["real"], value):
            return Decimal(value)
        return value

    def _belongs(self, kind: DataType, value: str) -> bool:
        if kind.vocabulary is not None and value not in kind.vocabulary:
            return False
        if kind.pattern is not None and not kind.compiled.fullmatch(value):
            return False
        if kind.language and not self._is_language(value):
            return False
        if kind.prefixes:
            return self._prefixed(kind, value)
        if kind.separator is not None:
            return self._is_list(kind, value)
        return True

    def _is_language(self, value: str) -> bool:
        """A language tag of RFC 1766 and its successors, or none at all."""
        if not value:
            return True
        tag = _TAG.fullmatch(value)
        if tag is None:
            return False
        primary = tag[1].lower()
        return primary in self._languages or (primary in ("i", "x") and tag[2] != "")

    def _prefixed(self, kind: DataType, value: str) -> bool:
        for name, given, rest in _prefixes(kind, value):
            if not given or self.check(kind.prefixes[name].type, given) != "none":
                return False
            value = rest
        return kind.rest is None or self.check(kind.rest, value) == "none"

    def _is_list(self, kind: DataType, value: str) -> bool:
        items = value.split(kind.separator)
        if kind.parts:
            return self._is_record(kind, items)
        if value == "":
            return True
        if kind.distinct and len(set(items)) < len(items):
            return False
        return all(self.check(kind.item or "", item) == "none" for item in items)

    def _is_record(self, kind: DataType, items: list[str]) -> bool:
        if len(items) != len(kind.parts) or not any(items):
            return False
        checked = zip(kind.parts, items, strict=True)
        if not all(self.check(part, item) == "none" for part, item in checked):
            return False
        numbers = [Decimal(item) for item in items if item] if kind.ascending else []
        return numbers == sorted(numbers)

    def _members(self, kind: DataType, items: list[str]) -> Hashable:
        names = kind.parts or (kind.item or "",) * len(items)
        meanings = [self.meaning(part, each) for part, each in zip(names, items, strict=False)]
        return tuple(sorted(meanings, key=repr) if kind.unordered else meanings)


def _prefixes(kind: DataType, value: str) -> Iterator[tuple[str, str | None, str]]:
    """Each delimiter in front: its name, what it gives (None if unclosed), and what follows."""
    waiting = dict(kind.prefixes)
    while name := next((each for each in waiting if value.startswith(f"{{{each}=")), None):
        del waiting[name]
        given, closed, value = value[len(name) + 2 :].partition("}")
        yield name, given if closed else None, value
