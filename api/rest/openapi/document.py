"""The whole document: paths, components, security and tags."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from api.rest.openapi.operations import Operations, tag_description, tag_of
from api.rest.openapi.parameters import COMPONENTS as PARAMETERS
from api.rest.openapi.responses import HEADERS, example_components
from api.rest.openapi.schemas import Schemas
from api.rest.route import Route

PREFIX = "/api/v1"
TOLD = "An access token of `POST /auth/sign-in`, an API key, or a token of an identity provider."
SECURITY_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "description": TOLD},
    "api_key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "api_key_query": {
        "type": "apiKey",
        "in": "query",
        "name": "apiKey",
        "description": "For programs that can send no header; addresses end up in logs.",
    },
}
DESCRIPTION = """\
One API under one set of conventions.

- Documents follow JSON:API 1.1. Everything is in snake_case, times are RFC 3339 in UTC, ids opaque.
- Requests take plain attributes or the JSON:API envelope; actions take plain objects.
- Errors come all at once, each with a stable `code` and the `source` that it is about.
- A resource that can be edited has an `ETag`: send it as `If-Match`, and nobody's change is lost.
"""


def openapi_document(routes: Sequence[Route]) -> dict[str, Any]:
    """The OpenAPI 3.1 document of some routes."""
    schemas = Schemas(routes)
    operations = Operations(routes, schemas)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = operations.of(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Lyceum", "version": version("lyceum"), "description": DESCRIPTION},
        "servers": [{"url": PREFIX}],
        "tags": _tags(routes),
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.components.items())),
            "parameters": dict(PARAMETERS),
            "headers": dict(HEADERS),
            "examples": example_components(list(routes)),
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def _tags(routes: Sequence[Route]) -> list[dict[str, str]]:
    told = {tag_of(route): tag_description(route) for route in routes}
    return [{"name": name, "description": description} for name, description in told.items()]
