"""How long a learner waits: `python -m bench.courses [--launches N] [--steps N]`.

A launch is the player's page, its table and the first session. A step is one request of a SCO in a
course of 5,000 items: what it sets and its end in one commit, and the next session.
"""

import argparse
import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import aiohttp
import uvloop

from bench.processes import Server
from bench.rows import COLUMNS, Row, show
from bench.runtime import launch_path, runtime_server
from bench.shelf import CHAPTERS, FLAT, LARGE, PAGES, SCORM12, SCORM2004

PLAYER: Final = {"player": "p"}
SAID: Final = [
    ["cmi.completion_status", "completed"],
    ["cmi.success_status", "passed"],
    ["cmi.score.scaled", "0.9"],
    ["adl.nav.request", "continue"],
]
WARM: Final = 3


class Times:
    """How long requests took, in seconds, and what of that the server computed."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._spent: list[float] = []

    @contextmanager
    def one(self, server: Server) -> Iterator[None]:
        """Time what is done meanwhile."""
        began, spent = time.perf_counter(), server.cpu()
        yield
        self.seconds.append(time.perf_counter() - began)
        self._spent.append(server.cpu() - spent)

    @property
    def cpu(self) -> str:
        """What one took of the server's CPU time, the first ones aside."""
        kept = self._spent[WARM:]
        return f"{sum(kept) / len(kept) * 1000:.0f} ms of CPU"

    def report(self) -> dict[str, Any]:
        """The first ones aside, as a load reports."""
        kept = sorted(self.seconds[WARM:])
        places = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
        found = {name: kept[int(len(kept) * part)] * 1000 for name, part in places.items()}
        return {**found, "per_second": len(kept) / sum(kept), "statuses": {"200": len(kept)}}


class Learner:
    """Somebody who plays a package, one request after the other."""

    def __init__(self, session: aiohttp.ClientSession, port: int, number: int, package: str):
        self._session = session
        self._url = f"http://127.0.0.1:{port}{launch_path(number, package)}"

    async def launch(self, table: str) -> None:
        """All that a player fetches until it shows a SCO."""
        async with self._session.get(self._url) as page:
            page.raise_for_status()
            await page.read()
        async with self._session.get(self._session_base(table)) as found:
            await found.read()
        await self.post("sessions", PLAYER)

    async def post(self, where: str, body: Any) -> Any:
        """Send; the answer."""
        async with self._session.post(f"{self._url}/{where}", json=body) as answer:
            answer.raise_for_status()
            return await answer.json()

    def _session_base(self, table: str) -> str:
        return f"{self._url.partition('/launch/')[0]}/player/{table}"


async def launches(server: Server, count: int, package: str, table: str) -> Times:
    """Let so many learners launch a package, one after the other."""
    times = Times()
    async with aiohttp.ClientSession() as session:
        for number in range(count):
            learner = Learner(session, server.port, number, package)
            with times.one(server):
                await learner.launch(table)
    return times


async def steps(server: Server, count: int, package: str) -> tuple[Times, Times]:
    """Let a learner walk through a large course: what ends a SCO, and what brings the next."""
    ends, starts = Times(), Times()
    async with aiohttp.ClientSession() as session:
        learner = Learner(session, server.port, 0, package)
        for _ in range(count):
            with starts.one(server):
                opened = await learner.post("sessions", PLAYER)
            commit = {"number": 1, "initialize": True, "finish": True, "proceed": True}
            body = {"session": opened["session"], "commits": [{**commit, "changes": SAID}]}
            with ends.one(server):
                assert (await learner.post("commits", body))["moved"]
    return ends, starts


def measure(count: int, walked: int) -> Iterator[Row]:
    """Yield the table's rows."""
    with runtime_server() as server:
        for package, table in ((SCORM12, "scorm12.json"), (SCORM2004, "scorm2004-4.json")):
            times = asyncio.run(launches(server, count, package, table))
            yield Row(f"launch of {package}, {times.cpu}", times.report(), "/s")
        for package, shape in ((LARGE, f"{CHAPTERS} chapters of {PAGES}"), (FLAT, "one chapter")):
            ends, starts = asyncio.run(steps(server, walked, package))
            for what, times in (("end and request", ends), ("launch", starts)):
                yield Row(
                    f"5,000 items in {shape}: a SCO's {what}, {times.cpu}",
                    times.report(),
                    "/s",
                    "p95 < 50 ms",
                    lambda report: bool(report["p95_ms"] < 50),
                )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.courses", description=__doc__)
    parser.add_argument("--launches", type=int, default=200)
    parser.add_argument("--steps", type=int, default=100, help="steps through each large course")
    arguments = parser.parse_args()
    uvloop.install()
    rows = [row.cells() for row in measure(arguments.launches, arguments.steps)]
    show("SCORM", COLUMNS, rows)


if __name__ == "__main__":
    main()
