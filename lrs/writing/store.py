"""The collections by which server processes know of each other; they belong to no organization.

lrs_writers: one document per clock slot; it stays when its writer leaves.
    _id      the slot
    writer   who holds it; None: it is free
    beat     grows with each heartbeat
    floor    microseconds since 1970; nothing will be added up to here by this slot's writers

lrs_lanes: one document per lane of a living writer; each group's transaction writes it, so that
a group of a writer that was declared dead cannot be committed.
    _id      "WRITER/LANE"
    writer
"""

import msgspec
from pymongo import ASCENDING, AsyncMongoClient, UpdateOne
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import BulkWriteError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from lrs.errors import LeaseLost
from lrs.store import DUPLICATE_KEY, DURABLE, LANES, WRITERS, Database, Document


class Slot(msgspec.Struct, frozen=True):
    """A slot as it was read."""

    number: int
    writer: str | None
    beat: int
    floor: int


class WriterStore:
    """The `lrs_writers` and `lrs_lanes` collections."""

    def __init__(self, database: Database) -> None:
        self._client: AsyncMongoClient[Document] = database.client
        majority = ReadConcern("majority")
        self._slots = database.get_collection(WRITERS, write_concern=DURABLE, read_concern=majority)
        self._lanes = database.get_collection(LANES, write_concern=DURABLE, read_concern=majority)

    async def prepare(self, slots: int) -> None:
        """Make the slots' documents; repeatable, and by several servers at once."""
        fresh = {"$setOnInsert": {"writer": None, "beat": 0, "floor": 0}}
        wanted = [UpdateOne({"_id": number}, fresh, upsert=True) for number in range(slots)]
        try:
            await self._slots.bulk_write(wanted, ordered=False)
        except BulkWriteError as error:
            if any(each["code"] != DUPLICATE_KEY for each in error.details["writeErrors"]):
                raise

    async def open_lanes(self, writer: str, lanes: int) -> None:
        """Make a writer's lanes; done once and before it takes a slot."""
        await self._lanes.insert_many(
            [{"_id": lane_id(writer, lane), "writer": writer} for lane in range(lanes)]
        )

    async def close_lanes(self, writer: str, wait_ms: int) -> None:
        """Let no further group of a writer be committed; those that were are settled on return.

        Raises:
            ExecutionTimeout: a group is still between its last write and its end.
        """
        answer = await self._lanes.database.command(
            {
                "delete": LANES,
                "deletes": [{"q": {"writer": writer}, "limit": 0}],
                "maxTimeMS": wait_ms,
                "writeConcern": DURABLE.document,
            }
        )
        _check(answer)

    async def take(self, slot: int, writer: str, floor: int) -> list[Slot]:
        """Take a free slot; return all slots as they are now, or none when it was not free.

        `floor` is one that was published already.
        """
        async with self._client.start_session() as session:
            taken = await self._slots.update_one(
                {"_id": slot, "writer": None},
                {"$set": {"writer": writer}, "$max": {"floor": floor}, "$inc": {"beat": 1}},
                session=session,
            )
            return await self.slots(session) if taken.matched_count else []

    async def slots(self, session: AsyncClientSession | None = None) -> list[Slot]:
        """Return every slot, by number."""
        found = self._slots.find({}, sort=[("_id", ASCENDING)], session=session)
        return [
            Slot(each["_id"], each["writer"], each["beat"], each["floor"]) async for each in found
        ]

    async def beat(self, slot: int, writer: str, floor: int) -> bool:
        """Publish a writer's floor; say whether the slot is still its own."""
        done = await self._slots.update_one(
            {"_id": slot, "writer": writer}, {"$max": {"floor": floor}, "$inc": {"beat": 1}}
        )
        return done.matched_count == 1

    async def free(self, slot: int, writer: str) -> None:
        """Give a slot back whose writer's lanes are closed."""
        await self._slots.update_one({"_id": slot, "writer": writer}, {"$set": {"writer": None}})

    async def settle(self, lane: str) -> None:
        """Return when whatever this lane has begun was committed or never will be."""
        await self._lanes.update_one({"_id": lane}, {"$inc": {"settled": 1}})


def lane_id(writer: str, lane: int) -> str:
    """Return the `_id` of a writer's lane."""
    return f"{writer}/{lane}"


def _check(answer: Document) -> None:
    errors = answer.get("writeErrors")
    if errors:
        raise BulkWriteError({"writeErrors": errors})
    if "writeConcernError" in answer:
        raise BulkWriteError(
            {"writeErrors": [], "writeConcernErrors": [answer["writeConcernError"]]}
        )


async def seal(database: Database, lane: str, session: AsyncClientSession) -> None:
    """Let the session's transaction be committed only while its lane is open.

    It writes the lane's document, so that it and `close_lanes` cannot both go through.

    Raises:
        LeaseLost: the lane is closed.
    """
    lanes = database.get_collection(LANES, write_concern=WriteConcern())
    done = await lanes.update_one({"_id": lane}, {"$inc": {"groups": 1}}, session=session)
    if not done.matched_count:
        raise LeaseLost
