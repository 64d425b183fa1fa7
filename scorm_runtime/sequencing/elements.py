"""XML elements read by local name, and their attributes as what they should be.

Packages in the field mix the editions' namespaces, so a name is matched without its namespace.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import TypeVar, get_args

from lxml import etree

Report = Callable[[etree._Element, str], None]
"""Told of a value that could not be read and was replaced by its default: the element, and why."""

T = TypeVar("T")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def local_name(name: object) -> str:
    """The name without its namespace; "" for a comment or an instruction."""
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def children(element: etree._Element | None, name: str) -> Iterator[etree._Element]:
    """The child elements of this local name; none of a missing element."""
    return (each for each in (() if element is None else element) if local_name(each.tag) == name)


def child(element: etree._Element | None, name: str) -> etree._Element | None:
    """The first child element of this local name."""
    return next(children(element, name), None)


def content(element: etree._Element | None, name: str) -> str | None:
    """The trimmed text of a child element, None without one."""
    found = child(element, name)
    return None if found is None else whole_text(found)


def whole_text(element: etree._Element) -> str:
    """The trimmed text of an element with all that it contains."""
    return "".join(str(part) for part in element.itertext()).strip()


def decimal(value: str) -> Decimal:
    """A finite number; raises ValueError."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError(value) from None
    if not number.is_finite():
        raise ValueError(value)
    return number


def words(allowed: object) -> tuple[str, ...]:
    """The strings of a Literal, or of a union of them."""
    nested = (words(each) if get_args(each) else (str(each),) for each in get_args(allowed))
    return tuple(word for group in nested for word in group)


class Attributes:
    """The attributes of an element that may be missing."""

    def __init__(self, element: etree._Element | None, report: Report) -> None:
        self._element, self._report = element, report
        found = () if element is None else element.attrib.items()
        self._values = {local_name(name): str(value).strip() for name, value in found}

    def text(self, name: str) -> str | None:
        """The trimmed value, None when it is missing or empty."""
        return self._values.get(name) or None

    def boolean(self, name: str, default: bool) -> bool:
        """An xs:boolean in any letter case."""
        return self._read(name, default, lambda value: _BOOLEANS[value.lower()], "true or false")

    def number(self, name: str, default: Decimal) -> Decimal:
        """An xs:decimal."""
        return self._read(name, default, decimal, "a number")

    def count(self, name: str) -> int | None:
        """An xs:nonNegativeInteger."""
        return self._read(name, None, _count, "a whole number")

    def word(self, name: str, default: str, allowed: object) -> str:
        """One of a Literal's strings, in any letter case."""
        known = {word.lower(): word for word in words(allowed)}
        expected = "one of " + ", ".join(known.values())
        return self._read(name, default, lambda value: known[value.lower()], expected)

    def _read(self, name: str, default: T, convert: Callable[[str], T], expected: str) -> T:
        value = self._values.get(name)
        if value is None:
            return default
        try:
            return convert(value)
        except (ValueError, KeyError):
            if self._element is not None:
                self._report(self._element, f'{name}="{value}" is not {expected}')
            return default


def _count(value: str) -> int | None:
    if not value.isascii() or not value.isdecimal():
        raise ValueError(value)
    return int(value)
