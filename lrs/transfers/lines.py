"""A stream of bytes as lines, of bounded length."""

from collections.abc import AsyncIterable, AsyncIterator
from typing import NamedTuple


class Line(NamedTuple):
    """A line that is not blank; `number` from 1; `content` None where it is too long."""

    number: int
    content: bytes | None


async def read_lines(chunks: AsyncIterable[bytes], longest: int) -> AsyncIterator[Line]:
    """Yield the lines; of one that has more than `longest` bytes nothing is kept."""
    number, rest, too_long = 1, bytearray(), False
    async for chunk in chunks:
        first, *others = chunk.split(b"\n")
        rest += first
        for piece in others:
            if line := _line(number, rest, too_long or len(rest) > longest):
                yield line
            number, rest, too_long = number + 1, bytearray(piece), False
        if len(rest) > longest:
            rest, too_long = bytearray(), True
    if line := _line(number, rest, too_long):
        yield line


def _line(number: int, content: bytearray, too_long: bool) -> Line | None:
    if too_long:
        return Line(number, None)
    stripped = bytes(content.strip())
    return Line(number, stripped) if stripped else None
