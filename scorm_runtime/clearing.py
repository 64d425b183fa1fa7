"""Takes statements that were recorded out of the outboxes, some time later and many at once.

Nobody waits for that: until then, what a crash finds is sent again under the same ids. The next
write of an attempt brings its outbox up to date by itself.
"""

import asyncio
from collections.abc import Iterable
from typing import Final

import structlog
from pymongo.errors import PyMongoError

from lrs.cancellation import rest
from scorm_runtime.group_write import GroupWrite

log = structlog.get_logger(__name__)

AFTER_SECONDS: Final = 0.5


class Clearing:
    """What is still to be taken out, by attempt."""

    def __init__(self, writes: GroupWrite) -> None:
        """Take it out through `writes`."""
        self._writes = writes
        self._sent: dict[tuple[str, str], set[str]] = {}
        self._later: asyncio.Task[None] | None = None

    def add(self, organization_id: str, attempt_id: str, ids: Iterable[str]) -> None:
        """Take these statements out of an attempt's outbox soon."""
        self._sent.setdefault((organization_id, attempt_id), set()).update(ids)
        if self._later is None or self._later.done():
            self._later = asyncio.create_task(self._soon())

    def written(self, organization_id: str, attempt_id: str) -> None:
        """An outbox was written anew, without them."""
        self._sent.pop((organization_id, attempt_id), None)

    async def now(self) -> None:
        """Take out all."""
        sent, self._sent = self._sent, {}
        await asyncio.gather(
            *(
                self._writes.write(
                    {"organization_id": organization_id, "_id": attempt_id},
                    {"$pull": {"outbox": {"id": {"$in": list(ids)}}}},
                )
                for (organization_id, attempt_id), ids in sent.items()
            )
        )

    async def _soon(self) -> None:
        while self._sent:
            await rest(AFTER_SECONDS)
            try:
                await self.now()
            except PyMongoError as error:
                log.warning("outboxes keep statements that were recorded", reason=str(error))
