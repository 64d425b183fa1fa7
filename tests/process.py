"""`lyceum serve` as a process of its own, on free ports."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

LYCEUM = Path(sys.executable).with_name("lyceum")
PATIENCE_SECONDS = 60.0
ADMIN_EMAIL = "root@example.org"
ADMIN_PASSWORD = "a given password"
LRS_KEY = "given-key"
LRS_SECRET = "given-secret"
CREDENTIALS = {
    "LYCEUM_ADMIN_EMAIL": ADMIN_EMAIL,
    "LYCEUM_ADMIN_PASSWORD": ADMIN_PASSWORD,
    "LYCEUM_LRS_KEY": LRS_KEY,
    "LYCEUM_LRS_SECRET": LRS_SECRET,
}


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens on."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.05)


@dataclass
class Served:
    """A running `lyceum serve`."""

    process: subprocess.Popen[str]
    port: int
    content_port: int
    output: Path

    def ask(self, path: str, body: Any = None, token: str = "") -> tuple[int, Any]:
        """The status and the JSON of an answer; status 0 when there is none."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        data = None if body is None else json.dumps(body).encode()
        url = f"http://127.0.0.1:{self.port}{path}"
        if not token:
            del headers["Authorization"]
        try:
            request = urllib.request.Request(url, data, headers)
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")
        except OSError:
            return 0, None

    def printed(self) -> str:
        """What it has printed to standard output."""
        return self.output.read_text()

    def waituntil_up(self) -> None:
        """Wait for what is printed when both ports answer."""
        until(
            lambda: self.process.poll() is not None or "is running at" in self.printed(),
            "the server to start",
        )
        assert self.process.poll() is None, self.output.with_suffix(".err").read_text()

    def token(self, email: str, password: str) -> str:
        """An access token."""
        status, answer = self.ask("/api/v1/auth/sign-in", {"email": email, "password": password})
        assert status == 201, answer
        token: str = answer["data"]["attributes"]["access_token"]
        return token

    def stop(self) -> int:
        """Ctrl-C, and the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_SECONDS)


@contextmanager
def serving(folder: Path, *flags: str, **variables: str) -> Iterator[Served]:
    """A server on free ports over `folder`, up when this begins and stopped after it."""
    port, content_port = free_ports(2)
    output = folder / f"{port}.out"
    addresses = ["--port", str(port), "--content-port", str(content_port)]
    data = ["--data", str(folder / "data"), "--mongodb-cache", "0.25"]
    with output.open("w") as out, output.with_suffix(".err").open("w") as err:
        process = subprocess.Popen(
            [str(LYCEUM), "serve", *addresses, *data, *flags],
            stdout=out,
            stderr=err,
            text=True,
            env=environment(variables),
        )
    served = Served(process, port, content_port, output)
    try:
        served.waituntil_up()
        yield served
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(PATIENCE_SECONDS)


def environment(variables: dict[str, str]) -> dict[str, str]:
    """The process's environment with these LYCEUM_* variables, and rates without a limit."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LYCEUM_")}
    return kept | {"LYCEUM_RATE_LIMITS": "off"} | variables


class LyceumProcess:
    """One server process over a database; `with LyceumProcess(uri, folder) as lyceum`."""

    def __init__(self, mongodb_uri: str | None, data: Path, *flags: str, **settings: str) -> None:
        self.port, self.content_port = free_ports(2)
        self.url = f"http://127.0.0.1:{self.port}"
        self.content_url = f"http://127.0.0.1:{self.content_port}"
        self.xapi = f"{self.url}/xapi"
        self.log = data / "server.log"
        self._data = data
        self._flags = [*flags, *(["--mongodb-uri", mongodb_uri] if mongodb_uri else [])]
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start the server and wait until it says that it is ready."""
        self._data.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command(), stdout=log, stderr=log, env=self._environment()
            )
        self._wait_until_ready()

    def kill(self) -> None:
        """kill -9, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ctrl-C."""
        self._end(signal.SIGINT)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def run(self, *arguments: str) -> str:
        """Run another `lyceum` command with the same settings; return what it prints."""
        done = subprocess.run(
            [str(LYCEUM), *arguments],
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _command(self) -> list[str]:
        ports = ["--port", str(self.port), "--content-port", str(self.content_port)]
        return [str(LYCEUM), "serve", *ports, "--data", str(self._data / "data"), *self._flags]

    def _environment(self) -> dict[str, str]:
        return environment({**CREDENTIALS, **self._settings})

    def _wait_until_ready(self) -> None:
        process = self._process
        assert process is not None
        ready = f"{self.url}/health/ready"
        until(lambda: process.poll() is not None or _answers(ready), "the server to be ready")
        assert process.poll() is None, self.log.read_text()

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(number)
            process.wait(PATIENCE_SECONDS)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False
