"""Examples of what a schema describes: a model's own, else made from names, types and bounds."""

from collections.abc import Mapping
from typing import Any

from api.rest.openapi.schemas import Schemas

MOMENT = "2026-11-21T09:30:00Z"
ORDINAL = "019aa5c3f1d27b0e4c5a9d8e7f60a1b2"
UUID = "6f1b2c5e-6a0f-4c53-9b5d-0a3a7d2f4e11"
DEEPEST = 9
INCLUDED = "included"

FORMATS: Mapping[str, str] = {
    "date-time": MOMENT,
    "date": "2026-11-21",
    "time": "09:30:00Z",
    "duration": "PT45M",
    "uuid": UUID,
    "email": "ada@example.org",
    "uri": "https://example.org/a/1",
    "uri-reference": "/api/v1/courses?page=2",
    "binary": "…",
}
NAMED: Mapping[str, str] = {
    "activity_id": "https://example.org/activities/fire-safety",
    "at": MOMENT,
    "code": "validation_error",
    "description": "What to do when the alarm rings.",
    "detail": "must have 1 to 500 characters",
    "email": "ada@example.org",
    "endpoint": "https://lrs.example.org/xapi",
    "filename": "fire-safety.zip",
    "home_page": "https://learn.example.org",
    "name": "Ada Lovelace",
    "password": "correct horse battery",
    "registration": UUID,
    "secret": "a-secret-of-many-letters",
    "status": "active",
    "title": "Fire safety",
    "url": "https://learn.example.org/courses/1",
}
NUMBERED: Mapping[str, float] = {
    "expires_in": 3600,
    "progress": 75.0,
    "overall_progress": 75.0,
    "progress_percent": 75.0,
    "score": 85.0,
    "total": 100,
}


class Examples:
    """Makes an example of any schema of the document, the same each time."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas

    def of(self, schema: Mapping[str, Any], name: str = "", depth: int = 0) -> Any:
        """An example; `name` is the property's, which says more than its type does."""
        schema = self._schemas.resolved(schema)
        told = _told(schema)
        if told is not None:
            return told[0]
        for choice in ("anyOf", "oneOf", "allOf"):
            if choice in schema:
                return self.of(_likeliest(schema[choice]), name, depth)
        kind = schema.get("type")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            return self._array(schema, name, depth)
        return _scalar(kind, schema, name)

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        if depth > DEEPEST:
            return {}
        required = schema.get("required", ())
        made = {
            name: self.of(each, name, depth + 1)
            for name, each in schema.get("properties", {}).items()
            if name != INCLUDED
        }
        if "id" in made and "type" in made:
            made["id"] = f"{made['type']}_{ORDINAL}"
        return {name: each for name, each in made.items() if each != {} or name in required}

    def _array(self, schema: Mapping[str, Any], name: str, depth: int) -> list[Any]:
        if "prefixItems" in schema:
            return [self.of(each, name, depth + 1) for each in schema["prefixItems"]]
        if depth > DEEPEST or "items" not in schema or schema.get("maxItems") == 0:
            return []
        item = self.of(schema["items"], name.removesuffix("s"), depth + 1)
        return [item] * max(1, schema.get("minItems", 1))


def _told(schema: Mapping[str, Any]) -> list[Any] | None:
    """What the schema itself gives for an example, in a list; None where it gives nothing."""
    if schema.get("examples"):
        return [schema["examples"][0]]
    for keyword in ("example", "const"):
        if keyword in schema:
            return [schema[keyword]]
    if schema.get("enum"):
        return [schema["enum"][0]]
    default = schema.get("default")
    return None if default in (None, "", [], {}, 0) else [default]


def _likeliest(choices: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The first that is not null."""
    return next((each for each in choices if each.get("type") != "null"), choices[0])


def _scalar(kind: str | None, schema: Mapping[str, Any], name: str) -> Any:
    if kind == "string":
        return _string(schema, name)
    if kind == "boolean":
        return True
    if kind in ("integer", "number"):
        return _number(kind, schema, name)
    return None if kind == "null" else {}


def _string(schema: Mapping[str, Any], name: str) -> str:
    if schema.get("format") in FORMATS:
        return FORMATS[schema["format"]]
    if name in NAMED:
        text = NAMED[name]
    elif name.endswith("_at"):
        text = MOMENT
    elif name.endswith("_id") or name == "id":
        text = f"{name.removesuffix('_id')}_{ORDINAL}".removeprefix("id_")
    else:
        text = name.replace("_", " ") or "text"
    longest, shortest = schema.get("maxLength", 500), schema.get("minLength", 0)
    return text[:longest].ljust(shortest, "x")


def _number(kind: str, schema: Mapping[str, Any], name: str) -> float | int:
    number = NUMBERED.get(name, 1)
    lowest = schema.get("minimum", schema.get("exclusiveMinimum", number - 1) + 1)
    highest = schema.get("maximum", schema.get("exclusiveMaximum", number + 1) - 1)
    bounded = min(max(number, lowest), highest)
    return int(bounded) if kind == "integer" else float(bounded)
