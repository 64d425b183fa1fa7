"""What a crash leaves of an upload is swept away; what is kept stays."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from content import files, organizations
from content.errors import FileRefused, FileTooLarge
from content.files import FileLimits, Home, Received, contents
from content.files.contents import CHUNK
from content.identity import now
from content.organizations import OrganizationDraft
from content.store import FILE_CHUNKS, FILE_PLACES, Store

LIMITS = FileLimits(size=4 * CHUNK)


async def _bytes(*portions: bytes) -> AsyncIterator[bytes]:
    for portion in portions:
        yield portion


async def _organization(store: Store) -> str:
    draft = OrganizationDraft(name="Harbour", public_url="https://lms.example")
    return (await organizations.create(store, draft)).id


async def _receive(store: Store, organization_id: str, *portions: bytes) -> Received:
    return await files.receive(store, organization_id, "a.txt", _bytes(*portions), LIMITS)


async def _left(store: Store) -> int:
    counts = [await store.database[each].count_documents({}) for each in (FILE_PLACES, FILE_CHUNKS)]
    return sum(counts)


async def test_bytes_come_back_as_they_went_in_from_any_place(store: Store) -> None:
    organization_id = await _organization(store)
    text = b"0123456789" * (CHUNK // 4)
    portions = [text[start : start + 70_001] for start in range(0, len(text), 70_001)]
    received = await _receive(store, organization_id, *portions)
    assert received.size == len(text)
    for start, stop in ((0, len(text)), (0, 1), (CHUNK - 1, CHUNK + 1), (CHUNK, 2 * CHUNK)):
        found = contents.read(store, organization_id, received.id, start, stop)
        assert b"".join([each async for each in found]) == text[start:stop]


async def test_what_was_received_and_never_kept_is_swept(store: Store) -> None:
    organization_id = await _organization(store)
    kept = await _receive(store, organization_id, b"kept")
    file = await files.keep(store, organization_id, kept, "user_1", Home())
    await _receive(store, organization_id, b"lost")
    assert await files.sweep(store, now() - timedelta(hours=1)) == 0
    assert await files.sweep(store, now() + timedelta(seconds=1)) == 1
    assert await _left(store) == 2
    found = contents.read(store, organization_id, file.id, 0, file.size)
    assert [each async for each in found] == [b"kept"]


async def test_a_file_that_a_crash_left_unmarked_is_not_swept(store: Store) -> None:
    organization_id = await _organization(store)
    received = await _receive(store, organization_id, b"kept")
    await files.keep(store, organization_id, received, "user_1", Home())
    await contents.mark_kept(store, organization_id, received.id, kept=False)
    assert await files.sweep(store, now() + timedelta(seconds=1)) == 0
    assert await contents.unkept(store, organization_id, now() + timedelta(seconds=1)) == []


async def _breaking() -> AsyncIterator[bytes]:
    yield b"x" * (CHUNK + 1)
    raise ConnectionResetError


async def test_a_refused_or_broken_upload_leaves_nothing(store: Store) -> None:
    organization_id = await _organization(store)
    with pytest.raises(ConnectionResetError):
        await files.receive(store, organization_id, "a.txt", _breaking(), LIMITS)
    with pytest.raises(FileTooLarge):
        await _receive(store, organization_id, *[b"x" * CHUNK] * 5)
    with pytest.raises(FileRefused, match="no bytes"):
        await _receive(store, organization_id)
    with pytest.raises(FileRefused, match="not what its name says"):
        await _receive(store, organization_id, b"\x00\x01")
    assert await _left(store) == 0
