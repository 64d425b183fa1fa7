"""SCORM commits per second: `python -m bench.commits [--count N] [--standard scorm2004]`.

64 players on 64 connections; each commit sets 20 elements and is sent when the one before is
answered.
"""

import argparse
import asyncio
import json
from typing import Any, Final

import aiohttp
import uvloop

from bench.load import Run
from bench.processes import Server
from bench.runtime import launch_path, runtime_server
from bench.shelf import SCORM12, SCORM2004

PLAYERS: Final = 64
HTTP_1_1: Final = "HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
OWN: Final = {
    SCORM12: (
        "student_response",
        [
            ["cmi.core.lesson_location", "{number}"],
            ["cmi.suspend_data", "x" * 200],
            ["cmi.core.score.raw", "{percent}"],
            ["cmi.core.lesson_status", "incomplete"],
            ["cmi.core.session_time", "00:01:00"],
        ],
    ),
    SCORM2004: (
        "learner_response",
        [
            ["cmi.location", "{number}"],
            ["cmi.suspend_data", "x" * 200],
            ["cmi.score.scaled", "0.{percent:02}"],
            ["cmi.completion_status", "incomplete"],
            ["cmi.session_time", "PT1M"],
        ],
    ),
}
"""What each standard calls a response, and the elements outside of interactions."""


def commit(session: str, number: int, standard: str) -> bytes:
    """A commit of 20 elements, as the player sends it."""
    response, own = OWN[standard]
    interactions = [
        [f"cmi.interactions.{index}.{field}", value]
        for index in range(3)
        for field, value in (
            ("id", f"question-{index}"),
            ("type", "choice"),
            (response, "a"),
            ("result", "correct"),
            ("weighting", "1"),
        )
    ]
    changes = [[name, value.format(number=number, percent=number % 100)] for name, value in own]
    made = {"number": number, "changes": changes + interactions, "initialize": number == 1}
    return json.dumps({"session": session, "commits": [made]}).encode()


async def requests_of(port: int, player: int, count: int, standard: str) -> list[bytes]:
    """Open a session; its commits, ready to be sent."""
    path = launch_path(player, standard)
    url = f"http://127.0.0.1:{port}{path}/sessions"
    async with aiohttp.request("POST", url, json={"player": "p"}) as answer:
        session = (await answer.json())["session"]
    head = f"POST {path}/commits {HTTP_1_1}"
    bodies = (commit(session, number, standard) for number in range(1, count + 1))
    return [f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body for body in bodies]


async def load(server: Server, count: int, standard: str) -> dict[str, Any]:
    """Let every player send `count` commits; the report."""
    port = server.port
    runs = [Run(await requests_of(port, player, count, standard), 1) for player in range(PLAYERS)]
    spent = server.cpu()
    took = max(await asyncio.gather(*(run.go(port) for run in runs)))
    spent = server.cpu() - spent
    times = sorted(second for run in runs for second in run.seconds)
    refused = sum(n for run in runs for status, n in run.statuses.items() if status != "200")
    return {
        "commits/s": round(len(times) / took),
        "p50 ms": round(times[len(times) // 2] * 1000, 1),
        "p99 ms": round(times[int(len(times) * 0.99)] * 1000, 1),
        "server's CPU µs each": round(spent / len(times) * 1e6),
        "refused": refused,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.commits", description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="commits of each player")
    parser.add_argument("--standard", choices=sorted(OWN), default=SCORM12)
    arguments = parser.parse_args()
    with runtime_server() as server:
        print(uvloop.run(load(server, arguments.count, arguments.standard)))


if __name__ == "__main__":
    main()
