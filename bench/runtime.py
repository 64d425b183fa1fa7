"""The SCORM runtime as a process of its own, over a real mongod.

Run as `python -m bench.runtime URI`; prints its port, ends with standard input.
"""

import asyncio
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import uvloop
from aiohttp import web
from pymongo import AsyncMongoClient

from api.garbage import collect_seldom
from api.mongod import Mongod
from bench.processes import Server
from bench.shelf import Shelf
from scorm_runtime.http import content_application
from scorm_runtime.launch import Launch, sign
from scorm_runtime.runtime import Runtime

KEY: Final = b"the key of a bench, 32 bytes or more"


async def forget(organization_id: str, statements: Any) -> None:
    """Take statements and keep none: what the log costs is measured beside."""


async def serve(uri: str) -> None:
    """Serve until standard input ends."""
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(uri, tz_aware=True)
    runtime = Runtime(client["bench"], forget, Shelf(), KEY)
    await runtime.prepare()
    collect_seldom()
    runner = web.AppRunner(content_application(runtime), access_log=None, handle_signals=False)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


@contextmanager
def runtime_server() -> Iterator[Server]:
    """Run the server with a mongod of its own."""
    with tempfile.TemporaryDirectory(prefix="lyceum-bench-") as folder, Mongod(Path(folder)) as db:
        command = [sys.executable, "-m", "bench.runtime", db.uri]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            yield Server(int(process.stdout.readline()), process.pid)
            process.stdin.close()


def launch_path(number: int, package_id: str) -> str:
    """The path of a player's own launch."""
    made = Launch(
        organization_id="o",
        registration=str(uuid.uuid4()),
        learner_id=f"u{number}",
        learner_name="Learner",
        agent={"account": {"homePage": "http://lms.example", "name": f"u{number}"}},
        package_id=package_id,
        lesson_id="l",
        activity_id="http://lms.example/lessons/l",
        title="Lesson",
        course_activity_id="http://lms.example/courses/c",
        course_title="Course",
        return_url="/",
    )
    return f"/runtime/launch/{sign(made, KEY, datetime.now(UTC), timedelta(hours=1))}"


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1]))
