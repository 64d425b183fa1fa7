"""The components of the document: models as JSON Schemas, and the envelopes around them."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api.rest.documents import Attributes
from api.rest.route import Route

Schema = dict[str, Any]
Mode = Literal["validation", "serialization"]

PREFIX = "#/components/schemas/"
STRING: Schema = {"type": "string"}
NUMBER_OF: Schema = {"type": "integer", "minimum": 0}
LINK: Schema = {"type": ["string", "null"], "format": "uri-reference"}

ENVELOPES: Mapping[str, Schema] = {
    "AnyResource": {
        "title": "AnyResource",
        "description": "A resource of some type, beside the one that was asked for.",
        "type": "object",
        "required": ["type", "id", "attributes"],
        "properties": {
            "type": STRING,
            "id": STRING,
            "attributes": {"type": "object"},
            "relationships": {"type": "object"},
            "meta": {"type": "object"},
        },
    },
    "Errors": {
        "title": "Errors",
        "description": "Everything that is wrong, at once.",
        "type": "object",
        "required": ["errors"],
        "properties": {
            "errors": {
                "type": "array",
                "minItems": 1,
                "items": {"$ref": f"{PREFIX}Error"},
            },
            "meta": {"type": "object"},
        },
    },
    "Error": {
        "title": "Error",
        "description": "One thing that is wrong, and where. The code is stable.",
        "type": "object",
        "required": ["status", "code", "title", "detail"],
        "properties": {
            "status": {"type": "string", "pattern": "^[45][0-9]{2}$"},
            "code": {"type": "string", "pattern": "^[A-Za-z0-9_.-]+$"},
            "title": STRING,
            "detail": STRING,
            "source": {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "properties": {"pointer": STRING, "parameter": STRING, "header": STRING},
                "additionalProperties": False,
            },
            "meta": {"type": "object"},
        },
        "additionalProperties": False,
    },
    "PageMeta": {
        "title": "PageMeta",
        "description": "How many there are, and which page this is.",
        "type": "object",
        "required": ["total", "page", "per_page", "total_pages"],
        "properties": {
            "total": NUMBER_OF,
            "page": {"type": "integer", "minimum": 1},
            "per_page": {"type": "integer", "minimum": 1},
            "total_pages": {"type": "integer", "minimum": 1},
        },
    },
    "PageLinks": {
        "title": "PageLinks",
        "description": "Where this page, the next and the one before it are.",
        "type": "object",
        "required": ["self", "next", "prev"],
        "properties": {"self": LINK, "next": LINK, "prev": LINK},
        "additionalProperties": False,
    },
    "PartMeta": {
        "title": "PartMeta",
        "description": "How many are in a part of a list that grows without bound, at most.",
        "type": "object",
        "required": ["per_page"],
        "properties": {"per_page": {"type": "integer", "minimum": 1}},
    },
    "PartLinks": {
        "title": "PartLinks",
        "description": "Where this part is, and the next one.",
        "type": "object",
        "required": ["self", "next"],
        "properties": {"self": LINK, "next": LINK},
        "additionalProperties": False,
    },
}


class Schemas:
    """The schema components that some routes need, each by one name."""

    def __init__(self, routes: Iterable[Route]) -> None:
        models = _models(routes)
        pairs: list[tuple[type[BaseModel], Mode]] = [*models]
        self._refs, definitions = models_json_schema(pairs, ref_template=PREFIX + "{model}")
        self.components: dict[str, Schema] = {**ENVELOPES, **definitions.get("$defs", {})}
        for model, mode in models:
            if mode == "serialization" and issubclass(model, Attributes):
                self._add_resource(model)

    def ref(self, model: type[BaseModel], mode: Mode) -> Schema:
        """The reference to a model's schema."""
        return dict(self._refs[(model, mode)])

    def resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """The schema itself, where it is a reference to a component."""
        while "$ref" in schema:
            schema = self.components[schema["$ref"].removeprefix(PREFIX)]
        return schema

    def resource(self, model: type[Attributes]) -> Schema:
        """The reference to the resource object around a model."""
        return {"$ref": PREFIX + self._resource_name(model)}

    def changes(self, model: type[BaseModel]) -> Schema:
        """The reference to a model of changes: what is not given stays, so nothing is a default."""
        reference = self.ref(model, "validation")
        for each in self.resolved(reference).get("properties", {}).values():
            each.pop("default", None)
        return reference

    def add_definitions(self, definitions: Mapping[str, Schema]) -> None:
        """Add what the schema of a query refers to."""
        for name, schema in definitions.items():
            self.components.setdefault(name, schema)

    def _resource_name(self, model: type[Attributes]) -> str:
        reference: str = self.ref(model, "serialization")["$ref"]
        return reference.removeprefix(PREFIX).removesuffix("Attributes") + "Resource"

    def _add_resource(self, model: type[Attributes]) -> None:
        """The resource object. `fields[type]` leaves attributes out, so that none is required."""
        reference = self.ref(model, "serialization")
        name = self._resource_name(model)
        self.components[reference["$ref"].removeprefix(PREFIX)].pop("required", None)
        self.components[name] = {
            "title": name,
            "type": "object",
            "required": ["type", "id", "attributes"],
            "properties": {
                "type": {"const": model.type_name},
                "id": STRING,
                "attributes": reference,
                **_relationships(model.relationship_types),
                "meta": {"type": "object"},
            },
            "additionalProperties": False,
        }


def _models(routes: Iterable[Route]) -> dict[tuple[type[BaseModel], Mode], None]:
    """Every model and how it is used, in the order of the routes."""
    found: dict[tuple[type[BaseModel], Mode], None] = {}
    for route in routes:
        for taken in (route.body, route.form):
            if taken is not None:
                found[(taken, "validation")] = None
        if route.answers is not None:
            found[(route.answers, "serialization")] = None
    return found


def _relationships(kinds: Mapping[str, str]) -> dict[str, Schema]:
    if not kinds:
        return {}
    properties = {name: _relationship(kind) for name, kind in kinds.items()}
    return {"relationships": {"type": "object", "properties": properties}}


def _relationship(kind: str) -> Schema:
    identifier = {
        "type": ["object", "null"],
        "required": ["type", "id"],
        "properties": {"type": {"const": kind}, "id": STRING},
        "additionalProperties": False,
    }
    return {"type": "object", "required": ["data"], "properties": {"data": identifier}}


def envelope(attributes: Schema) -> Schema:
    """The JSON:API envelope in which a body may send attributes."""
    data = {
        "type": "object",
        "properties": {"type": STRING, "id": STRING, "attributes": attributes},
        "required": ["attributes"],
    }
    return {"type": "object", "required": ["data"], "properties": {"data": data}}


def one(resource: Schema) -> Schema:
    """The document of one resource."""
    properties = {"data": resource, "included": _included(), "meta": {"type": "object"}}
    return {
        "type": "object",
        "required": ["data"],
        "properties": properties,
        "additionalProperties": False,
    }


def many(resource: Schema, *, endless: bool = False) -> Schema:
    """The document of a page of resources; of an endless list, of a part of it."""
    part = "Part" if endless else "Page"
    return {
        "type": "object",
        "required": ["data", "meta", "links"],
        "properties": {
            "data": {"type": "array", "items": resource},
            "included": _included(),
            "meta": {"$ref": f"{PREFIX}{part}Meta"},
            "links": {"$ref": f"{PREFIX}{part}Links"},
        },
        "additionalProperties": False,
    }


def _included() -> Schema:
    return {"type": "array", "items": {"$ref": f"{PREFIX}AnyResource"}}
