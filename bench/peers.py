"""The same load on Lyceum and on Ralph, over one mongod: `python -m bench.peers`.

Ralph runs from an environment of its own (`make bench-peers` makes it) with one uvicorn worker,
as Lyceum does with one process.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.mongod import Mongod
from bench.processes import Server, load, server
from bench.rows import Row, markdown, show
from bench.server import KEY, SECRET

COLUMNS = ("figure", "Lyceum", "p99", "Ralph", "p99", "times")
CONNECTIONS = 64
BATCH = 100
PATIENCE_SECONDS = 60


@contextmanager
def ralph(program: Path, uri: str, folder: Path) -> Iterator[Server]:
    """Run Ralph over a database of its own."""
    environment = {
        **os.environ,
        "RALPH_APP_DIR": str(folder),
        "RALPH_RUNSERVER_BACKEND": "async_mongo",
        "RALPH_BACKENDS__LRS__MONGO__CONNECTION_URI": uri,
        "RALPH_BACKENDS__LRS__MONGO__DEFAULT_DATABASE": "ralph",
        "RALPH_BACKENDS__LRS__MONGO__DEFAULT_COLLECTION": "statements",
    }
    agent = ("-M", "mailto:bench@example.com", "-N", "Bench", "-s", "all", "-w")
    subprocess.run(
        [program, "auth", "-u", KEY, "-p", SECRET, *agent],
        env=environment,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [program.with_name("uvicorn"), "ralph.api:app", "--log-level", "warning"]
    with (folder / "ralph.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port)], env=environment, cwd=folder, stdout=log, stderr=log
        )
    try:
        _wait(port, process)
        yield Server(port, process.pid, "/xAPI/statements/")
    finally:
        process.terminate()
        process.wait()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("Ralph did not start.")


def measure(server: Server, requests: int, statements: int) -> list[Row]:
    """Return the figures of one server."""
    load(server, "post", requests // 4, CONNECTIONS, seed=2)
    return [
        Row(
            f"POST one statement, {CONNECTIONS} connections",
            load(server, "post", requests, CONNECTIONS, seed=3),
            "/s",
        ),
        Row(
            f"POST batches of {BATCH}",
            load(server, "post", max(4, statements // BATCH), 4, batch=BATCH, seed=4),
            "statements/s",
            factor=BATCH,
        ),
        Row(
            f"GET one by id, {CONNECTIONS} connections",
            load(server, "get", requests, CONNECTIONS, seed=3, stored=requests),
            "/s",
        ),
        *(
            Row(f"GET 100 by {name}", load(server, name, max(50, requests // 20), 8), "pages/s")
            for name in ("agent", "verb", "activity", "registration")
        ),
    ]


def beside(own: Row, peer: Row) -> tuple[str, ...]:
    """Return a line of the table."""
    times = own.report["per_second"] / peer.report["per_second"]
    return (
        own.figure,
        own.measured,
        f"{own.report['p99_ms']:.0f} ms",
        peer.measured,
        f"{peer.report['p99_ms']:.0f} ms",
        f"{times:.1f}",
    )


def main() -> None:
    """Measure both, one after the other, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__)
    parser.add_argument("--ralph", type=Path, required=True, help="the program")
    parser.add_argument("--requests", type=int, default=4_000, help="for each figure")
    parser.add_argument("--statements", type=int, default=50_000, help="stored in batches")
    parser.add_argument("--markdown", type=Path, help="write the table here, too")
    arguments = parser.parse_args()
    amount = arguments.requests, arguments.statements
    with tempfile.TemporaryDirectory(prefix="lyceum-bench-") as name:
        folder = Path(name)
        with Mongod(folder / "mongo") as db:
            with server(db.uri, "composed", "composed") as lyceum:
                own = measure(lyceum, *amount)
            print("Lyceum is measured", file=sys.stderr)
            with ralph(arguments.ralph.absolute(), db.uri, folder) as peer:
                others = measure(peer, *amount)
    rows = [beside(*both) for both in zip(own, others, strict=True)]
    show("Beside Ralph", COLUMNS, rows)
    if arguments.markdown:
        arguments.markdown.write_text(f"# Beside Ralph\n\n{markdown(COLUMNS, rows)}\n")


if __name__ == "__main__":
    main()
