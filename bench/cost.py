"""What one statement costs beside the bare record store: `python -m bench.cost [--requests N]`.

CPU time of the server and of mongod for each statement, 64 connections that send one at a time,
and the commands that MongoDB ran for a thousand of them. CPU time depends less than a rate does
on what else the machine does; still, other work on it makes every figure larger.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from api.mongod import Mongod
from bench.processes import Server, cpu, load, server

CONNECTIONS = 64
LEARNERS_MET = 10_000


def cost(mongod: Mongod, kind: str, requests: int) -> str:
    """Return a line: what a statement costs in a server of this kind."""
    with (
        MongoClient[dict[str, Any]](mongod.uri) as client,
        server(mongod.uri, kind, kind) as served,
    ):
        load(served, "post", LEARNERS_MET, CONNECTIONS, seed=2)
        before = _cpu(served, mongod), _commands(client)
        report = load(served, "post", requests, CONNECTIONS, seed=3)
        after = _cpu(served, mongod), _commands(client)
    spent = [(b - a) / requests * 1e6 for a, b in zip(before[0], after[0], strict=True)]
    ran = {name: count - before[1].get(name, 0) for name, count in after[1].items()}
    told = ", ".join(
        f"{name} {1000 * count / requests:.0f}"
        for name, count in sorted(ran.items())
        if 1000 * count > requests
    )
    return (
        f"{kind}: server {spent[0]:.0f} us, mongod {spent[1]:.0f} us, "
        f"{report['per_second']:,.0f}/s; commands for 1,000: {told}"
    )


def _cpu(served: Server, mongod: Mongod) -> tuple[float, float]:
    return served.cpu(), cpu(mongod.pid)


def _commands(client: MongoClient[dict[str, Any]]) -> dict[str, int]:
    counted = client.admin.command("serverStatus")["metrics"]["commands"]
    return {name: each["total"] for name, each in counted.items() if isinstance(each, dict)}


def main() -> None:
    """Measure the record store and the whole product, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m bench.cost", description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000, help="statements of each")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lyceum-bench-") as folder, Mongod(Path(folder)) as db:
        for kind in ("storing", "composed"):
            print(cost(db, kind, arguments.requests))


if __name__ == "__main__":
    main()
