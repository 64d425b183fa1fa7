"""Measure and print: `python -m bench [--statements N] [--requests N] [--markdown FILE]`."""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from api.mongod import Mongod
from bench.server import KEY, SECRET

CONNECTIONS = 64
BATCH = 500
PAGE_CONNECTIONS = 8
LOAD_TIMEOUT_SECONDS = 600
COLUMNS = ("figure", "measured", "p50", "p95", "p99", "target", "held", "of the limit")


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    figure: str
    report: dict[str, Any]
    unit: str
    target: str
    holds: Callable[[dict[str, Any]], bool]
    factor: int = 1
    limit: float | None = None

    def cells(self) -> tuple[str, ...]:
        """Return the line's cells, as `COLUMNS` names them."""
        rate = self.report["per_second"] * self.factor
        bad = {code: n for code, n in self.report["statuses"].items() if code[0] != "2"}
        return (
            self.figure,
            f"{rate:,.0f} {self.unit}" + (f" (refused: {bad})" if bad else ""),
            *(f"{self.report[name]:.1f} ms" for name in ("p50_ms", "p95_ms", "p99_ms")),
            self.target,
            "yes" if not bad and self.holds(self.report) else "no",
            f"{self.report['per_second'] / self.limit:.0%}" if self.limit else "",
        )


@contextmanager
def server(uri: str, kind: str) -> Iterator[int]:
    """Run a server process; give its port."""
    command = [sys.executable, "-m", "bench.server", uri, "bench", kind]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.stdin.close()


def load(port: int, job: str, requests: int, connections: int, **plan: Any) -> dict[str, Any]:
    """Run the load in a process of its own; return its report."""
    whole = {
        "port": port,
        "key": KEY,
        "secret": SECRET,
        "job": job,
        "requests": requests,
        "connections": connections,
        "batch": 1,
        "seed": 1,
        **plan,
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps(whole).encode(),
        stdout=subprocess.PIPE,
        check=True,
        timeout=LOAD_TIMEOUT_SECONDS,
    )
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def measure(uri: str, statements: int, requests: int) -> Iterator[Row]:
    """Yield the table's rows, as they are measured."""
    with server(uri, "nothing") as port:
        load(port, "post", requests // 4, CONNECTIONS)
        limit = load(port, "post", requests, CONNECTIONS)
    with server(uri, "storing") as port:
        load(port, "post", requests // 4, CONNECTIONS, seed=2)
        report = load(port, "post", requests, CONNECTIONS, seed=3)
        yield Row(
            "POST one statement, 64 connections",
            report,
            "/s",
            "5,000/s, p99 < 60 ms",
            lambda r: bool(r["per_second"] >= 5_000 and r["p99_ms"] < 60),
            limit=limit["per_second"],
        )
        yield Row("the same, nothing stored or checked", limit, "/s", "", lambda _: True)
        yield from _stored(port, statements, requests)


def _stored(port: int, statements: int, requests: int) -> Iterator[Row]:
    report = load(port, "post", max(4, statements // BATCH), 4, batch=BATCH, seed=4)
    yield Row(
        "POST batches of 500",
        report,
        "statements/s",
        "12,000/s",
        lambda r: bool(r["per_second"] * BATCH >= 12_000),
        factor=BATCH,
    )
    report = load(port, "get", requests, CONNECTIONS, seed=3, stored=requests)
    yield Row(
        "GET one statement by id, 64 connections",
        report,
        "/s",
        "3,500/s",
        lambda r: bool(r["per_second"] >= 3_500),
    )
    for name in ("agent", "verb", "activity", "registration"):
        yield Row(
            f"GET 100 by {name} among {statements:,}",
            load(port, name, max(200, requests // 20), PAGE_CONNECTIONS),
            "pages/s",
            "500/s, p95 < 15 ms",
            lambda r: bool(r["per_second"] >= 500 and r["p95_ms"] < 15),
        )


def main() -> None:
    """Measure, print, and write the table where asked."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--statements", type=int, default=100_000, help="stored before reading")
    parser.add_argument("--requests", type=int, default=20_000, help="for each figure")
    parser.add_argument("--markdown", type=Path, help="write the table here, too")
    arguments = parser.parse_args()
    table = Table(*COLUMNS, title="Lyceum", title_justify="left")
    rows = []
    with tempfile.TemporaryDirectory(prefix="lyceum-bench-") as folder, Mongod(Path(folder)) as db:
        for row in measure(db.uri, arguments.statements, arguments.requests):
            rows.append(row.cells())
            table.add_row(*rows[-1])
            print(f"{row.figure}: {rows[-1][1]}", file=sys.stderr)
    Console(width=140).print(table)
    if arguments.markdown:
        arguments.markdown.write_text(_markdown(rows))


def _markdown(rows: list[tuple[str, ...]]) -> str:
    lines = [COLUMNS, ("---",) * len(COLUMNS), *rows]
    table = "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    return (
        "# Performance\n\nServer, mongod and load generator share one machine "
        f"({machine}).\nMeasured by `python -m bench --markdown docs/performance.md`.\n\n{table}\n"
    )


if __name__ == "__main__":
    main()
