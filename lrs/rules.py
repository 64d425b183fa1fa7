"""The rules for statements that a schema cannot say: they compare values with each other."""

from collections.abc import Iterator, Mapping
from typing import Any

from lrs.errors import Finding
from lrs.timestamps import parse_timestamp

_COMPONENT_LISTS = ("choices", "scale", "source", "target", "steps")


def check_statement(statement: Mapping[str, Any], pointer: str = "") -> list[Finding]:
    """Return what is wrong with a statement that the schema accepts."""
    return list(_statement(statement, pointer))


def _statement(statement: Mapping[str, Any], pointer: str) -> Iterator[Finding]:
    for name in ("timestamp", "stored"):
        if name in statement:
            yield from _timestamp(statement[name], f"{pointer}/{name}")
    result = statement.get("result")
    if result and "score" in result:
        yield from _score(result["score"], f"{pointer}/result/score")
    thing = statement["object"]
    if "definition" in thing:
        yield from _definition(thing["definition"], f"{pointer}/object/definition")
    elif thing.get("objectType") == "SubStatement":
        yield from _statement(thing, f"{pointer}/object")


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


def _score(score: Mapping[str, float], pointer: str) -> Iterator[Finding]:
    """Data 2.4.5.1: min < max, and raw between them."""
    low, high, raw = score.get("min"), score.get("max"), score.get("raw")
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


def _definition(definition: Mapping[str, Any], pointer: str) -> Iterator[Finding]:
    """Data 2.4.4.1: the ids within a list of interaction components are distinct."""
    for name in _COMPONENT_LISTS:
        components = definition.get(name)
        if components and len({each["id"] for each in components}) < len(components):
            yield Finding(
                detail="has two components with the same id",
                where=f"{pointer}/{name}",
                rule="interactionComponents",
            )
