"""The rules for statements that a schema cannot say: they compare values with each other."""

from collections.abc import Iterator
from typing import Any

from lrs.errors import Finding
from lrs.statements.parts import Json
from lrs.timestamps import parse_timestamp

_COMPONENT_LISTS = ("choices", "scale", "source", "target", "steps")


def check_statement(statement: Any, pointer: str = "") -> list[Finding]:
    """Return which rules a statement breaks, and its SubStatement.

    It may break the schema as well: a value of a wrong type breaks no rule here.
    """
    statement = _object(statement)
    findings = list(_parts(statement, pointer))
    thing = _object(statement.get("object"))
    if thing.get("objectType") == "SubStatement":
        findings += _parts(thing, f"{pointer}/object")
    return findings


def _parts(statement: Json, pointer: str) -> Iterator[Finding]:
    for name in ("timestamp", "stored"):
        if isinstance(statement.get(name), str):
            yield from _timestamp(statement[name], f"{pointer}/{name}")
    if score := _object(_object(statement.get("result")).get("score")):
        yield from _score(score, f"{pointer}/result/score")
    if definition := _object(_object(statement.get("object")).get("definition")):
        yield from _definition(definition, f"{pointer}/object/definition")


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _timestamp(text: str, pointer: str) -> Iterator[Finding]:
    try:
        parse_timestamp(text)
    except ValueError:
        yield Finding(
            detail=f'is not a time of the calendar: "{text[:40]}"',
            where=pointer,
            rule="timestamp",
            requirement="XAPI-00123",
        )


def _score(score: Json, pointer: str) -> Iterator[Finding]:
    """Data 2.4.5.1: min < max, and raw between them."""
    low, high, raw = (_number(score.get(name)) for name in ("min", "max", "raw"))
    if low is not None and high is not None and low >= high:
        yield Finding(
            detail=f"min {low} must be less than max {high}",
            where=f"{pointer}/min",
            rule="score",
            requirement="XAPI-00081",
        )
    if raw is None:
        return
    if (low is not None and raw < low) or (high is not None and raw > high):
        yield Finding(
            detail=f"raw {raw} must lie between min and max",
            where=f"{pointer}/raw",
            rule="score",
            requirement="XAPI-00082",
        )


def _definition(definition: Json, pointer: str) -> Iterator[Finding]:
    """Data 2.4.4.1: the ids within a list of interaction components are distinct."""
    for name in _COMPONENT_LISTS:
        components = definition.get(name)
        if not isinstance(components, list):
            continue
        ids = [each["id"] for each in map(_object, components) if isinstance(each.get("id"), str)]
        if len(set(ids)) < len(ids):
            yield Finding(
                detail="has two components with the same id",
                where=f"{pointer}/{name}",
                rule="interactionComponents",
                requirement="XAPI-00010",
            )
