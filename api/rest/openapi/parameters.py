"""The parameters of an operation: in the path, the query and the headers."""

from collections.abc import Iterator, Mapping
from typing import Any

from api.rest.openapi.schemas import PREFIX, Schemas
from api.rest.route import Route

Parameter = dict[str, Any]

IF_MATCH: Parameter = {
    "name": "If-Match",
    "in": "header",
    "description": "The `ETag` that is to be changed; the answer is 412 when there is another.",
    "schema": {"type": "string", "pattern": r'^(\*|"[0-9]{1,15}")$'},
    "example": '"3"',
}
IF_NONE_MATCH: Parameter = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The `ETag` that is known; the answer is 304 when it is still the same.",
    "schema": {"type": "string"},
    "example": '"3"',
}
COMPONENTS: Mapping[str, Parameter] = {"IfMatch": IF_MATCH, "IfNoneMatch": IF_NONE_MATCH}


def parameters_of(route: Route, schemas: Schemas, *, versioned: bool) -> list[Parameter]:
    """Every parameter of a route; `versioned` says whether its answer has an ETag."""
    return [*_in_path(route), *_in_query(route, schemas), *_in_headers(route, versioned)]


def _in_path(route: Route) -> Iterator[Parameter]:
    for name in route.parameters:
        kind = name.removesuffix("_id").replace("_", " ")
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": f"The id of the {kind}." if name.endswith("_id") else f"The {kind}.",
            "schema": {"type": "string", "minLength": 1},
        }


def _in_query(route: Route, schemas: Schemas) -> Iterator[Parameter]:
    if route.query is None:
        return
    schema = route.query.model_json_schema(by_alias=True, ref_template=PREFIX + "{model}")
    schemas.add_definitions(schema.get("$defs", {}))
    required = schema.get("required", ())
    for name, each in schema["properties"].items():
        parameter: Parameter = {"name": name, "in": "query", "schema": _without_null(each)}
        if name in required:
            parameter["required"] = True
        if "description" in parameter["schema"]:
            parameter["description"] = parameter["schema"].pop("description")
        yield parameter


def _without_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A parameter is there or not; none can be null."""
    kept = {name: value for name, value in schema.items() if name != "title"}
    if kept.get("default", 0) is None:
        del kept["default"]
    choices = [each for each in kept.get("anyOf", ()) if each.get("type") != "null"]
    if len(choices) == 1:
        del kept["anyOf"]
        return {**choices[0], **kept}
    return {**kept, "anyOf": choices} if choices else kept


def _in_headers(route: Route, versioned: bool) -> Iterator[Parameter]:
    if "version_mismatch" in route.errors:
        yield {"$ref": "#/components/parameters/IfMatch"}
    if versioned and route.method == "GET":
        yield {"$ref": "#/components/parameters/IfNoneMatch"}
