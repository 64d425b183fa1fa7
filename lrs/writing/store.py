"""The collections by which server processes know of each other; they belong to no organization.

lrs_writers: one document per clock slot; it stays when its writer leaves.
    _id      the slot
    writer   who holds it; None: it is free
    beat     grows with each heartbeat
    floor    microseconds since 1970; nothing will be added up to here by this slot's writers
    lanes    how many the writer has
    users    as whom the writer signs in to MongoDB; sessions belong to users

lrs_lanes: one document per lane of a writer; what is written in a lane that was closed does not
come to be.
    _id      "WRITER/LANE"
    writer
    closed   only there: when the writer was declared dead
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
from pymongo import ASCENDING, AsyncMongoClient, UpdateOne
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import BulkWriteError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from lrs.errors import DifferentUser, LeaseLost
from lrs.store import DUPLICATE_KEY, DURABLE, LANES, WRITERS, Database, Document
from lrs.writing.lane import HIGHEST, interrupt, write_in_lane


class Slot(msgspec.Struct, frozen=True):
    """A slot as it was read."""

    number: int
    writer: str | None
    beat: int
    floor: int
    lanes: int = 0
    users: list[dict[str, str]] = []


class WriterStore:
    """The `lrs_writers` and `lrs_lanes` collections."""

    def __init__(self, database: Database, lanes: int) -> None:
        self._database = database
        self._client: AsyncMongoClient[Document] = database.client
        majority = ReadConcern("majority")
        self._slots = database.get_collection(WRITERS, write_concern=DURABLE, read_concern=majority)
        self._lanes = database.get_collection(LANES, write_concern=DURABLE, read_concern=majority)
        self._own: Document = {"lanes": lanes}

    async def prepare(self, slots: int) -> None:
        """Make the slots' documents; repeatable, and by several servers at once."""
        status = await self._database.command("connectionStatus")
        self._own["users"] = status["authInfo"]["authenticatedUsers"]
        fresh = {"$setOnInsert": {"writer": None, "beat": 0, "floor": 0}}
        wanted = [UpdateOne({"_id": number}, fresh, upsert=True) for number in range(slots)]
        try:
            await self._slots.bulk_write(wanted, ordered=False)
        except BulkWriteError as error:
            if any(each["code"] != DUPLICATE_KEY for each in error.details["writeErrors"]):
                raise

    async def open_lanes(self, writer: str) -> None:
        """Make a writer's lanes; done once and before it takes a slot."""
        lanes = range(self._own["lanes"])
        await self._lanes.insert_many(
            [{"_id": lane_id(writer, lane), "writer": writer} for lane in lanes]
        )

    async def close_lanes(self, slot: Slot) -> None:
        """Let nothing more be written in a slot's lanes; what was, is settled on return.

        Raises:
            DifferentUser: only a server that signs in to MongoDB as the writer did can do it.
        """
        if slot.lanes and slot.users != self._own["users"]:
            raise DifferentUser
        names = [lane_id(str(slot.writer), lane) for lane in range(slot.lanes)]
        if names:
            closing = [self._close(each) for each in names]
            await asyncio.gather(*closing, interrupt(self._client, names))

    async def close_again(self) -> None:
        """Keep closed lanes closed: MongoDB forgets a session that nobody uses for 30 minutes."""
        async for lane in self._lanes.find({"closed": {"$exists": True}}):
            await self._close(lane["_id"])

    async def _close(self, lane: str) -> None:
        """Change its document, which ends transactions, under the number that ends the session."""
        change = {"$currentDate": {"closed": True}, "$inc": {"closings": 1}}
        await self._write(lane, HIGHEST, change)

    async def _write(self, lane: str, number: int, change: Mapping[str, Any]) -> None:
        updates = [{"q": {"_id": lane}, "u": change}]
        update = {"update": LANES, "updates": updates}
        answer = await write_in_lane(self._database, lane, number, update)
        if "writeErrors" in answer:
            raise BulkWriteError(answer)

    async def remove_lanes(self, writer: str) -> None:
        """Remove the lanes of a writer that has nothing in flight."""
        await self._lanes.delete_many({"writer": writer})

    async def take(self, slot: int, writer: str, floor: int) -> list[Slot]:
        """Take a free slot; return all slots as they are now, or none when it was not free.

        `floor` is one that was published already.
        """
        async with self._client.start_session() as session:
            taken = await self._slots.update_one(
                {"_id": slot, "writer": None},
                {
                    "$set": {"writer": writer, **self._own},
                    "$max": {"floor": floor},
                    "$inc": {"beat": 1},
                },
                session=session,
            )
            return await self.slots(session) if taken.matched_count else []

    async def slots(self, session: AsyncClientSession | None = None) -> list[Slot]:
        """Return every slot, by number."""
        found = self._slots.find({}, sort=[("_id", ASCENDING)], session=session)
        return [
            Slot(
                number=each["_id"],
                writer=each["writer"],
                beat=each["beat"],
                floor=each["floor"],
                lanes=each.get("lanes", 0),
                users=each.get("users", []),
            )
            async for each in found
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

    async def settle(self, lane: str, number: int) -> None:
        """Return when whatever this lane has begun was written or never will be."""
        try:
            await self._write(lane, number, {"$inc": {"settled": 1}})
        except LeaseLost:
            await self._close(lane)


def lane_id(writer: str, lane: int) -> str:
    """Return the `_id` of a writer's lane."""
    return f"{writer}/{lane}"


async def seal(database: Database, lane: str, session: AsyncClientSession) -> None:
    """Let the session's transaction be committed only while its lane is open.

    It writes the lane's document, so that it and `close_lanes` meet.

    Raises:
        LeaseLost: the lane is closed.
    """
    lanes = database.get_collection(LANES, write_concern=WriteConcern())
    done = await lanes.update_one(
        {"_id": lane, "closed": None}, {"$inc": {"groups": 1}}, session=session
    )
    if not done.matched_count:
        raise LeaseLost
