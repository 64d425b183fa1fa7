"""An attachment is kept once per organization and hash, and only while a statement has it."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lrs.attachments.store import CHUNK_BYTES, AttachmentLost, AttachmentStore, Upload
from lrs.errors import Overloaded
from lrs.store import ATTACHMENT_CHUNKS, ATTACHMENT_FILES, prepare
from tests.lrs.conftest import ORGANIZATION

LATER = timedelta(days=2)
DATA = b"some bytes"


class Shelf:
    """A store whose statements are a set of hashes."""

    def __init__(self, database: Any) -> None:
        self.database = database
        self.referenced: set[str] = set()
        self.store = AttachmentStore(database, self._is_referenced)

    async def _is_referenced(self, _organization_id: str, sha2: str) -> bool:
        return sha2 in self.referenced

    async def upload(self, data: bytes = DATA, organization_id: str = ORGANIZATION) -> Upload:
        """Return an ended upload that nobody finds yet."""
        upload = self.store.upload(organization_id, hashlib.sha256(data).hexdigest())
        await upload.write(data)
        await upload.end()
        return upload

    async def counts(self) -> tuple[int, int]:
        """Return how many files and chunks there are."""
        files = await self.database[ATTACHMENT_FILES].count_documents({})
        return files, await self.database[ATTACHMENT_CHUNKS].count_documents({})

    async def sweep(self, after: timedelta = LATER) -> int:
        """Sweep as if that much time had passed."""
        return await self.store.sweep(datetime.now(UTC) + after)

    async def read(self, sha2: str, organization_id: str = ORGANIZATION) -> bytes | None:
        """Return the bytes that have a hash."""
        found = await self.store.find(organization_id, [sha2])
        if sha2 not in found:
            return None
        return b"".join([data async for data in self.store.read(found[sha2])])


@pytest.fixture
async def shelf(database: Any) -> Shelf:
    """An empty store."""
    await prepare(database)
    return Shelf(database)


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES - 1])
async def test_what_was_written_is_read(shelf: Shelf, size: int) -> None:
    data = hashlib.shake_128(b"seed").digest(size)
    upload = await shelf.upload(data)
    assert await shelf.read(upload.sha2) is None
    await shelf.store.finish([upload])
    assert await shelf.read(upload.sha2) == data


async def test_uploads_at_the_same_time_become_one(shelf: Shelf) -> None:
    uploads = [await shelf.upload() for _ in range(3)]
    await asyncio.gather(*(shelf.store.finish([upload]) for upload in uploads))
    assert await shelf.counts() == (1, 1)
    assert await shelf.read(uploads[0].sha2) == DATA


async def test_of_several_uploads_the_new_ones_are_kept_beside_one_that_came_later(
    shelf: Shelf,
) -> None:
    await shelf.store.finish([await shelf.upload()])
    new, double, newer = [await shelf.upload(data) for data in (b"new", DATA, b"newer")]
    await shelf.store.finish([new, double, newer])
    assert await shelf.counts() == (3, 3)
    assert [await shelf.read(each.sha2) for each in (new, double, newer)] == [
        b"new",
        DATA,
        b"newer",
    ]


async def test_organizations_share_no_bytes(shelf: Shelf) -> None:
    for organization_id in (ORGANIZATION, "organization-2"):
        await shelf.store.finish([await shelf.upload(DATA, organization_id)])
    assert await shelf.counts() == (2, 2)
    assert await shelf.read((await shelf.upload()).sha2, "organization-3") is None


async def test_what_is_taken_back_is_gone(shelf: Shelf) -> None:
    unfinished, finished = await shelf.upload(b"1"), await shelf.upload(b"2")
    await shelf.store.finish([finished])
    for upload in (unfinished, finished):
        await shelf.store.take_back(upload)
    assert await shelf.counts() == (0, 0)


@pytest.mark.parametrize("in_parallel", [True, False])
async def test_what_another_request_uses_is_not_taken_back(
    shelf: Shelf, *, in_parallel: bool
) -> None:
    first = await shelf.upload()
    second = await shelf.upload() if in_parallel else None
    await shelf.store.finish([first])
    if second:
        await shelf.store.finish([second])
        await shelf.store.take_back(second)
    else:
        await shelf.store.use(ORGANIZATION, [first.sha2])
    await shelf.store.take_back(first)
    assert await shelf.read(first.sha2) == DATA


async def test_what_is_gone_cannot_be_used(shelf: Shelf) -> None:
    upload = await shelf.upload()
    await shelf.store.finish([upload])
    await shelf.store.take_back(upload)
    with pytest.raises(Overloaded):
        await shelf.store.use(ORGANIZATION, [upload.sha2])


async def test_only_what_no_statement_has_is_swept(shelf: Shelf) -> None:
    kept, unused = await shelf.upload(b"kept"), await shelf.upload(b"unused")
    await shelf.store.finish([kept, unused])
    await shelf.upload(b"unfinished")
    shelf.referenced.add(kept.sha2)
    assert await shelf.sweep(-LATER) == 0
    assert await shelf.sweep() == 2
    assert await shelf.counts() == (1, 1)
    assert await shelf.read(kept.sha2) == b"kept"


async def test_what_a_statement_had_is_swept_once_it_is_released(shelf: Shelf) -> None:
    upload = await shelf.upload()
    await shelf.store.finish([upload])
    shelf.referenced.add(upload.sha2)
    assert await shelf.sweep() == 0
    shelf.referenced.clear()
    assert await shelf.sweep() == 0
    await shelf.store.release(ORGANIZATION, [upload.sha2])
    assert await shelf.sweep() == 1
    assert await shelf.counts() == (0, 0)


async def test_an_upload_that_was_swept_is_not_finished(shelf: Shelf) -> None:
    upload = await shelf.upload()
    assert await shelf.sweep() == 1
    with pytest.raises(Overloaded):
        await shelf.store.finish([upload])


async def test_chunks_without_a_file_are_swept(shelf: Shelf) -> None:
    kept, dropped = await shelf.upload(b"kept"), await shelf.upload(b"dropped")
    await shelf.store.finish([kept])
    await shelf.store.take_back(dropped)
    for number in (3, 4):
        await shelf.store.add_chunk(dropped, number, b"late")
    await shelf.sweep(-LATER)
    assert await shelf.counts() == (1, 1)
    assert await shelf.read(kept.sha2) == b"kept"


async def test_orphans_are_found_by_walking_the_index(shelf: Shelf) -> None:
    await shelf.upload()
    plan = await shelf.database.command(
        "explain",
        {
            "aggregate": ATTACHMENT_CHUNKS,
            "pipeline": [
                {"$sort": {"files_id": 1, "n": 1}},
                {"$group": {"_id": "$files_id"}},
            ],
            "cursor": {},
        },
    )
    assert "DISTINCT_SCAN" in str(plan)


async def test_lost_bytes_are_not_passed_over(shelf: Shelf) -> None:
    upload = await shelf.upload()
    await shelf.store.finish([upload])
    await shelf.database[ATTACHMENT_CHUNKS].delete_many({})
    with pytest.raises(AttachmentLost):
        await shelf.read(upload.sha2)
