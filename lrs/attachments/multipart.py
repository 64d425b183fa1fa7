"""multipart/mixed as a stream: parts are read as they arrive and written as they are found.

RFC 2046, section 5.1. Nothing here knows what the parts are for, and no part is ever held whole.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from email.message import Message

from lrs.errors import BadRequest, Finding, TooLarge

MULTIPART = "multipart/mixed"
MOST_HEADER_BYTES = 8 * 2**10

_CRLF = b"\r\n"
_HEADERS_END = MOST_HEADER_BYTES + 4
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*", re.DOTALL)
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")

Source = Callable[[], Awaitable[bytes]]


def read_boundary(content_type: str) -> str:
    """Return the boundary that a Content-Type header names.

    Raises:
        BadRequest: it names none, or one that RFC 2046 does not allow.
    """
    message = Message()
    message["Content-Type"] = content_type
    boundary = message.get_param("boundary")
    if not isinstance(boundary, str) or not _BOUNDARY.fullmatch(boundary):
        raise BadRequest(
            [
                Finding(
                    detail="must name a boundary of 1 to 70 characters",
                    where="Content-Type",
                    kind="header",
                    rule="boundary",
                    requirement="XAPI-00130",
                )
            ]
        )
    return boundary


class MultipartReader:
    """The parts of a body, one after the other; each is read to its end before the next.

    `source` gives the next bytes of the body, b"" at its end. Past `limit` bytes in all, the
    body is refused.
    """

    def __init__(self, source: Source, boundary: str, limit: int) -> None:
        self._source, self._limit = source, limit
        self._delimiter = b"\r\n--" + boundary.encode()
        self._buffer = bytearray(_CRLF)
        self._before_data = len(_CRLF)
        self._size = 0
        self._in_part = True
        self._closed = False

    async def next_part(self) -> dict[str, str] | None:
        """Pass over what is left of a part; return the next one's headers, None after the last.

        The names of the headers are in lower case.

        Raises:
            BadRequest: the body is cut off, or is not what RFC 2046 says.
            TooLarge: the body is past its limit.
        """
        while await self.read():
            pass
        if self._closed:
            return None
        end = await self._line_end()
        after = bytes(self._buffer[:end])
        if after.startswith(b"--"):
            self._closed = True
            return None
        if after.strip(b" \t"):
            raise _malformed("has something behind a boundary on its line")
        del self._buffer[:end]
        self._in_part = True
        return await self._headers()

    async def read(self) -> bytes:
        """Return the next bytes of the part, b"" at its end; raises as `next_part`."""
        while self._in_part:
            found = self._buffer.find(self._delimiter)
            if found >= 0:
                self._in_part = False
                data = self._take(found)
                del self._buffer[: len(self._delimiter)]
                return data
            certain = len(self._buffer) - len(self._delimiter) + 1
            if certain > self._before_data:
                return self._take(certain)
            if not await self._more():
                raise _malformed("ends without its closing boundary")
        return b""

    def _take(self, end: int) -> bytes:
        """Take the part's data up to a place out of the buffer."""
        data = bytes(self._buffer[self._before_data : end])
        del self._buffer[:end]
        self._before_data = 0
        return data

    async def drain(self) -> None:
        """Read what follows the last part, which means nothing."""
        self._buffer.clear()
        while await self._more():
            self._buffer.clear()

    async def _more(self) -> bool:
        data = await self._source()
        self._size += len(data)
        if self._size > self._limit:
            raise TooLarge(f"The body has more than {self._limit} bytes.")
        self._buffer += data
        return bool(data)

    async def _line_end(self) -> int:
        """Return where the line ends that a boundary began; a closing one may end the body."""
        while (end := self._buffer.find(_CRLF, 0, MOST_HEADER_BYTES)) < 0:
            if len(self._buffer) >= MOST_HEADER_BYTES:
                raise _malformed("has something behind a boundary on its line")
            if self._buffer.startswith(b"--"):
                return len(self._buffer)
            if not await self._more():
                raise _malformed("ends without its closing boundary")
        return end

    async def _headers(self) -> dict[str, str]:
        """Read the headers and keep the line end after them: a delimiter may begin with it."""
        while (end := self._buffer.find(b"\r\n\r\n", 0, _HEADERS_END)) < 0:
            if len(self._buffer) >= _HEADERS_END:
                raise _malformed(f"has a part with more than {MOST_HEADER_BYTES} bytes of headers")
            if not await self._more():
                raise _malformed("ends within a part's headers")
        lines = bytes(self._buffer[:end]).split(_CRLF)[1:]
        del self._buffer[: end + len(_CRLF)]
        self._before_data = len(_CRLF)
        return dict(map(_header, lines))


def _header(line: bytes) -> tuple[str, str]:
    match = _HEADER.fullmatch(line)
    if match is None:
        raise _malformed("has a part with a line among its headers that is none")
    name, value = match.groups()
    return name.decode().lower(), value.decode("latin-1")


def _malformed(detail: str) -> BadRequest:
    return BadRequest(
        [Finding(detail=f"The body {detail}.", rule="multipart", requirement="XAPI-00131")]
    )


class OutgoingPart:
    """A part to be written: its headers, the number of its bytes, and where they come from."""

    def __init__(
        self, headers: Mapping[str, str], length: int, data: Callable[[], AsyncIterator[bytes]]
    ) -> None:
        fields = {**headers, "Content-Length": str(length)}
        lines = [f"{name}: {_UNPRINTABLE.sub('', value)}\r\n" for name, value in fields.items()]
        self.head = "".join(lines).encode() + _CRLF
        self.length, self.data = length, data

    @classmethod
    def of_bytes(cls, headers: Mapping[str, str], body: bytes) -> "OutgoingPart":
        """Return a part whose bytes are at hand."""

        async def data() -> AsyncIterator[bytes]:
            yield body

        return cls(headers, len(body), data)


class MultipartWriter:
    """A multipart body whose length is known before its bytes are."""

    def __init__(self, parts: list[OutgoingPart], boundary: str) -> None:
        self._parts = parts
        self.content_type = f"{MULTIPART}; boundary={boundary}"
        self._opening = f"--{boundary}\r\n".encode()
        self._closing = f"--{boundary}--\r\n".encode()

    @property
    def length(self) -> int:
        """The number of bytes of the whole body."""
        framing = len(self._opening) + len(_CRLF)
        parts = sum(framing + len(part.head) + part.length for part in self._parts)
        return parts + len(self._closing)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            yield self._opening + part.head
            async for data in part.data():
                yield data
            yield _CRLF
        yield self._closing
