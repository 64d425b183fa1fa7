"""A lane's writes: MongoDB runs one after the other, and none after one with a higher number.

Each lane has a session of MongoDB, whose id follows from the lane's own; the number is the
session's `txnNumber`. Whoever writes in a lane under the highest number has closed it, to
whatever may still arrive there.
"""

import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

from bson import Binary, Int64
from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError, WriteConcernError

from lrs.cancellation import heed_cancellation
from lrs.errors import LeaseLost
from lrs.store import DURABLE, Database, Document

HIGHEST = 2**62
_SESSIONS = uuid.UUID("67700e3e-576a-4836-911a-a5eb4d57b9bc")
_TRANSACTION_TOO_OLD = 225
_INTERRUPTED = 11601
_RETRYABLE = "RetryableWriteError"


async def write_in_lane(
    database: Database, lane: str, number: int, command: Mapping[str, Any]
) -> Document:
    """Run an insert or update command in its turn; return MongoDB's answer when it is durable.

    Where an answer is lost it is asked for again, under the same number: what was executed is not
    executed twice.

    Raises:
        LeaseLost: the lane had a higher number before.
    """
    numbered = {**command, "txnNumber": Int64(number), "writeConcern": DURABLE.document}
    async with _session(database.client, lane) as session:
        while True:
            heed_cancellation()
            try:
                answer = await database.command(numbered, session=session)
                _check_durable(answer)
            except PyMongoError as error:
                if _code(error) == _TRANSACTION_TOO_OLD:
                    raise LeaseLost from error
                if not _is_retryable(error):
                    raise
            else:
                return answer


async def interrupt(client: AsyncMongoClient[Document], lanes: Sequence[str]) -> None:
    """End what is being written in some lanes; it may be asked for again."""
    sessions = [{"id": _session_id(lane)} for lane in lanes]
    await client.admin.command({"killSessions": sessions})


def _is_retryable(error: PyMongoError) -> bool:
    unanswered = isinstance(error, ConnectionFailure) or error.has_error_label(_RETRYABLE)
    return not error.timeout and (unanswered or _code(error) == _INTERRUPTED)


def _code(error: PyMongoError) -> int | None:
    return error.code if isinstance(error, OperationFailure) else None


def _check_durable(answer: Mapping[str, Any]) -> None:
    failed = answer.get("writeConcernError")
    if failed:
        raise WriteConcernError(failed.get("errmsg", ""), failed.get("code"), answer)


def supports_lanes(client: AsyncMongoClient[Document]) -> bool:
    """Say whether one server runs all of a session: each shard of a cluster counts for itself."""
    servers = client.topology_description.server_descriptions().values()
    return not any(each.server_type_name in ("Mongos", "LoadBalancer") for each in servers)


@asynccontextmanager
async def _session(
    client: AsyncMongoClient[Document], lane: str
) -> AsyncIterator[AsyncClientSession]:
    """A session of the driver's under a lane's id; it goes back to the driver under its own."""
    async with client.start_session(causal_consistency=False) as session:
        session_id = cast(Document, session.session_id)
        own = session_id["id"]
        session_id["id"] = _session_id(lane)
        try:
            yield session
        finally:
            session_id["id"] = own


def _session_id(lane: str) -> Binary:
    return Binary.from_uuid(uuid.uuid5(_SESSIONS, lane))
