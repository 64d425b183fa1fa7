"""The lines of the table, and the table."""

import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

COLUMNS = ("figure", "measured", "p50", "p95", "p99", "target", "held", "of the limit")


@dataclass(frozen=True)
class Row:
    """What a load showed."""

    figure: str
    report: dict[str, Any]
    unit: str
    target: str = ""
    holds: Callable[[dict[str, Any]], bool] = lambda _: True
    factor: int = 1
    limit: float | None = None

    @property
    def measured(self) -> str:
        """The rate, and the answers that were no success."""
        rate = f"{self.report['per_second'] * self.factor:,.0f} {self.unit}"
        return rate + (f" (refused: {self._refused})" if self._refused else "")

    @property
    def _refused(self) -> dict[str, int]:
        return {code: n for code, n in self.report["statuses"].items() if code[0] != "2"}

    def cells(self) -> tuple[str, ...]:
        """Return the line's cells, as `COLUMNS` names them."""
        return (
            self.figure,
            self.measured,
            *(f"{self.report[name]:.1f} ms" for name in ("p50_ms", "p95_ms", "p99_ms")),
            self.target,
            "yes" if not self._refused and self.holds(self.report) else "no",
            f"{self.report['per_second'] / self.limit:.0%}" if self.limit else "",
        )


@dataclass(frozen=True)
class MemoryRow:
    """By how many bytes the server's memory was larger at its peak."""

    figure: str
    grown: int
    most: int

    @property
    def measured(self) -> str:
        """The growth in MiB."""
        return f"{self.grown / 2**20:,.0f} MiB"

    def cells(self) -> tuple[str, ...]:
        """Return the line's cells, as `COLUMNS` names them."""
        held = "yes" if self.grown < self.most else "no"
        return (self.figure, self.measured, "", "", "", f"< {self.most >> 20} MiB", held, "")


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table."""
    table = Table(*columns, title=title, title_justify="left")
    for row in rows:
        table.add_row(*row)
    Console(width=140).print(table)


def markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table as Markdown."""
    lines = [columns, ("---",) * len(columns), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def machine() -> str:
    """Return what it was measured on."""
    return f"{os.cpu_count()} cores, Python {platform.python_version()}"
