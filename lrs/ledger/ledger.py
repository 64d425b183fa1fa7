"""Makes the links of every organization's chain: checkpoints beside serving, amendments within the
transaction that erases.

Nothing waits for a checkpoint. One server at a time makes them, by a lease that only saves work:
a link is added where the head is still the one that its maker has read, and whoever erases moves
the head on. So no checkpoint holds what was erased while it was made.
"""

import asyncio
import os
import uuid
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import msgspec
import structlog
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import PyMongoError

from lrs.cancellation import heed_cancellation, rest
from lrs.errors import KeyReadable, KeyUnreadable
from lrs.ledger import merkle
from lrs.ledger.keys import Keys, PublicKey
from lrs.ledger.links import Amended, Amendment, Batch, Content, Key, Link, SignedLink
from lrs.ledger.source import Entry, Portion, Source, leaf
from lrs.ledger.store import Extent, Head, Leaf, LedgerStore
from lrs.store import Database

LOOK_EVERY_SECONDS = 5.0
SALT_BYTES = 16
PATIENCE_SECONDS = 15.0
_WAIT_SECONDS = 0.2
_TRIES = 5

_logger = structlog.get_logger(__name__)


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """A checkpoint covers at most so many entries, and comes at the latest so long after them."""

    entries: int = 1000
    every: timedelta = timedelta(minutes=5)


class Change(msgspec.Struct, frozen=True):
    """What becomes of an entry: another one, or None."""

    before: Entry
    after: Entry | None


class HeadMoved(Exception):
    """Somebody else added a link, or erased something."""


class Ledger:
    """The chains of all organizations."""

    def __init__(
        self,
        database: Database,
        keys: Keys,
        sources: Sequence[Source],
        pace: Pace | None = None,
        known_keys: Collection[str] = (),
    ) -> None:
        """`known_keys` are the ids of keys that came after a lost one, as the operator says."""
        self.store, self.keys, self.sources = LedgerStore(database), keys, tuple(sources)
        self.known_keys = frozenset(known_keys)
        self.blocked: dict[str, str] = {}
        """Why nothing can be signed, by organization; kept by `run`."""
        self._pace = pace or Pace()
        self._holder = uuid.uuid4().hex

    async def run(self, organizations: Callable[[], Awaitable[Sequence[str]]]) -> None:
        """Make the checkpoints that are due, until cancelled."""
        while True:
            heed_cancellation()
            try:
                for each in await organizations():
                    if await self.can_sign(each):
                        await self.advance(each)
            except (PyMongoError, HeadMoved, KeyUnreadable) as error:
                await _logger.awarning("ledger_waits", reason=str(error))
            await rest(LOOK_EVERY_SECONDS)

    async def can_sign(self, organization_id: str) -> bool:
        """Say whether the key can be read, and remember why it can't."""
        head = await self.store.head(organization_id)
        if head is None or await self.keys.is_readable(organization_id, head.key):
            self.blocked.pop(organization_id, None)
            return True
        reason = str(KeyUnreadable(head.key))
        if organization_id not in self.blocked:
            await _logger.aerror("ledger_blocked", organization=organization_id, reason=reason)
        self.blocked[organization_id] = reason
        return False

    async def advance(self, organization_id: str, *, at_once: bool = False) -> int:
        """Make the checkpoints that are due, or of all there is; return how many.

        Raises:
            KeyUnreadable: the signing key is enciphered by another secret.
            HeadMoved: others were in the way again and again.
        """
        made = 0
        for source in self.sources:
            while await self._is_due(organization_id, source, at_once=at_once):
                if not await self._extend_alone(organization_id, source):
                    break
                made += 1
        return made

    async def cover(self, organization_id: str, log: str, place: int) -> bool:
        """Wait until a place is covered; False where it takes longer than PATIENCE_SECONDS."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    await self.advance(organization_id, at_once=True)
                    head = await self.store.head(organization_id)
                    if head is not None and head.extent(log).through >= place:
                        return True
                    await rest(_WAIT_SECONDS)
        return False

    async def amend(
        self,
        session: AsyncClientSession,
        organization_id: str,
        log: str,
        reason: str,
        changes: Sequence[Change],
    ) -> None:
        """Note, in the transaction that does it, that entries are erased or changed on purpose."""
        head = await self.store.head(organization_id, session)
        ordered = sorted(changes, key=lambda each: each.before.place)
        amended = await self._amended(session, organization_id, log, ordered) if head else []
        if head is None or not amended:
            await self.store.touch(organization_id, session)
            return
        content = Amendment(log=log, reason=reason, entries=tuple(amended))
        await self._append(session, head, content, head.logs)

    async def rotate(self, organization_id: str) -> Key:
        """Sign by a new key from now on, which the present one vouches for.

        Raises:
            KeyUnreadable: the present key can't sign any more.
        """
        before = await self._begun(organization_id)
        key = await self.keys.make(organization_id)

        async def work(session: AsyncClientSession) -> None:
            await self._append(session, before, key, before.logs)

        await self.store.transact(work)
        await self.keys.retire(organization_id, but=key.id)
        return key

    async def begin_anew(self, organization_id: str) -> Key:
        """Sign by a new key from now on, where the present one is lost: the chain breaks there.

        What is before stays signed as it was, and can be verified by the public part that is kept.

        Raises:
            KeyReadable: the present key can sign.
        """
        before = await self._begun(organization_id)
        if await self.keys.is_readable(organization_id, before.key):
            raise KeyReadable(organization_id)
        made = await self.keys.make(organization_id)
        key = msgspec.structs.replace(made, lost=before.key)
        by_itself = msgspec.structs.replace(before, key=key.id)

        async def work(session: AsyncClientSession) -> None:
            await self._append(session, by_itself, key, before.logs)

        await self.store.transact(work)
        await self.keys.retire(organization_id, but=key.id)
        return key

    async def signing_key(self, organization_id: str) -> PublicKey:
        """The key that signs now."""
        head = await self._begun(organization_id)
        return next(e for e in await self.keys.every(organization_id) if e.id == head.key)

    async def _is_due(self, organization_id: str, source: Source, *, at_once: bool) -> bool:
        head = await self.store.head(organization_id)
        extent = head.extent(source.log) if head else Extent()
        most = self._pace.entries
        waiting = await source.waiting(organization_id, extent.through, most)
        if at_once or waiting >= most:
            return waiting > 0
        late = extent.at is None or datetime.now(UTC) - extent.at >= self._pace.every
        return waiting > 0 and late

    async def _extend_alone(self, organization_id: str, source: Source) -> bool:
        if not await self.store.take(organization_id, self._holder):
            return False
        try:
            return await self._extend(organization_id, source)
        finally:
            await self.store.release(organization_id, self._holder)

    async def _extend(self, organization_id: str, source: Source) -> bool:
        """Make one checkpoint; False where nothing is complete yet."""
        for _ in range(_TRIES):
            before = await self._begun(organization_id)
            extent = before.extent(source.log)
            if source.through() <= extent.through:
                return False
            portion = await source.following(
                organization_id, extent.through, source.through(), self._pace.entries
            )
            if not portion.entries:
                return False
            try:
                await self._add_batch(before, source.log, extent, portion)
            except HeadMoved:
                continue
            return True
        raise HeadMoved

    async def _add_batch(self, before: Head, log: str, extent: Extent, portion: Portion) -> None:
        leaves, root = await asyncio.to_thread(
            _leaves, before.organization_id, log, portion.entries
        )
        batch = Batch(
            log=log,
            after=extent.through,
            through=portion.through,
            count=len(leaves),
            total=extent.total + len(leaves),
            root=root,
        )
        reached = Extent(through=batch.through, total=batch.total, at=datetime.now(UTC))

        async def work(session: AsyncClientSession) -> None:
            link = await self._append(session, before, batch, {**before.logs, log: reached})
            await self.store.add_leaves(session, link, log, batch.through, leaves)

        await self.store.transact(work)

    async def _amended(
        self,
        session: AsyncClientSession,
        organization_id: str,
        log: str,
        changes: Sequence[Change],
    ) -> list[Amended]:
        amended: list[Amended] = []
        number, through, leaves = 0, -1, list[Leaf]()
        for change in changes:
            if change.before.place > through:
                covering = await self.store.covering(
                    session, organization_id, log, change.before.place
                )
                if covering is None:
                    break
                number, through, leaves = covering
            for index, was in enumerate(leaves):
                if was.id == change.before.id:
                    stays, now = _amended(organization_id, log, was, change.after)
                    leaves[index] = stays
                    await self.store.put_leaf(session, organization_id, number, index, stays)
                    amended.append(
                        Amended(
                            batch=number, index=index, was=was.hash.hex(), now=now.hex() or None
                        )
                    )
        return amended

    async def _begun(self, organization_id: str) -> Head:
        """The head of a chain that has its first link."""
        while (head := await self.store.head(organization_id)) is None:
            key = await self.keys.make(organization_id)
            start = Head(organization_id=organization_id, key=key.id)

            async def work(
                session: AsyncClientSession, start: Head = start, key: Key = key
            ) -> None:
                await self.store.touch(organization_id, session)
                await self._append(session, start, key, {})

            with suppress(HeadMoved):
                await self.store.transact(work)
        return head

    async def _append(
        self,
        session: AsyncClientSession,
        before: Head,
        content: Content,
        logs: Mapping[str, Extent],
    ) -> Link:
        """Add a link within a transaction. Raises HeadMoved, KeyUnreadable."""
        moment = datetime.now(UTC)
        link = Link(
            organization=before.organization_id,
            number=before.number + 1,
            previous=before.hash,
            at=moment.replace(microsecond=moment.microsecond // 1000 * 1000),
            key=before.key,
            content=content,
        )
        body = link.body
        signature = await self.keys.sign(link.organization, before.key, body)
        signed = SignedLink(body=body, signature=signature)
        key = content.id if isinstance(content, Key) else before.key
        if not await self.store.append(session, before, signed, key, logs):
            raise HeadMoved
        return link


def _leaves(organization_id: str, log: str, entries: Sequence[Entry]) -> tuple[list[Leaf], str]:
    leaves = [_leaf(organization_id, log, each) for each in entries]
    return leaves, merkle.root([each.hash for each in leaves]).hex()


def _leaf(organization_id: str, log: str, entry: Entry) -> Leaf:
    salt = os.urandom(SALT_BYTES)
    hashed = leaf(organization_id, log, entry, salt)
    return Leaf(id=entry.id, place=entry.place, salt=salt, hash=hashed)


def _amended(organization_id: str, log: str, was: Leaf, after: Entry | None) -> tuple[Leaf, bytes]:
    """The leaf that stays, by which only a changed entry can be known, and that one's hash."""
    if after is None:
        return msgspec.structs.replace(was, id="", salt=b""), b""
    now = _leaf(organization_id, log, after)
    return msgspec.structs.replace(now, hash=was.hash), now.hash
