"""How large a package may be."""

from msgspec import Struct

MIB = 1024 * 1024


class PackageLimits(Struct, frozen=True, kw_only=True):
    """What a package is held to.

    Bytes of the upload, bytes of its files when unpacked, number of entries, and how many times
    larger than the upload its files may be once they pass `ratio_from` bytes.
    """

    upload: int = 2048 * MIB
    unpacked: int = 8192 * MIB
    entries: int = 50_000
    ratio: int = 100
    ratio_from: int = 64 * MIB
