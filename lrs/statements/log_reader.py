"""Reads the log as it is stored, in batches: for checks, erasure and forwarding."""

from collections.abc import AsyncIterator, Collection, Iterable

from pymongo import ASCENDING
from pymongo.asynchronous.cursor import AsyncCursor
from pymongo.read_concern import ReadConcern

from lrs.statement import VOIDED
from lrs.statements.document import target_of
from lrs.store import STATEMENTS, Database, Document

_PAGE_BYTES = 8 * 2**20


class LogReader:
    """The `statements` collection as it is on a majority."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._statements = database.get_collection(STATEMENTS, read_concern=ReadConcern("majority"))

    async def batches(
        self, size: int, organization_id: str | None = None
    ) -> AsyncIterator[list[Document]]:
        """Yield every statement's document, or one organization's, in the order of `stored`."""
        ours = {} if organization_id is None else {"organization_id": organization_id}
        found = self._statements.find(
            {**ours, "awaited": {"$exists": False}},
            sort=[("organization_id", ASCENDING), ("stored", ASCENDING)],
            allow_disk_use=True,
        )
        async for batch in _batches(found, size):
            yield batch

    async def found_by(
        self, organization_id: str, keys: Collection[int], after: int, size: int
    ) -> list[Document]:
        """Return the next statements that are found by any of these keys, voided or not."""
        found = self._statements.find(
            {
                "organization_id": organization_id,
                "keys": {"$in": list(keys)},
                "stored": {"$gt": after},
            },
            sort=[("stored", ASCENDING)],
            limit=size,
        )
        return await found.to_list()

    async def following(
        self,
        organization_id: str,
        after: int,
        through: int,
        size: int,
        fields: Collection[str] | None = None,
    ) -> list[Document]:
        """Return an organization's next statements after one `stored` and up to another.

        They are at most `size`, and fewer where they are large; with `fields`, no others than
        these, and `_id`.
        """
        page: list[Document] = []
        length = 0
        found = self._statements.find(
            {"organization_id": organization_id, "stored": {"$gt": after, "$lte": through}},
            fields,
            sort=[("stored", ASCENDING)],
            limit=size,
        )
        async with found:
            async for document in found:
                page.append(document)
                length += len(document["raw"])
                if length > _PAGE_BYTES:
                    break
        return page

    async def count_following(self, organization_id: str, after: int, most: int) -> int:
        """Count an organization's statements after a `stored`, up to so many."""
        return await self._statements.count_documents(
            {"organization_id": organization_id, "stored": {"$gt": after}}, limit=most
        )

    async def places(self, size: int) -> AsyncIterator[list[str]]:
        """Yield the `_id` of every place that is kept."""
        kept = {"organization_id": None, "awaited": True}
        async for batch in _batches(self._statements.find(kept, {"_id": 1}), size):
            yield [document["_id"] for document in batch]

    async def is_place(self, document: str) -> bool:
        """Say whether a place is kept under this `_id`, and nothing refers to it."""
        kept = await self._statements.find_one({"_id": document, "awaited": True}, {"_id": 1})
        return kept is not None and document not in await self.awaited([document])

    async def statements(self, ids: Iterable[str]) -> dict[str, Document]:
        """Return the documents with these `_id`s, places among them, by `_id`."""
        found = self._statements.find({"_id": {"$in": list(ids)}})
        return {document["_id"]: document async for document in found}

    async def voidings(self, organization_id: str, statement_ids: Iterable[str]) -> set[str]:
        """Return the ids of the statements that void any of these."""
        found = self._statements.find(
            {
                "organization_id": organization_id,
                "target": {"$in": list(statement_ids), "$exists": True},
                "verb": VOIDED,
            },
            {"_id": 1},
        )
        return {document["_id"].rpartition("/")[2] async for document in found}

    async def voided(self, ids: Iterable[str]) -> set[str]:
        """Return those of these `_id`s that a voiding statement names."""
        return await self._targets(ids, {"verb": VOIDED})

    async def awaited(self, ids: Iterable[str]) -> set[str]:
        """Return those of these `_id`s that a statement refers to."""
        return await self._targets(ids, {})

    async def _targets(self, ids: Iterable[str], which: Document) -> set[str]:
        pairs = [each.rpartition("/") for each in ids]
        found = self._statements.find(
            {
                "organization_id": {"$in": sorted({organization for organization, _, _ in pairs})},
                "target": {"$in": [statement for _, _, statement in pairs], "$exists": True},
                **which,
            },
            {"organization_id": 1, "target": 1},
        )
        return {target_of(document) async for document in found}

    async def indexes(self, collection: str) -> dict[str, list[tuple[str, int]]]:
        """Return a collection's indexes: what each is over, by name."""
        found = await self._database[collection].index_information()
        return {name: [(key, int(to)) for key, to in each["key"]] for name, each in found.items()}


async def _batches(found: AsyncCursor[Document], size: int) -> AsyncIterator[list[Document]]:
    batch: list[Document] = []
    async for document in found.batch_size(size):
        batch.append(document)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
