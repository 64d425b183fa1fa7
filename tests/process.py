"""A real `lyceum serve` process on free ports, for the tests that need one."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import URLError
from urllib.request import urlopen

START_TIMEOUT_SECONDS = 60.0

ADMIN_EMAIL = "admin@example.org"
ADMIN_PASSWORD = "correct horse battery staple"
LRS_KEY = "test-key"
LRS_SECRET = "test-secret-of-good-length"


class LyceumProcess:
    """One server process over a database; `with LyceumProcess(uri, folder) as lyceum`."""

    def __init__(self, mongodb_uri: str | None, data: Path, *flags: str, **settings: str) -> None:
        self.port, self.content_port = _free_ports(2)
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
            [_lyceum(), *arguments],
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
        return [_lyceum(), "serve", *ports, "--data", str(self._data / "data"), *self._flags]

    def _environment(self) -> dict[str, str]:
        fixed = {
            "LYCEUM_ADMIN_EMAIL": ADMIN_EMAIL,
            "LYCEUM_ADMIN_PASSWORD": ADMIN_PASSWORD,
            "LYCEUM_LRS_KEY": LRS_KEY,
            "LYCEUM_LRS_SECRET": LRS_SECRET,
        }
        return {**os.environ, **fixed, **self._settings}

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            assert self._process is not None
            assert self._process.poll() is None, self.log.read_text()
            if _answers(f"{self.url}/health/ready"):
                return
            time.sleep(0.05)
        raise AssertionError(f"the server did not become ready:\n{self.log.read_text()}")

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(number)
            process.wait(60)


def _lyceum() -> str:
    return str(Path(sys.executable).with_name("lyceum"))


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:  # noqa: S310
            status: Any = answer.status
            return bool(status == 200)
    except (URLError, OSError):
        return False


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
