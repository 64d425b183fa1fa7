"""SCORM commits per second: `python -m bench.commits [--count N]`.

One server process with the runtime over a real mongod, 64 players on 64 connections; each commit
sets 20 elements of SCORM 1.2 and is sent when the one before is answered.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
import uvloop
from aiohttp import web
from pymongo import AsyncMongoClient

from api.mongod import Mongod
from bench.load import Run
from scorm_runtime.http import content_application
from scorm_runtime.launch import Launch, sign
from scorm_runtime.manifest.tree import Item, Manifest, Organization
from scorm_runtime.runtime import Runtime

KEY: Final = b"the key of a bench, 32 bytes or more"
PLAYERS: Final = 64
HTTP_1_1: Final = "HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"


class Package:
    """A package of one SCO."""

    async def manifest(self, organization_id: str, package_id: str) -> Manifest:
        """Its manifest."""
        sco = Item(identifier="sco", title="SCO", kind="sco", href="sco.html", path="sco.html")
        organization = Organization(identifier="o", title="Bench", items=(sco,))
        return Manifest(
            identifier="m", edition="scorm12", default="o", organizations=(organization,)
        )

    async def file(self, organization_id: str, package_id: str, path: str) -> Path:
        """It has no files: nothing is shown."""
        raise FileNotFoundError(path)


async def forget(organization_id: str, statements: Any) -> None:
    """Take statements and keep none: what the log costs is measured beside."""


async def serve(uri: str) -> None:
    """Serve until standard input ends."""
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(uri, tz_aware=True)
    runtime = Runtime(client["bench"], forget, Package(), KEY)
    await runtime.prepare()
    runner = web.AppRunner(content_application(runtime), access_log=None, handle_signals=False)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


def launch(number: int) -> str:
    """The path of a player's own launch."""
    made = Launch(
        organization_id="o",
        registration=str(uuid.uuid4()),
        learner_id=f"u{number}",
        learner_name="Learner",
        agent={"account": {"homePage": "http://lms.example", "name": f"u{number}"}},
        package_id="p",
        lesson_id="l",
        activity_id="http://lms.example/lessons/l",
        title="Lesson",
        course_activity_id="http://lms.example/courses/c",
        course_title="Course",
        return_url="/",
    )
    return f"/runtime/launch/{sign(made, KEY, datetime.now(UTC), timedelta(hours=1))}"


def commit(session: str, number: int) -> bytes:
    """A commit of 20 elements, as the player sends it."""
    interactions = [
        [f"cmi.interactions.{index}.{field}", value]
        for index in range(3)
        for field, value in (
            ("id", f"question-{index}"),
            ("type", "choice"),
            ("student_response", "a"),
            ("result", "correct"),
            ("weighting", "1"),
        )
    ]
    changes = [
        ["cmi.core.lesson_location", str(number)],
        ["cmi.suspend_data", "x" * 200],
        ["cmi.core.score.raw", str(number % 100)],
        ["cmi.core.lesson_status", "incomplete"],
        ["cmi.core.session_time", "00:01:00"],
    ]
    made = {"number": number, "changes": changes + interactions, "initialize": number == 1}
    return json.dumps({"session": session, "commits": [made]}).encode()


async def requests_of(port: int, player: int, count: int) -> list[bytes]:
    """Open a session; its commits, ready to be sent."""
    path = launch(player)
    url = f"http://127.0.0.1:{port}{path}/sessions"
    async with aiohttp.request("POST", url, json={"player": "p"}) as answer:
        session = (await answer.json())["session"]
    head = f"POST {path}/commits {HTTP_1_1}"
    bodies = (commit(session, number) for number in range(1, count + 1))
    return [f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body for body in bodies]


async def load(port: int, count: int) -> dict[str, Any]:
    """Let every player send `count` commits; the report."""
    runs = [Run(await requests_of(port, player, count), 1) for player in range(PLAYERS)]
    took = max(await asyncio.gather(*(run.go(port) for run in runs)))
    times = sorted(second for run in runs for second in run.seconds)
    refused = sum(n for run in runs for status, n in run.statuses.items() if status != "200")
    return {
        "commits/s": round(len(times) / took),
        "p50 ms": round(times[len(times) // 2] * 1000, 1),
        "p99 ms": round(times[int(len(times) * 0.99)] * 1000, 1),
        "refused": refused,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.commits", description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="commits of each player")
    parser.add_argument("--serve", metavar="URI", help="be the server")
    arguments = parser.parse_args()
    if arguments.serve:
        uvloop.run(serve(arguments.serve))
        return
    with tempfile.TemporaryDirectory(prefix="lyceum-bench-") as folder, Mongod(Path(folder)) as db:
        command = [sys.executable, "-m", "bench.commits", "--serve", db.uri]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
            if server.stdin is None or server.stdout is None:
                raise RuntimeError("the server has no pipes")
            port = int(server.stdout.readline())
            print(uvloop.run(load(port, arguments.count)))
            server.stdin.close()


if __name__ == "__main__":
    main()
