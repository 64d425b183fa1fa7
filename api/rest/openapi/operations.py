"""One route as an operation of the document."""

import inspect
import re
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from pydantic import BaseModel

from api.permissions import roles_with
from api.rest.bodies import Draft
from api.rest.openapi import schemas as envelopes
from api.rest.openapi.examples import Examples
from api.rest.openapi.parameters import parameters_of
from api.rest.openapi.responses import JSON, responses_of
from api.rest.openapi.schemas import Schema, Schemas
from api.rest.places import places_of, type_of
from api.rest.problems import MEDIA_TYPE
from api.rest.route import MULTIPART, Route

Operation = dict[str, Any]

SECURITY: Sequence[dict[str, list[str]]] = ({"bearer": []}, {"api_key": []}, {"api_key_query": []})


class Operations:
    """Makes the operations of some routes, over the schemas that they share."""

    def __init__(self, routes: Sequence[Route], schemas: Schemas) -> None:
        self._schemas = schemas
        self._examples = Examples(schemas)
        self._places = places_of(routes)
        self._versioned = {
            route.answers
            for route in routes
            if "version_mismatch" in route.errors and route.answers
        }
        self._first = {route.handler: route.path for route in reversed(routes)}
        named = Counter(handler.__name__ for handler in self._first)
        self._ambiguous: Collection[str] = {name for name, count in named.items() if count > 1}

    def of(self, route: Route) -> Operation:
        """The operation of a route."""
        operation: Operation = {
            "operationId": self._id(route),
            "tags": [tag_of(route)],
            "summary": route.summary.removesuffix("."),
            "description": _description(route),
            "parameters": parameters_of(route, self._schemas),
            "responses": self._responses(route),
            "security": list(SECURITY) if route.permission is not None else [],
        }
        content = self._body(route)
        if content:
            operation["requestBody"] = {"required": True, "content": content}
        return operation

    def _responses(self, route: Route) -> dict[str, Any]:
        headers = []
        if route.answers in self._versioned and not route.many:
            headers.append("ETag")
        if type_of(route) in self._places and route.status in (201, 202):
            headers.append("Location")
        return responses_of(route, self._schemas, self._examples, headers)

    def _id(self, route: Route) -> str:
        """The handler's name; where it has several addresses, those after the first say which."""
        name = route.handler.__name__
        told = f"{route.noun}.{name}" if name in self._ambiguous else name
        if self._first[route.handler] == route.path:
            return told
        return f"{told}.{re.sub(r'[^a-z]+', '_', re.sub(r'{.*?}', '', route.path)).strip('_')}"

    def _body(self, route: Route) -> dict[str, Any]:
        form = route.form and {"schema": self._schemas.ref(route.form, "validation")}
        if form and route.body is None:
            return {MULTIPART: form}
        if route.upload and not form:
            return {media: {"schema": {"type": "string"}} for media in route.takes or (MULTIPART,)}
        if route.body is None:
            return {}
        content = self._json(route, route.body)
        taken = {JSON: content, MEDIA_TYPE: content}
        return {**taken, MULTIPART: form} if form else taken

    def _json(self, route: Route, model: type[BaseModel]) -> dict[str, Any]:
        changing = route.method == "PATCH"
        taken = self._schemas.changes if changing else self._plain
        plain = taken(model)
        shown = self._examples.of(plain)
        if not issubclass(model, Draft):
            return {"schema": plain, "example": shown}
        kind = type_of(route) or route.noun
        return {
            "schema": {"anyOf": [plain, envelopes.envelope(plain)]},
            "examples": {
                "plain": {"summary": "Plain attributes", "value": shown},
                "envelope": {
                    "summary": "JSON:API envelope",
                    "value": {"data": {"type": kind, "attributes": shown}},
                },
            },
        }

    def _plain(self, model: type[BaseModel]) -> Schema:
        return self._schemas.ref(model, "validation")


def tag_of(route: Route) -> str:
    """The noun, as it is read."""
    return route.noun.replace("_", "-")


def tag_description(route: Route) -> str:
    """What the noun is, from the first line of its module."""
    told = (inspect.getdoc(inspect.getmodule(route.handler)) or "").partition("\n")[0]
    return told.partition(": ")[2] or told


def _description(route: Route) -> str:
    told = (inspect.getdoc(route.handler) or "").partition("\n")[2].strip()
    return "\n\n".join(each for each in (told, _models_told(route), _who(route)) if each)


def _models_told(route: Route) -> str:
    """What the models of the body and the query say of themselves."""
    models = [model for model in (route.body, route.query) if model is not None]
    return "\n\n".join(inspect.cleandoc(model.__doc__ or "") for model in models)


def _who(route: Route) -> str:
    if route.permission is None:
        return "Anybody may call this."
    roles = ", ".join(roles_with(route.permission))
    return f"Needs the permission `{route.permission.value}`, which these roles have: {roles}."
