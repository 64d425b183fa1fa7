"""Which rows a report is of: by whose they are, and by its filters. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from content.reports.conditions import Asked, condition
from content.reports.definitions import Filter
from content.reports.fields import Entity
from content.reports.joins import Joined, Stage, is_far

COMPUTED: Final = "given"
"""Below this name rows have their values once they are computed."""


def own(entity: Entity, filters: Sequence[Filter], asked: Asked) -> Stage:
    """The documents of the organization, and of the courses that may be seen, that the filters of
    stored fields let through: as an index serves them."""
    conditions = [_stored(entity, each, asked) for each in filters]
    if asked.scope.course_ids is not None and entity.course is not None:
        conditions = [{entity.course: {"$in": list(asked.scope.course_ids)}}, *conditions]
    found: Stage = {"organization_id": asked.organization_id, **entity.where}
    return {"$match": {**found, "$and": conditions} if conditions else found}


def matched(
    entity: Entity, filters: Sequence[Filter], asked: Asked, joined: Joined
) -> Iterator[Stage]:
    """The rows whose computed and joined values the filters let through."""
    if not filters:
        return
    yield from joined.with_all(entity.known(each.field) for each in filters)
    conditions = []
    values: Stage = {}
    for each in filters:
        field = entity.known(each.field)
        path = field.path
        if field.computed is not None:
            path = f"{COMPUTED}.{field.name}"
            values[path] = field.value
        conditions.append({path: condition(field, each, asked)})
    if values:
        yield {"$set": values}
    yield {"$match": {"$and": conditions}}


def near_and_far(entity: Entity, filters: Sequence[Filter]) -> tuple[list[Filter], list[Filter]]:
    """The filters of what rows have themselves, and those of what many rows share."""
    far = [each for each in filters if is_far(entity, entity.known(each.field))]
    return [each for each in filters if each not in far], far


def _stored(entity: Entity, each: Filter, asked: Asked) -> Stage:
    field = entity.known(each.field)
    found = condition(field, each, asked)
    if field.microseconds:
        found = {name: _microseconds(value) for name, value in found.items()}
    return {field.path: found}


def _microseconds(value: Any) -> Any:
    return int(value.timestamp() * 1_000_000) if isinstance(value, datetime) else value
