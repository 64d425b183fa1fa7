"""The ledger's collections, but for the keys.

ledger_heads: where each organization's chain ends.
    _id              the organization's
    organization_id
    number, hash     of the last link; 0 and "" before the first
    key              what signs the next one
    logs             by log: through, total, and at, when its last checkpoint was made
    version          grows with whatever the ledger must know of, erasures above all
    holder, until    the server that makes links, and how long unless it is heard of

ledger_links: the chain. Only `body` and `signature` count; the rest is there to be found by.
    _id              "ORGANIZATION/NUMBER"
    organization_id, number, at
    kind             batch, amendment or key
    touches          of an amendment: the numbers of the checkpoints whose entries it amends
    body, signature

ledger_leaves: the hashes of each checkpoint's entries, so that a change can be located.
    _id              "ORGANIZATION/NUMBER"
    organization_id, log, number, through
    leaves           in order: id, place, salt, hash; an erased entry's id and salt are ""
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec
from pymongo import ASCENDING, DESCENDING, AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from lrs.ledger.links import Amendment, Link, SignedLink
from lrs.store import DURABLE, LEDGER_HEADS, LEDGER_LEAVES, LEDGER_LINKS, Database, Document

Outcome = TypeVar("Outcome")

LEASE = timedelta(minutes=1)
_BEFORE = datetime(1970, 1, 1, tzinfo=UTC)


class Extent(msgspec.Struct, frozen=True, kw_only=True):
    """How far a log is covered, by how many entries; `at` the last checkpoint was made."""

    through: int = 0
    total: int = 0
    at: datetime | None = None


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """Where a chain ends."""

    organization_id: str
    key: str
    number: int = 0
    hash: str = ""
    version: int = 0
    logs: Mapping[str, Extent] = {}

    def extent(self, log: str) -> Extent:
        """How far a log is covered."""
        return self.logs.get(log, Extent())


class Leaf(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as a checkpoint has it; `id` and `salt` are empty once it is erased."""

    id: str
    place: int
    salt: bytes
    hash: bytes


class KeptLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link as it is kept: `found_by` is what it is found by."""

    number: int
    signed: SignedLink
    found_by: Mapping[str, Any]


class LedgerStore:
    """Heads, links and leaves; every write outside a transaction is durable on return."""

    def __init__(self, database: Database) -> None:
        self._client: AsyncMongoClient[Document] = database.client
        self._heads, self._links, self._leaves = (
            database.get_collection(
                name, write_concern=DURABLE, read_concern=ReadConcern("majority")
            )
            for name in (LEDGER_HEADS, LEDGER_LINKS, LEDGER_LEAVES)
        )

    async def transact(self, work: Callable[[AsyncClientSession], Awaitable[Outcome]]) -> Outcome:
        """Run the work in a transaction, again when others were in its way."""
        async with self._client.start_session() as session:
            return await session.with_transaction(
                work, read_concern=ReadConcern("snapshot"), write_concern=DURABLE
            )

    async def head(
        self, organization_id: str, session: AsyncClientSession | None = None
    ) -> Head | None:
        """Where an organization's chain ends; None where it has not begun."""
        found = await self._heads.find_one(_its(organization_id), session=session)
        return _head(found) if found and found["number"] else None

    async def take(self, organization_id: str, holder: str) -> bool:
        """Be the one who makes checkpoints for a while; say whether nobody else is."""
        moment = datetime.now(UTC)
        free = {"$or": [{"holder": holder}, {"until": {"$lte": moment}}]}
        try:
            await self._heads.update_one(
                {**_its(organization_id), **free},
                {
                    "$set": {"holder": holder, "until": moment + LEASE},
                    "$setOnInsert": {**_beginning(), "version": 0},
                },
                upsert=True,
            )
        except DuplicateKeyError:
            return False
        return True

    async def touch(self, organization_id: str, session: AsyncClientSession) -> None:
        """Let whoever is about to make a checkpoint read its entries anew."""
        fresh = {**_beginning(), "holder": "", "until": _BEFORE}
        await self._heads.update_one(
            _its(organization_id),
            {"$inc": {"version": 1}, "$setOnInsert": fresh},
            upsert=True,
            session=session,
        )

    async def append(
        self,
        session: AsyncClientSession,
        before: Head,
        signed: SignedLink,
        key: str,
        logs: Mapping[str, Extent],
    ) -> bool:
        """Add a link; False where the head is not what it was, and nothing was written.

        `key` signs the next one, `logs` are covered so far now.
        """
        link = signed.link
        moved = await self._heads.update_one(
            {
                **_its(before.organization_id),
                "number": before.number,
                **({"version": before.version} if before.number else {}),
            },
            {
                "$set": {
                    "number": link.number,
                    "hash": signed.hash,
                    "key": key,
                    "logs": {name: msgspec.structs.asdict(each) for name, each in logs.items()},
                },
                "$inc": {"version": 1},
            },
            session=session,
        )
        if not moved.matched_count:
            return False
        kept = {"body": signed.body, "signature": signed.signature}
        await self._links.insert_one(
            {"_id": _id(link.organization, link.number), **found_by(link), **kept},
            session=session,
        )
        return True

    async def add_leaves(
        self, session: AsyncClientSession, link: Link, log: str, through: int, leaves: list[Leaf]
    ) -> None:
        """Keep the hashes of a checkpoint's entries."""
        await self._leaves.insert_one(
            {
                "_id": _id(link.organization, link.number),
                "organization_id": link.organization,
                "log": log,
                "number": link.number,
                "through": through,
                "leaves": [msgspec.structs.asdict(each) for each in leaves],
            },
            session=session,
        )

    async def covering(
        self, session: AsyncClientSession | None, organization_id: str, log: str, place: int
    ) -> tuple[int, int, list[Leaf]] | None:
        """The checkpoint that covers a place: its number, where it ends, its leaves."""
        found = await self._leaves.find_one(
            {"organization_id": organization_id, "log": log, "through": {"$gte": place}},
            sort=[("through", ASCENDING)],
            session=session,
        )
        return (found["number"], found["through"], _read_leaves(found)) if found else None

    async def put_leaf(
        self, session: AsyncClientSession, organization_id: str, number: int, index: int, leaf: Leaf
    ) -> None:
        """Keep another leaf in a place."""
        await self._leaves.update_one(
            _one(organization_id, number),
            {"$set": {f"leaves.{index}": msgspec.structs.asdict(leaf)}},
            session=session,
        )

    async def leaves(self, organization_id: str, number: int) -> list[Leaf] | None:
        """The leaves of a checkpoint."""
        found = await self._leaves.find_one(_one(organization_id, number))
        return _read_leaves(found) if found else None

    async def link(self, organization_id: str, number: int) -> SignedLink | None:
        """One link."""
        found = await self._links.find_one(_one(organization_id, number))
        return _kept(found).signed if found else None

    async def links(
        self, organization_id: str, kind: str | None = None, through: int | None = None
    ) -> AsyncIterator[KeptLink]:
        """Every link, or every one of a kind, the first one first."""
        where: dict[str, Any] = {"organization_id": organization_id}
        if kind is not None:
            where["kind"] = kind
        if through is not None:
            where["number"] = {"$lte": through}
        async for each in self._links.find(where, sort=[("number", ASCENDING)]):
            yield _kept(each)

    async def latest(
        self, organization_id: str, before: int | None, size: int, kind: str | None = None
    ) -> list[SignedLink]:
        """The latest links, or those before a number, the latest first."""
        where: dict[str, Any] = {"organization_id": organization_id}
        if kind is not None:
            where["kind"] = kind
        if before is not None:
            where["number"] = {"$lt": before}
        found = self._links.find(where, sort=[("number", DESCENDING)], limit=size)
        return [_kept(each).signed async for each in found]

    async def amending(self, organization_id: str, number: int) -> list[KeptLink]:
        """The amendments of a checkpoint's entries, the first one first."""
        where = {"organization_id": organization_id, "touches": number}
        found = self._links.find(where, sort=[("number", ASCENDING)])
        return [_kept(each) async for each in found]

    async def release(self, organization_id: str, holder: str) -> None:
        """Let another server make links."""
        await self._heads.update_one(
            {**_its(organization_id), "holder": holder}, {"$set": {"until": _BEFORE}}
        )


def found_by(link: Link) -> Document:
    """What a link is found by."""
    fields: Document = {
        "organization_id": link.organization,
        "number": link.number,
        "kind": type(link.content).__struct_config__.tag,
        "at": link.at,
    }
    if isinstance(link.content, Amendment):
        fields["touches"] = sorted({each.batch for each in link.content.entries})
    return fields


def _its(organization_id: str) -> Document:
    return {"organization_id": organization_id, "_id": organization_id}


def _one(organization_id: str, number: int) -> Document:
    return {"organization_id": organization_id, "_id": _id(organization_id, number)}


def _beginning() -> Document:
    return {"number": 0, "hash": "", "key": "", "logs": {}}


def _head(document: Mapping[str, Any]) -> Head:
    """The driver's whole numbers are of a kind of its own, which msgspec does not write."""
    logs = {
        name: Extent(through=int(each["through"]), total=int(each["total"]), at=each["at"])
        for name, each in document["logs"].items()
    }
    return msgspec.structs.replace(msgspec.convert({**document, "logs": {}}, Head), logs=logs)


def _kept(document: Mapping[str, Any]) -> KeptLink:
    kept = ("_id", "body", "signature")
    return KeptLink(
        number=document["number"],
        signed=SignedLink(
            body=bytes(document.get("body", b"")), signature=bytes(document.get("signature", b""))
        ),
        found_by={name: value for name, value in document.items() if name not in kept},
    )


def _read_leaves(document: Mapping[str, Any]) -> list[Leaf]:
    return [msgspec.convert(each, Leaf) for each in document["leaves"]]


def _id(organization_id: str, number: int) -> str:
    return f"{organization_id}/{number}"
