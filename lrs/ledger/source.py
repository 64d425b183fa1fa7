"""A log that is chained, and the statements as one."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, Protocol

import msgspec
import orjson

from lrs.ledger import merkle
from lrs.ledger.links import FORMAT
from lrs.statements.document import document_id
from lrs.statements.log_reader import LogReader
from lrs.store import Database

STATEMENTS: Final = "statements"

_FIELDS = ("stored", "raw", "attachments")


class Entry(msgspec.Struct, frozen=True):
    """One entry: `place` orders it, in microseconds; `digest` is of all that must stay as it is,
    the hashes of `attachments` among it.
    """

    id: str
    place: int
    digest: str
    attachments: tuple[str, ...] = ()


class Portion(msgspec.Struct, frozen=True):
    """Entries one after the other, and the place up to which there are no more than these."""

    entries: Sequence[Entry]
    through: int


class Source(Protocol):
    """A log whose entries come in the order of their places."""

    @property
    def log(self) -> str:
        """Its name."""

    def through(self) -> int:
        """Up to which place nothing will be added any more."""

    async def following(self, organization_id: str, after: int, through: int, size: int) -> Portion:
        """The next entries after one place and up to another, about so many; all of one place
        or none."""

    async def waiting(self, organization_id: str, after: int, most: int) -> int:
        """How many follow a place, counted up to so many."""

    async def named(self, organization_id: str, ids: Collection[str]) -> Mapping[str, Entry]:
        """Those of the entries that are there, by id."""


def leaf(organization_id: str, log: str, entry: Entry, salt: bytes) -> bytes:
    """The hash by which the ledger knows an entry.

    Without the salt nobody can try out what an entry may have said, once it is erased.
    """
    return merkle.leaf(leaf_text(organization_id, log, entry, salt).encode())


def leaf_text(organization_id: str, log: str, entry: Entry, salt: bytes) -> str:
    """What the hash of an entry is made of, line by line."""
    parts = (FORMAT, organization_id, log, entry.id, str(entry.place), entry.digest, salt.hex())
    return "".join(f"{each}\n" for each in parts)


def statement_entry(document: Mapping[str, Any]) -> Entry:
    """A statement as an entry: its bytes, and which attachments came with it."""
    came = tuple(sorted(document.get("attachments", ())))
    digest = statement_digest(hashlib.sha256(document["raw"]).hexdigest(), came)
    return Entry(document["_id"].rpartition("/")[2], int(document["stored"]), digest, came)


def statement_digest(raw: str, attachments: Sequence[str]) -> str:
    """The digest of a statement, by the hash of its bytes and its attachments' sha2, in order."""
    return hashlib.sha256("\n".join((raw, *attachments)).encode()).hexdigest()


def json_digest(said: Any) -> str:
    """The digest of what is known as JSON."""
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


class StatementSource:
    """The statement log in the order of `stored`."""

    log = STATEMENTS

    def __init__(self, database: Database, through: Callable[[], int]) -> None:
        self._reader, self._through = LogReader(database), through

    def through(self) -> int:
        """Consistent-Through."""
        return int(self._through())

    async def following(self, organization_id: str, after: int, through: int, size: int) -> Portion:
        """The next statements; no two have the same place."""
        found = await self._reader.following(organization_id, after, through, size, _FIELDS)
        entries = [statement_entry(each) for each in found]
        more = entries and await self.waiting(organization_id, entries[-1].place, 1)
        return Portion(entries, entries[-1].place if more else through)

    async def waiting(self, organization_id: str, after: int, most: int) -> int:
        """How many statements were stored after a place."""
        return await self._reader.count_following(organization_id, after, most)

    async def named(self, organization_id: str, ids: Collection[str]) -> Mapping[str, Entry]:
        """The statements with these ids."""
        wanted = [document_id(organization_id, each) for each in ids]
        found = (await self._reader.statements(wanted)).values()
        entries = [statement_entry(each) for each in found if "raw" in each]
        return {each.id: each for each in entries}
