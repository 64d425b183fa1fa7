"""Report definitions: data that says what is asked, by whom, and how its answer looks."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from content.reports.entities import ENTITIES
from content.reports.fields import Entity, Field, Kind


class Filter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What must hold of a row. `value` is a list for one_of and between, nothing for is_empty."""

    field: str
    operator: str
    value: Any = None


class Group(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rows with the same value of a field are one; dates by a unit of UNITS."""

    field: str
    by: str | None = None

    @property
    def name(self) -> str:
        """What its column is called."""
        return f"{self.field}_{self.by}" if self.by else self.field


class Aggregate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is computed of a group: `count` of its rows, or a function of a field's values."""

    function: str
    field: str | None = None

    @property
    def name(self) -> str:
        """What its column is called."""
        return f"{self.function}_{self.field}" if self.field else self.function


class ReportDefinition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question to the registry: the rows of an entity that all filters let through.

    Without groups and aggregates the `columns` of each row (none named: the entity's usual ones);
    with them a row for each group. `sort` names columns of the answer, `-` before one for
    descending. `limit` is how many rows there are at the most.
    """

    entity: str
    columns: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    group: tuple[Group, ...] = ()
    aggregates: tuple[Aggregate, ...] = ()
    sort: tuple[str, ...] = ()
    limit: int | None = None

    @property
    def grouped(self) -> bool:
        """Whether its rows are groups."""
        return bool(self.group or self.aggregates)

    @property
    def names(self) -> tuple[str, ...]:
        """What the columns of the answer are called."""
        if self.grouped:
            groups = (each.name for each in self.group)
            return (*groups, *(each.name for each in self.aggregates))
        return self.columns or ENTITIES[self.entity].columns


class Column(Struct, frozen=True, kw_only=True):
    """A column of an answer."""

    name: str
    label: str
    kind: Kind


class Scope(Struct, frozen=True, kw_only=True):
    """What somebody may see: by permissions, and (None: in all) in which courses."""

    permissions: frozenset[str]
    course_ids: tuple[str, ...] | None = None

    def may_see(self, entity: Entity) -> bool:
        """Whether an entity is for them at all."""
        own = self.course_ids is None or entity.course is not None
        return own and entity.needs in self.permissions


def columns_of(definition: ReportDefinition) -> tuple[Column, ...]:
    """The columns of a sound definition's answer."""
    entity = ENTITIES[definition.entity]
    if not definition.grouped:
        found = (entity.known(name) for name in definition.names)
        return tuple(Column(name=e.name, label=e.label, kind=e.kind) for e in found)
    groups = (_group_column(each, entity.known(each.field)) for each in definition.group)
    return (*groups, *(_aggregate_column(each, entity) for each in definition.aggregates))


def _group_column(group: Group, field: Field) -> Column:
    label = f"{field.label} ({group.by})" if group.by else field.label
    return Column(name=group.name, label=label, kind="text" if group.by else field.kind)


def _aggregate_column(aggregate: Aggregate, entity: Entity) -> Column:
    if aggregate.field is None:
        return Column(name=aggregate.name, label="Count", kind="number")
    field = entity.known(aggregate.field)
    kind = field.kind if aggregate.function in ("min", "max") else "number"
    label = f"{_FUNCTIONS[aggregate.function]}: {field.label}"
    return Column(name=aggregate.name, label=label, kind=kind)


_FUNCTIONS: Final[Mapping[str, str]] = {
    "sum": "Sum",
    "avg": "Mean",
    "min": "Least",
    "max": "Most",
    "share": "Share in %",
    "count_distinct": "Different",
}
