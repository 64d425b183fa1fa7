"""Erasing a person on request, everywhere, in steps that can be done again after a crash.

What comes in late (a lesson that is still open in a browser, an outbox of another program) is
erased by a second look, once no launch from before the request is good any more. Until then the
server remembers who is to be erased; then it forgets that too.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

import structlog
from pymongo.errors import PyMongoError

from api.audit import AuditLog
from api.audit_chain import pseudonymise
from api.erasure_store import Erasure, ErasureJob, ErasureStore, LeaseLost
from api.identity.api_keys import ApiKeys
from api.store import Database, Store, now
from content import store as content_store
from content.errors import NotFound
from content.identity import new_id
from content.people import erasure as training
from content.people import people
from lrs.cancellation import heed_cancellation
from lrs.erasure import Erased
from lrs.erasure import Erasure as RecordErasure
from lrs.errors import KeyUnreadable
from lrs.forwarding.targets import Targets
from lrs.ledger.ledger import Ledger
from lrs.person import Person
from scorm_runtime.store import AttemptStore

ASKED, ERASED, SETTLED = "erasure.asked", "erasure.erased", "erasure.settled"
LOOK_EVERY_SECONDS = 5.0

_logger = structlog.get_logger("lyceum.erasures")


class Erasures:
    """The requests of all organizations, and the worker of one server.

    `settle` is how long after a request a launched lesson may still report.
    """

    def __init__(
        self,
        database: Database,
        content: content_store.Store,
        audit: AuditLog,
        records: RecordErasure,
        targets: Targets,
        ledger: Ledger,
        settle: timedelta,
    ) -> None:
        self._content, self._audit = content, audit
        self._records, self._targets = records, targets
        self._database, self._ledger = database, ledger
        self._accounts, self._attempts = Store(database), AttemptStore(database)
        self._keys = ApiKeys(database, content)
        self._erasures = ErasureStore(database)
        self._settle = settle
        self._holder = new_id("eraser")
        self._asked = asyncio.Event()

    async def ask(self, organization_id: str, person_id: str, asked_by: str) -> Erasure:
        """Have a person erased; from now on they can't sign in.

        Raises:
            NotFound: there is no such person.
            RuleBroken: it is who asks.
        """
        training.check_not_oneself(person_id, asked_by)
        person = await people.get(self._content, organization_id, person_id)
        wanted = Erasure(
            id=new_id("erased"),
            organization_id=organization_id,
            asked_by=asked_by,
            asked_at=now(),
            erased_at=None,
            state="running",
            counts={},
        )
        erasure = await self._erasures.add(wanted, person_id, person.home_page, person.agents)
        await self._close(organization_id, person_id)
        if erasure.id == wanted.id:
            await self._audit.append(organization_id, asked_by, ASKED, [erasure.id])
        self._asked.set()
        return erasure

    async def get(self, organization_id: str, erasure_id: str) -> Erasure:
        """A request. Raises NotFound."""
        found = await self._erasures.get(organization_id, erasure_id)
        if found is None:
            raise NotFound("erasure", erasure_id)
        return found

    async def page(self, organization_id: str, start: int, size: int) -> tuple[list[Erasure], int]:
        """The requests behind the first so many, the newest first, and how many there are."""
        return await self._erasures.page(organization_id, start, size)

    async def run(self) -> None:
        """Erase whatever is due and nobody else erases, until cancelled."""
        while True:
            heed_cancellation()
            self._asked.clear()
            try:
                await self.erase_due()
            except (PyMongoError, KeyUnreadable) as error:
                await _logger.awarning("erasure_interrupted", reason=str(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), LOOK_EVERY_SECONDS)

    async def erase_due(self) -> None:
        """Work on every request that is due."""
        while job := await self._erasures.take(self._holder):
            heed_cancellation()
            with suppress(LeaseLost):
                await self._erase(job)

    async def _erase(self, job: ErasureJob) -> None:
        erasure, organization_id = job.erasure, job.erasure.organization_id
        await self._close(organization_id, job.person_id)
        job = await self._erase_training(job)
        await self._erase_log(job)
        await pseudonymise(self._database, self._ledger, organization_id, job.person_id, erasure.id)
        await self._erasures.pseudonymise(organization_id, job.person_id, erasure.id)
        await training.erase_person(self._content, organization_id, job.person_id)
        settled_at = erasure.asked_at + self._settle
        if now() < settled_at:
            await self._tell(ERASED, await self._erasures.settle(job, settled_at))
        else:
            await self._tell(SETTLED, await self._erasures.finish(job))

    async def _close(self, organization_id: str, person_id: str) -> None:
        """Let nobody sign in as this person."""
        await training.close(self._content, organization_id, person_id)
        await self._accounts.remove_sign_in(organization_id, person_id)
        await self._accounts.end_sessions_of(organization_id, person_id)
        await self._keys.remove_all_of(organization_id, person_id)

    async def _erase_training(self, job: ErasureJob) -> ErasureJob:
        organization_id, person_id = job.erasure.organization_id, job.person_id
        known = await training.registrations(self._content, organization_id, person_id)
        job = await self._erasures.add_registrations(job, known)
        attempts = await self._attempts.remove(organization_id, job.registrations)
        gone = await training.erase_training(self._content, organization_id, person_id)
        await self._erasures.count(job, {"attempts": attempts, **gone})
        return job

    async def _erase_log(self, job: ErasureJob) -> None:
        organization_id = job.erasure.organization_id
        agents = await training.unclaimed(self._content, organization_id, job.agents, job.person_id)
        person = Person(
            organization_id=organization_id,
            agents=frozenset(agents),
            pseudonym={"homePage": job.home_page, "name": job.erasure.id},
        )

        async def erased(batch: Erased) -> None:
            await self._erasures.count(job, _statements(batch))

        await self._records.statements(person, erased)
        await self._targets.forget(organization_id, agents)
        await self._erasures.count(job, {"documents": await self._records.documents(person)})

    async def _tell(self, action: str, erasure: Erasure) -> None:
        await self._audit.append(
            erasure.organization_id, None, action, [erasure.id], erasure.counts
        )


def _statements(erased: Erased) -> Mapping[str, int]:
    return {
        "statements_deleted": erased.deleted,
        "statements_pseudonymised": erased.pseudonymised,
    }
