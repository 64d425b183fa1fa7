"""Is a report's definition sound: every finding at once, each with its place. Pure."""

import re
from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Final

from content.findings import Finding
from content.reports.definitions import ReportDefinition, Scope
from content.reports.entities import ENTITIES
from content.reports.fields import AGGREGATES, EMPTY, OPERATORS, UNITS, Entity, Field

MOST_COLUMNS: Final = 40
MOST_FILTERS: Final = 20
MOST_GROUPS: Final = 4
MOST_AGGREGATES: Final = 10
MOST_SORTS: Final = 4
MOST_VALUES: Final = 500
MOST_DAYS: Final = 36_500
LONGEST_VALUE: Final = 500
MOST_ROWS: Final = 100_000
LARGEST_NUMBER: Final = 1e15
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}([T ].*)?")


def broken(definition: ReportDefinition, scope: Scope) -> list[Finding]:
    """Everything that is wrong with a definition, for somebody who may see so much."""
    entity = ENTITIES.get(definition.entity)
    if entity is None or not scope.may_see(entity):
        known = ", ".join(each.name for each in ENTITIES.values() if scope.may_see(each))
        return [Finding(where="entity", detail=f"must be one of those you may see: {known}")]
    return [
        *_columns(definition, entity),
        *_filters(definition, entity),
        *_groups(definition, entity),
        *_aggregates(definition, entity),
        *_sort(definition, entity),
        *_limit(definition),
    ]


def _columns(definition: ReportDefinition, entity: Entity) -> list[Finding]:
    if definition.grouped and definition.columns:
        detail = "must be empty where rows are grouped: the groups and aggregates are the columns"
        return [Finding(where="columns", detail=detail)]
    found = _too_many("columns", definition.columns, MOST_COLUMNS)
    for at, name in enumerate(definition.columns):
        found += _field(f"columns/{at}", entity, name)
        if name in definition.columns[:at]:
            found.append(Finding(where=f"columns/{at}", detail="is there twice"))
    return found


def _filters(definition: ReportDefinition, entity: Entity) -> list[Finding]:
    found = _too_many("filters", definition.filters, MOST_FILTERS)
    for at, each in enumerate(definition.filters):
        where, field = f"filters/{at}", entity.field(each.field)
        if field is None:
            found += _field(f"{where}/field", entity, each.field)
        elif each.operator not in OPERATORS[field.kind]:
            allowed = ", ".join(OPERATORS[field.kind])
            detail = f"must be one of {allowed} for {field.name}"
            found.append(Finding(where=f"{where}/operator", detail=detail))
        elif not fits(field, each.operator, each.value):
            detail = f"must be {_wanted(field, each.operator)}"
            found.append(Finding(where=f"{where}/value", detail=detail))
    return found


def fits(field: Field, operator: str, value: Any) -> bool:
    """Whether a field can be compared with a value in this way."""
    if operator in EMPTY:
        return value is None
    if operator in ("in_last_days", "in_next_days"):
        return type(value) is int and 0 < value <= MOST_DAYS
    if operator == "one_of":
        return (
            isinstance(value, list | tuple)
            and 0 < len(value) <= MOST_VALUES
            and all(_single(field, each) for each in value)
        )
    if operator == "between":
        return (
            isinstance(value, list | tuple)
            and len(value) == 2
            and all(_single(field, each) for each in value)
        )
    return _single(field, value)


def moment_of(value: Any) -> datetime | date | None:
    """What a date's value means: a moment with its offset, or a day; None for neither."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return None
    try:
        if len(value) == 10:
            return date.fromisoformat(value)
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _single(field: Field, value: Any) -> bool:
    match field.kind:
        case "number":
            number = isinstance(value, int | float) and not isinstance(value, bool)
            return number and abs(value) <= LARGEST_NUMBER
        case "date":
            return moment_of(value) is not None
        case "boolean":
            return isinstance(value, bool)
        case "choice":
            return value in field.choices
    return isinstance(value, str) and 0 < len(value) <= LONGEST_VALUE


def _wanted(field: Field, operator: str) -> str:
    if operator in EMPTY:
        return "left out"
    if operator in ("in_last_days", "in_next_days"):
        return f"a whole number of days from 1 to {MOST_DAYS}"
    single = {
        "number": "a number",
        "date": "a day such as 2026-11-21, or a moment with its offset from UTC",
        "boolean": "true or false",
        "choice": f"one of {', '.join(field.choices)}",
        "text": f"a text of 1 to {LONGEST_VALUE} characters",
    }[field.kind]
    if operator == "one_of":
        return f"a list of 1 to {MOST_VALUES}, each {single}"
    return f"a list of two, each {single}" if operator == "between" else single


def _groups(definition: ReportDefinition, entity: Entity) -> list[Finding]:
    found = _too_many("group", definition.group, MOST_GROUPS)
    for at, each in enumerate(definition.group):
        where, field = f"group/{at}", entity.field(each.field)
        if field is None:
            found += _field(f"{where}/field", entity, each.field)
        elif field.kind == "date" and each.by not in UNITS:
            detail = f"must be one of {', '.join(UNITS)} for a date"
            found.append(Finding(where=f"{where}/by", detail=detail))
        elif field.kind != "date" and each.by is not None:
            found.append(Finding(where=f"{where}/by", detail="is for dates alone"))
    return found


def _aggregates(definition: ReportDefinition, entity: Entity) -> list[Finding]:
    found = _too_many("aggregates", definition.aggregates, MOST_AGGREGATES)
    for at, each in enumerate(definition.aggregates):
        where = f"aggregates/{at}"
        if each.function == "count":
            if each.field is not None:
                found.append(Finding(where=f"{where}/field", detail="must be left out for count"))
            continue
        field = entity.field(each.field or "")
        if field is None:
            found += _field(f"{where}/field", entity, each.field or "")
        elif each.function not in AGGREGATES[field.kind]:
            allowed = ", ".join(("count", *AGGREGATES[field.kind]))
            detail = f"must be one of {allowed} for {field.name}"
            found.append(Finding(where=f"{where}/function", detail=detail))
    names = definition.names if definition.grouped else ()
    if len(set(names)) < len(names):
        found.append(Finding(where="aggregates", detail="names something twice"))
    return found


def _sort(definition: ReportDefinition, entity: Entity) -> list[Finding]:
    found = _too_many("sort", definition.sort, MOST_SORTS)
    known = definition.names if definition.grouped else [each.name for each in entity.fields]
    for at, each in enumerate(definition.sort):
        if each.removeprefix("-") not in known:
            detail = f"must be one of {', '.join(known)}, or - before one"
            found.append(Finding(where=f"sort/{at}", detail=detail))
    return found


def _limit(definition: ReportDefinition) -> list[Finding]:
    if definition.limit is None or 1 <= definition.limit <= MOST_ROWS:
        return []
    return [Finding(where="limit", detail=f"must be from 1 to {MOST_ROWS}")]


def _field(where: str, entity: Entity, name: str) -> list[Finding]:
    if entity.field(name) is not None:
        return []
    known = ", ".join(each.name for each in entity.fields)
    return [Finding(where=where, detail=f"must be a field of {entity.name}: {known}")]


def _too_many(where: str, values: Collection[Any], most: int) -> list[Finding]:
    if len(values) <= most:
        return []
    return [Finding(where=where, detail=f"has {len(values)}; {most} are allowed")]
