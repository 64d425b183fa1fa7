"""The registrar: keeps the register up to date beside the answering of requests.

It makes anew what is marked, turns statuses over as the calendar goes on, takes people into
audiences that count days since the hire, and counts the tallies.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from content import organizations
from content.compliance import audiences, calendars, requirements, tallies
from content.compliance.candidates import Candidates
from content.compliance.gathering import Gathering, VoidingLog
from content.compliance.marks import Mark, Marks
from content.compliance.register import Register
from content.compliance.requirements import Requirement
from content.errors import NotFound
from content.identity import now
from content.people.people import Person
from content.store import Store
from lrs.cancellation import heed_cancellation, rest

log = structlog.get_logger(__name__)

LOOK_EVERY_SECONDS: Final = 0.5
COUNT_SHARE: Final = 10
"""Of the time so much goes to counting: one part in ten."""
MISSED_DAYS: Final = 31
"""Whoever came into an audience so many days ago is still taken in."""
PORTION: Final = 200
AT_ONCE: Final = 8

Touched = set[tuple[str, str]]
"""Requirements, each as (organization's id, its own)."""


class Registrar:
    """The work of one server; any number of servers may do it at once."""

    def __init__(self, store: Store, log_: VoidingLog) -> None:
        self._store = store
        self._gathering = Gathering(store, log_)
        self._candidates = Candidates(store, log_)
        self._register = Register(store, self._gathering)
        self.marks = Marks(store)
        self._uncounted: Touched = set()
        self._count_after = 0.0
        self._day: datetime | None = None

    async def run(self) -> None:
        """Keep the register until cancelled."""
        while True:
            heed_cancellation()
            try:
                while await self.work():
                    heed_cancellation()
            except Exception:
                log.exception("keeping the register failed and is tried again")
            await rest(LOOK_EVERY_SECONDS)

    async def work(self) -> bool:
        """Do what is due; False where nothing was marked."""
        moment = now()
        if self._day is None or moment.date() != self._day.date():
            await self._begin_day(moment)
            self._day = moment
        self._uncounted |= await self._register.turn(moment)
        marks = await self.marks.take(moment)
        await self._make_anew(marks)
        if self._uncounted and time.monotonic() >= self._count_after:
            await self._count()
        return bool(marks)

    async def settle(self) -> None:
        """Do all that is marked, and count."""
        while await self.work() or await self.marks.waiting():
            heed_cancellation()
        await self._count()

    async def rebuild(self, organization_id: str | None = None) -> int:
        """Look at everybody's statements again, make all entries anew; return how many people."""
        if organization_id is None:
            everybody = await organizations.every(self._store)
            return sum([await self.rebuild(each.id) for each in everybody])
        asked = await requirements.every(self._store, organization_id)
        count = 0
        async for batch in _batches(self._store, organization_id, {}):
            await self._gather(batch, asked)
            await self._register.refresh(organization_id, batch, asked)
            count += len(batch)
        for each in asked:
            await tallies.finish(self._store, each, now().date())
            await tallies.count(self._store, each, now())
        return count

    async def _make_anew(self, marks: Sequence[Mark]) -> None:
        by_organization: dict[str, list[Mark]] = defaultdict(list)
        for mark in marks:
            if mark.requirement_id is not None:
                await self._requirement(mark, mark.requirement_id)
            else:
                by_organization[mark.organization_id].append(mark)
        for organization_id, own in by_organization.items():
            asked = await requirements.every(self._store, organization_id)
            query = {"_id": {"$in": [each.person_id for each in own]}}
            people = await self._store.of(Person).all(organization_id, query)
            await self._gather(people, asked)
            touched = await self._register.refresh(organization_id, people, asked)
            self._uncounted |= {(organization_id, each) for each in touched}
            await self.marks.done(own)

    async def _requirement(self, mark: Mark, requirement_id: str) -> None:
        """Make a requirement's entries anew; first look at whom its targets may concern."""
        with suppress(NotFound):
            own = mark.organization_id
            requirement = await requirements.get(self._store, own, requirement_id)
            for batch in await self._candidates.of(requirement):
                people = await self._store.of(Person).all(own, {"_id": {"$in": batch}})
                await self._gather(people, [requirement])
                await self.marks.hold(mark)
                if mark.again:
                    await self._register.refresh(own, people, [requirement])
            if not mark.again:
                async for _ in self._register.refresh_requirement(requirement):
                    await self.marks.hold(mark)
            self._uncounted.add((own, requirement_id))
        await self.marks.done([mark])

    async def _gather(self, people: Sequence[Person], asked: Sequence[Requirement]) -> None:
        targets = {target for each in asked for target in each.terms.targets}
        slots = asyncio.Semaphore(AT_ONCE)

        async def one(person: Person) -> None:
            async with slots:
                await self._gathering.gather(person, targets)

        if targets:
            await asyncio.gather(*(one(each) for each in people))

    async def _count(self) -> None:
        """Count what was touched; then rest, so that counting takes its share of time alone."""
        began = time.monotonic()
        touched, self._uncounted = self._uncounted, set()
        for organization_id, requirement_id in sorted(touched):
            with suppress(NotFound):
                found = await requirements.get(self._store, organization_id, requirement_id)
                await tallies.count(self._store, found, now())
        spent = time.monotonic() - began
        self._count_after = time.monotonic() + spent * (COUNT_SHARE - 1)

    async def _begin_day(self, moment: datetime) -> None:
        """What is to be done once a day, and when a server starts."""
        for organization in await organizations.every(self._store):
            for each in await requirements.every(self._store, organization.id):
                await self._take_in(each, moment)
                await tallies.finish(self._store, each, moment.date())
                self._uncounted.add((organization.id, each.id))

    async def _take_in(self, requirement: Requirement, moment: datetime) -> None:
        """Mark those whom the calendar takes into an audience, or out of it, about now."""
        if requirement.archived_at is not None:
            return
        for days in audiences.days_counted(requirement.audience):
            latest = calendars.days_after(moment.date(), 1 - days)
            earliest = latest - timedelta(days=MISSED_DAYS)
            hired = {"$gte": earliest.isoformat(), "$lte": latest.isoformat()}
            query = {"hired_on": hired, "status": "active"}
            own = requirement.organization_id
            async for batch in _batches(self._store, own, query):
                await self.marks.mark_people(own, [each.id for each in batch])


async def _batches(
    store: Store, organization_id: str, query: Mapping[str, Any]
) -> AsyncIterator[list[Person]]:
    batch: list[Person] = []
    async for person in store.of(Person).each(organization_id, query, [("_id", 1)]):
        batch.append(person)
        if len(batch) == PORTION:
            yield batch
            batch = []
    yield batch
