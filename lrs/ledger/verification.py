"""Checks a chain link by link, and whatever it covers entry by entry, in memory that does not grow.

What is read while others write may be half of a change; so what looks wrong is read once more, and
told only when it still is.
"""

from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from lrs.ledger import merkle
from lrs.ledger.comparison import Difference, differences
from lrs.ledger.links import Amendment, Batch, Key, Link, SignedLink
from lrs.ledger.source import Entry, Source
from lrs.ledger.store import Head, KeptLink, LedgerStore, found_by
from lrs.timestamps import format_timestamp

PORTION = 1000

SAID = {
    "altered": "was altered after it was recorded",
    "removed": "was recorded and is not there any more",
    "moved": "was recorded at another time than it says now",
    "inserted": "was put in later, with a time from before",
    "checkpoint_altered": "is not what was signed",
    "checkpoint_removed": "is not there",
    "checkpoint_unlinked": "does not follow on the one before it",
    "key_lost": "begins anew by a key that no key before it vouches for, since that one was lost; "
    "name the key in LYCEUM_LEDGER_KNOWN_KEYS where you know of it",
    "foreign_key": "is signed by a key that no key before it vouches for",
    "hashes_altered": "has other hashes beside it than were signed",
    "hashes_removed": "has lost the hashes beside it",
    "rolled_back": "is in the receipt, and is not there: the chain was taken back",
    "not_the_receipts": "is not the one in the receipt: the chain was written anew",
}
NAMED = {"statements": "statement", "audit": "audit entry"}


class Breach(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not as it was signed.

    `where` is the id of an entry of `log`, "" where a checkpoint itself is meant; `number` is the
    checkpoint's, or the first of some up to `last`; `place` is when the entry was recorded, in
    microseconds.
    """

    code: str
    organization_id: str
    number: int
    last: int = 0
    log: str = ""
    where: str = ""
    place: int | None = None

    @property
    def detail(self) -> str:
        """What is wrong, in words."""
        return SAID[self.code]

    @property
    def told(self) -> str:
        """What is wrong, in a sentence that leaves out `where`."""
        if not self.log:
            until = f" (and all up to {self.last})" if self.last > self.number else ""
            return f"Checkpoint {self.number}{until} {self.detail}."
        recorded = "" if self.place is None else f" of {format_timestamp(self.place)}"
        what = NAMED.get(self.log, self.log)
        return f"The {what}{recorded} {self.detail}. Checkpoint {self.number} covers it."

    def __str__(self) -> str:
        return " ".join(
            each for each in (f"{self.organization_id}:", self.where, self.told) if each
        )


class Verification:
    """One organization's chain, checked once.

    While `run` goes on, `checked` of `total` entries are through; after it `links` were checked,
    of which `amendments` erased or changed `amended` entries, and the first and the last one were
    made at `first_at` and `last_at`.
    """

    def __init__(
        self,
        store: LedgerStore,
        organization_id: str,
        sources: Sequence[Source],
        receipt: SignedLink | None = None,
        known_keys: Collection[str] = (),
    ) -> None:
        """`known_keys` are the ids of those after a lost key that need nobody to vouch for them."""
        self._known_keys = known_keys
        self._store, self._organization_id = store, organization_id
        self._sources = {each.log: each for each in sources}
        self._receipt = receipt
        self._keys: dict[str, bytes] = {}
        self._unsound: set[int] = set()
        self.checked = self.total = self.links = self.amendments = self.amended = 0
        self.first_at: datetime | None = None
        self.last_at: datetime | None = None

    async def run(self) -> AsyncIterator[list[Breach]]:
        """Yield what is wrong, portion by portion; a portion may be empty."""
        head = await self._store.head(self._organization_id)
        self.total = sum(each.total for each in head.logs.values()) if head else 0
        async for breaches in self._chain(head):
            yield breaches
        async for kept in self._store.links(self._organization_id, "batch", self.links):
            link = _read(kept.signed)
            if link is not None and isinstance(link.content, Batch):
                yield await self._batch(link.number, link.content)
                self.checked += link.content.count

    async def _chain(self, head: Head | None) -> AsyncIterator[list[Breach]]:
        """Whether the links are the ones that were signed, and all of them."""
        walk = _Walk(self._keys, self._known_keys)
        pinned = self._receipt.link.number if self._receipt else 0
        async for kept in self._store.links(self._organization_id):
            codes = [*walk.step(kept)]
            self._unsound |= {kept.number} if codes else set()
            if head and kept.number == head.number and kept.signed.hash != head.hash:
                codes = codes or ["checkpoint_altered"]
            if self._receipt and kept.number == pinned and kept.signed != self._receipt:
                codes.append("not_the_receipts")
            yield [*self._missing(walk.skipped), *self._links(codes, kept.number)]
            self._count(kept)
        end = max(head.number if head else 0, self.links)
        yield [*self._missing(range(self.links + 1, end + 1))]
        if pinned > end:
            yield [*self._links(["rolled_back"], pinned)]

    async def _batch(self, number: int, batch: Batch) -> list[Breach]:
        """Whether a checkpoint covers what is there, and nothing else is."""
        breaches = await self._compared(number, batch)
        return await self._compared(number, batch) if breaches else breaches

    async def _compared(self, number: int, batch: Batch) -> list[Breach]:
        leaves = await self._store.leaves(self._organization_id, number)
        source = self._sources.get(batch.log)
        if leaves is None:
            return [*self._links(["hashes_removed"], number)]
        breaches: list[Breach] = []
        if merkle.root([each.hash for each in leaves]).hex() != batch.root:
            breaches += self._links(["hashes_altered"], number)
        if source is None:
            return breaches
        amended = await self._amended(number)
        present = await self._present(source, batch)
        found = differences(self._organization_id, batch.log, leaves, amended, present)
        named = await self._named(source, found)
        return breaches + [self._breach(number, batch, each, named) for each in found]

    async def _named(self, source: Source, found: Sequence[Difference]) -> Mapping[str, Entry]:
        """Those that are missing where they were recorded, and are elsewhere."""
        missing = [each.id for each in found if each.kind == "missing" and each.id]
        return await source.named(self._organization_id, missing) if missing else {}

    async def _present(self, source: Source, batch: Batch) -> list[Entry]:
        present: list[Entry] = []
        after = batch.after
        while after < batch.through:
            portion = await source.following(self._organization_id, after, batch.through, PORTION)
            present += portion.entries
            after = portion.through
        return present

    async def _amended(self, number: int) -> dict[int, str | None]:
        """What was erased or changed on purpose: by signed links alone."""
        amended: dict[int, str | None] = {}
        for kept in await self._store.amending(self._organization_id, number):
            link = None if kept.number in self._unsound else _read(kept.signed)
            if link is None or not kept.signed.is_signed_by(self._keys.get(link.key, b"")):
                continue
            if isinstance(link.content, Amendment):
                entries = [each for each in link.content.entries if each.batch == number]
                amended |= {each.index: each.now for each in entries}
        return amended

    def _breach(
        self, number: int, batch: Batch, found: Difference, elsewhere: Mapping[str, Entry]
    ) -> Breach:
        code: str = found.kind
        if code == "missing":
            code = "moved" if found.id in elsewhere else "removed"
        return Breach(
            code=code,
            organization_id=self._organization_id,
            number=number,
            log=batch.log,
            where=found.id,
            place=found.place,
        )

    def _links(self, codes: Sequence[str], number: int) -> Iterator[Breach]:
        for code in codes:
            yield Breach(code=code, organization_id=self._organization_id, number=number)

    def _missing(self, numbers: range) -> Iterator[Breach]:
        if numbers:
            yield Breach(
                code="checkpoint_removed",
                organization_id=self._organization_id,
                number=numbers[0],
                last=numbers[-1],
            )

    def _count(self, kept: KeptLink) -> None:
        self.links = kept.number
        link = _read(kept.signed)
        if link is None:
            return
        self.first_at, self.last_at = self.first_at or link.at, link.at
        if isinstance(link.content, Amendment):
            self.amendments += 1
            self.amended += len(link.content.entries)


class _Walk:
    """One link after the other; what is trusted is only what came before."""

    def __init__(self, keys: dict[str, bytes], known_keys: Collection[str]) -> None:
        self._keys, self._key = keys, ""
        self._known_keys = known_keys
        self._previous: str | None = ""
        self._number = 0
        self._reached: dict[str, int] = {}
        self.skipped = range(0)

    def step(self, kept: KeptLink) -> Iterator[str]:
        """Say what is wrong with the next link."""
        self.skipped = range(self._number + 1, kept.number)
        if self.skipped:
            self._previous = None
        link, signed = _read(kept.signed), kept.signed
        code = self._wrong(link, kept)
        if code:
            yield code
        self._number = kept.number
        self._previous = None if code in _SPOILING else signed.hash
        if link is not None and code not in _SPOILING:
            self._learn(link)

    def _wrong(self, link: Link | None, kept: KeptLink) -> str:
        if link is None or found_by(link) != kept.found_by:
            return "checkpoint_altered"
        if link.number == 1 and isinstance(link.content, Key):
            self._key = link.content.id
            self._keys[self._key] = bytes.fromhex(link.content.public)
        anew = self._anew(link)
        if link.key != self._key and anew is None:
            return "foreign_key"
        public = self._keys[self._key] if anew is None else bytes.fromhex(anew.public)
        if not kept.signed.is_signed_by(public):
            return "checkpoint_altered"
        if self._previous is not None and not self._follows(link):
            return "checkpoint_unlinked"
        return "key_lost" if anew and anew.id not in self._known_keys else ""

    def _anew(self, link: Link) -> Key | None:
        """The key that signs its own link, since the present one was lost."""
        key = link.content
        breaks = isinstance(key, Key) and key.lost == self._key and link.key == key.id
        return key if breaks and isinstance(key, Key) else None

    def _follows(self, link: Link) -> bool:
        batch = link.content
        whole = not isinstance(batch, Batch) or batch.after == self._reached.get(batch.log, 0)
        return whole and link.previous == self._previous

    def _learn(self, link: Link) -> None:
        if isinstance(link.content, Batch):
            self._reached[link.content.log] = link.content.through
        if isinstance(link.content, Key):
            self._key = link.content.id
            self._keys[self._key] = bytes.fromhex(link.content.public)


_SPOILING = ("checkpoint_altered", "foreign_key")


def _read(signed: SignedLink) -> Link | None:
    try:
        return signed.link
    except msgspec.MsgspecError:
        return None
