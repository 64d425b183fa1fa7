"""Merkle trees (RFC 9162, 2.1): many hashes as one, and the proof that one is among them."""

import hashlib
from collections.abc import Sequence
from typing import Literal, TypeAlias

Step: TypeAlias = tuple[Literal["left", "right"], bytes]
"""A neighbour on the way from a leaf to the root, and the side it stands on."""


def leaf(content: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(b"\0" + content).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The hash of all leaves in their order; of none, that of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = _half(len(leaves))
    return _node(root(leaves[:half]), root(leaves[half:]))


def path(leaves: Sequence[bytes], index: int) -> list[Step]:
    """The neighbours on the way from a leaf to the root, the nearest first."""
    if len(leaves) <= 1:
        return []
    half = _half(len(leaves))
    if index < half:
        return [*path(leaves[:half], index), ("right", root(leaves[half:]))]
    return [*path(leaves[half:], index - half), ("left", root(leaves[:half]))]


def root_from(start: bytes, steps: Sequence[Step]) -> bytes:
    """The root that a leaf and its path lead to."""
    reached = start
    for side, neighbour in steps:
        reached = _node(neighbour, reached) if side == "left" else _node(reached, neighbour)
    return reached


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def _half(count: int) -> int:
    """The largest power of two below a count."""
    return 1 << (count - 1).bit_length() - 1
