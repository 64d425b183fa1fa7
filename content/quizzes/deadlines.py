"""Deadlines: attempts that nobody submitted in time are submitted by the server."""

from typing import Final

import structlog

from content.errors import ContentError
from content.identity import now
from content.quizzes import taking
from content.quizzes.attempts import IN_PROGRESS, QuizAttempt
from content.store import Store
from content.telling.outbox import Outbox
from lrs.cancellation import heed_cancellation, rest

log = structlog.get_logger(__name__)

SWEEP_SECONDS: Final = 10.0


class Deadlines:
    """The sweep of one server; any number of servers may sweep at once."""

    def __init__(self, store: Store, outbox: Outbox) -> None:
        self._store = store
        self._outbox = outbox

    async def run(self) -> None:
        """Sweep every now and then, until cancelled."""
        while True:
            heed_cancellation()
            try:
                await self.sweep()
            except Exception:
                log.exception("the sweep of overdue attempts failed and is tried again")
            await rest(SWEEP_SECONDS)

    async def sweep(self) -> int:
        """Submit every attempt whose time is over, as it was saved; return how many."""
        documents, count = self._store.of(QuizAttempt), 0
        over = {"status": IN_PROGRESS, "deadline_at": {"$lt": now() - taking.GRACE}}
        async for fields in documents.collection.find(over, sort=[("deadline_at", 1)]):
            count += await self._submit(documents.decode(fields))
        return count

    async def _submit(self, attempt: QuizAttempt) -> int:
        try:
            await taking.submit(self._store, self._outbox, attempt)
        except ContentError:
            log.exception("an attempt could not be submitted", attempt_id=attempt.id)
            return 0
        return 1
