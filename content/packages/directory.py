"""A zip's directory counted before it is read (APPNOTE.TXT 4.3), so that no zip fills the memory.

Python's zipfile makes an object of each entry as it opens a zip; an upload of a few megabytes can
hold a hundred thousand.
"""

import struct
from typing import BinaryIO, Final

_END: Final = struct.Struct("<4s4H2LH")
_END_64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64: Final = struct.Struct("<4sLQL")
_HEADER_SIZE: Final = 46
_LENGTHS: Final = struct.Struct("<3H")
_LENGTHS_AT: Final = 28
_LONGEST_COMMENT: Final = 65_535


class NotAZip(ValueError):
    """The file has no directory of a zip; the message says what is wrong."""


def count_entries(file: BinaryIO, most: int) -> int:
    """How many entries the zip has; stops counting at `most` + 1. Raises NotAZip."""
    start, size = _directory(file)
    file.seek(start)
    count = 0
    while size >= _HEADER_SIZE and count <= most:
        header = file.read(_HEADER_SIZE)
        if len(header) < _HEADER_SIZE or header[:4] != b"PK\x01\x02":
            raise NotAZip("its list of files is damaged")
        length = sum(_LENGTHS.unpack_from(header, _LENGTHS_AT))
        file.read(length)
        size -= _HEADER_SIZE + length
        count += 1
    return count


def _directory(file: BinaryIO) -> tuple[int, int]:
    """Where the directory starts, and its size in bytes."""
    length = file.seek(0, 2)
    tail_at = max(0, length - _END.size - _LONGEST_COMMENT)
    file.seek(tail_at)
    tail = file.read()
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or len(tail) - found < _END.size:
        raise NotAZip("it has no list of its files at the end")
    end = tail_at + found
    size = _END.unpack_from(tail, found)[5]
    wide = _directory_64(file, end)
    if wide is not None:
        end, size = wide
    if size > end:
        raise NotAZip("its list of files is damaged")
    return end - size, size


def _directory_64(file: BinaryIO, end: int) -> tuple[int, int] | None:
    """Where a zip64's directory ends, and its size; None when the zip is no zip64."""
    at = end - _LOCATOR_64.size - _END_64.size
    if at < 0:
        return None
    file.seek(at)
    record = file.read(_END_64.size)
    locator = file.read(4)
    if locator != b"PK\x06\x07" or record[:4] != b"PK\x06\x06":
        return None
    return at, int(_END_64.unpack(record)[8])
