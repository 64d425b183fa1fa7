"""Certificates: `python -m bench.certificates [--documents N]`.

PDF per second by the press alone, as many at a time as it has workers; certificates issued by
several servers at once, and whether their numbers have gaps; and the verification page.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import aiohttp
import uvloop
from msgspec import structs
from pymongo import AsyncMongoClient

from api.mongod import Mongod
from bench.processes import server
from bench.rows import COLUMNS, Row, show
from content import organizations
from content.certificates import designs, filling, issuing
from content.certificates.certificates import Certificate
from content.certificates.designs import Look
from content.certificates.issuing import CertificateDraft
from content.courses import courses
from content.courses.courses import CourseDraft
from content.documents import encode
from content.identity import new_id
from content.organizations import OrganizationDraft
from content.people import people
from content.people.people import Person, PersonDraft
from content.printing import Press
from content.printing.press import WORKERS
from content.store import Store, prepare

AT_ONCE: Final = 4
PAGES: Final = 500
STRANGERS: Final = 16
SERVERS: Final = 2
EACH: Final = 100
ISSUING: Final = 16
"""So many requests at once in each server."""
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
    kept = sorted(seconds) or [0.0]
    places = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
    found = {name: kept[int(len(kept) * part)] * 1000 for name, part in places.items()}
    return {**found, "per_second": count / taken, "statuses": {"200": count}}


async def verified(uri: str, port: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Open the verification page of one of 100,000 certificates, one after the other and many at
    a time.
    """
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

        return await timed(one, PAGES, 1), await timed(one, PAGES, STRANGERS)


async def prepared(uri: str) -> tuple[str, str, list[str]]:
    """An organization, its course, and people enough for all servers."""
    async with AsyncMongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        store = Store(client["issuing"])
        await prepare(store.database)
        draft = OrganizationDraft(name="Harbour Clinic", public_url="https://learn.example")
        one = (await organizations.create(store, draft)).id
        course = await courses.create(store, one, CourseDraft(title="Hand hygiene"))
        person = await people.create(store, one, PersonDraft(name="Ann", email="ann@example.org"))
        crowd = [
            structs.replace(person, id=new_id("user"), agents=(f"mbox:mailto:{each}@x.y",))
            for each in range(SERVERS * EACH)
        ]
        await store.of(Person).collection.insert_many(map(encode, crowd))
        return one, course.id, [each.id for each in crowd]


def issue(uri: str, organization_id: str, course_id: str, person_ids: list[str]) -> dict[str, Any]:
    """What one server does: issue to all these people, some at a time."""

    async def work() -> dict[str, Any]:
        async with AsyncMongoClient[dict[str, Any]](uri, tz_aware=True) as client:
            store = Store(client["issuing"])

            async def one(number: int) -> None:
                draft = CertificateDraft(
                    person_id=person_ids[number], course_id=course_id, force_reason="Taught live"
                )
                await issuing.issue(store, organization_id, draft)

            return await timed(one, len(person_ids), ISSUING)

    return asyncio.run(work())


async def gaps(uri: str, organization_id: str) -> int:
    """How many numbers are missing or doubled."""
    async with AsyncMongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        found = await Store(client["issuing"]).of(Certificate).all(organization_id, {})
    last = sorted(int(each.number.rpartition("-")[2]) for each in found)
    return len(set(range(1, SERVERS * EACH + 1)) ^ set(last)) + len(last) - len(set(last))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.certificates", description=__doc__)
    parser.add_argument("--documents", type=int, default=20)
    count = parser.parse_args().documents
    uvloop.install()
    rows = []
    for design in designs.built_in():
        report = asyncio.run(printed(design, NAMES["Latin"], count))
        rows.append(Row(f"PDF by the design {design.name}", report, "/s"))
    for script in ("Arabic", "Chinese"):
        report = asyncio.run(printed(designs.built_in()[0], NAMES[script], count))
        rows.append(Row(f"PDF with a name in {script}", report, "/s"))
    with tempfile.TemporaryDirectory(prefix="lyceum-bench-") as folder, Mongod(Path(folder)) as db:
        rows += [_issuing(db.uri), *_verification(db.uri)]
    show("Certificates", COLUMNS, [row.cells() for row in rows])


def _issuing(uri: str) -> Row:
    one, course, crowd = asyncio.run(prepared(uri))
    shares = [crowd[each::SERVERS] for each in range(SERVERS)]
    with ProcessPoolExecutor(SERVERS, get_context("spawn")) as pool:
        # Each process has read its modules before the clock begins.
        list(pool.map(issue, [uri] * SERVERS, [one] * SERVERS, [course] * SERVERS, [[]] * SERVERS))
        reports = list(pool.map(issue, *zip(*((uri, one, course, e) for e in shares), strict=True)))
    report = {name: max(each[name] for each in reports) for name in reports[0] if name[0] == "p"}
    rate = min(each["per_second"] for each in reports) * SERVERS
    wrong = asyncio.run(gaps(uri, one))
    return Row(
        f"certificates issued by {SERVERS} servers, {ISSUING} at a time each; {wrong} gaps",
        {**report, "per_second": rate, "statuses": {"200": len(crowd)}},
        "/s",
        "no gap",
        lambda _: not wrong,
    )


def _verification(uri: str) -> list[Row]:
    with server(uri, "composed", "composed") as running:
        alone, many = asyncio.run(verified(uri, running.port))
    return [
        Row(
            "verification page among 100,000, one after the other",
            alone,
            "/s",
            "p95 < 50 ms",
            lambda found: bool(found["p95_ms"] < 50),
        ),
        Row(f"the same, {STRANGERS} at a time", many, "/s"),
    ]


if __name__ == "__main__":
    main()
