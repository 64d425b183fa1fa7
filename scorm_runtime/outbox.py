"""Sends on the statements that were written with the attempts."""

from collections.abc import Sequence
from typing import Any

import structlog

from scorm_runtime.sink import StatementSink, StatementsRefused
from scorm_runtime.store import AttemptStore

log = structlog.get_logger(__name__)


class Outbox:
    """From the store's outboxes to the sink; a statement may be sent twice, under the same id."""

    def __init__(self, store: AttemptStore, sink: StatementSink) -> None:
        """Empty the store's outboxes into the sink."""
        self._store = store
        self._sink = sink

    async def send(
        self, organization_id: str, attempt_id: str, statements: Sequence[dict[str, Any]]
    ) -> None:
        """Send one attempt's statements on; what the sink does not take now stays."""
        try:
            await self._record(organization_id, statements)
        except Exception:
            log.exception("statements wait in the outbox", attempt=attempt_id)
            return
        self._store.sent(organization_id, attempt_id, {one["id"] for one in statements})

    async def send_unsent(self) -> int:
        """Send every statement that waits; how many there were."""
        count = 0
        await self._store.clear()
        async for organization_id, attempt_id, statements in self._store.unsent():
            await self.send(organization_id, attempt_id, statements)
            count += len(statements)
        await self._store.clear()
        return count

    async def _record(self, organization_id: str, statements: Sequence[dict[str, Any]]) -> None:
        """Record all; one that the log will never take must not hold up the others."""
        try:
            await self._sink(organization_id, statements)
        except StatementsRefused as refused:
            if len(statements) == 1:
                log.error("statement refused", statement=statements[0], reason=str(refused))
                return
            for statement in statements:
                await self._record(organization_id, [statement])
