"""Checks data against the specification's schemas: accepts fast, explains thoroughly."""

from functools import cache
from typing import Any

import jsonschema_rs

from lrs.errors import Finding
from lrs.validation import rules
from lrs.validation.explanation import explain
from lrs.validation.schemas import part_schema


def check_statement(statement: Any, version: str, pointer: str = "") -> list[Finding]:
    """Return everything that is wrong with a statement; `pointer` says where it stands."""
    findings = check("statement", statement, version, pointer)
    told = {finding.where for finding in findings}
    broken = rules.check_statement(statement, pointer)
    return findings + [finding for finding in broken if finding.where not in told]


def check(part: str, value: Any, version: str, pointer: str = "") -> list[Finding]:
    """Return everything that is wrong with a value as the schema's `part` (statement, agent…)."""
    try:
        if accepts(part, value, version):
            return []
    except ValueError:
        return [
            Finding(
                detail="is nested too deeply", where=pointer, rule="depth", requirement="XAPI-00014"
            )
        ]
    explained = explain(part, value, version, pointer)
    return explained or [
        Finding(detail="is not valid", where=pointer, rule=part, requirement="XAPI-00010")
    ]


def accepts(part: str, value: Any, version: str) -> bool:
    """Say, fast, whether the schema accepts the value.

    Raises:
        ValueError: the value is nested too deeply to be looked at.
    """
    return _fast(part, version).is_valid(value)


@cache
def _fast(part: str, version: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        part_schema(part, version), pattern_options=jsonschema_rs.RegexOptions()
    )
