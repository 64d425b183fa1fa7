"""Tar archives as streams (POSIX ustar): members are read as they arrive, written as they are made.

Nothing is ever held whole, and archives one behind the other are one archive.
"""

import re
import tarfile
from collections.abc import AsyncIterator, Awaitable, Callable

from lrs.errors import BadRequest, Finding

BLOCK = 512
END = bytes(2 * BLOCK)

_MODE = 0o644
_MOST_DESCRIPTION = 2**16
_PATH = re.compile(rb"(?:^|\n)\d+ path=([^\n]*)\n")

Source = Callable[[], Awaitable[bytes]]


def member_head(name: str, size: int) -> bytes:
    """Return the header of a file with this name and so many bytes."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, _MODE
    return info.tobuf(tarfile.USTAR_FORMAT)


def padding(size: int) -> bytes:
    """Return what follows so many bytes of a file."""
    return bytes(-size % BLOCK)


class TarReader:
    """The files of an archive, one after the other; `source` gives bytes, b"" at the end."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._buffer = bytearray()
        self._left = self._padding = 0
        self._name = ""

    async def next_file(self) -> str | None:
        """Pass over what is left of a file; return the next one's name, None after the last.

        Raises:
            BadRequest: it is no archive, or is cut off.
        """
        long_name = None
        while (head := await self._next_head()) is not None:
            if head.type in (tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE):
                long_name = _long_name(head, await self._small()) or long_name
            elif head.isreg():
                self._name = long_name or head.name
                return self._name
            else:
                long_name = None
        return None

    async def data(self) -> AsyncIterator[bytes]:
        """Yield the bytes of the present file that were not read yet; raises as `next_file`."""
        while self._left:
            if not self._buffer and not await self._more():
                raise _malformed(f"is cut off within {self._name}")
            piece = bytes(self._buffer[: self._left])
            del self._buffer[: self._left]
            self._left -= len(piece)
            yield piece

    async def _next_head(self) -> tarfile.TarInfo | None:
        async for _ in self.data():
            pass
        await self._skip(self._padding)
        head = await self._head()
        if head is not None:
            self._name, self._left, self._padding = head.name, head.size, -head.size % BLOCK
        return head

    async def _small(self) -> bytes:
        """Return the bytes of what describes the next file."""
        if self._left > _MOST_DESCRIPTION:
            raise _malformed("has a file that is described at great length")
        return b"".join([piece async for piece in self.data()])

    async def _head(self) -> tarfile.TarInfo | None:
        """Return the next header that is none of the empty blocks at an archive's end."""
        while True:
            while len(self._buffer) < BLOCK:
                if not await self._more():
                    if self._buffer:
                        raise _malformed("is cut off within a header")
                    return None
            block = bytes(self._buffer[:BLOCK])
            del self._buffer[:BLOCK]
            if any(block):
                return _read_head(block)

    async def _skip(self, size: int) -> None:
        while len(self._buffer) < size:
            if not await self._more():
                raise _malformed(f"is cut off behind {self._name}")
        del self._buffer[:size]

    async def _more(self) -> bool:
        data = await self._source()
        self._buffer += data
        return bool(data)


def _read_head(block: bytes) -> tarfile.TarInfo:
    try:
        head = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.HeaderError as error:
        raise _malformed(f"has a header that is none: {error}") from error
    if head.size < 0:
        raise _malformed("has a file of less than no bytes")
    return head


def _long_name(head: tarfile.TarInfo, described: bytes) -> str | None:
    """Return the name of the next file where it is too long for its header (GNU, pax)."""
    if head.type == tarfile.GNUTYPE_LONGNAME:
        return described.rstrip(b"\0").decode(errors="replace")
    found = _PATH.search(described)
    return found[1].decode(errors="replace") if found else None


def _malformed(detail: str) -> BadRequest:
    return BadRequest([Finding(detail=f"The archive {detail}.", rule="archive")])
