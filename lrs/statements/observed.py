"""Which statements this server's observers were given lately: nobody need be given them again."""

from collections.abc import Iterable, Sequence

_MOST = 50_000


class Observed:
    """The `_id`s of the last 50,000 to 100,000 statements; what is forgotten is given again."""

    def __init__(self) -> None:
        self._young: set[str] = set()
        self._old: set[str] = set()

    def add(self, ids: Iterable[str]) -> None:
        """Remember statements."""
        self._young.update(ids)
        if len(self._young) > _MOST:
            self._old, self._young = self._young, set()

    def without(self, ids: Sequence[str]) -> list[str]:
        """Return those that are not remembered, in the same order."""
        return [each for each in ids if each not in self._young and each not in self._old]
