"""How long an officer waits: `python -m bench.compliance [--people N] [--requirements N]`.

The dashboard's figures, pages of the register (the first, the last, by status, as of a day a year
ago) and its CSV, over all of Lyceum with one server process; everything is asked for over HTTP.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp

from api.mongod import Mongod, default_cache_gb
from bench.processes import Server, server
from bench.register import fill
from bench.rows import COLUMNS, MemoryRow, Row, markdown, show
from bench.server import ADMIN_EMAIL, ADMIN_PASSWORD
from content.identity import now

TIMES: Final = 11
PER_PAGE: Final = 50
DASHBOARD_MS, PAGE_MS, EXPORT_MS = 500, 200, 30_000
CSV_GROWTH: Final = 32 * 2**20
CSV: Final = "csv"


class Officer:
    """Somebody who asks, one question after the other."""

    def __init__(self, server: Server, session: aiohttp.ClientSession) -> None:
        self._base, self._session = f"http://127.0.0.1:{server.port}", session
        self._server = server
        self._headers: dict[str, str] = {}

    async def sign_in(self) -> None:
        """Sign in, for REST and for pages."""
        body = {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}
        url = f"{self._base}/api/v1/auth/sign-in"
        async with self._session.post(url, json=body) as answer:
            token = (await answer.json())["data"]["attributes"]["access_token"]
        self._headers = {"Authorization": f"Bearer {token}"}
        own = {"Origin": self._base}
        async with self._session.post(f"{self._base}/sign-in", data=body, headers=own) as answer:
            answer.raise_for_status()

    async def get(self, path: str) -> Any:
        """An answer in JSON."""
        async with self._session.get(self._base + path, headers=self._headers) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def read(self, path: str) -> int:
        """How many bytes an answer has; none is kept."""
        size = 0
        async with self._session.get(self._base + path, headers=self._headers) as answer:
            answer.raise_for_status()
            async for part in answer.content.iter_any():
                size += len(part)
        return size

    async def timed(self, path: str, times: int = TIMES) -> dict[str, Any]:
        """How long an answer takes, as a load reports it; the first one aside."""
        seconds = []
        for _ in range(times):
            began = time.perf_counter()
            await self.read(path)
            seconds.append(time.perf_counter() - began)
        kept = sorted(seconds[1:] or seconds)
        places = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
        found = {name: kept[int(len(kept) * part)] * 1000 for name, part in places.items()}
        return {**found, "per_second": len(kept) / sum(kept), "statuses": {"200": len(kept)}}

    async def exported(self, path: str) -> tuple[dict[str, Any], int]:
        """How long an export takes, and by how much the server's memory grew."""
        before = self._server.memory()
        report = await self.timed(path, 1)
        return report, max(0, self._server.peak() - before)


async def measure(composed: Server, size: int) -> list[Row | MemoryRow]:
    """The table's rows."""
    jar, patience = aiohttp.CookieJar(unsafe=True), aiohttp.ClientTimeout(600)
    async with aiohttp.ClientSession(cookie_jar=jar, timeout=patience) as session:
        officer = Officer(composed, session)
        await officer.sign_in()
        listed = await officer.get("/api/v1/compliance/requirements?per_page=1&sort=title")
        requirement_id = listed["data"][0]["id"]
        own = f"/api/v1/compliance/requirements/{requirement_id}/records"
        rows: list[Row | MemoryRow] = []
        page = f"/compliance/{requirement_id}?status=compliant&page=20"
        for figure, path, most in [("the register's page", page, PAGE_MS), *_asked(own, size)]:
            report = await officer.timed(path)
            rows.append(_row(figure, report, most))
            print(figure, round(report["p50_ms"]), "ms", file=sys.stderr)
        for figure, path, most in _exports(own, size):
            report, grown = await officer.exported(path)
            rows.append(_row(figure, report, most))
            rows.append(MemoryRow(f"memory grown by it: {figure}", grown, CSV_GROWTH))
            print(figure, round(report["p50_ms"]), "ms", grown >> 20, "MiB", file=sys.stderr)
        return rows


def _asked(own: str, size: int) -> Iterator[tuple[str, str, int]]:
    """What is asked for, with the most milliseconds that it may take."""
    last = -(-size // PER_PAGE)
    then = urllib.parse.quote((now() - timedelta(days=365)).isoformat())
    yield "the dashboard's page", "/compliance", DASHBOARD_MS
    yield "dashboard: counts of every requirement and department", _SUMMARY, DASHBOARD_MS
    yield "dashboard: the counts of 90 days", "/api/v1/compliance/trends", DASHBOARD_MS
    year = "/api/v1/compliance/trends?since=" + str((now() - timedelta(days=365)).date())
    yield "the counts of a year", year, 2 * DASHBOARD_MS
    yield "dashboard as of a year ago", f"{_SUMMARY}&as_of={then[:10]}", 2 * DASHBOARD_MS
    for suffix, name, most in (("", "", PAGE_MS), (f"&as_of={then}", ", as of", 2 * PAGE_MS)):
        page = f"{own}?per_page={PER_PAGE}{suffix}"
        yield f"register, first page{name}", page, most
        yield f"register, last page{name}", f"{page}&page={last}", most
        yield f"register, compliant, first page{name}", f"{page}&status=compliant", most
        some = f"{page}&status=compliant&page={size // PER_PAGE // 3}"
        yield f"register, compliant, a late page{name}", some, most
        yield f"register, expired{name}", f"{page}&status=expired", most
        yield f"register, a department{name}", f"{page}&department=Department%2007", most
        yield f"register, a search{name}", f"{page}&search=hana%20wong", most


def _exports(own: str, size: int) -> Iterator[tuple[str, str, int]]:
    then = urllib.parse.quote((now() - timedelta(days=365)).isoformat())
    yield f"CSV of {size:,} people", f"{own}.csv", EXPORT_MS
    yield f"CSV of {size:,} people as of a year ago", f"{own}.csv?as_of={then}", 2 * EXPORT_MS


_SUMMARY: Final = "/api/v1/compliance/summary?per_page=100"


def _row(figure: str, report: dict[str, Any], most: int) -> Row:
    return Row(figure, report, "/s", f"p95 < {most:,} ms", lambda r: bool(r["p95_ms"] < most))


def _filled(done: Path, uri: str, arguments: argparse.Namespace) -> dict[str, int]:
    """Make the register, unless it was kept; return its size."""
    if not done.exists():
        size = {"people": arguments.people, "requirements": arguments.requirements}
        with server(uri, "composed", "composed"):
            pass
        began = time.perf_counter()
        fill(uri, "composed", *size.values(), arguments.processes)
        print(f"filled in {time.perf_counter() - began:.0f} s", file=sys.stderr)
        done.write_text(json.dumps(size))
    size = json.loads(done.read_text())
    return size


def main() -> None:
    """Measure, print, and write the table where asked."""
    parser = argparse.ArgumentParser(prog="python -m bench.compliance", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--requirements", type=int, default=20)
    parser.add_argument("--processes", type=int, default=2, help="that fill the register")
    parser.add_argument("--data", type=Path, help="keep what is made here; measure what is kept")
    parser.add_argument("--markdown", type=Path, help="write the table here, too")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lyceum-bench-") as folder:
        kept = arguments.data or Path(folder)
        with Mongod(kept / "mongod", cache_gb=default_cache_gb()) as mongod:
            filled = _filled(kept / "filled.json", mongod.uri, arguments)
            with server(mongod.uri, "composed", "composed") as composed:
                rows = [each.cells() for each in asyncio.run(measure(composed, filled["people"]))]
    show("Compliance", COLUMNS, rows)
    if arguments.markdown:
        arguments.markdown.write_text(f"{markdown(COLUMNS, rows)}\n")


if __name__ == "__main__":
    main()
