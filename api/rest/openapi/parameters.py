"""The parameters of an operation: in the path, the query and the headers."""

from collections.abc import Iterator, Mapping
from typing import Any

from api.rest.documents import Attributes
from api.rest.including import includes_of, names_of
from api.rest.openapi.schemas import PREFIX, Schemas
from api.rest.route import Route
from api.rest.shape import INCLUDE

Parameter = dict[str, Any]

IF_MATCH: Parameter = {
    "name": "If-Match",
    "in": "header",
    "description": "The `ETag` that is to be changed; the answer is 412 when there is another.",
    "schema": {"type": "string", "pattern": r'^(\*|"[0-9]{1,15}(-[0-9a-f]+)?")$'},
    "example": '"3-5d41402abc4b2a76"',
}
IF_NONE_MATCH: Parameter = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The `ETag` that is known; the answer is 304 when it is still the same.",
    "schema": {"type": "string"},
    "example": '"3-5d41402abc4b2a76"',
}
IDEMPOTENCY_KEY: Parameter = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": (
        "Any text of your own. Within 24 hours the same request with the same key is not done "
        "again, but answered as it was (`Idempotency-Replayed: true`); errors are not kept. An "
        "upload needs a `Content-Digest` of sha-256 beside it."
    ),
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    "example": "5f0c2a1e-7f6b-4f0e-9a44-0d6a3c1b2e10",
}
COMPONENTS: Mapping[str, Parameter] = {
    "IdempotencyKey": IDEMPOTENCY_KEY,
    "IfMatch": IF_MATCH,
    "IfNoneMatch": IF_NONE_MATCH,
}


def parameters_of(route: Route, schemas: Schemas) -> list[Parameter]:
    """Every parameter of a route."""
    in_query = [*_in_query(route, schemas), *_of_shape(route)]
    return [*_in_path(route), *in_query, *_in_headers(route)]


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


def _of_shape(route: Route) -> Iterator[Parameter]:
    """`include`, unless the route brings things itself, and the sparse fields of each type."""
    own = route.query is not None and INCLUDE in route.query.model_fields
    included = includes_of(route.answers)
    if included and not own:
        told = "What to send along, separated by commas."
        yield {**_list_of(INCLUDE, sorted(included)), "description": told}
    for type_name, members in sorted(names_of(route.answers).items()):
        told = f"The only attributes and relationships to send of each {type_name}."
        yield {**_list_of(f"fields[{type_name}]", sorted(members)), "description": told}


def _list_of(name: str, allowed: list[str]) -> Parameter:
    schema = {"type": "array", "items": {"type": "string", "enum": allowed}, "uniqueItems": True}
    return {"name": name, "in": "query", "style": "form", "explode": False, "schema": schema}


def takes_key(route: Route) -> bool:
    """Whether a request may come with an Idempotency-Key."""
    return route.method == "POST" and route.idempotent and route.permission is not None


def _in_headers(route: Route) -> Iterator[Parameter]:
    if takes_key(route):
        yield {"$ref": "#/components/parameters/IdempotencyKey"}
    if "version_mismatch" in route.errors:
        yield {"$ref": "#/components/parameters/IfMatch"}
    if is_document(route) and route.method == "GET":
        yield {"$ref": "#/components/parameters/IfNoneMatch"}


def is_document(route: Route) -> bool:
    """Whether the answer is a JSON:API document of resources."""
    return route.answers is not None and issubclass(route.answers, Attributes)
