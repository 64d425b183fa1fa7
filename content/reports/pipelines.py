"""From a sound definition to the stages that MongoDB answers it by. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from content.reports.conditions import Asked, condition
from content.reports.definitions import Aggregate, Filter, Group, ReportDefinition
from content.reports.entities import ENTITIES
from content.reports.fields import Entity, Field

Stage = dict[str, Any]

FORMATS: Final[Mapping[str, str]] = {
    "day": "%Y-%m-%d",
    "week": "%G-W%V",
    "month": "%Y-%m",
    "year": "%Y",
}
COMPUTED: Final = "given"
"""Below this name rows have their values once they are computed."""


def pipeline(definition: ReportDefinition, asked: Asked) -> list[Stage]:
    """The stages for a definition that is sound for this scope; rows have `c0`, `c1`…

    What an index may serve comes first; documents are joined only after that, and after the rows
    are sorted and cut where what they are sorted by is their own.
    """
    entity = ENTITIES[definition.entity]
    stored = [each for each in definition.filters if _of(entity, each.field).stored]
    others = [each for each in definition.filters if not _of(entity, each.field).stored]
    stages: list[Stage] = [
        {"$match": _own(entity, asked, [_stored(entity, each, asked) for each in stored])},
        *(dict(each) for each in entity.stages),
    ]
    early = _early(definition, entity) and not others
    if early:
        stages += _cut(_order(definition, entity, stored=True), asked)
    used = _used(definition, entity, others)
    stages += [*_joined(entity, used)]
    if others:
        stages += [*_matched(entity, others, asked)]
    if definition.grouped:
        stages += _grouped(definition, entity, asked)
        stages += _cut(_order_of_groups(definition), asked)
        return stages
    if not early:
        stages += _sorted(definition, entity, asked)
    shown = {f"c{at}": _of(entity, name).value for at, name in enumerate(definition.names)}
    return [*stages, {"$project": {"_id": 0, **shown}}]


def _of(entity: Entity, name: str) -> Field:
    found = entity.field(name)
    if found is None:
        raise KeyError(name)
    return found


def _own(entity: Entity, asked: Asked, conditions: list[Stage]) -> Stage:
    own: Stage = {"organization_id": asked.organization_id, **entity.where}
    if asked.scope.course_ids is not None and entity.course is not None:
        conditions = [{entity.course: {"$in": list(asked.scope.course_ids)}}, *conditions]
    return {**own, "$and": conditions} if conditions else own


def _stored(entity: Entity, each: Filter, asked: Asked) -> Stage:
    """A condition on what lies in the document, as an index serves it."""
    field = _of(entity, each.field)
    found = condition(field, each, asked)
    if field.microseconds:
        found = {name: _microseconds(value) for name, value in found.items()}
    return {field.path: found}


def _microseconds(value: Any) -> Any:
    return int(value.timestamp() * 1_000_000) if isinstance(value, datetime) else value


def _used(definition: ReportDefinition, entity: Entity, others: Iterable[Filter]) -> list[Field]:
    """The fields that are shown, grouped, computed, sorted or matched by."""
    names = {each.field for each in others}
    names |= {each.field for each in definition.group}
    names |= {each.field for each in definition.aggregates if each.field is not None}
    if not definition.grouped:
        names |= {*definition.names, *(each.removeprefix("-") for each in definition.sort)}
    return [each for each in entity.fields if each.name in names]


def _joined(entity: Entity, used: Iterable[Field]) -> Iterator[Stage]:
    """A document for each join that some field needs."""
    wanted = {each.join for each in used if each.join}
    for each in used:
        if each.computed is not None:
            wanted |= {name for name in entity.joins if f"${name}." in repr(each.computed)}
    for name, join in entity.joins.items():
        if name in wanted:
            yield {
                "$lookup": {
                    "from": join.collection,
                    "localField": join.local,
                    "foreignField": "_id",
                    "as": name,
                }
            }
            yield {"$set": {name: {"$first": f"${name}"}}}


def _matched(entity: Entity, filters: Iterable[Filter], asked: Asked) -> Iterator[Stage]:
    """What lies in joined documents, or is computed, is matched once it is there."""
    conditions = []
    values: Stage = {}
    for each in filters:
        field = _of(entity, each.field)
        path = field.path
        if field.computed is not None or field.microseconds:
            path = f"{COMPUTED}.{field.name}"
            values[path] = field.value
        conditions.append({path: condition(field, each, asked)})
    if values:
        yield {"$set": values}
    yield {"$match": {"$and": conditions}}


def _early(definition: ReportDefinition, entity: Entity) -> bool:
    """Whether rows can be sorted and cut before anything is joined."""
    names = [each.removeprefix("-") for each in definition.sort]
    return not definition.grouped and all(_of(entity, name).stored for name in names)


def _order(definition: ReportDefinition, entity: Entity, *, stored: bool) -> dict[str, int]:
    order: dict[str, int] = {}
    for each in definition.sort:
        field = _of(entity, each.removeprefix("-"))
        path = field.path if stored or field.computed is None else f"{COMPUTED}.{field.name}"
        order[path] = -1 if each.startswith("-") else 1
    return {**order, "_id": 1} if order else {}


def _sorted(definition: ReportDefinition, entity: Entity, asked: Asked) -> list[Stage]:
    computed = {
        f"{COMPUTED}.{name}": _of(entity, name).value
        for name in (each.removeprefix("-") for each in definition.sort)
        if _of(entity, name).computed is not None
    }
    stages: list[Stage] = [{"$set": computed}] if computed else []
    return [*stages, *_cut(_order(definition, entity, stored=False), asked)]


def _cut(order: Mapping[str, int], asked: Asked) -> list[Stage]:
    stages: list[Stage] = [{"$sort": dict(order)}] if order else []
    if asked.skip:
        stages.append({"$skip": asked.skip})
    return [*stages, {"$limit": asked.limit}]


def _grouped(definition: ReportDefinition, entity: Entity, asked: Asked) -> list[Stage]:
    key = {
        f"c{at}": _bucket(each, _of(entity, each.field), asked)
        for at, each in enumerate(definition.group)
    }
    first = len(definition.group)
    computed = {
        f"c{first + at}": _accumulated(each, entity)
        for at, each in enumerate(definition.aggregates)
    }
    finished = {
        f"c{first + at}": _finished(each, f"$c{first + at}")
        for at, each in enumerate(definition.aggregates)
    }
    shown = {name: f"$_id.{name}" for name in key}
    return [
        {"$group": {"_id": key or None, **computed}},
        {"$project": {"_id": 0, **shown, **finished}},
    ]


def _bucket(group: Group, field: Field, asked: Asked) -> Any:
    """A group's value; None and an absent one are the same."""
    if group.by is None:
        return {"$ifNull": [field.value, None]}
    form = {"date": field.value, "format": FORMATS[group.by], "timezone": asked.zone}
    return {"$dateToString": {**form, "onNull": None}}


def _accumulated(aggregate: Aggregate, entity: Entity) -> Any:
    if aggregate.field is None:
        return {"$sum": 1}
    value = _of(entity, aggregate.field).value
    if aggregate.function == "count_distinct":
        return {"$addToSet": value}
    if aggregate.function == "share":
        told = {
            "$switch": {
                "branches": [
                    {"case": {"$eq": [value, True]}, "then": 100},
                    {"case": {"$eq": [value, False]}, "then": 0},
                ],
                "default": None,
            }
        }
        return {"$avg": told}
    return {f"${aggregate.function}": value}


def _finished(aggregate: Aggregate, made: str) -> Any:
    if aggregate.function == "count_distinct":
        known = {"$filter": {"input": made, "cond": {"$ne": ["$$this", None]}}}
        return {"$size": known}
    if aggregate.function in ("avg", "share"):
        return {"$round": [made, 2]}
    return made


def _order_of_groups(definition: ReportDefinition) -> dict[str, int]:
    """As asked, then by the groups, so that pages do not overlap."""
    places = {name: f"c{at}" for at, name in enumerate(definition.names)}
    order = {
        places[each.removeprefix("-")]: -1 if each.startswith("-") else 1
        for each in definition.sort
    }
    return {
        **order,
        **{f"c{at}": 1 for at in range(len(definition.group)) if f"c{at}" not in order},
    }
