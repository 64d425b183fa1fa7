"""Heat maps: how much lies where two scales cross, by the size of a square and its depth."""

from collections.abc import Sequence

from markupsafe import Markup

from api.pages.charts.chart import (
    Chart,
    Key,
    counted,
    element,
    frame,
    nothing,
    percent,
    text,
)

CELL, HEAD, GUTTER = 24, 20, 12.0
STEPS = 4


def heat_map(
    title: str,
    rows: Sequence[str],
    columns: Sequence[str],
    values: Sequence[Sequence[float]],
    *,
    unit: str = "",
    head: str = "",
) -> Chart:
    """Squares, one for each row and column; the larger and deeper, the more. None for zero."""
    most = max((value for line in values for value in line), default=0)
    wide = (100 - GUTTER) / max(len(columns), 1)
    every = max(1, -(-len(columns) // 8))
    drawn = [
        text(_middle(at, wide), 13, name, class_="small middle")
        for at, name in enumerate(columns)
        if at % every == 0
    ]
    for down, (name, line) in enumerate(zip(rows, values, strict=True)):
        y = HEAD + down * CELL
        drawn.append(text(0, y + 16, name, class_="small"))
        drawn += [
            _square(GUTTER + at * wide, wide, y, step(value, most)) for at, value in enumerate(line)
        ]
    table = tuple(
        (name, *(counted(value, "") for value in line))
        for name, line in zip(rows, values, strict=True)
    )
    told = _described(rows, columns, values, unit) if most else ""
    high = HEAD + CELL * len(rows) + 4
    svg = frame(title, told, high, *drawn) if most else nothing(title)
    return Chart(title, svg, _keys(most, unit), (head, *columns), table)


def step(value: float, most: float) -> int:
    """0 for nothing, else 1 to STEPS by quarters of the most there is."""
    return 0 if value <= 0 else max(1, -int(-STEPS * value // most))


def _square(left: float, wide: float, top: float, deep: int) -> Markup:
    """In a place `wide` percent wide and CELL high, filled to 0.15 to 0.95 by its step."""
    side = 0.15 + 0.2 * deep
    return element(
        "rect",
        x=percent(round(left + wide * (1 - side) / 2, 3)),
        width=percent(round(wide * side, 3)),
        y=round(top + CELL * (1 - side) / 2, 2),
        height=round(CELL * side, 2),
        rx=2,
        class_=f"heat h{deep}",
    )


def _middle(at: int, wide: float) -> str:
    return percent(round(GUTTER + (at + 0.5) * wide, 3))


def _keys(most: float, unit: str) -> tuple[Key, ...]:
    """The steps; where whole things are counted, each goes up to a whole one."""
    if not most:
        return ()
    whole = float(most).is_integer()
    if whole and most < STEPS:
        said = {step(each, most): str(each) for each in range(1, int(most) + 1)}
    else:
        bounds = {each: most * each / STEPS for each in range(1, STEPS + 1)}
        said = {
            each: f"up to {counted(float(int(bound)) if whole else bound, unit)}"
            for each, bound in bounds.items()
        }
    return tuple(
        Key(
            element(
                "svg",
                _square(0, 100, 0, deep),
                class_="key",
                width=CELL,
                height=CELL,
                aria_hidden="true",
            ),
            name,
        )
        for deep, name in {0: "none", **said}.items()
    )


def _described(
    rows: Sequence[str], columns: Sequence[str], values: Sequence[Sequence[float]], unit: str
) -> str:
    cells = [
        (value, rows[down], columns[at])
        for down, line in enumerate(values)
        for at, value in enumerate(line)
    ]
    value, row, column = max(cells, key=lambda each: each[0])
    total = counted(sum(each[0] for each in cells), unit)
    return f"{total} in all; most on {row} at {column}: {counted(value, unit)}."
