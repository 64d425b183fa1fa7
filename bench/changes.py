"""How long the register takes to follow: a statement, the calendar, a changed requirement."""

import asyncio
import sys
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Final, cast

from pymongo import AsyncMongoClient, UpdateOne

from bench.officer import Officer
from bench.rows import Row
from content.compliance.entries import Entry
from content.compliance.gathering import Gathering
from content.compliance.register import Register
from content.identity import now
from content.store import COMPLIANCE_MARKS, Store

REQUIREMENTS: Final = "/api/v1/compliance/requirements"
STATEMENTS: Final = 5
LOOK_EVERY_SECONDS: Final = 0.02
ASK_EVERY_SECONDS: Final = 0.5
TURNED: Final = ("current", "within", "department", "turns_at")


async def measure(
    officer: Officer, uri: str, database: str, requirement_id: str, *, edit: bool
) -> list[Row]:
    """The table's rows about changes; `edit` a requirement, too, which takes the longest."""
    requirement = (await officer.get(f"{REQUIREMENTS}/{requirement_id}"))["data"]
    async with AsyncMongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        store = Store(client[database])
        rows = [await _told(officer, requirement), await _turned(store)]
        if edit:
            rows += await _edited(officer, store, requirement)
    for each in rows:
        print(each.figure, round(each.report["p50_ms"]), "ms", file=sys.stderr)
    return rows


async def _told(officer: Officer, requirement: dict[str, Any]) -> Row:
    """From sending the completion of somebody who is late to the record that tells it."""
    own = f"{REQUIREMENTS}/{requirement['id']}/records"
    late = (await officer.get(f"{own}?status=overdue&per_page={STATEMENTS}"))["data"]
    course_id = requirement["attributes"]["targets"][0]["id"]
    course = await officer.get(f"/api/v1/courses/{course_id}")
    activity, seconds = course["data"]["attributes"]["activity_id"], []
    for record in late:
        began = time.perf_counter()
        await officer.say(_completed(record["attributes"]["email"], activity))
        path = f"{own}/{record['id'].partition('.')[2]}"
        await _until(partial(_compliant, officer, path))
        seconds.append(time.perf_counter() - began)
    return _row("from a completion's statement to the changed record", seconds)


def _completed(email: str, activity: str) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "actor": {"mbox": f"mailto:{email}"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": activity},
        "timestamp": now().isoformat(),
    }


async def _turned(store: Store) -> Row:
    """The statuses that the next day changes; they are put back afterwards."""
    tomorrow, entries = now() + timedelta(days=1), store.of(Entry).collection
    shown = {"organization_id": 1, **dict.fromkeys(TURNED, 1)}
    before = await entries.find({"turns_at": {"$lte": tomorrow}}, shown).to_list()
    # To turn statuses over, the log is not asked.
    register = Register(store, cast(Gathering, None))
    began = time.perf_counter()
    await register.turn(tomorrow)
    seconds = time.perf_counter() - began
    back = [
        UpdateOne({"_id": each["_id"]}, {"$set": {name: each.get(name) for name in TURNED}})
        for each in before
    ]
    if back:
        await entries.bulk_write(back, ordered=False)
    return _row(f"{len(before):,} statuses that a day changes", [seconds])


async def _edited(officer: Officer, store: Store, requirement: dict[str, Any]) -> list[Row]:
    """From a changed requirement to its last record, and how long others wait meanwhile."""
    own = f"{REQUIREMENTS}/{requirement['id']}"
    days = 8 if requirement["attributes"]["grace_days"] == 7 else 7
    began = time.perf_counter()
    await officer.send("PATCH", own, {"grace_days": days})
    await _until(partial(_marked, store, requirement["id"]))
    waits: list[float] = []
    while await _marked(store, requirement["id"]):
        asked = time.perf_counter()
        await officer.read(f"{own}/records?status=overdue")
        waits.append(time.perf_counter() - asked)
        await asyncio.sleep(ASK_EVERY_SECONDS)
    whole = [time.perf_counter() - began]
    return [_row("a changed requirement", whole), _row("a page of the register meanwhile", waits)]


async def _until(holds: Callable[[], Awaitable[bool]]) -> None:
    while True:
        if await holds():
            return
        await asyncio.sleep(LOOK_EVERY_SECONDS)


async def _compliant(officer: Officer, path: str) -> bool:
    answer = await officer.get(path)
    return bool(answer["data"]["attributes"]["status"] == "compliant")


async def _marked(store: Store, requirement_id: str) -> bool:
    """Whether all entries of a requirement are still to be made anew."""
    query = {"requirement_id": requirement_id, "again": None}
    return await store.database[COMPLIANCE_MARKS].find_one(query) is not None


def _row(figure: str, seconds: Sequence[float]) -> Row:
    several = sorted(seconds)
    places = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
    found = {name: several[int(len(several) * part)] * 1000 for name, part in places.items()}
    report = {**found, "per_second": len(several) / sum(several), "statuses": {}}
    return Row(figure, report, "/s")
