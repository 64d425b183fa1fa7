"""The server and the load as processes of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.server import KEY, SECRET

LEAST_TIMEOUT_SECONDS = 600
SLOWEST_PER_SECOND = 500


@dataclass(frozen=True)
class Server:
    """A server under load."""

    port: int
    pid: int
    path: str = "/xapi/statements"

    def memory(self) -> int:
        """Return its memory now, in bytes, and let its peak begin anew."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")
        return self._status("VmRSS")

    def peak(self) -> int:
        """Return the most that it had since its start or `memory`, in bytes."""
        return self._status("VmHWM")

    def cpu(self) -> float:
        """Return the seconds of CPU time that it has taken."""
        return cpu(self.pid)

    def _status(self, name: str) -> int:
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        (line,) = (each for each in lines if each.startswith(f"{name}:"))
        return int(line.split()[1]) * 1024


def cpu(pid: int | None) -> float:
    """Return the seconds of CPU time that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def server(uri: str, kind: str, database: str = "bench") -> Iterator[Server]:
    """Run a server process of a kind that bench.server has."""
    command = [sys.executable, "-m", "bench.server", uri, database, kind]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Server(int(process.stdout.readline()), process.pid)
        process.stdin.close()


def load(server: Server, job: str, requests: int, connections: int, **plan: Any) -> dict[str, Any]:
    """Run the load in a process of its own; return its report."""
    whole = {
        "port": server.port,
        "path": server.path,
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
        timeout=max(LEAST_TIMEOUT_SECONDS, requests * whole["batch"] // SLOWEST_PER_SECOND),
    )
    report: dict[str, Any] = json.loads(done.stdout)
    return report
