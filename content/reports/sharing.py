"""What many rows of a list share, such as their course: fetched once for all rows beside them."""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

from content.reports.fields import Entity, Field
from content.store import Store

PORTION: Final = 1000
MOST_KNOWN: Final = 20_000
"""So many documents' values are kept of each kind; then they are fetched anew."""

Row = tuple[Any, ...]


class Shared:
    """Puts values in the place of ids: `fields` are those of the columns that have ids."""

    def __init__(
        self, store: Store, organization_id: str, entity: Entity, fields: Mapping[int, Field]
    ) -> None:
        self._store, self._organization_id, self._entity = store, organization_id, entity
        self._fields = fields
        self._known: dict[str, dict[str, Any]] = defaultdict(dict)

    async def told(self, rows: AsyncIterator[Row]) -> AsyncIterator[Row]:
        """The rows with their values."""
        portion: list[Row] = []
        async for row in rows:
            portion.append(row)
            if len(portion) == PORTION:
                for each in await self._told(portion):
                    yield each
                portion = []
        for each in await self._told(portion):
            yield each

    async def _told(self, rows: Sequence[Row]) -> list[Row]:
        sought: dict[str, set[str]] = defaultdict(set)
        for at, field in self._fields.items():
            sought[field.join or ""] |= {row[at] for row in rows} - {None}
        for name, ids in sought.items():
            await self._fetch(name, ids)
        return [
            tuple(
                self._value(self._fields[at], value) if at in self._fields else value
                for at, value in enumerate(row)
            )
            for row in rows
        ]

    async def _fetch(self, name: str, ids: set[str]) -> None:
        known = self._known[name]
        if len(known) + len(ids) > MOST_KNOWN:
            known.clear()
        if not (absent := ids - known.keys()):
            return
        paths = {_own(each): 1 for each in self._fields.values() if each.join == name}
        query = {"organization_id": self._organization_id, "_id": {"$in": list(absent)}}
        found = self._store.database[self._entity.joins[name].collection].find(query, paths)
        known |= {each["_id"]: each async for each in found}

    def _value(self, field: Field, sought: str | None) -> Any:
        found = self._known[field.join or ""].get(sought or "")
        for part in _own(field).split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        return found


def _own(field: Field) -> str:
    """Where it lies in the document that is joined."""
    return field.path.removeprefix(f"{field.join}.")
