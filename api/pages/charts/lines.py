"""Values over time: lines, areas, and the small line within a text."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from api.pages.charts.chart import (
    Chart,
    Key,
    ceiling,
    checked,
    counted,
    element,
    frame,
    marker,
    nothing,
    percent,
    shortened,
    text,
)

HIGH, HEAD, FOOT = 190, 20, 26
PLOT = 84
"""How far to the right the plot goes, in percent; beyond it the series are named."""
APART = 32
TICKS = 4
STEPS = (0.5, 1.0)
MARKED = 16
"""With so many moments, or fewer, each value has a mark."""

_FLOOR = HEAD + HIGH


def lines(
    title: str,
    moments: Sequence[str],
    series: Mapping[str, Sequence[float | None]],
    *,
    unit: str = "",
    area: bool = False,
    head: str = "Date",
) -> Chart:
    """Lines from left to right, one for each series; each is named where it ends.

    None breaks a line. `area` fills below it, for one series that counts.

    Raises ValueError for more than MOST_SERIES series.
    """
    checked(list(series))
    end = ceiling(value for values in series.values() for value in values)
    drawn = [_grid(), _moments(moments)]
    for at, values in enumerate(series.values()):
        drawn.append(_plot(_paths(values, end, at, area=area)))
        drawn += _marks(values, end, at)
    known = [value for values in series.values() for value in values if value is not None]
    whole = all(float(value).is_integer() for value in known)
    drawn += [_scale(end, unit, whole=whole), *_names(series, end, unit)]
    rows = tuple(
        (moment, *(counted(values[at], unit) for values in series.values()))
        for at, moment in enumerate(moments)
    )
    told = _described(moments, series, unit)
    svg = frame(title, told, _FLOOR + FOOT, *drawn) if known else nothing(title)
    keys = tuple(Key(_sign(at), name) for at, name in enumerate(series)) if len(series) > 1 else ()
    return Chart(title, svg, keys, (head, *series), rows)


def sparkline(title: str, values: Sequence[float | None], *, unit: str = "") -> Markup:
    """A line the size of a word; its numbers are in its name."""
    end = ceiling(values)
    known = [(at, value) for at, value in enumerate(values) if value is not None]
    drawn = [
        element(
            "svg",
            *_strokes(values, end, 100, 24, 0),
            viewBox="0 0 100 24",
            preserveAspectRatio="none",
            width="90%",
            height=24,
            y=3,
            overflow="visible",
        )
    ]
    told = f"{title}: nothing yet"
    if known:
        at, last = known[-1]
        place = percent(round(90 * at / max(len(values) - 1, 1), 3))
        drawn.append(marker(0, place, round(27 - 24 * last / end, 2)))
        lowest, highest = min(v for _, v in known), max(v for _, v in known)
        low, high, now = (counted(each, unit) for each in (lowest, highest, last))
        told = f"{title}: from {low} to {high}, now {now}"
    return element("svg", *drawn, class_="chart spark", role="img", aria_label=told, height=30)


def _grid() -> Markup:
    levels = [round(_FLOOR - HIGH * step, 2) for step in (0.0, *STEPS)]
    return element(
        "g",
        *(
            element("line", x1=0, x2=percent(PLOT), y1=y, y2=y, class_="grid" if at else "axis")
            for at, y in enumerate(levels)
        ),
    )


def _scale(end: float, unit: str, *, whole: bool) -> Markup:
    """What the lines of the grid stand for, above the values drawn; nobody is half a person."""
    shown = [step for step in STEPS if not whole or float(end * step).is_integer()]
    said = [(round(_FLOOR - HIGH * step, 2) - 4, counted(end * step, unit)) for step in shown]
    return element("g", *(text(0, y, each, class_="small on") for y, each in said))


def _moments(moments: Sequence[str]) -> Markup:
    last = len(moments) - 1
    gaps = next((each for each in (TICKS - 1, 2) if last % each == 0), TICKS - 1)
    shown = sorted({round(last * each / gaps) for each in range(gaps + 1)}) if moments else []
    drawn = []
    for at in shown:
        side = "" if at == 0 else " end" if at == last else " middle"
        x = percent(round(PLOT * at / max(last, 1), 3))
        drawn.append(text(x, _FLOOR + 18, moments[at], class_=f"small{side}"))
    return element("g", *drawn)


def _plot(drawn: Sequence[Markup]) -> Markup:
    """Paths in a plane of 1000 by HIGH, which is as wide as the plot."""
    return element(
        "svg",
        *drawn,
        y=HEAD,
        width=percent(PLOT),
        height=HIGH,
        viewBox=f"0 0 1000 {HIGH}",
        preserveAspectRatio="none",
        overflow="visible",
    )


def _paths(values: Sequence[float | None], end: float, series: int, *, area: bool) -> list[Markup]:
    strokes = _strokes(values, end, 1000, HIGH, series)
    if not area:
        return strokes
    fills = [
        element("path", d=f"{path}L{run[-1][0]:g} {HIGH}L{run[0][0]:g} {HIGH}Z", class_="area")
        for run in _runs(values, end, 1000, HIGH)
        for path in (_path(run),)
    ]
    return [*fills, *strokes]


def _strokes(
    values: Sequence[float | None], end: float, wide: float, high: float, series: int
) -> list[Markup]:
    return [
        element("path", d=_path(run), class_=f"line l{series}", vector_effect="non-scaling-stroke")
        for run in _runs(values, end, wide, high)
    ]


def _runs(
    values: Sequence[float | None], end: float, wide: float, high: float
) -> list[list[tuple[float, float]]]:
    """The points of the plane, in a list for each stretch without a gap."""
    runs: list[list[tuple[float, float]]] = [[]]
    for at, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        x = wide * at / max(len(values) - 1, 1)
        runs[-1].append((round(x, 2), round(high - high * value / end, 2)))
    return [run for run in runs if run]


def _path(run: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in run)


def _marks(values: Sequence[float | None], end: float, series: int) -> list[Markup]:
    last = max((at for at, value in enumerate(values) if value is not None), default=None)
    return [
        marker(series, percent(round(PLOT * at / max(len(values) - 1, 1), 3)), _y(value, end))
        for at, value in enumerate(values)
        if value is not None and (at == last or len(values) <= MARKED)
    ]


def _names(series: Mapping[str, Sequence[float | None]], end: float, unit: str) -> list[Markup]:
    """Names and last values at the right, moved apart where lines end close together."""
    ends = []
    for at, (name, values) in enumerate(series.items()):
        known = [value for value in values if value is not None]
        if known:
            ends.append((_y(known[-1], end), at, name, known[-1]))
    drawn = []
    for y, (_, _, name, value) in zip(spread([e[0] for e in ends]), sorted(ends), strict=True):
        x = percent(PLOT + 2)
        drawn.append(text(x, y, counted(value, unit), class_="value"))
        drawn.append(text(x, y + 13, shortened(name, 14), class_="small broad"))
    return drawn


def spread(places: Sequence[float]) -> list[float]:
    """Heights in order, at least APART from each other, and above the floor."""
    placed: list[float] = []
    for place in sorted(places):
        placed.append(max(place, placed[-1] + APART) if placed else max(place, HEAD - 4))
    floor = float(_FLOOR)
    for at in reversed(range(len(placed))):
        placed[at] = min(placed[at], floor)
        floor = placed[at] - APART
    return placed


def _y(value: float, end: float) -> float:
    return round(_FLOOR - HIGH * value / end, 2)


def _sign(series: int) -> Markup:
    stroke = element("path", d="M0 8H28", class_=f"line l{series}")
    return element(
        "svg", stroke, marker(series, 14, 8), class_="key", width=28, height=16, aria_hidden="true"
    )


def _described(
    moments: Sequence[str], series: Mapping[str, Sequence[float | None]], unit: str
) -> str:
    if not moments:
        return ""
    told = [f"From {moments[0]} to {moments[-1]}."]
    for name, values in series.items():
        known = [(value, at) for at, value in enumerate(values) if value is not None]
        if known:
            highest, at = max(known)
            peak, last = counted(highest, unit), counted(known[-1][0], unit)
            told.append(f"{name}: highest {peak} at {moments[at]}, last {last}.")
    return " ".join(told)
