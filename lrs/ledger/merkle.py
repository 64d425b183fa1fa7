"""Merkle trees (RFC 9162, 2.1): many hashes as one, and the proof that one is among them."""

import hashlib
from collections.abc import Sequence
from typing import Literal, TypeAlias

Step: TypeAlias = tuple[Literal["left", "right"], bytes]
"""A neighbour on the way from a leaf to the root, and the side it stands on."""


def leaf(content: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(b"\0" + content).digest()


class Tree:
    """The hashes over leaves in their order; where one is left over it goes up as it is."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._levels = [list(leaves)]
        while len(self._levels[-1]) > 1:
            self._levels.append(_above(self._levels[-1]))

    @property
    def root(self) -> bytes:
        """The hash of all leaves; of none, that of nothing."""
        top = self._levels[-1]
        return top[0] if top else hashlib.sha256(b"").digest()

    def path(self, index: int) -> list[Step]:
        """The neighbours on the way from a leaf to the root, the nearest first."""
        steps: list[Step] = []
        for level in self._levels[:-1]:
            beside = index ^ 1
            if beside < len(level):
                steps.append(("left" if beside < index else "right", level[beside]))
            index //= 2
        return steps


def root(leaves: Sequence[bytes]) -> bytes:
    """The hash of all leaves in their order."""
    return Tree(leaves).root


def root_from(start: bytes, steps: Sequence[Step]) -> bytes:
    """The root that a leaf and its path lead to."""
    reached = start
    for side, neighbour in steps:
        reached = _node(neighbour, reached) if side == "left" else _node(reached, neighbour)
    return reached


def _above(level: Sequence[bytes]) -> list[bytes]:
    pairs = [_node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
    return [*pairs, level[-1]] if len(level) % 2 else pairs


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()
