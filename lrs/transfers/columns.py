"""Statements as rows: a column is a path into the statement, such as result.score.scaled."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from lrs.errors import BadRequest, Finding
from lrs.statements.formats import one_language
from lrs.transfers.spreadsheet import harmless

DEFAULT_COLUMNS = (
    "id",
    "stored",
    "timestamp",
    "actor.name",
    "actor.mbox",
    "actor.account.homePage",
    "actor.account.name",
    "verb.id",
    "verb.display",
    "object.objectType",
    "object.id",
    "object.definition.name",
    "result.score.scaled",
    "result.score.raw",
    "result.success",
    "result.completion",
    "result.duration",
    "context.registration",
)
MOST_COLUMNS = 200

_PROPERTIES = (
    "id",
    "actor",
    "verb",
    "object",
    "result",
    "context",
    "timestamp",
    "stored",
    "authority",
    "version",
    "attachments",
)
_LANGUAGE_MAPS = ("display", "name", "description")
_LANGUAGES = ("en",)


def read_columns(text: str | None) -> tuple[str, ...]:
    """Return the columns of a comma-separated list; the default ones where there is none.

    Raises:
        BadRequest: one begins with no property of a statement, or there are too many.
    """
    if not text:
        return DEFAULT_COLUMNS
    columns = tuple(column.strip() for column in text.split(","))
    findings = [
        _finding(f'"{column[:60]}" must begin with one of {", ".join(_PROPERTIES)}')
        for column in columns
        if column.partition(".")[0] not in _PROPERTIES
    ]
    if len(columns) > MOST_COLUMNS:
        findings.append(_finding(f"may name {MOST_COLUMNS} columns"))
    if findings:
        raise BadRequest(findings)
    return columns


def heading(columns: Sequence[str]) -> bytes:
    """Return the first line of the file."""
    return _lines([columns])


def rows(statements: Iterable[bytes], columns: Sequence[str]) -> bytes:
    """Return a line of CSV (RFC 4180) for each statement."""
    return _lines(_row(orjson.loads(raw), columns) for raw in statements)


def value_at(value: Any, path: str) -> Any:
    """Return what a path leads to, None where there is nothing.

    A step is a property or an index. Names with dots in them, such as those of extensions, are
    written as they are: the shortest name that is there is taken.
    """
    if not path:
        return value
    at = path.find(".")
    while True:
        step, rest = (path, "") if at < 0 else (path[:at], path[at + 1 :])
        found = _step(value, step)
        found = None if found is None else value_at(found, rest)
        if found is not None or at < 0:
            return found
        at = path.find(".", at + 1)


def _step(value: Any, step: str) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and step.isascii() and step.isdigit():
        return value[int(step)] if int(step) < len(value) else None
    return None


def _row(statement: Mapping[str, Any], columns: Sequence[str]) -> list[str]:
    return [_cell(value_at(statement, column), column) for column in columns]


def _cell(value: Any, column: str) -> str:
    if isinstance(value, dict) and column.rpartition(".")[2] in _LANGUAGE_MAPS:
        value = next(iter(one_language(value, _LANGUAGES).values()), None)
    match value:
        case None:
            return ""
        case str():
            return harmless(value)
        case bool() | dict() | list():
            return orjson.dumps(value).decode()
    return str(value)


def _lines(lines: Iterable[Iterable[str]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(lines)
    return buffer.getvalue().encode()


def _finding(detail: str) -> Finding:
    return Finding(detail=detail, where="columns", kind="parameter", rule="columns")
