"""Bars that lie, columns that stand, stacked bars, funnels."""

from collections.abc import Sequence

from markupsafe import Markup

from api.pages.charts.chart import (
    Chart,
    Key,
    ceiling,
    checked,
    counted,
    element,
    frame,
    identity,
    nothing,
    patterns,
    percent,
    share,
    shortened,
    swatch,
    text,
)

ROW, BAR = 46, 16
BROAD, NARROW, OF_VALUE = 86, 46, 1.3
"""How many letters there is place for where a chart is broad and where it is as narrow as a phone;
how many of them a digit of a value takes."""
COLUMNS_HIGH, FOOT, HEAD = 150, 24, 22


def bars(
    title: str,
    items: Sequence[tuple[str, float | None]],
    *,
    unit: str = "",
    whole: float | None = None,
    head: tuple[str, str] = ("Name", "Value"),
    most: int | None = None,
) -> Chart:
    """Bars below each other, each with its name and value above it.

    `whole` is the length of a full bar where there is one (100 for percent). The first `most` are
    drawn; the table has all.
    """
    end = whole or ceiling(value for _, value in items)
    drawn = [
        _row(at, name, counted(value, unit), _bar(at, 0, share(value, end), "s0"))
        for at, (name, value) in enumerate(items[:most])
    ]
    rows = tuple((name, counted(value, unit)) for name, value in items)
    svg = frame(title, _described(rows), _high(len(drawn)), *drawn) if rows else nothing(title)
    return Chart(title, svg, (), head, rows)


def funnel(
    title: str, steps: Sequence[tuple[str, int]], *, head: tuple[str, str] = ("Step", "People")
) -> Chart:
    """How many are left at each step; what is hatched went since the step before."""
    name = identity(title, repr(steps))
    first = steps[0][1] if steps else 0
    most = max((count for _, count in steps), default=0) or 1
    drawn, rows, before = [], [], first
    for at, (step, count) in enumerate(steps):
        gone = max(before - count, 0)
        kept = share(count, most)
        of_first, of_before = counted(share(count, first), "%"), counted(share(count, before), "%")
        lost = _bar(at, kept, share(gone, most), "gone", fill=f"url(#{name}-gone)")
        drawn.append(_row(at, step, f"{count:,} · {of_first}", lost, _bar(at, 0, kept, "s0")))
        rows.append((step, f"{count:,}", of_first, of_before))
        before = count
    table = tuple(rows)
    high = _high(len(steps))
    svg = (
        frame(title, _described(table), high, _hatching(name), *drawn) if table else nothing(title)
    )
    columns_named = (*head, "Of the first", "Of the step before")
    return Chart(title, svg, (), columns_named, table)


def stacked(
    title: str,
    items: Sequence[tuple[str, Sequence[float]]],
    series: Sequence[str],
    *,
    unit: str = "",
    head: str = "Name",
) -> Chart:
    """Bars of parts, each bar full: what share each of the series has of it.

    Raises ValueError for more than MOST_SERIES series.
    """
    checked(series)
    name = identity(title, repr(items), repr(series))
    drawn = [_stack(at, each, values, name, unit) for at, (each, values) in enumerate(items)]
    rows = tuple((each, *(counted(value, unit) for value in values)) for each, values in items)
    told, high = _described(rows, series), _high(len(items))
    svg = frame(title, told, high, patterns(name, len(series)), *drawn) if rows else nothing(title)
    keys = tuple(Key(swatch(name, at), each) for at, each in enumerate(series))
    return Chart(title, svg, keys, (head, *series), rows)


def columns(
    title: str,
    items: Sequence[tuple[str, float]],
    *,
    unit: str = "",
    head: tuple[str, str] = ("Range", "Count"),
) -> Chart:
    """Columns side by side, for how values are distributed; each has its value on top."""
    end = ceiling(value for _, value in items)
    width = 100 / max(len(items), 1)
    drawn = [element("line", x1=0, x2="100%", y1=_FLOOR, y2=_FLOOR, class_="axis")]
    for at, (name, value) in enumerate(items):
        high = round(COLUMNS_HIGH * value / end, 2)
        middle = percent(round((at + 0.5) * width, 3))
        drawn += [
            element(
                "rect",
                x=percent(round((at + 0.1) * width, 3)),
                width=percent(round(0.8 * width, 3)),
                y=_FLOOR - high,
                height=high,
                class_="s0",
            ),
            text(middle, _FLOOR - high - 5, counted(value, unit), class_="value middle"),
            text(middle, _FLOOR + 17, name, class_="small middle"),
        ]
    rows = tuple((name, counted(value, unit)) for name, value in items)
    return Chart(title, frame(title, _described(rows), _FLOOR + FOOT, *drawn), (), head, rows)


_FLOOR = COLUMNS_HIGH + HEAD


def _stack(at: int, name: str, values: Sequence[float], patterned: str, unit: str) -> Markup:
    whole, offset = sum(values), 0.0
    parts = []
    for series, value in enumerate(values):
        wide = share(value, whole)
        parts.append(_bar(at, offset, wide, "part", fill=f"url(#{patterned}-{series})"))
        if wide >= 14:
            middle = percent(round(offset + wide / 2, 3))
            said = counted(value, unit)
            parts.append(text(middle, at * ROW + 36, said, class_="value middle on"))
        offset += wide
    return _row(at, name, counted(whole, unit), *parts)


def _row(at: int, name: str, value: str, *drawn: Markup) -> Markup:
    top = at * ROW
    track = element("rect", y=top + 23, width="100%", height=BAR, rx=3, class_="track")
    taken = round(OF_VALUE * len(value))
    said = shortened(name, NARROW - taken)
    full = shortened(name, BROAD - taken)
    words = [text(0, top + 16, said, class_="narrow" if full != said else None)]
    if full != said:
        words.append(text(0, top + 16, full, class_="broad"))
    return element(
        "g",
        *words,
        text("100%", top + 16, value, class_="value end on"),
        track,
        *drawn,
    )


def _bar(at: int, x: float, width: float, kind: str, fill: str | None = None) -> Markup:
    return element(
        "rect",
        x=percent(x),
        y=at * ROW + 23,
        width=percent(width),
        height=BAR,
        rx=3 if kind == "s0" else 0,
        class_=kind,
        fill=fill,
    )


def _hatching(name: str) -> Markup:
    lines = element("path", d="M-2 2L2-2M0 8L8 0M6 10L10 6", class_="lost")
    size = {"width": 8, "height": 8, "patternUnits": "userSpaceOnUse"}
    return element("defs", element("pattern", lines, id=f"{name}-gone", **size))


def _high(rows: int) -> int:
    return rows * ROW


def _described(rows: Sequence[Sequence[str]], series: Sequence[str] = ()) -> str:
    """All numbers in words, as a screen reader says them."""
    return "; ".join(
        f"{name}: " + ", ".join(_named(values, series)) for name, *values in rows[:20]
    ) + (f"; and {len(rows) - 20} more in the table." if len(rows) > 20 else ".")


def _named(values: Sequence[str], series: Sequence[str]) -> list[str]:
    if not series:
        return list(values)
    return [f"{name} {value}" for name, value in zip(series, values, strict=True)]
