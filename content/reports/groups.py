"""Rows as groups, with figures of each. Pure.

Where groups or filters need what many rows share (a course's title, a department), rows are
grouped by its id first and it is joined to these few; groups of ids that turn out the same are
one then. A mean of means would be wrong: its sum and count are carried.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from content.reports.conditions import Asked
from content.reports.definitions import Aggregate, Filter, Group, ReportDefinition
from content.reports.fields import Entity, Field
from content.reports.joins import Joined, Stage, is_far, joins_of
from content.reports.matching import matched, near_and_far

FORMATS: Final[Mapping[str, str]] = {
    "day": "%Y-%m-%d",
    "week": "%G-W%V",
    "month": "%Y-%m",
    "year": "%Y",
}
MEANS: Final = ("avg", "share")
OF_WHAT_IS_SHARED: Final = ("count_distinct", "min", "max")
"""What can be computed of shared values however many rows share them."""


def grouped(
    definition: ReportDefinition, entity: Entity, filters: Sequence[Filter], asked: Asked
) -> Iterator[Stage]:
    """The stages that make the groups `c0`, `c1`… of the rows that the filters let through."""
    joined = Joined(entity)
    near, far = near_and_far(entity, filters)
    yield from matched(entity, near, asked, joined)
    used = _used(definition, entity)
    shared = [each for each in used if is_far(entity, each)]
    if (far or shared) and _by_id(definition, entity):
        yield from joined.with_all(each for each in used if each not in shared)
        yield from _of_ids(definition, entity, far, asked)
        yield from matched(entity, far, asked, joined)
        yield from joined.with_all(shared)
        yield from _of_groups(definition, entity, asked)
        return
    yield from matched(entity, far, asked, joined)
    yield from joined.with_all(used)
    yield from _of_rows(definition, entity, asked)


def order_of_groups(definition: ReportDefinition) -> dict[str, int]:
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


def _used(definition: ReportDefinition, entity: Entity) -> list[Field]:
    names = {each.field for each in definition.group}
    names |= {each.field for each in definition.aggregates if each.field is not None}
    return [each for each in entity.fields if each.name in names]


def _by_id(definition: ReportDefinition, entity: Entity) -> bool:
    """Whether every figure can be put together from those of groups of ids."""
    return all(
        each.field is None
        or each.function in OF_WHAT_IS_SHARED
        or not is_far(entity, entity.known(each.field))
        for each in definition.aggregates
    )


def _of_ids(
    definition: ReportDefinition, entity: Entity, far: Sequence[Filter], asked: Asked
) -> Iterator[Stage]:
    """Groups by the ids of what is shared and by all else that tells groups apart: `k…` their
    values, `p…` the parts of figures, `n…` of how many."""
    sought = [*_used(definition, entity), *(entity.known(each.field) for each in far)]
    names = {name for each in sought for name in joins_of(entity, each)}
    ids = {entity.joins[name].local for name in names} - {"_id"}
    key: Stage = {each: f"${each}" for each in sorted(ids)}
    parts: Stage = {}
    for at, group in enumerate(definition.group):
        field = entity.known(group.field)
        if not is_far(entity, field):
            key[f"k{at}"] = _bucket(group, field, asked)
    for at, each in enumerate(definition.aggregates, start=len(definition.group)):
        value = _value(each, entity)
        if each.field is not None and is_far(entity, entity.known(each.field)):
            continue
        if each.function == "count_distinct":
            key[f"k{at}"] = value
            continue
        parts[f"p{at}"] = {f"${_part(each)}": value}
        if each.function in MEANS:
            parts[f"n{at}"] = {"$sum": {"$cond": [{"$isNumber": value}, 1, 0]}}
    yield {"$group": {"_id": key, **parts}}
    flat = {name: f"$_id.{name}" for name in key}
    yield {"$project": {"_id": 0, **flat, **dict.fromkeys(parts, 1)}}


def _of_groups(definition: ReportDefinition, entity: Entity, asked: Asked) -> Iterator[Stage]:
    """The groups, of groups of ids."""
    key, parts = {}, {}
    for at, group in enumerate(definition.group):
        field = entity.known(group.field)
        key[f"c{at}"] = _bucket(group, field, asked) if is_far(entity, field) else f"$k{at}"
    for at, each in enumerate(definition.aggregates, start=len(definition.group)):
        if each.field is not None and is_far(entity, entity.known(each.field)):
            parts[f"c{at}"] = _accumulated(each, _value(each, entity))
        elif each.function == "count_distinct":
            parts[f"c{at}"] = _accumulated(each, f"$k{at}")
        else:
            parts[f"c{at}"] = {f"${_part(each)}": f"$p{at}"}
        if each.function in MEANS:
            parts[f"n{at}"] = {"$sum": f"$n{at}"}
    yield {"$group": {"_id": key or None, **parts}}
    yield _finished(definition, means_of="n")


def _of_rows(definition: ReportDefinition, entity: Entity, asked: Asked) -> Iterator[Stage]:
    """The groups, of rows."""
    key = {
        f"c{at}": _bucket(each, entity.known(each.field), asked)
        for at, each in enumerate(definition.group)
    }
    figures = {
        f"c{at}": _accumulated(each, _value(each, entity))
        for at, each in enumerate(definition.aggregates, start=len(definition.group))
    }
    yield {"$group": {"_id": key or None, **figures}}
    yield _finished(definition)


def _bucket(group: Group, field: Field, asked: Asked) -> Any:
    """A group's value; None and an absent one are the same."""
    if group.by is None:
        return {"$ifNull": [field.value, None]}
    form = {"date": field.value, "format": FORMATS[group.by], "timezone": asked.zone}
    return {"$dateToString": {**form, "onNull": None}}


def _value(aggregate: Aggregate, entity: Entity) -> Any:
    """What is computed with: a field's value, 1 for a row, a boolean in percent."""
    if aggregate.field is None:
        return 1
    value = entity.known(aggregate.field).value
    if aggregate.function != "share":
        return value
    told = [
        {"case": {"$eq": [value, True]}, "then": 100},
        {"case": {"$eq": [value, False]}, "then": 0},
    ]
    return {"$switch": {"branches": told, "default": None}}


def _part(aggregate: Aggregate) -> str:
    """How values are put together, and their parts again."""
    return aggregate.function if aggregate.function in ("min", "max") else "sum"


def _accumulated(aggregate: Aggregate, value: Any) -> Any:
    if aggregate.function == "count_distinct":
        return {"$addToSet": value}
    return {"$avg": value} if aggregate.function in MEANS else {f"${_part(aggregate)}": value}


def _finished(definition: ReportDefinition, means_of: str = "") -> Stage:
    """The groups' values and figures; means are those of sums by counts where these are named."""
    shown: Stage = {f"c{at}": f"$_id.c{at}" for at in range(len(definition.group))}
    for at, each in enumerate(definition.aggregates, start=len(definition.group)):
        name, made = f"c{at}", f"$c{at}"
        if each.function == "count_distinct":
            known = {"$filter": {"input": made, "cond": {"$ne": ["$$this", None]}}}
            shown[name] = {"$size": known}
        elif each.function in MEANS:
            count = f"${means_of}{at}"
            mean = {"$cond": [count, {"$divide": [made, count]}, None]} if means_of else made
            shown[name] = {"$round": [mean, 2]}
        else:
            shown[name] = made
    return {"$project": {"_id": 0, **shown}}
