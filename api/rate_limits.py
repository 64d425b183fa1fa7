"""How many requests each caller may send, counted in MongoDB so that it holds on all servers.

A server takes permits from the database a few at a time and spends them in memory: most requests
cost no query. Nobody ever gets more than the limit; up to `LARGEST_LEASE` permits of every other
server may lie unused when it is reached. While the database does not answer, requests are let
through: what they need of it will tell them so.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, cast

import pymongo
import structlog
from pymongo import ReturnDocument
from pymongo.errors import PyMongoError
from pymongo.write_concern import WriteConcern

from api.settings.rates import Rate
from api.store import Database, Fields

LARGEST_LEASE = 16
_PART = 4
_PATIENCE_SECONDS = 0.25
_MOST_REMEMBERED = 50_000
_COLLECTION = "rate_limits"
_KEPT = timedelta(minutes=1)

log = structlog.get_logger("lyceum.rate_limits")


class Allowance(NamedTuple):
    """What is left of a limit until `reset_at`, in seconds since 1970."""

    limit: int
    remaining: int
    reset_at: int


@dataclass(slots=True)
class Lease:
    """The permits that this server holds for one caller in one window; `counted` are all that any
    server has taken, as far as is known here."""

    key: str
    rate: Rate
    window: int
    left: int = 0
    counted: int = 0
    spent: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def reset_at(self) -> int:
        """When the window ends."""
        return (self.window + 1) * self.rate.seconds

    def allowance(self) -> Allowance:
        """What is left, as far as is known here."""
        remaining = max(0, self.rate.count - self.counted) + self.left
        return Allowance(self.rate.count, remaining, self.reset_at)


async def prepare(database: Database) -> None:
    """Make the index; harmless when it is there."""
    await database[_COLLECTION].create_index("expires_at", expireAfterSeconds=0)


class RateLimits:
    """The limits of one server; `clock` gives seconds since 1970.

    A request waits for the database as long as `patience_seconds`, and is let through then.
    """

    def __init__(
        self,
        database: Database,
        rates: Mapping[str, Rate],
        clock: Callable[[], float] = time.time,
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        self._counts = database.get_collection(_COLLECTION, write_concern=WriteConcern(w=1))
        self._rates = rates
        self._clock = clock
        self._patience_seconds = patience_seconds
        self._leases: dict[tuple[str, str], Lease] = {}

    async def take(self, name: str, who: str) -> tuple[bool, Allowance] | None:
        """Take a permit of the class `name`; say whether there was one, and what is left.

        None where the class has no limit.
        """
        rate = self._rates.get(name)
        if rate is None:
            return None
        lease = self._lease(name, who, rate)
        if lease.left == 0 and not lease.spent:
            async with lease.lock:
                if lease.left == 0 and not lease.spent:
                    await self._claim(lease)
                return self._spend(lease)
        return self._spend(lease)

    def retry_after(self, allowance: Allowance) -> int:
        """How many seconds to wait for the next window, at least 1."""
        return max(1, int(allowance.reset_at - self._clock()) + 1)

    def _lease(self, name: str, who: str, rate: Rate) -> Lease:
        window = int(self._clock() // rate.seconds)
        lease = self._leases.get((name, who))
        if lease is None or lease.window != window:
            if len(self._leases) >= _MOST_REMEMBERED:
                self._forget()
            lease = Lease(f"{name}|{who}|{window}", rate, window)
            self._leases[name, who] = lease
        return lease

    def _forget(self) -> None:
        """Forget windows that have ended, and all where these are not enough."""
        present = self._clock()
        kept = {key: lease for key, lease in self._leases.items() if lease.reset_at > present}
        self._leases = kept if len(kept) < _MOST_REMEMBERED else {}

    def _spend(self, lease: Lease) -> tuple[bool, Allowance]:
        allowed = lease.left > 0
        if allowed:
            lease.left -= 1
        return allowed, lease.allowance()

    async def _claim(self, lease: Lease) -> None:
        """Take permits: a quarter of what is left, so that they get fewer towards the end."""
        wanted = max(1, min(LARGEST_LEASE, (lease.rate.count - lease.counted) // _PART))
        try:
            with pymongo.timeout(self._patience_seconds):
                counted = await self._count(lease, wanted)
        except PyMongoError as error:
            log.warning("requests are let through uncounted", limit=lease.key, reason=str(error))
            lease.left = wanted
            return
        before = counted - wanted
        lease.left = max(0, min(wanted, lease.rate.count - before))
        lease.counted = min(counted, lease.rate.count)
        lease.spent = lease.left == 0

    async def _count(self, lease: Lease, wanted: int) -> int:
        expires_at = datetime.fromtimestamp(lease.reset_at, UTC) + _KEPT
        found = await self._counts.find_one_and_update(
            {"_id": lease.key},
            {"$inc": {"count": wanted}, "$setOnInsert": {"expires_at": expires_at}},
            projection={"count": True},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return int(cast(Fields, found)["count"])
