"""The sweeper ends when its server does."""

import asyncio
from datetime import datetime
from typing import Any

from lrs.attachments.store import AttachmentStore
from lrs.attachments.sweeper import Sweeper

PATIENCE_SECONDS = 20


class Deaf(AttachmentStore):
    """A store that does not hear that it is cancelled, as the driver sometimes does not."""

    def __init__(self, database: Any) -> None:
        self.sweeping = asyncio.Event()
        super().__init__(database, self._never)

    async def _never(self, _organization_id: str, _sha2: str) -> bool:
        return False

    async def sweep(self, before: datetime) -> int:
        """Sweep nothing until somebody cancels it."""
        self.sweeping.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return 0
        return 1


async def test_a_sweep_that_misses_its_cancellation_is_the_last(database: Any) -> None:
    store = Deaf(database)
    sweeper = Sweeper(store)
    sweeper.start()
    await store.sweeping.wait()
    done, _ = await asyncio.wait({asyncio.create_task(sweeper.stop())}, timeout=PATIENCE_SECONDS)
    assert done
