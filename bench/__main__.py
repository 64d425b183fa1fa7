"""Measure and print: `python -m bench [--statements N] [--requests N] [--markdown FILE]`."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from api.mongod import Mongod
from bench.attachments import transfers
from bench.exports import export
from bench.processes import Server, load, server
from bench.rows import COLUMNS, MemoryRow, Row, machine, markdown, show

CONNECTIONS = 64
BATCH = 500
MEASURED_IN_BATCHES = 100_000
MOST_EXPORTED = 1_000_000
PAGE_CONNECTIONS = 8
LARGE_BATCH = 10_000
LARGE_BATCH_GROWTH = 32 * 2**20


def measure(uri: str, statements: int, requests: int) -> Iterator[Row | MemoryRow]:
    """Yield the table's rows, as they are measured."""
    with server(uri, "nothing") as idle:
        load(idle, "post", requests // 4, CONNECTIONS)
        limit = load(idle, "post", requests, CONNECTIONS)
    with server(uri, "composed", "composed") as composed:
        yield _singles(composed, "POST one statement to all of Lyceum", requests, limit)
        exported = min(statements, MOST_EXPORTED)
        load(composed, "fill", -(-exported // BATCH), 4, batch=BATCH, seed=8)
        yield export(composed, exported)
    with server(uri, "storing") as storing:
        yield _singles(storing, "POST one statement to the xAPI resources", requests, limit)
        yield Row("the same, nothing stored or checked", limit, "/s")
        yield from _batches(storing, statements)
        yield from _reads(storing, statements, requests)
        yield _large_batch(storing)
        yield from transfers(storing)


def _singles(server: Server, figure: str, requests: int, limit: dict[str, float]) -> Row:
    load(server, "post", requests // 4, CONNECTIONS, seed=2)
    return Row(
        f"{figure}, {CONNECTIONS} connections",
        load(server, "post", requests, CONNECTIONS, seed=3),
        "/s",
        "5,000/s, p99 < 60 ms",
        lambda r: bool(r["per_second"] >= 5_000 and r["p99_ms"] < 60),
        limit=limit["per_second"],
    )


def _batches(server: Server, statements: int) -> Iterator[Row]:
    """Measure some batches, then fill the log with as many more as are wanted."""
    measured = min(statements, MEASURED_IN_BATCHES)
    yield Row(
        f"POST batches of {BATCH}",
        load(server, "post", max(4, measured // BATCH), 4, batch=BATCH, seed=4),
        "statements/s",
        "12,000/s",
        lambda r: bool(r["per_second"] * BATCH >= 12_000),
        factor=BATCH,
    )
    if statements > measured:
        load(server, "fill", (statements - measured) // BATCH, 4, batch=BATCH, seed=5)


def _reads(server: Server, statements: int, requests: int) -> Iterator[Row]:
    yield Row(
        f"GET one statement by id among {statements:,}, {CONNECTIONS} connections",
        load(server, "get", requests, CONNECTIONS, seed=3, stored=requests),
        "/s",
        "3,500/s",
        lambda r: bool(r["per_second"] >= 3_500),
    )
    for name in ("agent", "verb", "activity", "registration"):
        yield Row(
            f"GET 100 by {name} among {statements:,}",
            load(server, name, max(200, requests // 20), PAGE_CONNECTIONS),
            "pages/s",
            "500/s, p95 < 15 ms",
            lambda r: bool(r["per_second"] >= 500 and r["p95_ms"] < 15),
        )


def _large_batch(server: Server) -> MemoryRow:
    """What the first one takes is taken once: the next ones must do with it."""
    load(server, "post", 2, 1, batch=LARGE_BATCH, seed=6)
    before = max(server.peak(), server.memory())
    load(server, "post", 4, 1, batch=LARGE_BATCH, seed=7)
    figure = f"memory for further batches of {LARGE_BATCH:,}"
    return MemoryRow(figure, max(0, server.peak() - before), LARGE_BATCH_GROWTH)


def main() -> None:
    """Measure, print, and write the table where asked."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--statements", type=int, default=100_000, help="stored before reading")
    parser.add_argument("--requests", type=int, default=20_000, help="for each figure")
    parser.add_argument("--markdown", type=Path, help="write the table here, too")
    arguments = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(prefix="lyceum-bench-") as folder, Mongod(Path(folder)) as db:
        for row in measure(db.uri, arguments.statements, arguments.requests):
            rows.append(row.cells())
            print(f"{row.figure}: {row.measured}", file=sys.stderr)
    show("Lyceum", COLUMNS, rows)
    if arguments.markdown:
        arguments.markdown.write_text(_page(rows) + _written(arguments.markdown))


def _page(rows: list[tuple[str, ...]]) -> str:
    return (
        "# Performance\n\nServer, mongod and load generator share one machine "
        f"({machine()}).\nMeasured by `python -m bench --markdown docs/performance.md`.\n\n"
        f"{markdown(COLUMNS, rows)}\n"
    )


def _written(page: Path) -> str:
    """What was written by hand: all from the page's first section on."""
    _, heading, text = (page.read_text() if page.exists() else "").partition("\n## ")
    return heading + text


if __name__ == "__main__":
    main()
