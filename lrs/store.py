"""The record store's collections and indexes; nothing else names them.

statements: one document per statement.
    _id              "ORGANIZATION/STATEMENT ID", so that uniqueness needs no index of its own
    organization_id
    stored           microseconds since 1970; no two statements have the same
    timestamp        microseconds since 1970
    actor, verb, activity, registration, target, authority
    keys             what it is found by (lrs.keys), its targets' keys among them
    via              only there: [{keys}], its own and each target's, kept apart
    voided
    result           success, completion, scaled, raw, min, max, duration, progress
    attachments      only there: the sha2 of each attachment whose bytes came with it
    raw              the JSON that GET returns
    A StatementRef or voiding statement that comes before its target keeps the target's place: a
    document of only {_id, awaited: True}. So the target's own write meets it, and nothing else
    needs to look.

documents: one document per State or Profile document (lrs.document_store).
activities, agents: what statements tell of them (lrs.metadata_store).

Shard key of each: {organization_id: 1, _id: 1}.

attachments.files, attachments.chunks: GridFS, each attachment once per organization.
    _id, files_id    {organization_id, upload}
    metadata         organization_id; used_at, when a request last had it, until a statement is
                     known to have it; sha2, lower-case, once all of it is there, and uses, how
                     many requests have brought it; swept, once it is being removed

Shard keys: {_id: 1} and {files_id: 1, n: 1}.
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
from typing import Any, TypeVar

import bson
import msgspec
from pymongo import ASCENDING, DESCENDING, AsyncMongoClient, IndexModel
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.cursor import AsyncCursor
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    CursorNotFound,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
)
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from lrs.cancellation import heed_cancellation
from lrs.errors import InvalidPipeline, TooExpensive
from lrs.filters import index_of, where
from lrs.group_read import GroupRead
from lrs.query import StatementQuery
from lrs.statement import Result, StoredStatement
from lrs.timestamps import as_datetime
from lrs.writer_store import seal

Document = dict[str, Any]
Database = AsyncDatabase[Document]
Outcome = TypeVar("Outcome")

_DURABLE = WriteConcern(w="majority", j=True)
ATTACHMENT_FILES, ATTACHMENT_CHUNKS = "attachments.files", "attachments.chunks"
_DUPLICATE_KEY = 11000
_PASSING = ("TransientTransactionError", "UnknownTransactionCommitResult", "RetryableWriteError")
_AWAIT_MS = 1000
_TOO_MUCH = (146, 292, 10334)
_UNCOMPUTABLE = (2, 9, 14, 40, 241)
_FIRST_LOCATION = 10_000
_ROWS_AT_ONCE = 500
_PAGE_MS = 20_000
INDEXES = {
    "statements": [
        IndexModel([("organization_id", ASCENDING), ("stored", ASCENDING)], name="by_stored"),
        IndexModel(
            [("organization_id", ASCENDING), ("keys", ASCENDING), ("stored", ASCENDING)],
            name="by_key",
        ),
        IndexModel(
            [("organization_id", ASCENDING), ("stored", ASCENDING)],
            name="voided_by_stored",
            partialFilterExpression={"voided": True},
        ),
        IndexModel(
            [("organization_id", ASCENDING), ("target", ASCENDING)],
            name="by_target",
            partialFilterExpression={"target": {"$exists": True}},
        ),
        IndexModel(
            [("organization_id", ASCENDING), ("attachments", ASCENDING)],
            name="by_attachment",
            partialFilterExpression={"attachments": {"$exists": True}},
        ),
    ],
    ATTACHMENT_FILES: [
        IndexModel(
            [("metadata.organization_id", ASCENDING), ("metadata.sha2", ASCENDING)],
            name="by_hash",
            unique=True,
            partialFilterExpression={"metadata.sha2": {"$exists": True}},
        ),
        IndexModel(
            [("metadata.organization_id", ASCENDING), ("metadata.used_at", ASCENDING)],
            name="by_use",
        ),
    ],
    ATTACHMENT_CHUNKS: [
        IndexModel([("files_id", ASCENDING), ("n", ASCENDING)], name="by_place", unique=True),
    ],
    "documents": [
        IndexModel(
            [
                ("organization_id", ASCENDING),
                ("kind", ASCENDING),
                ("agent", ASCENDING),
                ("activity", ASCENDING),
                ("modified", ASCENDING),
            ],
            name="by_subject",
        ),
    ],
    "lrs_credentials": [
        IndexModel([("key", ASCENDING)], name="by_key", unique=True),
        IndexModel([("organization_id", ASCENDING), ("name", ASCENDING)], name="by_name"),
    ],
}


async def prepare(database: Database) -> None:
    """Make the collections' indexes; repeatable."""
    for collection, indexes in INDEXES.items():
        await database[collection].create_indexes(indexes)


class DuplicateIds(Exception):
    """What was to be written has an id that is taken; nothing was written."""


def is_passing(error: PyMongoError) -> bool:
    """Say whether the database only did not answer in time, or is electing a primary."""
    return (
        isinstance(error, ConnectionFailure)
        or error.timeout
        or any(map(error.has_error_label, _PASSING))
    )


def document_id(organization_id: str, statement_id: str) -> str:
    """Return the `_id` of a statement's document."""
    return f"{organization_id}/{statement_id}"


def to_statement(document: Mapping[str, Any]) -> StoredStatement:
    """Return a statement's document as the rest of the system knows it."""
    result = document.get("result")
    return StoredStatement(
        organization_id=document["organization_id"],
        statement_id=document["_id"].rpartition("/")[2],
        stored=as_datetime(document["stored"]),
        timestamp=as_datetime(document["timestamp"]),
        actor=document["actor"],
        verb=document["verb"],
        activity=document.get("activity"),
        registration=document.get("registration"),
        target=document.get("target"),
        voided=document["voided"],
        result=Result(**result) if result else None,
        attachments=document.get("attachments", []),
        raw=document["raw"],
    )


class StatementStore:
    """The `statements` collection."""

    def __init__(self, database: Database) -> None:
        self._client: AsyncMongoClient[Document] = database.client
        self._database = database
        self._statements = database.get_collection(
            "statements", write_concern=_DURABLE, read_concern=ReadConcern("majority")
        )
        self._reads = GroupRead(self._by_ids)

    async def transact(
        self, work: Callable[["Transaction"], Awaitable[Outcome]], lane: str | None = None
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
                        sealed, read_concern=ReadConcern("snapshot"), write_concern=_DURABLE
                    )
            except BulkWriteError as error:
                if any(each["code"] != _DUPLICATE_KEY for each in error.details["writeErrors"]):
                    raise

    async def get(self, organization_id: str, statement_id: str) -> Document | None:
        """Return one statement's document without its keys, voided or not."""
        return await self._reads.get(document_id(organization_id, statement_id))

    async def _by_ids(self, ids: Collection[str]) -> dict[str, Document]:
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

    async def aggregate(self, pipeline: Sequence[Document], seconds: float) -> list[Document]:
        """Return the rows of a pipeline that was checked.

        Raises:
            TooExpensive: it takes longer than `seconds`, or more memory than it may.
            InvalidPipeline: it cannot be computed over this data.
        """
        try:
            found = await self._statements.aggregate(
                pipeline, maxTimeMS=max(1, int(seconds * 1000)), allowDiskUse=False
            )
            return await found.to_list()
        except ExecutionTimeout as error:
            raise TooExpensive(
                f"It takes longer than {seconds:g} s: begin with a narrower $match."
            ) from error
        except OperationFailure as error:
            raise _refused(error) from error

    async def inserts(self, after: Mapping[str, Any] | None) -> AsyncIterator[Any]:
        """Yield the change events of new statements, after a resume token."""
        new = {"operationType": {"$in": ["insert", "replace"]}, "fullDocument.raw": {"$exists": 1}}
        options: dict[str, Any] = {"start_after": after, "max_await_time_ms": _AWAIT_MS}
        async with await self._statements.watch([{"$match": new}], **options) as changes:
            while changes.alive:
                heed_cancellation()
                change = await changes.try_next()
                if change is not None:
                    yield change


class Transaction:
    """The `statements` collection within one transaction."""

    def __init__(self, statements: AsyncCollection[Document], session: AsyncClientSession) -> None:
        self._statements = statements.with_options(write_concern=WriteConcern())
        self._session = session

    async def existing(self, ids: Iterable[str]) -> dict[str, Document]:
        """Return the documents with these `_id`s, by `_id`; places that are kept among them."""
        found = self._statements.find({"_id": {"$in": list(ids)}}, session=self._session)
        return {document["_id"]: document async for document in found}

    async def insert_unless_taken(self, documents: Sequence[Document]) -> None:
        """Write new documents.

        Raises:
            DuplicateIds: an id is taken; the transaction is over.
        """
        answer = await self._statements.database.command(
            {"insert": "statements", "documents": documents}, session=self._session
        )
        errors = answer.get("writeErrors", ())
        if any(error["code"] != _DUPLICATE_KEY for error in errors):
            raise BulkWriteError({"writeErrors": errors})
        if errors:
            raise DuplicateIds

    async def insert(self, documents: Sequence[Document]) -> None:
        """Write new documents."""
        await self._statements.insert_many(documents, session=self._session)

    async def fill(self, document: Document) -> None:
        """Write a document in the place that is kept for it."""
        place = {"_id": document["_id"], "awaited": True}
        await self._statements.replace_one(place, document, session=self._session)

    async def keep_places(self, ids: Iterable[str]) -> None:
        """Keep places for statements that are not there yet."""
        places = [{"_id": each, "awaited": True} for each in ids]
        if places:
            await self._statements.insert_many(places, session=self._session)

    async def referring_to(self, ids: Collection[str]) -> list[Document]:
        """Return the statements whose StatementRef names one of these `_id`s."""
        pairs = [each.rpartition("/") for each in ids]
        found = self._statements.find(
            {
                "organization_id": {"$in": sorted({organization for organization, _, _ in pairs})},
                "target": {"$in": [statement for _, _, statement in pairs], "$exists": True},
            },
            {"raw": 0},
            session=self._session,
        )
        return [document async for document in found if target_of(document) in ids]

    async def refer(self, document: str, target: str, *, void: bool, **found_by: Any) -> None:
        """Give a referring document its target's keys, by `_id`s; void the target if asked.

        The target is written too, so that whoever changes its keys meanwhile meets this.
        """
        await self._statements.update_one(
            {"_id": document}, {"$set": found_by}, session=self._session
        )
        change: Document = {"$inc": {"references": 1}}
        if void:
            change["$set"] = {"voided": True}
        await self._statements.update_one({"_id": target}, change, session=self._session)

    async def remove(self, document: str) -> None:
        """Remove a document, or a place that is kept."""
        await self._statements.delete_one({"_id": document}, session=self._session)

    async def rewrite(self, document: str, fields: Document) -> None:
        """Set fields of a document; those that are None are taken away."""
        change: Document = {
            "$set": {name: value for name, value in fields.items() if value is not None},
            "$unset": {name: "" for name, value in fields.items() if value is None},
        }
        change = {operator: each for operator, each in change.items() if each}
        await self._statements.update_one({"_id": document}, change, session=self._session)


def _refused(error: OperationFailure) -> Exception:
    """What a failed aggregate query means to whoever wrote it; the error itself if nothing."""
    if error.code in _TOO_MUCH:
        return TooExpensive("It takes more memory than it may: group or $match more narrowly.")
    if error.code in _UNCOMPUTABLE or (error.code or 0) >= _FIRST_LOCATION:
        told = str((error.details or {}).get("errmsg", "")).rpartition(" :: caused by :: ")[2]
        return InvalidPipeline(f"It cannot be computed: {told}")
    return error


def target_of(document: Mapping[str, Any]) -> str:
    """Return the `_id` that a referring document's target has."""
    return document_id(document["organization_id"], document["target"])


def result_document(result: Result | None) -> Document | None:
    """Return the outcome as a document without what is absent."""
    return msgspec.to_builtins(result) or None if result else None
