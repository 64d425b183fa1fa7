"""Updates that arrive together become one bulk write; each is answered for itself."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from pymongo import UpdateOne
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import BulkWriteError, OperationFailure

from lrs.lanes import Lanes

Document = dict[str, Any]

_MOST_AT_ONCE: Final = 200


class _Update(msgspec.Struct, frozen=True):
    """One update on its way; `token` marks the document, so that one can see whether it was met."""

    where: Document
    update: Document
    token: str


class GroupWrite:
    """Writes to one collection. While a group is on its way the next one gathers."""

    def __init__(self, collection: AsyncCollection[Document]) -> None:
        self._collection = collection
        self._lanes: Lanes[_Update, bool] = Lanes(self._send, _MOST_AT_ONCE)

    async def write(self, where: Document, update: Document) -> bool:
        """Update one document; whether it was there. Raises OperationFailure as the driver does.

        A False may rarely stand for an update that another one followed at once: so an update must
        be safe to try again from what is stored then.
        """
        token = uuid.uuid4().hex
        marked = {**update, "$set": {**update.get("$set", {}), "written": token}}
        return await self._lanes.ask(_Update(where, marked, token))

    async def _send(self, group: Sequence[_Update]) -> Sequence[bool | Exception]:
        made = [UpdateOne(each.where, each.update) for each in group]
        failed: dict[int, Exception] = {}
        try:
            result = await self._collection.bulk_write(made, ordered=False)
        except BulkWriteError as error:
            if error.details.get("writeConcernErrors"):
                raise
            failed = {each["index"]: _failure(each) for each in error.details["writeErrors"]}
        else:
            if result.matched_count == len(group):
                return [True] * len(group)
        met = await self._met(group)
        return [failed.get(index, each.token in met) for index, each in enumerate(group)]

    async def _met(self, group: Sequence[_Update]) -> set[str]:
        """The tokens of those updates that documents bear now."""
        ids = [each.where["_id"] for each in group]
        organizations = sorted({each.where["organization_id"] for each in group})
        stored = self._collection.find(
            {"organization_id": {"$in": organizations}, "_id": {"$in": ids}}, {"written": 1}
        )
        return {document["written"] async for document in stored if "written" in document}


def _failure(error: Mapping[str, Any]) -> OperationFailure:
    return OperationFailure(str(error["errmsg"]), error["code"])
