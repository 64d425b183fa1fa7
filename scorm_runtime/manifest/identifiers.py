"""Identifiers that are unique, made so where the author did not."""

from collections import Counter


class Identifiers:
    """The identifiers that were given out."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._twins: Counter[str] = Counter()

    def give(self, wanted: str) -> str:
        """The identifier itself, or with the first number (from 2) that makes it another."""
        given = wanted
        while given in self._taken:
            self._twins[wanted] += 1
            given = f"{wanted}-{self._twins[wanted] + 1}"
        self._taken.add(given)
        return given
