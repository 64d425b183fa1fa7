"""The specification's tables as JSON Schemas: the first version's, and changes laid over it."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from lrs.versions import VERSIONS

Schema = dict[str, Any]


@cache
def statement_schema(version: str) -> Schema:
    """Return the schema bundle of a version; its `$defs` hold the parts."""
    schema = _read("statement.json")
    changes = VERSIONS[version].schema_changes
    return merge(schema, _read(changes)) if changes else schema


@cache
def part_schema(part: str, version: str) -> Schema:
    """Return the schema of one part: statement, agent, activity…"""
    return {**statement_schema(version), "$ref": f"#/$defs/{part}"}


def merge(target: Any, changes: Any) -> Any:
    """Return `target` with `changes` laid over it, after JSON Merge Patch (RFC 7396)."""
    if not isinstance(changes, dict):
        return changes
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in changes.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged.get(key), value)
    return merged


def _read(name: str) -> Schema:
    schema: Schema = json.loads(files(__package__).joinpath(name).read_bytes())
    return schema
