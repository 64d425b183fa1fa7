"""Attachments in GridFS: each once per organization and hash, whoever sends it.

A file is first a place without a hash, which nobody finds. When all of a request's parts are
there they get their hashes, then the statements are written. A refused request takes back what it
brought; what a crash leaves behind belongs to no statement and is swept away when it has not been
used for long.

The collections are GridFS, each attachment once per organization.
    _id, files_id    {organization_id, upload}
    metadata         organization_id; used_at, when a request last had it, until a statement is
                     known to have it; sha2, lower-case, once all of it is there, and uses, how
                     many requests have brought it; swept, once it is being removed
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from bson import ObjectId
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError
from pymongo.read_concern import ReadConcern

from lrs.cancellation import heed_cancellation
from lrs.errors import LRSError, Overloaded
from lrs.store import (
    ATTACHMENT_CHUNKS,
    ATTACHMENT_FILES,
    DUPLICATE_KEY,
    DURABLE,
    Database,
    Document,
)

CHUNK_BYTES = 2**20

IsReferenced = Callable[[str, str], Awaitable[bool]]


class AttachmentLost(LRSError):
    """A stored attachment lacks bytes that it had."""


class StoredAttachment(msgspec.Struct, frozen=True):
    """An attachment that is there: its file, and its length in bytes."""

    file: Mapping[str, Any]
    length: int


class Upload:
    """An attachment on its way into the store, in chunks of bounded size."""

    def __init__(self, store: "AttachmentStore", organization_id: str, sha2: str) -> None:
        self._store = store
        self.organization_id, self.sha2 = organization_id, sha2
        self.file: Document = {"organization_id": organization_id, "upload": ObjectId()}
        self.length = 0
        self._chunks = 0
        self._buffer = bytearray()

    async def write(self, data: bytes) -> None:
        """Add bytes; whole chunks are stored at once."""
        self.length += len(data)
        self._buffer += data
        while len(self._buffer) >= CHUNK_BYTES:
            await self._store_chunk(CHUNK_BYTES)

    async def end(self) -> None:
        """Store the last bytes; the attachment is durable now, and still nobody finds it."""
        if self._buffer or not self._chunks:
            await self._store_chunk(len(self._buffer))

    async def _store_chunk(self, size: int) -> None:
        if not self._chunks:
            await self._store.open(self)
        await self._store.add_chunk(self, self._chunks, bytes(self._buffer[:size]))
        del self._buffer[:size]
        self._chunks += 1


class AttachmentStore:
    """The attachments of all organizations.

    `is_referenced` says whether a statement of an organization has the attachment with a hash.
    """

    def __init__(self, database: Database, is_referenced: IsReferenced) -> None:
        self._is_referenced = is_referenced
        concerns: dict[str, Any] = {
            "write_concern": DURABLE,
            "read_concern": ReadConcern("majority"),
        }
        self._files = database.get_collection(ATTACHMENT_FILES, **concerns)
        self._chunks = database.get_collection(ATTACHMENT_CHUNKS, **concerns)

    def upload(self, organization_id: str, sha2: str) -> Upload:
        """Return an upload of the bytes that have this hash."""
        return Upload(self, organization_id, sha2)

    async def find(
        self, organization_id: str, hashes: Collection[str]
    ) -> dict[str, StoredAttachment]:
        """Return those that are there, by hash."""
        if not hashes:
            return {}
        found = self._files.find(
            {"metadata.organization_id": organization_id, "metadata.sha2": {"$in": list(hashes)}}
        )
        return {
            each["metadata"]["sha2"]: StoredAttachment(each["_id"], each["length"])
            async for each in found
        }

    async def read(self, attachment: StoredAttachment) -> AsyncIterator[bytes]:
        """Yield an attachment's bytes, in order.

        Each chunk is asked for when it is wanted, so a slow reader holds nothing open.

        Raises:
            AttachmentLost: a chunk is not there.
        """
        for number in range(-(-attachment.length // CHUNK_BYTES)):
            place = {"files_id": attachment.file, "n": number}
            chunk = await self._chunks.find_one(place, {"data": 1})
            if chunk is None:
                raise AttachmentLost(f"Chunk {number} of {attachment.file} is not there.")
            yield chunk["data"]

    async def open(self, upload: Upload) -> None:
        """Make the place of an upload, so that it is found if it is abandoned."""
        await self._files.update_one(
            {"_id": upload.file},
            {
                "$setOnInsert": {
                    "length": 0,
                    "chunkSize": CHUNK_BYTES,
                    "metadata.organization_id": upload.organization_id,
                },
                "$currentDate": {"uploadDate": True, "metadata.used_at": True},
            },
            upsert=True,
        )

    async def add_chunk(self, upload: Upload, number: int, data: bytes) -> None:
        """Store a chunk of an upload."""
        await self._chunks.insert_one({"files_id": upload.file, "n": number, "data": data})

    async def finish(self, uploads: Sequence[Upload]) -> None:
        """Let ended uploads be found by their hashes; drop those where another came first.

        Raises:
            Overloaded: one took so long that it was swept away.
        """
        if not uploads:
            return
        matched, later = await self._name(uploads)
        for upload in later:
            await self._drop(upload.file)
            await self.use(upload.organization_id, [upload.sha2])
        if matched + len(later) < len(uploads):
            raise Overloaded

    async def _name(self, uploads: Sequence[Upload]) -> tuple[int, list[Upload]]:
        """Give uploads their hashes; return how many have them, and those that came later."""
        named = [
            UpdateOne(
                {"_id": upload.file, "metadata.swept": {"$exists": False}},
                {
                    "$set": {
                        "length": upload.length,
                        "metadata.sha2": upload.sha2,
                        "metadata.uses": 1,
                    },
                    "$currentDate": {"metadata.used_at": True},
                },
            )
            for upload in uploads
        ]
        try:
            return (await self._files.bulk_write(named, ordered=False)).matched_count, []
        except BulkWriteError as error:
            failed = error.details["writeErrors"]
            if any(each["code"] != DUPLICATE_KEY for each in failed):
                raise
            return error.details["nMatched"], [uploads[each["index"]] for each in failed]

    async def use(self, organization_id: str, hashes: Collection[str]) -> None:
        """Note that a statement is about to have these.

        Raises:
            Overloaded: one was just swept away; it has to be sent again.
        """
        if not hashes:
            return
        used = await self._files.update_many(
            {"metadata.organization_id": organization_id, "metadata.sha2": {"$in": list(hashes)}},
            {"$inc": {"metadata.uses": 1}, "$currentDate": {"metadata.used_at": True}},
        )
        if used.matched_count < len(hashes):
            raise Overloaded

    async def take_back(self, upload: Upload) -> None:
        """Remove an upload whose statements were refused, unless another request uses it too."""
        own = {"_id": upload.file, "metadata.uses": {"$in": [None, 1]}}
        if await self._hide(own):
            await self._drop(upload.file)

    async def release(self, organization_id: str, hashes: Collection[str]) -> None:
        """Note that statements which had these are gone: the sweeper looks at them again."""
        await self._files.update_many(
            {"metadata.organization_id": organization_id, "metadata.sha2": {"$in": list(hashes)}},
            {"$currentDate": {"metadata.used_at": True}},
        )

    async def sweep(self, before: datetime) -> int:
        """Remove what no statement has and nobody has used since a time; return how many.

        A statement is written soon after its attachments were used, so the time must lie
        further back than any request takes. What a statement has is not looked at again until
        it is used or released.
        """
        swept = 0
        for organization_id in await self._files.distinct("metadata.organization_id"):
            old = {
                "metadata.organization_id": organization_id,
                "metadata.used_at": {"$lt": before},
            }
            async for file in self._files.find(old):
                heed_cancellation()
                swept += await self._sweep(organization_id, file)
        await self._sweep_orphans()
        return swept

    async def _sweep(self, organization_id: str, file: Document) -> bool:
        metadata = file["metadata"]
        unused = {"_id": file["_id"], "metadata.used_at": metadata["used_at"]}
        if "sha2" in metadata and await self._is_referenced(organization_id, metadata["sha2"]):
            await self._files.update_one(unused, {"$unset": {"metadata.used_at": True}})
            return False
        if not await self._hide(unused):
            return False
        await self._drop(file["_id"])
        return True

    async def _sweep_orphans(self) -> None:
        """Remove chunks without a file: one that was still on its way when its file was dropped.

        The server walks the index from file to file.
        """
        orphans = await self._chunks.aggregate(
            [
                {"$sort": {"files_id": 1, "n": 1}},
                {"$group": {"_id": "$files_id"}},
                {
                    "$lookup": {
                        "from": ATTACHMENT_FILES,
                        "localField": "_id",
                        "foreignField": "_id",
                        "as": "file",
                    }
                },
                {"$match": {"file": []}},
            ]
        )
        async for orphan in orphans:
            heed_cancellation()
            await self._chunks.delete_many({"files_id": orphan["_id"]})

    async def _hide(self, file: Mapping[str, Any]) -> bool:
        """Let nobody find a file from now on; False where it is no longer as described."""
        hidden = await self._files.update_one(
            file, {"$unset": {"metadata.sha2": True}, "$set": {"metadata.swept": True}}
        )
        return bool(hidden.matched_count)

    async def _drop(self, file: Mapping[str, Any]) -> None:
        """Remove a file that nobody finds: its chunks first, so that a crash leaves no orphans."""
        await self._chunks.delete_many({"files_id": file})
        await self._files.delete_one({"_id": file})
