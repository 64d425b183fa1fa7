"""Inserts that arrive together become one command; each is answered for itself."""

from collections.abc import Sequence
from typing import Any

import pymongo
from bson import ObjectId, encode
from bson.raw_bson import RawBSONDocument
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.common import MAX_BSON_SIZE
from pymongo.errors import BulkWriteError, DocumentTooLarge, DuplicateKeyError, WriteError

from lrs.lanes import Lanes
from lrs.store import DUPLICATE_KEY

Document = dict[str, Any]

_MOST = 200


class GroupInsert:
    """Inserts into one collection: while some are on their way the next ones gather."""

    def __init__(self, collection: AsyncCollection[Document], seconds: float | None = None) -> None:
        """A group is written within so many seconds, or not at all."""
        self._collection, self._seconds = collection, seconds
        self._lanes: Lanes[RawBSONDocument, None] = Lanes(self._insert, _MOST)

    async def insert(self, document: Document) -> None:
        """Store a document. Raises DuplicateKeyError and DocumentTooLarge, as the driver does."""
        await self._lanes.ask(_written(document))

    async def _insert(self, documents: Sequence[RawBSONDocument]) -> Sequence[Exception | None]:
        """What became of each: None where it is stored."""
        try:
            with pymongo.timeout(self._seconds):
                await self._collection.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            if error.details.get("writeConcernErrors"):
                raise
            failed = {each["index"]: _refused(each) for each in error.details["writeErrors"]}
            return [failed.get(index) for index in range(len(documents))]
        return [None] * len(documents)


def _written(document: Document) -> RawBSONDocument:
    """The document as it is sent: what cannot be stored is found here, before it joins others."""
    written = encode({"_id": ObjectId(), **document})
    if len(written) > MAX_BSON_SIZE:
        raise DocumentTooLarge(f"The document has {len(written)} bytes, more than MongoDB stores.")
    return RawBSONDocument(written)


def _refused(error: dict[str, Any]) -> WriteError:
    kind = DuplicateKeyError if error["code"] == DUPLICATE_KEY else WriteError
    return kind(error["errmsg"], error["code"], error)
