"""Publishes announcements whose moment has come: tells the event of each, once."""

from typing import Final

import structlog

from content.announcements.announcements import publish_due
from content.store import Store
from content.telling.outbox import Outbox
from lrs.cancellation import heed_cancellation, rest

EVERY_SECONDS: Final = 15.0

log = structlog.get_logger(__name__)


class Announcer:
    """The announcing work of a server; several servers may announce at once."""

    def __init__(self, store: Store, outbox: Outbox) -> None:
        self._store = store
        self._outbox = outbox

    async def run(self) -> None:
        """Publish what is due every now and then, until cancelled."""
        while True:
            heed_cancellation()
            try:
                await publish_due(self._store, self._outbox)
            except Exception:
                log.exception("announcements wait to be published")
            await rest(EVERY_SECONDS)
