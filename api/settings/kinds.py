"""The kinds of value that a setting can have: how each is written, and what would be right."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_DURATION_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SIZE_UNITS = {"": 1, "B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value. `parse` raises ValueError; `right` completes "it must be …"."""

    right: str
    parse: Callable[[str], Any]


def whole_number(least: int, most: int) -> Kind:
    """A whole number within bounds, both included."""

    def parse(text: str) -> int:
        number = int(text)
        if not least <= number <= most:
            raise ValueError(text)
        return number

    return Kind(f"a whole number from {least} to {most}", parse)


def port() -> Kind:
    """A TCP port to listen on."""
    return whole_number(1, 65535)


def number(least: float, most: float) -> Kind:
    """A number within bounds, both included."""

    def parse(text: str) -> float:
        value = float(text)
        if not least <= value <= most:
            raise ValueError(text)
        return value

    return Kind(f"a number from {least:g} to {most:g}", parse)


def duration(least: int, most: int) -> Kind:
    """A time span in seconds, written as `90s`, `15m`, `12h` or `30d`."""

    def parse(text: str) -> int:
        match = re.fullmatch(r"(\d{1,9})\s*([smhd]?)", text)
        if match is None:
            raise ValueError(text)
        seconds = int(match[1]) * _DURATION_UNITS[match[2] or "s"]
        if not least <= seconds <= most:
            raise ValueError(text)
        return seconds

    span = f"from {duration_text(least)} to {duration_text(most)}"
    return Kind(f"a duration such as 90s, 15m, 12h or 30d, {span}", parse)


def duration_text(seconds: int) -> str:
    """Write seconds in the largest unit that leaves no rest."""
    for unit, length in reversed(_DURATION_UNITS.items()):
        if seconds and seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"


def size(least: int, most: int) -> Kind:
    """A number of bytes, written as `65536`, `512KiB`, `10MiB` or `2GiB`."""

    def parse(text: str) -> int:
        match = re.fullmatch(r"(\d{1,15})\s*(B|KiB|MiB|GiB|TiB)?", text)
        if match is None:
            raise ValueError(text)
        count = int(match[1]) * _SIZE_UNITS[match[2] or ""]
        if not least <= count <= most:
            raise ValueError(text)
        return count

    span = f"from {size_text(least)} to {size_text(most)}"
    return Kind(f"a size such as 512KiB, 10MiB or 2GiB, {span}", parse)


def size_text(count: int) -> str:
    """Write bytes in the largest unit that leaves no rest."""
    for unit, length in reversed(_SIZE_UNITS.items()):
        if unit and count and count % length == 0:
            return f"{count // length}{unit}"
    return f"{count}B"


def choice(*allowed: str) -> Kind:
    """One of some words."""

    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError(text)
        return text

    return Kind("one of " + ", ".join(allowed), parse)


def folder() -> Kind:
    """A folder, made when it is missing."""

    def parse(text: str) -> Path:
        path = Path(text).expanduser().absolute()
        if not text or (path.exists() and not path.is_dir()):
            raise ValueError(text)
        return path

    return Kind("a folder, or a path where one can be made", parse)


def text(right: str, pattern: str = r".+") -> Kind:
    """Text of one line that matches a pattern as a whole."""

    def parse(written: str) -> str:
        if re.fullmatch(pattern, written) is None:
            raise ValueError(written)
        return written

    return Kind(right, parse)


def any_or_several(kind: Kind) -> Kind:
    """`*`, or several values of a kind; both as text, the values with commas between them."""

    def parse(written: str) -> str:
        if written == "*":
            return written
        return ",".join(kind.parse(part.strip()) for part in written.split(","))

    return Kind(f"*, or with commas between them, each {kind.right}", parse)


def optional(kind: Kind) -> Kind:
    """The same, or nothing."""
    return Kind(f"{kind.right}, or empty", lambda written: kind.parse(written) if written else "")


def web_address() -> Kind:
    """An http or https address without path, query or trailing slash."""

    def parse(written: str) -> str:
        parts = urlsplit(written.rstrip("/"))
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(written)
        if parts.path or parts.query or parts.fragment or parts.username or parts.port == 0:
            raise ValueError(written)
        return f"{parts.scheme}://{parts.netloc.lower()}"

    return Kind("an address such as https://learn.example.org, without a path", parse)


def mongodb_uri() -> Kind:
    """The connection string of a replica set or a sharded cluster."""
    return text("an address such as mongodb://host:27017/?replicaSet=rs0", r"mongodb(\+srv)?://\S+")


def authority_template() -> Kind:
    """The authority of new xAPI credentials, as text."""

    def parse(written: str) -> str:
        # The record store's schemas take a while to load, and few commands need them.
        from lrs.credentials.authority import AuthorityTemplate

        AuthorityTemplate.written(written)
        return written

    right = (
        'an Agent as JSON, such as {"account": {"homePage": "{{home_page}}", "name": "{{key}}"}}, '
        "with no other variables than {{home_page}}, {{key}}, {{name}} and {{id}}"
    )
    return Kind(right, parse)
