"""Orders that look random and are always the same for the same seed, on every server."""

import hashlib
from typing import Final

_BYTES: Final = 8


def shuffled(count: int, *seed: str) -> tuple[int, ...]:
    """The numbers from 0 to `count` - 1 in the order of a seed."""
    name = "\x00".join(seed).encode()
    return tuple(sorted(range(count), key=lambda index: (_rank(name, index), index)))


def drawn(count: int, among: int, *seed: str) -> tuple[int, ...]:
    """`count` of the numbers from 0 to `among` - 1, or all, as the seed draws them."""
    return shuffled(among, "draw", *seed)[:count]


def _rank(name: bytes, index: int) -> bytes:
    return hashlib.blake2b(name, digest_size=_BYTES, salt=index.to_bytes(8, "big")).digest()
