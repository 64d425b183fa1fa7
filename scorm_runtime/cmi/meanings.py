"""What one field means in each record of a collection: a second of a meaning is found at once."""

from collections import defaultdict
from collections.abc import Hashable, Iterable

from scorm_runtime.cmi.scorm2004_types import Types


class Meanings:
    """The records of a collection by what one field of theirs means, read as values of a type."""

    def __init__(self, types: Types, kind: str, values: Iterable[tuple[int, str]]) -> None:
        self.kind = kind
        self._types = types
        self._records: defaultdict[Hashable, set[int]] = defaultdict(set)
        for index, value in values:
            self._records[types.meaning(kind, value)].add(index)

    def elsewhere(self, value: str, own: int) -> bool:
        """Whether a record other than `own` holds a value of this meaning."""
        return bool(self._records.get(self._types.meaning(self.kind, value), set()) - {own})

    def replace(self, index: int, before: str | None, value: str) -> None:
        """A record holds another value than before."""
        if before is not None:
            self._records[self._types.meaning(self.kind, before)].discard(index)
        self._records[self._types.meaning(self.kind, value)].add(index)
