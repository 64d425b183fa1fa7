"""How long who reads reports waits: `python -m bench.reports [--enrollments N]`.

Attempts on lessons, ten for each enrollment: a page of them, groups of them, all of them as CSV
and XLSX by jobs, with the server's memory; over all of Lyceum, asked for over HTTP.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError

from api.mongod import Mongod
from bench.attempts import fill
from bench.processes import Server, server
from bench.rows import COLUMNS, MemoryRow, Row, markdown, show
from bench.server import ADMIN_EMAIL, ADMIN_PASSWORD
from content.jobs.jobs import OVER

TIMES: Final = 3
PREVIEW_MS, GROUPS_MS, EXPORT_MS = 1_000, 5_000, 60_000
GROWTH: Final = 32 * 2**20
PATIENCE: Final = 0.2
NAMES: Final = ["person", "department", "course", "lesson", "completed", "minutes", "began_at"]
FIGURES: Final = [
    {"function": "count"},
    {"function": "share", "field": "completed"},
    {"function": "avg", "field": "minutes"},
]
GROUPS: Final = {
    "by lesson": ["lesson"],
    "by department and course": ["department", "course"],
    "by person": ["person_id", "person"],
}


class Analyst:
    """Somebody who asks, one question after the other."""

    def __init__(self, server: Server) -> None:
        self._base = f"http://127.0.0.1:{server.port}"
        self._headers = {"Content-Type": "application/json"}
        own = {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD}
        token = self.asked("/api/v1/auth/sign-in", own)["access_token"]
        self._headers["Authorization"] = f"Bearer {token}"

    def asked(self, path: str, body: Any = None) -> Any:
        """The attributes of an answer; of a job its id, too."""
        with self._sent(path, body) as answer:
            found = json.load(answer)["data"]
        return {"id": found["id"], **found["attributes"]}

    def rows(self, definition: dict[str, Any]) -> dict[str, Any]:
        """How long the first page of a report's rows takes, as a load reports it."""
        seconds, statuses = [], Counter[str]()
        for _ in range(TIMES):
            began = time.perf_counter()
            try:
                self.asked("/api/v1/analytics/reports/run", {"definition": definition})
                statuses["200"] += 1
            except HTTPError as refused:
                statuses[str(refused.code)] += 1
            seconds.append(time.perf_counter() - began)
        return {**_report(seconds), "statuses": statuses}

    def exported(self, definition: dict[str, Any], extension: str) -> tuple[dict[str, Any], int]:
        """How long an export takes, from the question to the last byte; and how many rows."""
        began = time.perf_counter()
        body = {"definition": definition, "format": extension}
        job = self.asked("/api/v1/analytics/reports/export", body)
        while job["state"] not in OVER:
            time.sleep(PATIENCE)
            job = self.asked(f"/api/v1/jobs/{job['id']}")
        with self._sent(job["result"]) as answer:
            while answer.read(2**20):
                pass
        return _report([time.perf_counter() - began]), job["counts"]["rows"]

    def _sent(self, path: str, body: Any = None) -> HTTPResponse:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._base + path, data, self._headers)  # noqa: S310
        answer: HTTPResponse = urllib.request.urlopen(request)  # noqa: S310
        return answer


def _report(seconds: list[float]) -> dict[str, Any]:
    kept = sorted(seconds)
    half, most = kept[len(kept) // 2] * 1000, kept[-1] * 1000
    report = {"p50_ms": half, "p95_ms": most, "p99_ms": most}
    return {**report, "per_second": len(kept) / sum(kept), "statuses": {"200": len(kept)}}


def measure(composed: Server, attempts: int) -> Iterator[Row | MemoryRow]:
    """The table's rows, as they are measured."""
    analyst = Analyst(composed)
    plain = {"entity": "lesson_attempts", "columns": NAMES}
    yield _row(f"a page of {attempts:,} attempts", analyst.rows(plain), PREVIEW_MS)
    for name, fields in GROUPS.items():
        group = [{"field": each} for each in fields]
        grouped = {"entity": "lesson_attempts", "group": group, "aggregates": FIGURES}
        yield _row(f"{attempts:,} attempts {name}", analyst.rows(grouped), GROUPS_MS)
    for extension in ("csv", "xlsx"):
        before = composed.memory()
        report, rows = analyst.exported(plain, extension)
        grown = max(0, composed.peak() - before)
        figure = f"{rows:,} attempts as {extension.upper()}"
        yield _row(figure, report, EXPORT_MS)
        yield MemoryRow(f"memory grown by it: {figure}", grown, GROWTH)


def _row(figure: str, report: dict[str, Any], most: int) -> Row:
    return Row(figure, report, "/s", f"< {most / 1000:g} s", lambda r: bool(r["p95_ms"] < most))


def main() -> None:
    """Measure, print, and write the table where asked."""
    parser = argparse.ArgumentParser(prog="python -m bench.reports", description=__doc__)
    parser.add_argument("--enrollments", type=int, default=10_000)
    parser.add_argument("--markdown", type=Path, help="write the table here, too")
    arguments = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(prefix="lyceum-bench-") as folder, Mongod(Path(folder)) as db:
        with server(db.uri, "composed", "composed"):
            pass
        attempts = asyncio.run(fill(db.uri, "composed", arguments.enrollments))
        with server(db.uri, "composed", "composed") as composed:
            for row in measure(composed, attempts):
                rows.append(row.cells())
                print(*row.cells()[:4], file=sys.stderr)
    show("Reports", COLUMNS, rows)
    if arguments.markdown:
        arguments.markdown.write_text(f"{markdown(COLUMNS, rows)}\n")


if __name__ == "__main__":
    main()
