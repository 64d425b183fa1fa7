"""Numbers of certificates: CERT-2026-0000001, an organization's next of the year.

The counter and what gets the number are written in one transaction: what fails leaves no gap, and
no number is given twice. Transactions on one counter are in each other's way, so that a server has
one at a time for each organization.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar
from weakref import WeakValueDictionary

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from content.store import CERTIFICATE_NUMBERS, Store

T = TypeVar("T")

Write = Callable[[AsyncClientSession, str], Awaitable[T]]

_TURNS: Final = WeakValueDictionary[tuple[int, str], asyncio.Lock]()


async def numbered(store: Store, organization_id: str, year: int, write: Write[T]) -> T:
    """Write something under the next number. `write` may be called again; what it raises ends the
    transaction, and the number is the next one's.
    """

    async def once(session: AsyncClientSession) -> T:
        counter = await store.database[CERTIFICATE_NUMBERS].find_one_and_update(
            {"organization_id": organization_id, "_id": f"{organization_id}/{year}"},
            {"$inc": {"last": 1}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        last = counter["last"] if counter else 1
        return await write(session, f"CERT-{year}-{last:07}")

    async with _turn(organization_id), store.database.client.start_session() as session:
        return await session.with_transaction(
            once, ReadConcern("snapshot"), WriteConcern("majority")
        )


def _turn(organization_id: str) -> asyncio.Lock:
    """Whose turn it is among those of this loop; it is forgotten once nobody waits for it."""
    return _TURNS.setdefault((id(asyncio.get_running_loop()), organization_id), asyncio.Lock())
