"""Seats: how many people a course with a limit can still take, exact whoever asks beside.

A seat is taken by every enrollment that is neither cancelled nor expired. They are counted, in a
transaction that writes to the course's turn first: of two that overlap one is done again.
"""

import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from content.identity import now
from content.store import COLLECTIONS, SEAT_TURNS, Store

T = TypeVar("T")

Take = Callable[[AsyncClientSession, int], Awaitable[T]]


async def taking(
    store: Store, organization_id: str, course_id: str, seats: int | None, take: Take[T]
) -> T:
    """Take seats in the transaction that counts them: `take` is told how many are free.

    Without a limit (None) nothing is counted. `take` may be called again; what it raises ends the
    transaction, and nothing was written.
    """

    async def once(session: AsyncClientSession) -> T:
        if seats is None:
            return await take(session, sys.maxsize)
        await _take_turn(store, organization_id, course_id, session)
        taken = await _taken(store, organization_id, course_id, session)
        return await take(session, max(0, seats - taken))

    async with store.database.client.start_session() as session:
        return await session.with_transaction(
            once, ReadConcern("snapshot"), WriteConcern("majority")
        )


async def _take_turn(
    store: Store, organization_id: str, course_id: str, session: AsyncClientSession
) -> None:
    """Make this transaction fail where another one of the course overlaps."""
    await store.database[SEAT_TURNS].update_one(
        {"organization_id": organization_id, "_id": course_id},
        {"$inc": {"turn": 1}},
        upsert=True,
        session=session,
    )


async def _taken(
    store: Store, organization_id: str, course_id: str, session: AsyncClientSession
) -> int:
    query: dict[str, Any] = {
        "organization_id": organization_id,
        "course_id": course_id,
        "cancelled_at": None,
        "$or": [{"expires_at": None}, {"expires_at": {"$gt": now()}}],
    }
    enrollments = store.database[COLLECTIONS["enrollment"]]
    return await enrollments.count_documents(query, session=session)
