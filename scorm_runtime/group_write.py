"""Updates that arrive together become one bulk write; each is answered for itself."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import msgspec
from pymongo import UpdateOne
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import BulkWriteError, OperationFailure

Document = dict[str, Any]

_MOST_AT_ONCE: Final = 200
_IN_FLIGHT: Final = 2


class _Update(msgspec.Struct, frozen=True, eq=False):
    """One update on its way; `token` marks the document, so that one can see whether it was met."""

    where: Document
    update: Document
    token: str
    answer: "asyncio.Future[bool]"


class GroupWrite:
    """Writes to one collection. While a group is on its way the next one gathers."""

    def __init__(self, collection: AsyncCollection[Document]) -> None:
        self._collection = collection
        self._waiting: list[_Update] = []
        self._sending: set[asyncio.Task[None]] = set()

    async def write(self, where: Document, update: Document) -> bool:
        """Update one document; whether it was there. Raises OperationFailure as the driver does.

        A False may rarely stand for an update that another one followed at once: so an update must
        be safe to try again from what is stored then.
        """
        token = uuid.uuid4().hex
        marked = {**update, "$set": {**update.get("$set", {}), "written": token}}
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Update(where, marked, token, answer))
        if len(self._sending) < _IN_FLIGHT:
            self._sending.add(asyncio.create_task(self._lane()))
        return await answer

    async def _lane(self) -> None:
        try:
            await self._send()
        finally:
            # At once, not by a callback: whoever comes in between would wait for a lane that ended.
            self._sending.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    async def _send(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:_MOST_AT_ONCE], self._waiting[_MOST_AT_ONCE:]
            try:
                await self._send_group(group)
            except Exception as error:
                for each in group:
                    if not each.answer.done():
                        each.answer.set_exception(error)

    async def _send_group(self, group: Sequence[_Update]) -> None:
        made = [UpdateOne(each.where, each.update) for each in group]
        try:
            result = await self._collection.bulk_write(made, ordered=False)
        except BulkWriteError as error:
            if error.details.get("writeConcernErrors"):
                raise
            _fail(group, error.details["writeErrors"])
        else:
            if result.matched_count == len(group):
                _answer(group, {each.token for each in group})
                return
        ids = [each.where["_id"] for each in group]
        organizations = sorted({each.where["organization_id"] for each in group})
        stored = self._collection.find(
            {"organization_id": {"$in": organizations}, "_id": {"$in": ids}}, {"written": 1}
        )
        _answer(group, {document["written"] async for document in stored if "written" in document})


def _answer(group: Sequence[_Update], met: set[str]) -> None:
    for each in group:
        if not each.answer.done():
            each.answer.set_result(each.token in met)


def _fail(group: Sequence[_Update], errors: Sequence[Mapping[str, Any]]) -> None:
    for error in errors:
        answer = group[error["index"]].answer
        if not answer.done():
            answer.set_exception(OperationFailure(str(error["errmsg"]), error["code"]))
