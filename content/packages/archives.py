"""Uploaded zips in GridFS, written a few chunks at a time so that memory stays flat.

The driver's own upload holds 32 MiB of chunks and their encoding: a 200 MB package took 200 MB.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import BinaryIO, Final

from bson import Binary

from content.identity import now
from content.store import PACKAGE_CHUNKS, PACKAGE_FILES, Store

CHUNK: Final = 512 * 1024
_CHUNKS_AT_ONCE: Final = 8


def _id(organization_id: str, package_id: str) -> dict[str, str]:
    return {"organization_id": organization_id, "package_id": package_id}


async def keep(
    store: Store, organization_id: str, package_id: str, filename: str, source: BinaryIO
) -> None:
    """Store a file from its beginning, as GridFS lays it out."""
    identity, number, length = _id(organization_id, package_id), 0, 0
    source.seek(0)
    while block := await asyncio.to_thread(source.read, CHUNK * _CHUNKS_AT_ONCE):
        chunks = [
            {
                "files_id": identity,
                "n": number + n,
                "data": Binary(block[n * CHUNK : (n + 1) * CHUNK]),
            }
            for n in range(-(-len(block) // CHUNK))
        ]
        await store.database[PACKAGE_CHUNKS].insert_many(chunks)
        number, length = number + len(chunks), length + len(block)
    await store.database[PACKAGE_FILES].insert_one(
        {
            "_id": identity,
            "length": length,
            "chunkSize": CHUNK,
            "uploadDate": now(),
            "filename": filename,
            "metadata": {"organization_id": organization_id},
        }
    )


async def chunks_of(store: Store, organization_id: str, package_id: str) -> AsyncIterator[bytes]:
    """The stored bytes in order; nothing when there is no such archive."""
    query = {"files_id": _id(organization_id, package_id)}
    cursor = store.database[PACKAGE_CHUNKS].find(query, {"data": 1, "_id": 0})
    async for chunk in cursor.sort("n").batch_size(_CHUNKS_AT_ONCE):
        yield chunk["data"]


async def discard(store: Store, organization_id: str, package_id: str) -> None:
    """Remove an archive, or the chunks of one that was never finished."""
    identity = _id(organization_id, package_id)
    await store.database[PACKAGE_FILES].delete_one({"_id": identity})
    await store.database[PACKAGE_CHUNKS].delete_many({"files_id": identity})
