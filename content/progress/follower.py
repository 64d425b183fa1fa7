"""The follower: folds again, from the change streams, what a crash may have left out.

One server at a time follows, by a lease in the database. What it follows: the statement log, and
the changes after which progress must be folded anew (an enrollment made, a course's outline
changed, a person known by another agent). Folding is idempotent, so a token that was stored a
little too early or late, or two followers for a moment, do no harm.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, Protocol

from pymongo.asynchronous.change_stream import AsyncChangeStream
from pymongo.errors import DuplicateKeyError, OperationFailure

from content.enrollment import enrollments
from content.errors import NotFound
from content.identity import new_id, now
from content.progress.progress import Progress
from content.store import COLLECTIONS, RESUME_TOKENS, Store
from lrs.cancellation import heed_cancellation, rest, together
from lrs.log import ResumeToken
from lrs.statement import StoredStatement

LEASE = timedelta(seconds=15)
RENEWAL_SECONDS = 5.0
LOOK_EVERY_SECONDS = 0.25
# MongoDB wakes whoever awaits a change at each write to any collection.
AWAIT_MS = 1
PORTION = 16
TOKEN_LOST = (260, 280, 286)
LOG_STREAM, CHANGE_STREAM = "statements", "changes"
LEASE_ID = "follower"
CHANGES = [
    {"ns.coll": COLLECTIONS["enrollment"], "operationType": "insert"},
    {"ns.coll": COLLECTIONS["course"], "operationType": "update"},
    {"ns.coll": COLLECTIONS["user"], "operationType": "update"},
]

Change = Mapping[str, Any]

logger = logging.getLogger(__name__)


class FollowedLog(Protocol):
    """What is asked of the statement log."""

    def follow(
        self, after: ResumeToken | None
    ) -> AsyncIterator[tuple[list[StoredStatement], ResumeToken]]:
        """What was recorded after the token by any server, save what was observed here."""


class Listener(Protocol):
    """Who is told of what is followed, too."""

    changes: Sequence[Change]
    """Which changes it wants to hear of, beside those that bear on progress."""

    async def observe(self, statements: Sequence[StoredStatement]) -> None:
        """Hear of statements that no observer was given."""

    async def changed(self, change: Change) -> None:
        """Hear of a change of a document."""

    async def missed(self) -> None:
        """Hear that changes up to now may not have been told."""


class LeaseLost(Exception):
    """Another server follows now."""


class StreamEnded(Exception):
    """MongoDB tells no more changes: what was followed is gone."""


class Follower:
    """Keeps progress up with the log, in whichever server holds the lease."""

    def __init__(
        self,
        store: Store,
        log: FollowedLog,
        progress: Progress,
        listener: Listener | None = None,
    ) -> None:
        self._store = store
        self._log = log
        self._progress = progress
        self._listener = listener
        self._holder = new_id("follower")
        self._leases = store.database[RESUME_TOKENS]

    async def run(self) -> None:
        """Follow whenever no other server does, until cancelled."""
        while True:
            heed_cancellation()
            try:
                if await self._take_lease():
                    heed_cancellation()
                    await self._hold_and_follow()
            except* LeaseLost:
                logger.info("another server follows the statement log now")
            except* OperationFailure as failures:
                await self._failed(failures)
            except* Exception:
                logger.exception("the follower failed and starts again")
            await rest(RENEWAL_SECONDS)

    async def release(self) -> None:
        """Let another server follow at once."""
        held = {"_id": LEASE_ID, "holder": self._holder}
        await self._leases.update_one(held, {"$set": {"until": now()}})

    async def _take_lease(self) -> bool:
        free = [{"holder": self._holder}, {"until": {"$lte": now()}}]
        lease = {"holder": self._holder, "until": now() + LEASE}
        try:
            await self._leases.update_one(
                {"_id": LEASE_ID, "$or": free}, {"$set": lease}, upsert=True
            )
        except DuplicateKeyError:
            return False
        return True

    async def _hold_and_follow(self) -> None:
        await together([self._keep_lease(), self._follow()])

    async def _keep_lease(self) -> None:
        while True:
            await rest(RENEWAL_SECONDS)
            if not await self._take_lease():
                raise LeaseLost
            heed_cancellation()

    async def _follow(self) -> None:
        tokens = await self._tokens()
        heed_cancellation()
        await together(
            [self._follow_log(tokens[LOG_STREAM]), self._follow_changes(tokens[CHANGE_STREAM])]
        )

    async def _tokens(self) -> Mapping[str, ResumeToken]:
        """Where to go on; without that, from now, after everything is rebuilt up to now."""
        lease = await self._leases.find_one({"_id": LEASE_ID}) or {}
        tokens: dict[str, ResumeToken] = lease.get("tokens", {})
        if set(tokens) == {LOG_STREAM, CHANGE_STREAM}:
            return tokens
        present = await place_now(self._store)
        await self._progress.rebuild()
        if self._listener is not None:
            await self._listener.missed()
        for stream_name in (LOG_STREAM, CHANGE_STREAM):
            await self._save(stream_name, present)
        return {LOG_STREAM: present, CHANGE_STREAM: present}

    async def _follow_log(self, token: ResumeToken) -> None:
        async for missed, reached in self._log.follow(token):
            if missed:
                await self._progress.catch_up(missed)
                if self._listener is not None:
                    await self._listener.observe(missed)
            await self._save(LOG_STREAM, reached)
            heed_cancellation()

    async def _follow_changes(self, token: ResumeToken) -> None:
        wanted = [*CHANGES, *(self._listener.changes if self._listener else ())]
        watched = await self._store.database.watch(
            [{"$match": {"$or": wanted}}],
            full_document="updateLookup",
            resume_after=token,
            max_await_time_ms=AWAIT_MS,
        )
        async with watched as stream:
            while stream.alive:
                heed_cancellation()
                portion = await _portion(stream)
                if not portion:
                    await rest(LOOK_EVERY_SECONDS)
                    continue
                await asyncio.gather(*(self._changed(change) for change in portion))
                await self._save(CHANGE_STREAM, portion[-1]["_id"])
        raise StreamEnded

    async def _changed(self, change: Change) -> None:
        document = change.get("fullDocument")
        if document is None:
            return
        if self._listener is not None:
            await self._listener.changed(change)
        organization_id, sought = document["organization_id"], document["_id"]
        collection = change["ns"]["coll"]
        if collection == COLLECTIONS["enrollment"] and change["operationType"] == "insert":
            await self._enrolled(organization_id, sought)
        elif collection == COLLECTIONS["course"] and _touches(change, "outline_version"):
            await self._progress.refold_course(organization_id, sought)
        elif collection == COLLECTIONS["user"] and _touches(change, "agents"):
            await self._progress.refold_person(organization_id, sought)

    async def _enrolled(self, organization_id: str, enrollment_id: str) -> None:
        """Fold a new enrollment, unless its person was erased meanwhile."""
        with suppress(NotFound):
            enrollment = await enrollments.get(self._store, organization_id, enrollment_id)
            await self._progress.refold(enrollment)

    async def _save(self, stream: str, token: ResumeToken) -> None:
        held = {"_id": LEASE_ID, "holder": self._holder}
        await self._leases.update_one(held, {"$set": {f"tokens.{stream}": dict(token)}})

    async def _failed(self, failures: BaseExceptionGroup[OperationFailure]) -> None:
        """A token too old for the oplog is forgotten, which leads to a rebuild."""
        if failures.subgroup(lambda each: getattr(each, "code", None) in TOKEN_LOST):
            await self._leases.update_one({"_id": LEASE_ID}, {"$unset": {"tokens": ""}})
        logger.warning("MongoDB interrupted the follower: %s", failures.exceptions)


async def place_now(store: Store) -> ResumeToken:
    """The place in the change streams up to which everything has happened."""
    async with await store.database.watch() as stream:
        # A stream that begins with a change has its token once the change is read.
        while stream.resume_token is None:
            await stream.try_next()
        return stream.resume_token


async def _portion(stream: AsyncChangeStream[dict[str, Any]]) -> list[Change]:
    """What has changed by now, no more than is dealt with at once."""
    portion: list[Change] = []
    while len(portion) < PORTION and (change := await stream.try_next()):
        portion.append(change)
    return portion


def _touches(change: Change, field: str) -> bool:
    """Whether an update changed the field or a part of it."""
    updated = change.get("updateDescription", {}).get("updatedFields", {})
    return any(name.split(".")[0] == field for name in updated)
