"""Inserts that arrive together become one command; each is answered for itself."""

import asyncio
from collections.abc import Sequence
from contextvars import Context
from typing import Any, cast

from bson import ObjectId, encode
from bson.raw_bson import RawBSONDocument
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.common import MAX_BSON_SIZE
from pymongo.errors import BulkWriteError, DocumentTooLarge, DuplicateKeyError, WriteError

Document = dict[str, Any]

_DUPLICATE = 11000
_LANES = 2
_MOST = 200


class GroupInsert:
    """Inserts into one collection: while some are on their way the next ones gather."""

    def __init__(self, collection: AsyncCollection[Document]) -> None:
        self._collection = collection
        self._waiting: list[tuple[RawBSONDocument, asyncio.Future[None]]] = []
        self._lanes: set[asyncio.Task[None]] = set()

    async def insert(self, document: Document) -> None:
        """Store a document. Raises DuplicateKeyError and DocumentTooLarge, as the driver does."""
        written = _written(document)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((written, done))
        if len(self._lanes) < _LANES:
            # A lane writes for many: it takes over nobody's time limit and nobody's log lines.
            self._lanes.add(asyncio.create_task(self._lane(), context=Context()))
        await done

    async def _lane(self) -> None:
        try:
            await self._run()
        finally:
            # At once, not by a callback: whoever comes in between would wait for a lane that ended.
            self._lanes.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    async def _run(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            try:
                failed = await self._insert([document for document, _ in group])
            except Exception as error:
                failed = dict.fromkeys(range(len(group)), error)
            for index, (_, done) in enumerate(group):
                if done.done():
                    continue
                if index in failed:
                    done.set_exception(failed[index])
                else:
                    done.set_result(None)

    async def _insert(self, documents: Sequence[RawBSONDocument]) -> dict[int, Exception]:
        """What became of those that were refused, by their place."""
        try:
            await self._collection.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            if error.details.get("writeConcernErrors"):
                raise
            return {each["index"]: _refused(each) for each in error.details["writeErrors"]}
        return {}


def _written(document: Document) -> RawBSONDocument:
    """The document as it is sent: what cannot be stored is found here, before it joins others."""
    written = encode({"_id": ObjectId(), **document})
    if len(written) > MAX_BSON_SIZE:
        raise DocumentTooLarge(f"The document has {len(written)} bytes, more than MongoDB stores.")
    return RawBSONDocument(written)


def _refused(error: dict[str, Any]) -> WriteError:
    kind = DuplicateKeyError if error["code"] == _DUPLICATE else WriteError
    return kind(error["errmsg"], error["code"], error)
