"""Taking a file in: checked while it arrives, found by nobody until it is kept."""

import asyncio
from collections.abc import AsyncIterator, Collection
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, structs

from content.errors import Conflict, FileRefused, FileTooLarge
from content.files import contents
from content.files.file import Home, StoredFile
from content.files.kinds import HEAD, KINDS, FileKind, agrees, kind_of
from content.identity import new_id, now
from content.store import Store

LONGEST_NAME: Final = 255
SLOWEST: Final = timedelta(hours=12)
"""How long an upload may take: less than what lies unkept before it is swept."""


class FileLimits(Struct, frozen=True, kw_only=True):
    """What a file may be: at most `size` bytes, of one of the `extensions` (with their dots)."""

    size: int
    extensions: Collection[str] = KINDS.keys()


class Received(Struct, frozen=True, kw_only=True):
    """A file whose bytes are all there; nobody finds it yet."""

    id: str
    filename: str
    kind: FileKind
    size: int
    sha256: str
    begun_at: datetime


async def receive(
    store: Store,
    organization_id: str,
    filename: str,
    source: AsyncIterator[bytes],
    limits: FileLimits,
) -> Received:
    """Store a file's bytes as they arrive; whatever goes wrong leaves nothing.

    Raises:
        FileRefused: it is empty, its kind is not taken, or it is not what its name says.
        FileTooLarge: it has more bytes than the limit.
    """
    name = plain_name(filename)
    kind = _allowed(name, limits.extensions)
    file_id, begun_at = new_id("file"), now()
    try:
        checked = _checked(kind, name, limits.size, source)
        written = await contents.write(store, organization_id, file_id, checked)
        if not written.size:
            raise FileRefused("file_empty", f"{name} has no bytes.")
    except BaseException:
        await asyncio.shield(contents.discard(store, organization_id, file_id))
        raise
    return Received(
        id=file_id,
        filename=name,
        kind=kind,
        size=written.size,
        sha256=written.sha256,
        begun_at=begun_at,
    )


async def keep(
    store: Store,
    organization_id: str,
    received: Received,
    owner_id: str,
    home: Home,
    *,
    settled: bool = True,
    expires_at: datetime | None = None,
) -> StoredFile:
    """Let a received file be found, until it expires. Raises Conflict (upload_too_slow)."""
    moment = now()
    if moment - received.begun_at > SLOWEST:
        await discard(store, organization_id, received)
        raise Conflict("upload_too_slow", f"{received.filename} took more than twelve hours.")
    file = StoredFile(
        id=received.id,
        organization_id=organization_id,
        created_at=moment,
        updated_at=moment,
        owner_id=owner_id,
        filename=received.filename,
        extension=received.kind.extension,
        media_type=received.kind.media_type,
        size=received.size,
        sha256=received.sha256,
        settled=settled,
        expires_at=expires_at,
        **structs.asdict(home),
    )
    await store.of(StoredFile).insert(file)
    await contents.mark_kept(store, organization_id, file.id)
    return file


async def discard(store: Store, organization_id: str, received: Received) -> None:
    """Remove a received file, unless it was kept after all."""
    if await store.of(StoredFile).first(organization_id, {"_id": received.id}) is not None:
        return
    await contents.discard(store, organization_id, received.id)


def plain_name(filename: str) -> str:
    """The name without folders and control characters, the extension kept where it is cut."""
    name = filename.replace("\\", "/").rpartition("/")[2]
    name = "".join(each for each in name if each.isprintable()).strip()
    if len(name) <= LONGEST_NAME:
        return name or "unnamed"
    kind = kind_of(name)
    ending = kind.extension if kind else ""
    return name[: LONGEST_NAME - len(ending)] + ending


def _allowed(name: str, extensions: Collection[str]) -> FileKind:
    kind = kind_of(name)
    if kind is None or not any(name.lower().endswith(each) for each in extensions):
        taken = ", ".join(sorted(extensions))
        raise FileRefused("file_type_not_allowed", f"{name} is not taken; these are: {taken}.")
    return kind


async def _checked(
    kind: FileKind, name: str, largest: int, source: AsyncIterator[bytes]
) -> AsyncIterator[bytes]:
    """The bytes, the first of them held back until they tell the kind."""
    size, head, told = 0, bytearray(), False
    async for data in source:
        size += len(data)
        if size > largest:
            raise FileTooLarge(f"{name} has more than {largest} bytes.")
        if told:
            yield data
            continue
        head += data
        if len(head) >= HEAD:
            yield _begun(kind, name, head)
            told = True
    if head and not told:
        yield _begun(kind, name, head)


def _begun(kind: FileKind, name: str, head: bytearray) -> bytes:
    if not agrees(kind, bytes(head[:HEAD])):
        detail = f"{name} is not what its name says: its content is not {kind.media_type}."
        raise FileRefused("file_type_mismatch", detail)
    return bytes(head)
