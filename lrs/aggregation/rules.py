"""Is an aggregate query allowed: every finding at once, each with a pointer to its place."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from lrs.aggregation.language import (
    ACCUMULATORS,
    ARGUMENTS,
    BRANCH,
    CONDITIONS,
    EXPRESSIONS,
    FIELDS,
    JUNCTIONS,
    LARGEST_SKIP,
    MOST_DEPTH,
    MOST_NODES,
    MOST_SORT_KEYS,
    MOST_STAGES,
    STAGES,
    read_moment,
)
from lrs.errors import Finding

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_SCALARS = (str, int, float, bool, type(None))


def check_pipeline(pipeline: Any) -> list[Finding]:
    """Return everything that is not allowed in a client's pipeline."""
    if not isinstance(pipeline, list) or not pipeline:
        return [Finding(detail="must be a list of one stage or more", where="", rule="type")]
    too_large = _too_large(pipeline)
    if too_large:
        return too_large
    check = _Check()
    for position, stage in enumerate(pipeline):
        check.stage(stage, f"/{position}")
    return check.findings


def _too_large(pipeline: Sequence[Any]) -> list[Finding]:
    if len(pipeline) > MOST_STAGES:
        detail = f"has {len(pipeline)} stages; {MOST_STAGES} are allowed"
        return [Finding(detail=detail, rule="size")]
    waiting: list[tuple[Any, int]] = [(pipeline, 0)]
    nodes = 0
    while waiting:
        value, depth = waiting.pop()
        nodes += 1
        if nodes > MOST_NODES:
            return [Finding(detail=f"has more than {MOST_NODES} values", rule="size")]
        if depth > MOST_DEPTH:
            return [Finding(detail=f"is nested more than {MOST_DEPTH} deep", rule="depth")]
        if isinstance(value, dict | list):
            inner = value.values() if isinstance(value, dict) else value
            waiting += [(each, depth + 1) for each in inner]
    return []


class _Check:
    """Goes through a pipeline and remembers which fields each stage leaves to the next.

    `fields` are paths. What a stage has computed is `opaque`: anything may be below it.
    """

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._fields: set[str] = set(FIELDS)
        self._opaque: set[str] = set()

    def stage(self, stage: Any, where: str) -> None:
        if not isinstance(stage, dict) or len(stage) != 1:
            self._refuse(where, "must be an object of one stage", "type")
            return
        ((name, value),) = stage.items()
        checks = {
            "$match": self._match,
            "$group": self._group,
            "$project": self._project,
            "$sort": self._sort,
            "$skip": self._skip,
            "$limit": self._limit,
            "$count": self._count,
            "$unwind": self._unwind,
        }
        place = f"{where}/{_escaped(name)}"
        if name in checks:
            checks[name](value, place)
        else:
            self._refuse(place, f"is not allowed; the stages are {', '.join(STAGES)}", "stage")

    def _match(self, condition: Any, where: str) -> None:
        if not self._is_object(condition, where):
            return
        for name, value in condition.items():
            place = f"{where}/{_escaped(name)}"
            if name in JUNCTIONS:
                self._junction(value, place)
            elif name.startswith("$"):
                allowed = ", ".join(JUNCTIONS)
                self._refuse(place, f"is not allowed here; allowed are {allowed}", "operator")
            elif self._is_field(name, place):
                self._condition(value, place, name)

    def _junction(self, conditions: Any, where: str) -> None:
        if not isinstance(conditions, list) or not conditions:
            self._refuse(where, "must be a list of conditions", "type")
            return
        for position, each in enumerate(conditions):
            self._match(each, f"{where}/{position}")

    def _condition(self, value: Any, where: str, field: str) -> None:
        if not isinstance(value, dict) or "$date" in value:
            self._value(value, where, field)
            return
        if not value:
            self._refuse(where, "must have an operator", "operator")
        for name, operand in value.items():
            place = f"{where}/{_escaped(name)}"
            if name not in CONDITIONS:
                allowed = ", ".join(CONDITIONS)
                self._refuse(place, f"is not allowed here; allowed are {allowed}", "operator")
            elif name == "$not":
                self._negated(operand, place, field)
            elif name in ("$in", "$nin"):
                self._values(operand, place, field)
            elif name == "$exists" and not isinstance(operand, bool):
                self._refuse(place, "must be true or false", "type")
            elif name != "$exists":
                self._value(operand, place, field)

    def _negated(self, operand: Any, where: str, field: str) -> None:
        if not isinstance(operand, dict) or "$date" in operand:
            self._refuse(where, "must be an object with an operator", "type")
        else:
            self._condition(operand, where, field)

    def _values(self, values: Any, where: str, field: str) -> None:
        if not isinstance(values, list):
            self._refuse(where, "must be a list", "type")
            return
        for position, each in enumerate(values):
            self._value(each, f"{where}/{position}", field)

    def _value(self, value: Any, where: str, field: str) -> None:
        if isinstance(value, dict) and set(value) == {"$date"}:
            self._date(value["$date"], f"{where}/$date")
        elif not isinstance(value, _SCALARS):
            self._refuse(
                where, 'must be a text, a number, true, false, null or {"$date": …}', "type"
            )
        elif field in self._fields and FIELDS.get(field) == "date" and value is not None:
            self._refuse(where, 'must be a moment: {"$date": "2026-01-31T00:00:00Z"}', "type")

    def _date(self, text: Any, where: str) -> None:
        try:
            read_moment(text)
        except (TypeError, ValueError):
            self._refuse(where, "must be an ISO 8601 time", "type")

    def _group(self, group: Any, where: str) -> None:
        if not self._is_object(group, where):
            return
        if "_id" not in group:
            self._refuse(where, "must have an _id: what to group by, or null", "required")
        for name, value in group.items():
            place = f"{where}/{_escaped(name)}"
            if name == "_id":
                self._expression(value, place)
            elif self._is_name(name, place):
                self._accumulator(value, place)
        self._fields, self._opaque = set(), {"_id", *group}

    def _accumulator(self, value: Any, where: str) -> None:
        if not isinstance(value, dict) or len(value) != 1 or next(iter(value)) not in ACCUMULATORS:
            self._refuse(where, f"must be one of {', '.join(ACCUMULATORS)}", "accumulator")
            return
        ((name, operand),) = value.items()
        self._expression(operand, f"{where}/{_escaped(name)}")

    def _project(self, projection: Any, where: str) -> None:
        if not self._is_object(projection, where):
            return
        shown: set[str] = set()
        made: set[str] = set()
        for name, value in projection.items():
            place = f"{where}/{_escaped(name)}"
            if value in (0, False) and isinstance(value, int):
                if name != "_id":
                    self._refuse(
                        place, "only _id can be left out; name what is to be shown", "project"
                    )
            elif value in (1, True) and isinstance(value, int):
                if self._is_field(name, place):
                    shown.add(name)
            elif not isinstance(value, str | dict | list):
                self._refuse(place, "must be 1, or how to compute it", "project")
            elif self._is_name(name, place):
                self._expression(value, place)
                made.add(name)
        if set(projection) == {"_id"} and not shown and not made:
            self._refuse(where, "must show a field", "project")
        kept = {"_id"} & self._opaque if projection.get("_id", 1) else set()
        self._keep(shown, made | kept)

    def _keep(self, shown: Collection[str], made: Collection[str]) -> None:
        inner = {each for each in self._fields for name in shown if _is_within(each, name)}
        below = {each for each in shown if any(_is_within(each, known) for known in self._opaque)}
        self._fields, self._opaque = inner, {*made, *below}

    def _sort(self, order: Any, where: str) -> None:
        if not self._is_object(order, where):
            return
        if len(order) > MOST_SORT_KEYS:
            self._refuse(where, f"has more than {MOST_SORT_KEYS} fields", "size")
        for name, direction in order.items():
            place = f"{where}/{_escaped(name)}"
            if self._is_field(name, place) and direction not in (1, -1):
                self._refuse(place, "must be 1 or -1", "type")

    def _skip(self, count: Any, where: str) -> None:
        self._whole(count, where, 0)

    def _limit(self, count: Any, where: str) -> None:
        self._whole(count, where, 1)

    def _whole(self, count: Any, where: str, least: int) -> None:
        whole = isinstance(count, int) and not isinstance(count, bool)
        if not whole or not least <= count <= LARGEST_SKIP:
            self._refuse(where, f"must be a whole number from {least} to {LARGEST_SKIP}", "type")

    def _count(self, name: Any, where: str) -> None:
        if self._is_name(name, where):
            self._fields, self._opaque = set(), {name}

    def _unwind(self, value: Any, where: str) -> None:
        if not isinstance(value, str) or not value.startswith("$"):
            self._refuse(where, 'must be a field with its $: "$scores"', "type")
        else:
            self._is_field(value[1:], where)

    def _expression(self, value: Any, where: str) -> None:
        match value:
            case str():
                self._text(value, where)
            case list():
                for position, each in enumerate(value):
                    self._expression(each, f"{where}/{position}")
            case {"$date": text} if len(value) == 1:
                self._date(text, f"{where}/$date")
            case dict():
                self._operation(value, where)

    def _text(self, text: str, where: str) -> None:
        if text.startswith("$$"):
            self._refuse(where, "variables are not allowed", "operator")
        elif text.startswith("$"):
            self._is_field(text[1:], where)

    def _operation(self, value: Mapping[str, Any], where: str) -> None:
        operators = [name for name in value if name.startswith("$")]
        if operators and len(value) > 1:
            self._refuse(where, "must be one operator, or an object of names", "operator")
            return
        for name, operand in value.items():
            place = f"{where}/{_escaped(name)}"
            if not operators:
                if self._is_name(name, place):
                    self._expression(operand, place)
            elif name not in EXPRESSIONS:
                allowed = ", ".join(sorted(EXPRESSIONS))
                self._refuse(place, f"is not allowed here; allowed are {allowed}", "operator")
            else:
                self._operand(name, operand, place)

    def _operand(self, operator: str, operand: Any, where: str) -> None:
        named = isinstance(operand, dict) and not any(name.startswith("$") for name in operand)
        if not named:
            self._expression(operand, where)
            return
        for name, value in operand.items():
            place = f"{where}/{_escaped(name)}"
            if name not in ARGUMENTS.get(operator, ()):
                self._refuse(place, f"is no argument of {operator}", "operator")
            elif name == "branches":
                self._branches(value, place)
            else:
                self._expression(value, place)

    def _branches(self, branches: Any, where: str) -> None:
        if not isinstance(branches, list):
            self._refuse(where, "must be a list of case and then", "type")
            return
        for position, branch in enumerate(branches):
            place = f"{where}/{position}"
            if not isinstance(branch, dict) or set(branch) != BRANCH:
                self._refuse(place, "must have case and then", "type")
            else:
                for name, value in branch.items():
                    self._expression(value, f"{place}/{name}")

    def _is_object(self, value: Any, where: str) -> bool:
        if isinstance(value, dict) and value:
            return True
        self._refuse(where, "must be an object that is not empty", "type")
        return False

    def _is_name(self, name: Any, where: str) -> bool:
        if isinstance(name, str) and _NAME.fullmatch(name):
            return True
        self._refuse(where, "must be a name of letters, digits and _, at most 64", "name")
        return False

    def _is_field(self, path: str, where: str) -> bool:
        known = any(_is_within(each, path) for each in self._fields)
        below = any(_is_within(path, each) for each in self._opaque)
        if (known or below) and all(_NAME.fullmatch(each) for each in path.split(".")):
            return True
        fields = ", ".join(
            [*(each for each in FIELDS if each in self._fields), *sorted(self._opaque)]
        )
        self._refuse(
            where, f'there is no field "{path[:80]}" here; the fields are {fields}', "field"
        )
        return False

    def _refuse(self, where: str, detail: str, rule: str) -> None:
        self.findings.append(Finding(detail=detail, where=where, rule=rule))


def _is_within(path: str, of: str) -> bool:
    return path == of or path.startswith(f"{of}.")


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")
