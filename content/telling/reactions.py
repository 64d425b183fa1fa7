"""Reactions: what follows from events, each at least once, in whichever server comes first.

An event waits in its own document. A server claims it for a while; what fails is tried again,
later each time.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final

import structlog

from content.identity import now
from content.store import Store
from content.telling.events import Event
from lrs.cancellation import heed_cancellation, rest

log = structlog.get_logger(__name__)

Reaction = Callable[[Event], Awaitable[None]]

LOOK_EVERY_SECONDS: Final = 0.5
CLAIM: Final = timedelta(minutes=2)
LONGEST_WAIT: Final = timedelta(hours=1)


class Reactions:
    """Hands each event to the reactions that await it; they must bear to be called twice."""

    def __init__(self, store: Store, reactions: Mapping[str, Reaction]) -> None:
        """`reactions` has one for each name in `events.REACTIONS`."""
        self._events = store.of(Event)
        self._reactions = reactions

    async def run(self) -> None:
        """React to events as they come, until cancelled."""
        while True:
            heed_cancellation()
            try:
                while await self.react():
                    heed_cancellation()
            except Exception:
                log.exception("reacting to events failed and is tried again")
            await rest(LOOK_EVERY_SECONDS)

    async def react(self) -> bool:
        """React to the event that waits longest; False where none does."""
        event = await self._events.claim(CLAIM)
        if event is None:
            return False
        for name in event.awaited_by:
            await self._react(event, name)
        await self._finish(event)
        return True

    async def _react(self, event: Event, name: str) -> None:
        try:
            await self._reactions[name](event)
        except Exception:
            log.exception("a reaction failed", reaction=name, event_id=event.id)
            return
        await self._events.collection.update_one(
            {"organization_id": event.organization_id, "_id": event.id},
            {"$pull": {"awaited_by": name}},
        )

    async def _finish(self, event: Event) -> None:
        """Set when to try again what failed; None where nothing did."""
        own = {"organization_id": event.organization_id, "_id": event.id}
        done = await self._events.collection.update_one(
            {**own, "awaited_by": []}, {"$set": {"due_at": None}}
        )
        if not done.matched_count:
            wait = min(timedelta(seconds=2.0**event.tries), LONGEST_WAIT)
            await self._events.collection.update_one(own, {"$set": {"due_at": now() + wait}})
