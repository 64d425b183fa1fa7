"""How long an officer waits: `python -m bench.compliance [--people N] [--requirements N]`.

The dashboard, pages of the register, now and as of the past, its CSV, and changes: over all of
Lyceum with one server process; everything is asked for over HTTP. With `--data` what was made is
kept in a folder, and measured again the next time.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp

from api.mongod import Mongod, default_cache_gb
from bench import changes
from bench.officer import Officer
from bench.processes import Server, server
from bench.register import fill
from bench.rows import COLUMNS, MemoryRow, Row, markdown, show
from content.compliance import tallies
from content.identity import now

REQUIREMENTS: Final = "/api/v1/compliance/requirements"
PARTS: Final = ("pages", "csv", "whole", "changes", "edit")
DATABASE: Final = "composed"
PER_PAGE: Final = 50
DASHBOARD_MS, PAGE_MS, EXPORT_MS = 500, 200, 30_000
CSV_GROWTH: Final = 32 * 2**20

Asking = Callable[[int], str]
"""What is asked for the first, second, … time."""


async def measure(
    composed: Server, uri: str, size: int, only: frozenset[str], times: int
) -> list[Row | MemoryRow]:
    """The table's rows."""
    jar, patience = aiohttp.CookieJar(unsafe=True), aiohttp.ClientTimeout(3600)
    async with aiohttp.ClientSession(cookie_jar=jar, timeout=patience) as session:
        officer = Officer(composed, session)
        await officer.sign_in()
        listed = await officer.get(f"{REQUIREMENTS}?per_page=1&sort=title")
        requirement_id, asked = listed["data"][0]["id"], listed["meta"]["total"]
        rows: list[Row | MemoryRow] = []
        for figure, path, most in _asked(requirement_id, size) if "pages" in only else ():
            report = await officer.timed(path, times)
            rows.append(_row(figure, report, most))
            print(figure, round(report["p50_ms"]), "ms", file=sys.stderr)
        for figure, export, most in _exports(requirement_id, size, asked, only):
            report, grown = await officer.exported(export)
            rows.append(_row(figure, report, most))
            rows.append(MemoryRow(f"memory grown by it: {figure}", grown, CSV_GROWTH))
            print(figure, round(report["p50_ms"]), "ms", grown >> 20, "MiB", file=sys.stderr)
        if "changes" in only:
            edit = "edit" in only
            rows += await changes.measure(officer, uri, DATABASE, requirement_id, edit=edit)
        return rows


def _asked(requirement_id: str, size: int) -> Iterator[tuple[str, Asking, int]]:
    """What is asked for, with the most milliseconds that it may take."""
    yield from _dashboards()
    own = f"/compliance/{requirement_id}"
    yield "the register's page", _same(f"{own}?status=compliant&page=20"), PAGE_MS
    yield "the register's page as of yesterday", _same(f"{own}?as_of={_day(1)}"), 2 * PAGE_MS
    for name, page in (("first", 1), ("middle", size // 80), ("last", -(-size // 40))):
        yield f"people by requirements, {name} page", _same(f"/compliance/matrix?page={page}"), 200
    listed = f"{REQUIREMENTS}/{requirement_id}/records?per_page={PER_PAGE}"
    pages = {
        "first page": "",
        "middle page": f"&page={size // PER_PAGE // 2}",
        "last page": f"&page={size // PER_PAGE}",
        "compliant, a late page": f"&status=compliant&page={size // PER_PAGE // 3}",
        "expired": "&status=expired",
        "a department": "&department=Department%2007",
        "expired of a department": "&status=expired&department=Department%2007",
        "a search": "&search=hana%20wong",
        "a wide search": "&search=ann",
    }
    for name, suffix in pages.items():
        yield f"register, {name}", _same(f"{listed}{suffix}"), PAGE_MS
    for name, suffix in pages.items():
        late = _past(f"{listed}{suffix}&as_of=")
        yield f"register, {name}, as of moments of the past year", late, 2 * PAGE_MS
    for name in ("first page", "middle page", "compliant, a late page"):
        days = _days(f"{listed}{pages[name]}&as_of=")
        yield f"register, {name}, as of days' ends", days, 2 * PAGE_MS


def _dashboards() -> Iterator[tuple[str, Asking, int]]:
    summary = "/api/v1/compliance/summary?per_page=100"
    trends = "/api/v1/compliance/trends"
    yield "the dashboard's page", _same("/compliance"), DASHBOARD_MS
    as_of = f"/compliance?as_of={_day(365)}"
    yield "the dashboard's page as of a year ago", _same(as_of), 2 * DASHBOARD_MS
    yield "counts of every requirement and department", _same(summary), DASHBOARD_MS
    yield "counts as of a year ago", _same(f"{summary}&as_of={_day(365)}"), 2 * DASHBOARD_MS
    yield "counts of 90 days", _same(trends), DASHBOARD_MS
    yield "counts of a year", _same(f"{trends}?since={_day(365)}"), 2 * DASHBOARD_MS


def _exports(
    requirement_id: str, size: int, asked: int, only: frozenset[str]
) -> Iterator[tuple[str, str, int]]:
    then = _moment(now() - timedelta(days=365))
    one = f"{REQUIREMENTS}/{requirement_id}/records.csv"
    if "csv" in only:
        yield f"CSV of {size:,} people", one, EXPORT_MS
        yield f"CSV of {size:,} people as of a year ago", f"{one}?as_of={then}", 2 * EXPORT_MS
    whole, lines = "/api/v1/compliance/records.csv", size * asked
    if "whole" in only:
        yield f"CSV of the whole register, {lines:,} lines", whole, EXPORT_MS
        yield "the same as of a year ago", f"{whole}?as_of={then}", 2 * EXPORT_MS


def _same(path: str) -> Asking:
    return lambda _: path


def _past(path: str) -> Asking:
    """Another moment each time: what was asked before is no help."""
    first = now() - timedelta(days=365)
    return lambda number: path + _moment(first + timedelta(days=31 * number, seconds=number))


def _days(path: str) -> Asking:
    first = now().date() - timedelta(days=365)
    return lambda number: path + _moment(tallies.end_of_day(first + timedelta(days=31 * number)))


def _day(ago: int) -> str:
    return str(now().date() - timedelta(days=ago))


def _moment(moment: datetime) -> str:
    return urllib.parse.quote(moment.isoformat())


def _row(figure: str, report: dict[str, Any], most: int) -> Row:
    return Row(figure, report, "/s", f"p95 < {most:,} ms", lambda r: bool(r["p95_ms"] < most))


def _filled(done: Path, uri: str, arguments: argparse.Namespace) -> dict[str, int]:
    """Make the register, unless it was kept; return its size."""
    if not done.exists():
        made = {"people": arguments.people, "requirements": arguments.requirements}
        with server(uri, "composed", DATABASE):
            pass
        began = time.perf_counter()
        fill(uri, DATABASE, arguments.people, arguments.requirements, arguments.processes)
        print(f"filled in {time.perf_counter() - began:.0f} s", file=sys.stderr)
        done.write_text(json.dumps(made))
    size: dict[str, int] = json.loads(done.read_text())
    return size


def main() -> None:
    """Measure, print, and write the table where asked."""
    parser = argparse.ArgumentParser(prog="python -m bench.compliance", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--requirements", type=int, default=20)
    parser.add_argument("--processes", type=int, default=2, help="that fill the register")
    parser.add_argument("--data", type=Path, help="keep what is made here; measure what is kept")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="measure these alone")
    parser.add_argument("--times", type=int, default=11, help="that each page is asked for")
    parser.add_argument("--markdown", type=Path, help="write the table here, too")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lyceum-bench-") as folder:
        kept = arguments.data or Path(folder)
        with Mongod(kept / "mongod", cache_gb=default_cache_gb()) as mongod:
            filled = _filled(kept / "filled.json", mongod.uri, arguments)
            with server(mongod.uri, "composed", DATABASE) as composed:
                only = frozenset(arguments.only or PARTS)
                size, times = filled["people"], arguments.times
                found = asyncio.run(measure(composed, mongod.uri, size, only, times))
                rows = [each.cells() for each in found]
    show("Compliance", COLUMNS, rows)
    if arguments.markdown:
        arguments.markdown.write_text(f"{markdown(COLUMNS, rows)}\n")


if __name__ == "__main__":
    main()
