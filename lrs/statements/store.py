"""The `statements` collection: one document per statement.

_id              "ORGANIZATION/STATEMENT ID", so that uniqueness needs no index of its own
organization_id
stored           microseconds since 1970; no two statements have the same
timestamp        microseconds since 1970
actor, verb, activity, registration, target, authority
keys             what it is found by (lrs.statements.keys), its targets' keys among them
via              only there: [{keys}], its own and each target's, kept apart
voided
result           success, completion, scaled, raw, min, max, duration, progress
attachments      only there: the sha2 of each attachment whose bytes came with it
defines          only there: False, its credential may not define activities and agents
raw              the JSON that GET returns

A StatementRef or voiding statement that comes before its target keeps the target's place: a
document of only {_id, awaited: True}. So the target's own write meets it, and nothing else needs
to look.
"""

from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Mapping,
    Sequence,
)
from datetime import datetime
from typing import Any, TypeVar

import bson
import msgspec
from pymongo import ASCENDING, DESCENDING, AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.cursor import AsyncCursor
from pymongo.errors import BulkWriteError, ConnectionFailure, CursorNotFound
from pymongo.read_concern import ReadConcern

from lrs.group_read import GroupRead
from lrs.query import StatementQuery
from lrs.statement import VOIDED
from lrs.statements.change_stream import Portion, ResumeToken, portions
from lrs.statements.document import document_id
from lrs.statements.filters import index_of, where
from lrs.statements.transaction import Transaction
from lrs.store import DUPLICATE_KEY, DURABLE, STATEMENTS, Database, Document
from lrs.timestamps import as_datetime
from lrs.writing.lane import supports_lanes, write_in_lane
from lrs.writing.store import seal

Outcome = TypeVar("Outcome")

_ROWS_AT_ONCE = 500
_PAGE_MS = 20_000


class StatementStore:
    """The `statements` collection."""

    def __init__(self, database: Database) -> None:
        self._client: AsyncMongoClient[Document] = database.client
        self._database = database
        self._statements = database.get_collection(
            STATEMENTS, write_concern=DURABLE, read_concern=ReadConcern("majority")
        )
        self._reads = GroupRead(self.by_ids)

    async def transact(
        self, work: Callable[[Transaction], Awaitable[Outcome]], lane: str | None = None
    ) -> Outcome:
        """Run the work in a transaction, durable on return; again when others were in its way.

        Whatever adds statements is done in a lane.

        Raises:
            LeaseLost: the lane is closed; nothing was written.
        """

        async def sealed(session: AsyncClientSession) -> Outcome:
            outcome = await work(Transaction(self._statements, session))
            if lane is not None:
                await seal(self._database, lane, session)
            return outcome

        while True:
            try:
                async with self._client.start_session() as session:
                    return await session.with_transaction(
                        sealed, read_concern=ReadConcern("snapshot"), write_concern=DURABLE
                    )
            except BulkWriteError as error:
                if any(each["code"] != DUPLICATE_KEY for each in error.details["writeErrors"]):
                    raise

    @property
    def supports_lanes(self) -> bool:
        """Say whether `insert_each` works here."""
        return supports_lanes(self._client)

    async def insert_each(
        self, documents: Sequence[Document], lane: str, number: int
    ) -> frozenset[str]:
        """Write documents, each for itself; return the `_id`s that were taken before.

        The others are durable on return. `number` is higher than the lane ever had.

        Raises:
            LeaseLost: the lane is closed; nothing more will be written.
        """
        insert = {"insert": STATEMENTS, "documents": documents, "ordered": False}
        answer = await write_in_lane(self._database, lane, number, insert)
        errors = answer.get("writeErrors", ())
        if any(error["code"] != DUPLICATE_KEY for error in errors):
            raise BulkWriteError({"writeErrors": errors})
        return frozenset(documents[error["index"]]["_id"] for error in errors)

    async def get(self, organization_id: str, statement_id: str) -> Document | None:
        """Return one statement's document without its keys, voided or not."""
        return await self._reads.get(document_id(organization_id, statement_id))

    def portions(self, after: ResumeToken | None) -> AsyncIterator[Portion]:
        """Yield the `_id`s of new statements, after a resume token."""
        return portions(self._statements, after)

    async def by_ids(self, ids: Collection[str]) -> dict[str, Document]:
        """Return the documents with these `_id`s without their keys, by `_id`."""
        organizations = sorted({each.rpartition("/")[0] for each in ids})
        batches = self._statements.find_raw_batches(
            {"_id": {"$in": list(ids)}, "organization_id": {"$in": organizations}},
            {"keys": 0, "via": 0},
        )
        found: dict[str, Document] = {}
        batch: Any
        async for batch in batches:
            found |= {document["_id"]: document for document in bson.decode_all(batch)}
        return found

    async def has_attachment(self, organization_id: str, sha2: str) -> bool:
        """Say whether an attachment with this hash came with a statement."""
        having = {"organization_id": organization_id, "attachments": {"$eq": sha2, "$exists": True}}
        return await self._statements.find_one(having, {"_id": 1}) is not None

    async def existing(self, organization_id: str, statement_ids: Iterable[str]) -> set[str]:
        """Return those of the ids that name a statement."""
        ids = [document_id(organization_id, each) for each in statement_ids]
        query = {"_id": {"$in": ids}, "organization_id": organization_id}
        found = self._statements.find(query, {"_id": 1})
        return {document["_id"].rpartition("/")[2] async for document in found}

    async def voided_at(
        self, organization_id: str, statement_ids: Collection[str]
    ) -> dict[str, datetime]:
        """Return when the first statement that voids each of these was stored."""
        query = {
            "organization_id": organization_id,
            "target": {"$in": list(statement_ids), "$exists": True},
            "verb": VOIDED,
        }
        found: dict[str, datetime] = {}
        async for each in self._statements.find(query, {"target": 1, "stored": 1}):
            moment = as_datetime(each["stored"])
            found[each["target"]] = min(moment, found.get(each["target"], moment))
        return found

    async def raw_page(
        self, organization_id: str, query: StatementQuery, size: int
    ) -> tuple[list[tuple[int, bytes]], bool]:
        """Return (stored, raw) of at most `size` statements, as `page`; nothing is decoded."""
        found, more = await self._page(
            organization_id, query, size, {"_id": 0, "stored": 1, "raw": 1}
        )
        return [(int(document["stored"]), document["raw"]) for document in found], more

    async def page(
        self, organization_id: str, query: StatementQuery, size: int
    ) -> tuple[list[Document], bool]:
        """Return at most `size` whole documents, and whether there are more.

        They are fewer where they would have more than 16 MiB.
        """
        return await self._page(organization_id, query, size, None)

    async def stream(self, organization_id: str, query: StatementQuery) -> AsyncIterator[bytes]:
        """Yield the JSON of all that match, `query.limit` at most (0: all), by one cursor.

        MongoDB forgets a cursor that nobody reads for ten minutes, and a new primary knows none:
        then it is opened anew behind the last statement.
        """
        after, left, moved = query.cursor, query.limit, True
        while moved:
            moved = False
            rest = msgspec.structs.replace(query, cursor=after, limit=left)
            try:
                async with self._rows(organization_id, rest) as rows:
                    async for row in rows:
                        moved, after, left = True, row["stored"], max(left - 1, 0)
                        yield row["raw"]
                return
            except (CursorNotFound, ConnectionFailure):
                if not moved or (query.limit and not left):
                    raise

    def _rows(self, organization_id: str, query: StatementQuery) -> AsyncCursor[Document]:
        return self._statements.find(
            where(organization_id, query),
            {"_id": 0, "stored": 1, "raw": 1},
            sort=[("stored", ASCENDING if query.ascending else DESCENDING)],
            limit=query.limit,
            batch_size=_ROWS_AT_ONCE,
            hint=index_of(query),
        )

    async def _page(
        self,
        organization_id: str,
        query: StatementQuery,
        size: int,
        projection: Mapping[str, int] | None,
    ) -> tuple[list[Document], bool]:
        """The first batch is the page: MongoDB ends one at 16 MiB."""
        direction = ASCENDING if query.ascending else DESCENDING
        batches = self._statements.find_raw_batches(
            where(organization_id, query),
            projection,
            sort=[("stored", direction)],
            limit=size + 1,
            batch_size=size + 2,
            hint=index_of(query),
            max_time_ms=_PAGE_MS,
        )
        async with batches:
            batch: Any = await anext(aiter(batches), b"")
            found: list[Document] = bson.decode_all(batch)
            return found[:size], len(found) > size or batches.alive
