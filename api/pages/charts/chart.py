"""What all charts are made of: elements, the frame with its words, scales, keys, the table."""

import math
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from unicodedata import east_asian_width

from markupsafe import Markup, escape

from api.pages.wording import number

MOST_SERIES = 6
"""More cannot be told apart by their patterns."""
MARKERS = (
    "M0-4A4 4 0 1 1 0 4A4 4 0 1 1 0-4Z",
    "M-4-4H4V4H-4Z",
    "M0-5L5 4H-5Z",
    "M0-5.5L5.5 0L0 5.5L-5.5 0Z",
    "M0 5L5-4H-5Z",
    "M-5-1.5H-1.5V-5H1.5V-1.5H5V1.5H1.5V5H-1.5V1.5H-5Z",
)
"""A disc, a square, a triangle, a diamond, a triangle upside down, a cross."""


@dataclass(frozen=True, slots=True)
class Key:
    """A series: its sign, drawn as in the picture, and its name."""

    sign: Markup
    name: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture and its words. `rows` are the same numbers: a name, then a cell for each column."""

    title: str
    svg: Markup
    keys: tuple[Key, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def element(tag: str, /, *inside: str, **attributes: object) -> Markup:
    """An element; `_` in a name is `-`, one at its end is left out, and None leaves it out."""
    named = (
        f' {name.rstrip("_").replace("_", "-")}="{escape(_written(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    content = "".join(escape(each) for each in inside)
    return Markup(f"<{tag}{''.join(named)}>{content}</{tag}>")  # noqa: S704 - every part is escaped


def frame(title: str, description: str, height: int, *drawn: str) -> Markup:
    """The picture, as wide as its place and `height` pixels high, with its words."""
    name = identity(title, description, *drawn)
    return element(
        "svg",
        element("title", title, id=f"{name}-title"),
        element("desc", description, id=f"{name}-desc"),
        *drawn,
        class_="chart",
        role="img",
        aria_labelledby=f"{name}-title",
        aria_describedby=f"{name}-desc",
        width="100%",
        height=height,
    )


def identity(*parts: str) -> str:
    """A name for what is made of these parts, the same on every server."""
    return f"chart-{zlib.crc32(chr(0).join(parts).encode()):08x}"


def text(x: object, y: float, said: str, **attributes: object) -> Markup:
    """Words; `x` is in percent where it ends with %."""
    return element("text", said, x=x, y=y, **attributes)


def marker(series: int, x: object = 0, y: float = 0) -> Markup:
    """The sign of a series, about a point."""
    shape = element("path", d=MARKERS[series], class_=f"mark s{series}")
    return element("svg", shape, x=x, y=y, overflow="visible")


def patterns(name: str, count: int) -> Markup:
    """Definitions of the fills of `count` series, to be referred to as url(#name-series)."""
    made = (
        element(
            "pattern",
            element("rect", width=8, height=8, class_=f"s{series}"),
            *([element("path", d=_LINES[series], class_="hatch")] if _LINES[series] else []),
            id=f"{name}-{series}",
            width=8,
            height=8,
            patternUnits="userSpaceOnUse",
        )
        for series in range(count)
    )
    return element("defs", *made)


def swatch(name: str, series: int) -> Markup:
    """A fill as the sign of its series."""
    box = element("rect", width=16, height=16, rx=3, fill=f"url(#{name}-{series})", class_="swatch")
    return element("svg", box, class_="key", width=16, height=16, aria_hidden="true")


def ceiling(values: Iterable[float | None], at_least: float = 0) -> float:
    """The end of a scale from nothing up: 1, 2, 2.5 or 5 by a power of ten; 1 for no values."""
    highest = max((value for value in values if value is not None), default=0)
    highest = max(highest, at_least)
    if highest <= 0:
        return 1
    power = 10.0 ** math.floor(math.log10(highest))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= highest * 0.999999)


def share(value: float | None, whole: float) -> float:
    """A value in percent of a whole, for a place or a length."""
    return round(100 * (value or 0) / whole, 3) if whole else 0.0


def percent(value: float) -> str:
    """A place or a length that grows with the picture."""
    return f"{value:g}%"


def counted(value: float | None, unit: str) -> str:
    """A value as people read it; a dash for none."""
    if value is None:
        return "\N{EN DASH}"
    said = f"{value:,.0f}" if abs(value) >= 1000 else number(round(value, 1))
    return said + (unit if unit == "%" or not unit else f" {unit}")


def shortened(said: str, most: int) -> str:
    """Words that fit into so many letters' place; all of them are in the table."""
    if breadth(said) <= most:
        return said
    kept = list(accumulate(map(breadth, said)))
    return said[: bisect_right(kept, most - 1)].rstrip() + "…"


def breadth(said: str) -> int:
    """How many letters' place words take: those of East Asia take two each."""
    return sum(2 if east_asian_width(each) in "WF" else 1 for each in said)


def nothing(title: str) -> Markup:
    """The picture of no data: it says so."""
    said = "There is nothing to show."
    return frame(title, said, 30, text(0, 18, said, class_="small"))


def checked(series: Sequence[str]) -> None:
    """Raises ValueError where there are more series than can be told apart."""
    if len(series) > MOST_SERIES:
        raise ValueError(f"a chart shows {MOST_SERIES} series at the most, not {len(series)}")


_LINES = (
    "",
    "M-2 2L2-2M0 8L8 0M6 10L10 6",
    "M2 2H4V4H2ZM6 6H8V8H6Z",
    "M0 2H8M0 6H8",
    "M0 0L8 8M8 0L0 8",
    "M2 0V8M6 0V8",
)


def _written(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
