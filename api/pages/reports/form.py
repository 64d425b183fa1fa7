"""The builder's form: from what was written to a definition and back, and where it is wrong. Pure.

Rows that were left empty are left out; `f2_value` is the value of the third row of filters. A form
has as many rows as its definition needs and one to spare, so that nothing is lost by editing: what
is read of the form of a definition is that definition.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from msgspec import to_builtins

from content.reports import alerts
from content.reports.definitions import Aggregate, Filter, Group, ReportDefinition
from content.reports.fields import AGGREGATES, EMPTY, OPERATORS, UNITS, Entity, Field
from content.reports.soundness import MOST_AGGREGATES, MOST_FILTERS, MOST_GROUPS, MOST_SORTS

FILTERS: Final = 5
GROUPS: Final = 2
FIGURES: Final = 3
SORTS: Final = 2
"""How many rows there are at the least."""
NO_FIGURE: Final = "-"
"""Groups without any figure; where nothing is chosen at all they are counted."""
OPERATOR_LABELS: Final[Mapping[str, str]] = {
    "equals": "is",
    "not_equals": "is not",
    "one_of": "is one of (commas between)",
    "contains": "contains",
    "starts_with": "starts with",
    "less": "is less than",
    "at_most": "is at most",
    "more": "is more than",
    "at_least": "is at least",
    "between": "is between (a comma between)",
    "before": "is before",
    "after": "is on or after",
    "in_last_days": "was in the last … days",
    "in_next_days": "is in the next … days",
    "is": "is (yes or no)",
    "is_empty": "is empty",
    "is_not_empty": "is not empty",
}
FUNCTION_LABELS: Final[Mapping[str, str]] = {
    "sum": "Sum",
    "avg": "Mean",
    "min": "Least",
    "max": "Most",
    "share": "Share in %",
    "count_distinct": "Different",
}
QUOTE: Final = '"'
YES: Final = frozenset(("yes", "true", "1"))
NO: Final = frozenset(("no", "false", "0"))
Row = TypeVar("Row")
_WORD: Final = re.compile(r'\s*"((?:[^"]|"")*)"\s*(?:,|$)|([^,]*)(?:,|$)')


@dataclass(frozen=True, slots=True)
class FilterRow:
    """A row of the form, as it was written."""

    field: str = ""
    operator: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """What was written into the builder."""

    name: str = ""
    description: str = ""
    shared: bool = False
    columns: tuple[str, ...] = ()
    filters: tuple[FilterRow, ...] = (FilterRow(),) * FILTERS
    groups: tuple[str, ...] = ("",) * GROUPS
    aggregates: tuple[str, ...] = ("",) * FIGURES
    sorts: tuple[str, ...] = ("",) * SORTS
    limit: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)


def read(given: Mapping[str, Any], columns: Sequence[str]) -> Form:
    """The form as it was sent; `columns` are those that are ticked."""

    def text(name: str) -> str:
        return str(given.get(name, "")).strip().replace("\r\n", "\n")

    def chosen(letter: str, least: int, most: int) -> tuple[str, ...]:
        return _rows([text(f"{letter}{at}") for at in range(most)], "", least, most)

    filters = [
        FilterRow(text(f"f{at}_field"), text(f"f{at}_operator"), text(f"f{at}_value"))
        for at in range(MOST_FILTERS)
    ]
    return Form(
        name=text("name"),
        description=text("description"),
        shared=text("shared") == "on",
        columns=tuple(columns),
        filters=_rows(filters, FilterRow(), FILTERS, MOST_FILTERS),
        groups=chosen("g", GROUPS, MOST_GROUPS),
        aggregates=chosen("a", FIGURES, MOST_AGGREGATES),
        sorts=chosen("s", SORTS, MOST_SORTS),
        limit=text("limit"),
    )


def definition_of(form: Form, entity: Entity) -> ReportDefinition:
    """The definition that a form means; what cannot be read is left for the rules to refuse."""
    groups = tuple(_group(each) for each in form.groups if each)
    aggregates = tuple(_aggregate(each) for each in form.aggregates if each not in ("", NO_FIGURE))
    grouped = bool(groups or aggregates)
    if grouped and not any(form.aggregates):
        aggregates = (Aggregate(function="count"),)
    return ReportDefinition(
        entity=entity.name,
        columns=() if grouped else form.columns,
        filters=tuple(_filter(each, entity) for each in form.filters if each.field),
        group=groups,
        aggregates=aggregates,
        sort=tuple(each for each in form.sorts if each),
        limit=_whole(form.limit),
    )


def body_of(form: Form, entity: Entity) -> dict[str, Any]:
    """What a form says, as REST is told it."""
    return {
        "name": form.name,
        "description": form.description,
        "definition": to_builtins(definition_of(form, entity)),
        "shared": form.shared,
    }


def form_of(definition: ReportDefinition, **more: Any) -> Form:
    """The form that shows a definition."""
    filters = [
        FilterRow(each.field, each.operator, _said(each.value)) for each in definition.filters
    ]
    groups = [f"{each.field}:{each.by}" if each.by else each.field for each in definition.group]
    aggregates = [
        f"{each.function}:{each.field}" if each.field else each.function
        for each in definition.aggregates
    ]
    if groups and not aggregates:
        aggregates = [NO_FIGURE]
    return Form(
        columns=definition.columns,
        filters=_rows(filters, FilterRow(), FILTERS, MOST_FILTERS),
        groups=_rows(groups, "", GROUPS, MOST_GROUPS),
        aggregates=_rows(aggregates, "", FIGURES, MOST_AGGREGATES),
        sorts=_rows(definition.sort, "", SORTS, MOST_SORTS),
        limit="" if definition.limit is None else str(definition.limit),
        **more,
    )


def places(form: Form, found: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What is wrong and where, by the name of the form's field."""
    rows = {
        "filters": [f"f{at}" for at, each in enumerate(form.filters) if each.field],
        "group": [f"g{at}" for at, each in enumerate(form.groups) if each],
        "aggregates": [
            f"a{at}" for at, e in enumerate(form.aggregates) if e not in ("", NO_FIGURE)
        ],
        "sort": [f"s{at}" for at, each in enumerate(form.sorts) if each],
    }
    wrong: dict[str, str] = {}
    for where, detail in found:
        name, *within = where.removeprefix("definition/").split("/")
        at = int(within[0]) if within and within[0].isdecimal() else 0
        if at < len(rows.get(name, ())):
            part = within[1] if len(within) > 1 else "value"
            name = rows[name][at] + (f"_{part}" if name == "filters" else "")
        fits = name.endswith("_operator")
        wrong.setdefault(name, "does not fit this field: choose another" if fits else detail)
    return wrong


def group_options(entity: Entity) -> list[tuple[str, str]]:
    """What rows can be grouped by."""
    options = [("", "Nothing")]
    for each in entity.fields:
        if each.kind == "date":
            options += [(f"{each.name}:{unit}", f"{each.label}, by {unit}") for unit in UNITS]
        else:
            options.append((each.name, each.label))
    return options


def aggregate_options(entity: Entity) -> list[tuple[str, str]]:
    """What can be computed of groups."""
    known = [
        Aggregate(function=function, field=each.name)
        for each in entity.fields
        for function in AGGREGATES[each.kind]
    ]
    nothing = [("", "Nothing"), (NO_FIGURE, "No figure: each group once")]
    return [*nothing, *_figures(entity, [Aggregate(function="count"), *known])]


def figure_options(entity: Entity) -> list[tuple[str, str]]:
    """What can be watched."""
    return _figures(entity, alerts.figures(entity))


def sort_options(definition: ReportDefinition, entity: Entity) -> list[tuple[str, str]]:
    """What an answer can be sorted by, both ways."""
    labels = {each.name: each.label for each in entity.fields}
    names = definition.names if definition.grouped else tuple(labels)
    options = [("", "As they come")]
    for name in names:
        label = labels.get(name, name.replace("_", " ").capitalize())
        options += [(name, f"{label}, upwards"), (f"-{name}", f"{label}, downwards")]
    return options


def operator_options() -> list[tuple[str, str]]:
    """Every way of comparing."""
    return [("", "…"), *OPERATOR_LABELS.items()]


def operators_of(entity: Entity) -> dict[str, str]:
    """By field, which ways of comparing it has: names with spaces between."""
    return {each.name: " ".join(OPERATORS[each.kind]) for each in entity.fields}


def _figures(entity: Entity, known: Iterable[Aggregate]) -> list[tuple[str, str]]:
    labels = {each.name: each.label for each in entity.fields}
    return [
        (f"{each.function}:{each.field}", f"{FUNCTION_LABELS[each.function]}: {labels[each.field]}")
        if each.field
        else (each.function, "How many there are")
        for each in known
    ]


def _group(written: str) -> Group:
    name, _, unit = written.partition(":")
    return Group(field=name, by=unit or None)


def _aggregate(written: str) -> Aggregate:
    function, _, name = written.partition(":")
    return Aggregate(function=function, field=name or None)


def _filter(row: FilterRow, entity: Entity) -> Filter:
    known = entity.field(row.field)
    value = None if known is None else _value(row, known)
    return Filter(field=row.field, operator=row.operator, value=value)


def _value(row: FilterRow, known: Field) -> Any:
    if row.operator in EMPTY:
        return None
    if row.operator in ("in_last_days", "in_next_days"):
        return _single(row.value, "number")
    if row.operator in ("one_of", "between"):
        return [_single(each, known.kind) for each in _listed(row.value)]
    words = _listed(row.value) if row.value.startswith(QUOTE) else []
    return _single(words[0] if len(words) == 1 else row.value, known.kind)


def _single(written: str, kind: str) -> Any:
    if kind == "boolean":
        word = written.lower()
        return True if word in YES else False if word in NO else written
    if kind != "number":
        return written
    try:
        number = float(written)
    except ValueError:
        return written
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _listed(written: str) -> list[str]:
    """The values between commas; within quotation marks commas and spaces are a value's own."""
    found = [each.groups() for each in _WORD.finditer(written)]
    words = [
        plain.strip() if quoted is None else quoted.replace('""', QUOTE) for quoted, plain in found
    ]
    return [each for each in words if each]


def _whole(written: str) -> int | None:
    if not written:
        return None
    return int(written) if written.isdecimal() and len(written) < 10 else 0


def _said(value: Any) -> str:
    """A value as it is written into the form; `_value` reads it."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(_quoted(each) if "," in str(each) else _said(each) for each in value)
        case float() if value.is_integer():
            return str(int(value))
    said = str(value)
    return _quoted(value) if said != said.strip() or said.startswith(QUOTE) else said


def _quoted(value: Any) -> str:
    return QUOTE + str(value).replace(QUOTE, '""') + QUOTE


def _rows(given: Sequence[Row], empty: Row, least: int, most: int) -> tuple[Row, ...]:
    """What is given, an empty row after it, and as many more as there are at the least."""
    used = max((at + 1 for at, each in enumerate(given) if each != empty), default=0)
    size = min(max(least, used + 1), most)
    return (*given[:used], *[empty] * (size - used))
