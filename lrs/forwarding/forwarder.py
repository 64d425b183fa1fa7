"""The worker that forwards: at any time one server sends to a target, any may take over.

It follows the log from the stored position up to what is promised to be complete, so it needs
nothing of whoever writes. The position moves on only after the other side has answered: a crash
sends some statements twice, and the other side knows them by their ids.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

import aiohttp
import structlog
from cryptography.fernet import Fernet
from pymongo.errors import PyMongoError

from lrs.cancellation import heed_cancellation, rest
from lrs.forwarding.delivery import Delivery
from lrs.forwarding.store import LEASE, ForwardingStore, LeaseLost, now
from lrs.forwarding.target import Answer, Target, Verdict, batches, judge, pause
from lrs.log import StatementLog
from lrs.statements.document import document_id, target_of
from lrs.statements.log_reader import LogReader
from lrs.store import Database, Document

LOOK_EVERY_SECONDS = 1.0
PAGE = 200
BATCH = 50
BATCH_BYTES = 2**20
KEEP_EVERY_SECONDS = LEASE.total_seconds() / 4

_logger = structlog.get_logger(__name__)


class TryLater(Exception):
    """The other side can't take anything now."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.reason)
        self.answer = answer


class Stalled(Exception):
    """The other side refuses whatever it gets."""


class Forwarder:
    """Sends to every target of every organization; started once in a server."""

    def __init__(self, database: Database, log: StatementLog, cipher: Fernet) -> None:
        self._store, self._reader = ForwardingStore(database), LogReader(database)
        self._log, self._cipher = log, cipher
        self._holder = uuid.uuid4().hex
        self._sending: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Send whatever there is to send, until cancelled."""
        async with aiohttp.ClientSession() as client:
            try:
                while True:
                    heed_cancellation()
                    await self._look(client)
                    await rest(LOOK_EVERY_SECONDS)
            finally:
                for task in self._sending.values():
                    task.cancel()
                await asyncio.gather(*self._sending.values(), return_exceptions=True)

    async def _look(self, client: aiohttp.ClientSession) -> None:
        """Begin with every target that has something to do and nobody sends to here."""
        try:
            for target in await self._store.every():
                if target.id not in self._sending and await self._has_work(target):
                    task = asyncio.create_task(self._forward(client, target))
                    self._sending[target.id] = task
                    task.add_done_callback(partial(self._ended, target.id))
        except (PyMongoError, LeaseLost) as error:
            await _logger.awarning("forwarding_interrupted", reason=str(error))

    def _ended(self, target_id: str, _: asyncio.Task[None]) -> None:
        del self._sending[target_id]

    async def _has_work(self, target: Target) -> bool:
        present = await self._store.position(target)
        if present.due_at > now() or present.is_stalled:
            return False
        after, through = present.position, self._log.consistent_through
        if await self._reader.following(target.organization_id, after, through, 1):
            return True
        return bool(await self._store.to_retry(target, 1))

    async def _forward(self, client: aiohttp.ClientSession, target: Target) -> None:
        try:
            position = await self._store.take(target, self._holder)
            if position is None:
                return
            secret = self._cipher.decrypt(target.secret).decode()
            delivery = Delivery(client, self._log.attachments, target, secret)
            sending = Sending(delivery, self._store, self._reader, target, self._holder)
            try:
                await sending.retry_letters()
                await sending.catch_up(position.position, self._log.consistent_through)
            except Stalled:
                await _logger.awarning("forwarding_stalled", target=target.id)
            except TryLater as later:
                await self._wait(target, later.answer)
            finally:
                await self._store.release(target, self._holder)
        except LeaseLost:
            await _logger.ainfo("forwarding_taken_over", target=target.id)
        except Exception:
            await _logger.aexception("forwarding_failed", target=target.id)

    async def _wait(self, target: Target, answer: Answer) -> None:
        attempts = (await self._store.position(target)).attempts + 1
        seconds = pause(attempts, answer.retry_after)
        await self._store.fail(target, self._holder, answer, attempts, seconds)


class Sending:
    """One server sending to one target, under a lease."""

    def __init__(
        self,
        delivery: Delivery,
        store: ForwardingStore,
        reader: LogReader,
        target: Target,
        holder: str,
    ) -> None:
        self._delivery, self._store, self._reader = delivery, store, reader
        self._target, self._holder = target, holder

    async def catch_up(self, position: int, through: int) -> None:
        """Send what was stored after `position`, up to `through`.

        Raises:
            TryLater, Stalled, LeaseLost.
        """
        organization_id = self._target.organization_id
        while page := await self._reader.following(organization_id, position, through, PAGE):
            heed_cancellation()
            if not await self._is_current():
                return
            wanted = [each for each in page if await self._takes(each)]
            lengths = await self._delivery.lengths(wanted)
            for run in batches(wanted, BATCH, BATCH_BYTES, lengths):
                await self._send(run)
            position = int(page[-1]["stored"])
            await self._store.advance(self._target, self._holder, position, 0)

    async def retry_letters(self) -> None:
        """Send once more what somebody asked for. Raises TryLater, LeaseLost."""
        while ids := await self._store.to_retry(self._target, BATCH):
            for statement_id in ids:
                heed_cancellation()
                await self._retry(statement_id)

    async def _retry(self, statement_id: str) -> None:
        where = document_id(self._target.organization_id, statement_id)
        document = (await self._reader.statements([where])).get(where, {})
        if "raw" in document:
            verdict, answer = await self._ask([document])
            if verdict is Verdict.REFUSED:
                await self._store.refuse(self._target, document, answer)
                return
            await self._store.advance(self._target, self._holder, 0, 1)
        await self._store.dismiss(self._target, statement_id)

    async def _is_current(self) -> bool:
        present = await self._store.get(self._target.organization_id, self._target.id)
        return present == self._target

    async def _takes(self, document: Document) -> bool:
        """Say whether a statement is for this target; what voids goes where the voided goes."""
        chosen = self._target.filter
        if not chosen.takes_voiding(document):
            return chosen.takes(document)
        voided = target_of(document)
        found = (await self._reader.statements([voided])).get(voided, {})
        return "raw" not in found or chosen.takes(found)

    async def _send(self, run: Sequence[Document]) -> None:
        """Send a run; take it apart where something in it is refused."""
        verdict, answer = await self._ask(run)
        if verdict is Verdict.SPLIT:
            half = len(run) // 2
            await self._send(run[:half])
            await self._send(run[half:])
            return
        if verdict is Verdict.REFUSED:
            await self._pass_over(run[0], answer)
        else:
            await self._store.advance(self._target, self._holder, run[-1]["stored"], len(run))

    async def _pass_over(self, document: Document, answer: Answer) -> None:
        await self._store.pass_over(self._target, self._holder, document, answer)
        if (await self._store.position(self._target)).is_stalled:
            raise Stalled

    async def _ask(self, run: Sequence[Document]) -> tuple[Verdict, Answer]:
        async with self._holding():
            answer = await self._delivery.send(run)
        verdict = judge(answer.status, alone=len(run) == 1)
        if verdict is Verdict.LATER:
            raise TryLater(answer)
        return verdict, answer

    @asynccontextmanager
    async def _holding(self) -> AsyncIterator[None]:
        """Hold the target for as long as this lasts; an answer may take longer than a lease."""
        await self._store.keep(self._target, self._holder)
        keeping = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def _keep(self) -> None:
        while True:
            await rest(KEEP_EVERY_SECONDS)
            heed_cancellation()
            await self._store.keep(self._target, self._holder)
