"""Aggregate queries: a client's pipeline over a few documented fields, as one for MongoDB.

What a client writes never meets a stored document. The pipeline begins with the organization's
own `$match` and a `$project` that makes the documented fields (`FIELDS`); only then come the
client's stages. Its first `$match` stages are moved before the projection, field by field, where
an index serves them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from lrs.aggregation.language import DATE, FIELDS, read_moment
from lrs.aggregation.rules import check_pipeline
from lrs.aggregation.store import AggregationStore
from lrs.errors import InvalidPipeline
from lrs.statements.keys import Kind, key
from lrs.store import Database
from lrs.timestamps import as_microseconds

MOST_ROWS = 10_000

_MOMENTS = ("stored", "timestamp")
_KEYED = {
    "registration": Kind.REGISTRATION,
    "actor": Kind.AGENT,
    "activity": Kind.ACTIVITY,
    "verb": Kind.VERB,
}
_STORED_AS = {
    **{name: name for name in FIELDS if "." not in name and name != "id"},
    **{name: f"result.{name.rpartition('.')[2]}" for name in FIELDS if "." in name},
}

Document = dict[str, Any]


class Rows(msgspec.Struct, frozen=True):
    """What an aggregate query found; `truncated` when there would be more than `MOST_ROWS`."""

    rows: list[Document]
    truncated: bool


class Aggregation:
    """Answers aggregate queries over one database."""

    def __init__(self, database: Database, *, seconds: float = 10.0) -> None:
        self._store = AggregationStore(database)
        self._seconds = seconds

    async def run(self, organization_id: str, pipeline: Any) -> Rows:
        """Return the rows that a client's pipeline gives.

        Raises:
            InvalidPipeline: it uses what is not allowed, or cannot be computed.
            TooExpensive: it takes longer than it may, or more memory.
        """
        stages = translate(organization_id, pipeline)
        rows = await self._store.aggregate([*stages, {"$limit": MOST_ROWS + 1}], self._seconds)
        return Rows(rows[:MOST_ROWS], len(rows) > MOST_ROWS)


def translate(organization_id: str, pipeline: Any) -> list[Document]:
    """Return the pipeline for MongoDB that a client's means.

    Raises:
        InvalidPipeline: it uses what is not allowed; every finding is told.
    """
    findings = check_pipeline(pipeline)
    if findings:
        raise InvalidPipeline(findings)
    leading = _leading(pipeline)
    conditions = [_stored_condition(stage["$match"]) for stage in pipeline[:leading]]
    keyed = _keyed([stage["$match"] for stage in pipeline[:leading]])
    own: Document = {"organization_id": organization_id, "voided": False, **keyed}
    if conditions:
        own["$and"] = conditions
    return [{"$match": own}, {"$project": _projection()}, *map(_literal, pipeline[leading:])]


def _leading(pipeline: Sequence[Mapping[str, Any]]) -> int:
    """Return how many of the first stages can be answered from what is stored."""
    for position, stage in enumerate(pipeline):
        if "$match" not in stage or not _paths(stage["$match"]) <= set(_STORED_AS):
            return position
    return len(pipeline)


def _paths(condition: Mapping[str, Any]) -> set[str]:
    paths: set[str] = set()
    for name, value in condition.items():
        if name.startswith("$"):
            paths.update(*(_paths(each) for each in value))
        else:
            paths.add(name)
    return paths


def _stored_condition(condition: Mapping[str, Any]) -> Document:
    """A condition on documented fields as one on the fields of a stored document."""
    return {
        name if name.startswith("$") else _STORED_AS[name]: (
            [_stored_condition(each) for each in value]
            if name.startswith("$")
            else _stored_value(value, moment=name in _MOMENTS)
        )
        for name, value in condition.items()
    }


def _stored_value(value: Any, *, moment: bool) -> Any:
    value = _literal(value)
    return _in_microseconds(value) if moment else value


def _in_microseconds(value: Any) -> Any:
    match value:
        case datetime():
            return as_microseconds(value)
        case dict():
            return {name: _in_microseconds(each) for name, each in value.items()}
        case list():
            return [_in_microseconds(each) for each in value]
    return value


def _literal(value: Any) -> Any:
    """The value with each {"$date": …} made a moment."""
    match value:
        case {"$date": str(text)}:
            return read_moment(text)
        case dict():
            return {name: _literal(each) for name, each in value.items()}
        case list():
            return [_literal(each) for each in value]
    return value


def _keyed(conditions: Sequence[Mapping[str, Any]]) -> Document:
    """The condition on `keys` that lets the index find what the conditions name."""
    for name, kind in _KEYED.items():
        for condition in conditions:
            match condition.get(name):
                case str(value) | {"$eq": str(value)} if value:
                    return {"keys": key(kind, value)}
                case {"$in": list(values)} if all(isinstance(e, str) and e for e in values):
                    return {"keys": {"$in": [key(kind, each) for each in values]}}
    return {}


def _projection() -> Document:
    """The documented fields, made of a stored document's."""
    shown: Document = {"_id": 0, "id": {"$arrayElemAt": [{"$split": ["$_id", "/"]}, -1]}}
    for name, kind in FIELDS.items():
        if name in _STORED_AS:
            value = f"${_STORED_AS[name]}"
            shown[name] = _moment(value) if kind == DATE else value
    return shown


def _moment(microseconds: str) -> Document:
    return {"$toDate": {"$toLong": {"$floor": {"$divide": [microseconds, 1000]}}}}
