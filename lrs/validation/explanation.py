"""Says everything that is wrong with a value that the fast validator refused.

jsonschema reads the schema that jsonschema-rs has read. The schema's annotations give the words
(`x-says`) and the requirement's id: `x-requirement` for a rule or property, `x-required` for
properties that are missing, `x-unknown` for properties that have no business there ("*": any).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from lrs.errors import Finding
from lrs.validation.schemas import Schema, part_schema

_KINDS = {
    "object": "an object",
    "array": "an array",
    "string": "a string",
    "number": "a number",
    "integer": "an integer",
    "boolean": "true or false",
}
_BY_KEYWORD = {
    "type": "XAPI-00006",
    "pattern": "XAPI-00007",
    "enum": "XAPI-00009",
    "const": "XAPI-00009",
    "additionalProperties": "XAPI-00010",
}
_NULL = "XAPI-00001"
_WRONG_CASE = "XAPI-00008"


def explain(part: str, value: Any, version: str, pointer: str = "") -> list[Finding]:
    """Return jsonschema's findings about a value, in the order of the schema."""
    schema, validator = part_schema(part, version), _validator(part, version)
    findings = (
        finding
        for error in validator.iter_errors(value)
        for finding in _findings(schema, error, pointer)
    )
    return list(dict.fromkeys(findings))


def _pattern(
    _validator: Any, pattern: str, instance: Any, _schema: Any
) -> Iterator[ValidationError]:
    """Match as ECMA 262 does, where `$` never stands before a final line feed."""
    if isinstance(instance, str) and not _compiled(pattern).search(instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\$$", r"\\Z", pattern))


_Validator: Any = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]


@cache
def _validator(part: str, version: str) -> Any:
    return _Validator(part_schema(part, version))


def _findings(schema: Schema, error: Any, pointer: str) -> Iterator[Finding]:
    path = [*error.absolute_path]
    trail = _trail(schema, schema, [*error.absolute_schema_path]) or [schema]
    if error.validator == "oneOf" and not isinstance(error.instance, dict):
        return
    if "propertyNames" in [*error.absolute_schema_path][-2:]:
        path.append(error.instance)
    for where, detail, requirement in _details(error, trail):
        yield Finding(
            detail=detail,
            where=pointer + _pointer([*path, *where]),
            rule=str(error.validator),
            requirement=requirement,
        )


def _details(error: Any, trail: Sequence[Any]) -> Iterator[tuple[list[str], str, str | None]]:
    """Yield (further path, what is wrong, requirement) of one error."""
    instance, keyword = error.instance, error.validator
    if keyword == "required":
        for name in _missing(error.validator_value, instance):
            yield [], f'"{name}" is missing', _required(error, name) or _requirement(trail)
    elif keyword == "dependentRequired":
        for present, needed in error.validator_value.items():
            for name in _missing(needed, instance) if present in instance else ():
                yield [], f'"{present}" needs "{name}"', _required(error, name)
    elif keyword == "additionalProperties":
        yield from _unknown(instance, error.schema)
    elif instance is None:
        yield [], "must not be null", _NULL
    else:
        yield [], _says(error), _requirement(trail) or _BY_KEYWORD.get(str(keyword))


def _missing(names: Sequence[str], instance: Mapping[str, Any]) -> list[str]:
    return [name for name in names if name not in instance]


def _required(error: Any, name: str) -> str | None:
    requirement: str | None = error.schema.get("x-required", {}).get(name)
    return requirement


def _unknown(
    instance: Mapping[str, Any], schema: Schema
) -> Iterator[tuple[list[str], str, str | None]]:
    by_lower_case = {name.lower(): name for name in schema["properties"]}
    requirements = schema.get("x-unknown", {})
    otherwise = requirements.get("*", _BY_KEYWORD["additionalProperties"])
    for name in instance:
        if name in schema["properties"]:
            continue
        meant = by_lower_case.get(name.lower())
        if meant:
            yield [name], f'is not a property here; did you mean "{meant}"?', _WRONG_CASE
        else:
            yield [name], "is not a property here", requirements.get(name, otherwise)


def _says(error: Any) -> str:
    value, schema = error.validator_value, error.schema
    if error.validator == "type":
        kinds = [value] if isinstance(value, str) else value
        said = "must be " + " or ".join(_KINDS[kind] for kind in kinds)
    elif isinstance(schema, dict) and "x-says" in schema:
        said = schema["x-says"]
    elif error.validator == "enum":
        said = "must be one of " + ", ".join(f'"{choice}"' for choice in value)
    elif error.validator == "const":
        said = f'must be "{value}"'
    else:
        said = f"breaks the rule {error.validator} {value}"
    return said + _shown(error.instance)


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f', not "{value[:60]}"'
    return f", not {value}" if isinstance(value, int | float) else ""


def _requirement(trail: Sequence[Any]) -> str | None:
    """Return the requirement nearest to the rule, the property's own before its type's."""
    for node in reversed(trail):
        if isinstance(node, dict) and "x-requirement" in node:
            return str(node["x-requirement"])
    return None


def _trail(root: Schema, node: Any, path: Sequence[Any]) -> list[Any] | None:
    """Return the schemas that a schema path goes through, references followed."""
    if not path:
        return [node]
    inside = node[path[0]] if _has(node, path[0]) else None
    rest = _trail(root, inside, path[1:]) if inside is not None else None
    if rest is None and isinstance(node, dict) and "$ref" in node:
        rest = _trail(root, root["$defs"][node["$ref"].rpartition("/")[2]], path)
    return None if rest is None else [node, *rest]


def _has(node: Any, key: Any) -> bool:
    if isinstance(node, dict):
        return key in node
    return isinstance(node, list) and isinstance(key, int) and key < len(node)


def _pointer(path: Sequence[Any]) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)
