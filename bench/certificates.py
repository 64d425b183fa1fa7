"""Certificates: `python -m bench.certificates [--documents N]`.

PDF per second by the press alone, as many at a time as it has workers, and how long a stranger
waits for the verification page.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import aiohttp
import uvloop
from pymongo import AsyncMongoClient

from api.mongod import Mongod
from bench.processes import server
from bench.rows import COLUMNS, Row, show
from content.certificates import designs, filling
from content.certificates.certificates import Certificate
from content.certificates.designs import Look
from content.documents import encode
from content.printing import Press
from content.printing.press import WORKERS
from content.store import Store

AT_ONCE: Final = 4
PAGES: Final = 500
NAMES: Final = {"Latin": "Amelia Hartley", "Arabic": "عبد الرحمن", "Chinese": "王小明"}


def certificate(number: int, name: str) -> Certificate:
    """One of many."""
    moment = datetime(2026, 5, 12, tzinfo=UTC)
    return Certificate(
        id=f"certificate_{number}",
        organization_id="organization_bench",
        created_at=moment,
        updated_at=moment,
        number=f"CERT-2026-{number:07}",
        code=f"code{number:016}",
        person_id=f"user_{number}",
        basis=f"basis_{number}",
        current_for=f"basis_{number}",
        recipient_name=f"{name} {number}",
        title="Safe Handling of Medical Gases",
        issuer="Harbour Clinic",
        score=92.5,
        issued_at=moment,
    )


async def printed(design: designs.BuiltIn, name: str, count: int) -> dict[str, Any]:
    """Print so many different certificates by one design."""
    look = Look(html=design.html_template, css=design.css_styles, language=design.language)
    with tempfile.TemporaryDirectory() as cache:
        press = Press(Path(cache))

        async def one(number: int) -> None:
            document = filling.printable(
                certificate(number, name), look, f"https://learn.example/verify/{number}", "valid"
            )
            await press.pdf(document)

        await asyncio.gather(*(one(-each) for each in range(2 * WORKERS)))
        report = await timed(one, count, AT_ONCE)
        await press.close()
    return report


async def timed(one: Callable[[int], Awaitable[None]], count: int, at_once: int) -> dict[str, Any]:
    """Do it so often, some at a time; what a load reports."""
    turns, seconds = asyncio.Semaphore(at_once), []

    async def turn(number: int) -> None:
        async with turns:
            began = time.perf_counter()
            await one(number)
            seconds.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(turn(each) for each in range(count)))
    taken = time.perf_counter() - began
    kept = sorted(seconds)
    places = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
    found = {name: kept[int(len(kept) * part)] * 1000 for name, part in places.items()}
    return {**found, "per_second": count / taken, "statuses": {"200": count}}


async def verified(uri: str, port: int) -> dict[str, Any]:
    """Open the verification page of one of 100,000 certificates, one after the other."""
    async with AsyncMongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        kept = Store(client["composed"]).of(Certificate).collection
        shelf = [encode(certificate(each, "Amelia")) for each in range(100_000)]
        for first in range(0, len(shelf), 10_000):
            await kept.insert_many(shelf[first : first + 10_000])
    async with aiohttp.ClientSession() as session:

        async def one(number: int) -> None:
            address = f"http://127.0.0.1:{port}/verify/code{number * 191:016}"
            async with session.get(address) as answer:
                answer.raise_for_status()
                await answer.read()

        return await timed(one, PAGES, 1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.certificates", description=__doc__)
    parser.add_argument("--documents", type=int, default=60)
    count = parser.parse_args().documents
    uvloop.install()
    rows = []
    for design in designs.built_in():
        report = asyncio.run(printed(design, NAMES["Latin"], count))
        rows.append(Row(f"PDF by the design {design.name}", report, "/s"))
    for script in ("Arabic", "Chinese"):
        report = asyncio.run(printed(designs.built_in()[0], NAMES[script], count))
        rows.append(Row(f"PDF with a name in {script}", report, "/s"))
    rows.append(_verification())
    show("Certificates", COLUMNS, [row.cells() for row in rows])


def _verification() -> Row:
    with (
        tempfile.TemporaryDirectory(prefix="lyceum-bench-") as folder,
        Mongod(Path(folder)) as db,
        server(db.uri, "composed", "composed") as running,
    ):
        report = asyncio.run(verified(db.uri, running.port))
    return Row(
        "verification page among 100,000, one after the other",
        report,
        "/s",
        "p95 < 50 ms",
        lambda found: bool(found["p95_ms"] < 50),
    )


if __name__ == "__main__":
    main()
