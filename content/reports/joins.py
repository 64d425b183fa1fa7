"""Other documents beside rows: each is joined once, and not before it is needed. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any

from content.reports.fields import Entity, Field

Stage = dict[str, Any]


def joins_of(entity: Entity, field: Field) -> frozenset[str]:
    """The joins that a field's value is made of."""
    if field.computed is None:
        return frozenset((field.join,) if field.join else ())
    written = repr(field.computed)
    return frozenset(name for name in entity.joins if f"'${name}." in written)


def is_far(entity: Entity, field: Field) -> bool:
    """Whether it lies in a document that many rows share, such as their course."""
    return any(entity.joins[name].local != "_id" for name in joins_of(entity, field))


class Joined:
    """What a pipeline has joined so far."""

    def __init__(self, entity: Entity) -> None:
        self._entity = entity
        self._names: set[str] = set()

    def with_all(self, fields: Iterable[Field]) -> Iterator[Stage]:
        """The stages after which these fields are there."""
        wanted = {name for each in fields for name in joins_of(self._entity, each)}
        for name, join in self._entity.joins.items():
            if name not in wanted - self._names:
                continue
            yield {
                "$lookup": {
                    "from": join.collection,
                    "localField": join.local,
                    "foreignField": "_id",
                    "as": name,
                }
            }
            yield {"$set": {name: {"$first": f"${name}"}}}
        self._names |= wanted
