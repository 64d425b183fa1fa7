"""Files' bytes in GridFS, written and read a chunk at a time so that memory stays flat.

The place of an upload is made first, so that one that a crash cut short can be found; `kept` says
that a StoredFile names it.
"""

import hashlib
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Final

from bson import Binary
from msgspec import Struct

from content.identity import now
from content.store import FILE_CHUNKS, FILE_PLACES, Store

CHUNK: Final = 512 * 1024


class Written(Struct, frozen=True, kw_only=True):
    """What is known of the bytes once they are all there."""

    size: int
    sha256: str


class ContentsLost(Exception):
    """A chunk that was stored is not there."""


def _id(organization_id: str, file_id: str) -> dict[str, str]:
    return {"organization_id": organization_id, "file_id": file_id}


async def write(
    store: Store, organization_id: str, file_id: str, source: AsyncIterator[bytes]
) -> Written:
    """Store bytes as they come, in whole chunks."""
    place, digest = _id(organization_id, file_id), hashlib.sha256()
    await store.database[FILE_PLACES].insert_one(_place(place))
    buffer, size, number = bytearray(), 0, 0
    async for data in source:
        digest.update(data)
        size += len(data)
        buffer += data
        while len(buffer) >= CHUNK:
            await _store(store, place, number, bytes(buffer[:CHUNK]))
            del buffer[:CHUNK]
            number += 1
    if buffer:
        await _store(store, place, number, bytes(buffer))
    await store.database[FILE_PLACES].update_one({"_id": place}, {"$set": {"length": size}})
    return Written(size=size, sha256=digest.hexdigest())


async def read(
    store: Store, organization_id: str, file_id: str, start: int, stop: int
) -> AsyncIterator[bytes]:
    """The bytes from start up to, without, stop.

    Each chunk is asked for when it is wanted, so a slow reader holds nothing open.

    Raises:
        ContentsLost: a chunk is not there.
    """
    place, chunks = _id(organization_id, file_id), store.database[FILE_CHUNKS]
    for number in range(start // CHUNK, -(-stop // CHUNK)):
        chunk = await chunks.find_one({"files_id": place, "n": number}, {"data": 1})
        if chunk is None:
            raise ContentsLost(f"chunk {number} of {file_id}")
        first = number * CHUNK
        yield chunk["data"][max(start - first, 0) : stop - first]


async def mark_kept(store: Store, organization_id: str, file_id: str, *, kept: bool = True) -> None:
    """Note that a StoredFile names the bytes, or (not `kept`) that they may be swept."""
    place = _id(organization_id, file_id)
    await store.database[FILE_PLACES].update_one({"_id": place}, {"$set": {"metadata.kept": kept}})


async def discard(store: Store, organization_id: str, file_id: str) -> None:
    """Remove a file's bytes, or those of an upload that was never finished."""
    place = _id(organization_id, file_id)
    await store.database[FILE_CHUNKS].delete_many({"files_id": place})
    await store.database[FILE_PLACES].delete_one({"_id": place})


async def unkept(store: Store, organization_id: str, before: datetime) -> list[str]:
    """The ids of the uploads begun before a moment that no StoredFile is known to name."""
    found = store.database[FILE_PLACES].find(
        {
            "metadata.organization_id": organization_id,
            "metadata.kept": False,
            "uploadDate": {"$lt": before},
        },
        {"_id": 1},
    )
    return [each["_id"]["file_id"] async for each in found]


def _place(place: dict[str, str]) -> dict[str, Any]:
    metadata = {"organization_id": place["organization_id"], "kept": False}
    return {
        "_id": place,
        "length": 0,
        "chunkSize": CHUNK,
        "uploadDate": now(),
        "metadata": metadata,
    }


async def _store(store: Store, place: dict[str, str], number: int, data: bytes) -> None:
    chunk = {"files_id": place, "n": number, "data": Binary(data)}
    await store.database[FILE_CHUNKS].insert_one(chunk)
