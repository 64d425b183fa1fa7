"""Which statements any server has recorded, by MongoDB's change stream.

An event says only which statement it is about; who needs the rest reads it. A busy log's events
are fetched in large portions: each fetch costs MongoDB more than many events do. The pause also
lets this server's observers finish, so that fewer statements need be read.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, cast

import bson
import msgspec
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.command_cursor import AsyncCommandCursor
from pymongo.errors import ConnectionFailure, CursorNotFound, OperationFailure

from lrs.cancellation import heed_cancellation

ResumeToken = Mapping[str, Any]

_AWAIT_MS = 1000
_PAUSE_SECONDS = 0.25
_PORTION = 2000
_RESUMABLE = "ResumableChangeStreamError"
_NEW = {"operationType": {"$in": ["insert", "replace"]}, "fullDocument.raw": {"$exists": True}}


class Portion(msgspec.Struct, frozen=True):
    """The `_id`s of statements in the order of their writing, and the token of the last."""

    ids: list[str]
    token: ResumeToken


async def portions(
    statements: AsyncCollection[dict[str, Any]], after: ResumeToken | None
) -> AsyncIterator[Portion]:
    """Yield the new statements after a resume token (None: from now on).

    Raises:
        OperationFailure: the token is older than what MongoDB remembers.
    """
    while True:
        async with await _open(statements, after) as events:
            try:
                while events.alive:
                    heed_cancellation()
                    fetched: Any = await events.try_next()
                    if fetched:
                        portion = _portion(fetched)
                        if len(portion.ids) < _PORTION:
                            await asyncio.sleep(_PAUSE_SECONDS)
                        after = portion.token
                        yield portion
            except (ConnectionFailure, CursorNotFound):
                continue
            except OperationFailure as error:
                if not error.has_error_label(_RESUMABLE):
                    raise


async def _open(
    statements: AsyncCollection[dict[str, Any]], after: ResumeToken | None
) -> AsyncCommandCursor[Any]:
    begin = {"startAfter": after} if after else {}
    pipeline: list[dict[str, Any]] = [
        {"$changeStream": begin},
        {"$match": _NEW},
        {"$project": {"documentKey": 1}},
    ]
    batches: Any = await statements.aggregate_raw_batches(
        pipeline, batchSize=_PORTION, maxAwaitTimeMS=_AWAIT_MS
    )
    return cast(AsyncCommandCursor[Any], batches)


def _portion(fetched: bytes) -> Portion:
    events = bson.decode_all(fetched)
    return Portion([each["documentKey"]["_id"] for each in events], events[-1]["_id"])
