"""JSON:API documents: what a handler returns, and how it is written."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

import orjson
from aiohttp import web
from pydantic import BaseModel, ConfigDict

from api.rest.problems import MEDIA_TYPE, Finding, refuse


class Attributes(BaseModel):
    """The attributes of one type of resource, as they are sent."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    type_name: ClassVar[str]
    relationship_types: ClassVar[Mapping[str, str]] = {}


A = TypeVar("A", bound=Attributes)


@dataclass(frozen=True, slots=True)
class Resource(Generic[A]):
    """One resource. `related` maps a relationship to the id of what it leads to.

    `version` makes the ETag of a resource that can be edited.
    """

    id: str
    attributes: A
    related: Mapping[str, str | None] = field(default_factory=dict)
    version: int | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)
    included: "Sequence[Resource[Any]]" = ()


@dataclass(frozen=True, slots=True)
class ResourcePage(Generic[A]):
    """One page of resources out of `total`; `meta` is added to the document's."""

    items: Sequence[Resource[A]]
    total: int
    page: int
    per_page: int
    meta: Mapping[str, Any] = field(default_factory=dict)


def resource_object(resource: Resource[Any]) -> dict[str, Any]:
    """The resource object: type, id, attributes, relationships."""
    kinds = type(resource.attributes).relationship_types
    shown: dict[str, Any] = {
        "type": resource.attributes.type_name,
        "id": resource.id,
        "attributes": resource.attributes.model_dump(mode="json"),
    }
    if resource.related:
        shown["relationships"] = {
            name: {"data": {"type": kinds[name], "id": sought} if sought else None}
            for name, sought in resource.related.items()
        }
    if resource.meta:
        shown["meta"] = dict(resource.meta)
    return shown


def etag(version: int) -> str:
    """The ETag of a version."""
    return f'"{version}"'


def expected_version(request: web.Request) -> int | None:
    """The version that If-Match asks for; None without the header or with `*`.

    Raises:
        ProblemRaised: 400, the header names no version of ours.
    """
    header = request.headers.get("If-Match", "*").strip()
    if header == "*":
        return None
    match = re.fullmatch(r'"(\d{1,15})"', header)
    if match is None:
        finding = Finding('must be an ETag of this resource, such as "3"', "If-Match", "header")
        raise refuse(400, "validation_error", "A header is malformed", [finding])
    return int(match[1])


def document_response(
    request: web.Request, resource: Resource[Any], status: int = 200
) -> web.Response:
    """Answer with one resource; 304 when the client has this version."""
    headers = {}
    if resource.version is not None:
        headers["ETag"] = etag(resource.version)
        if request.method == "GET" and _has(request, headers["ETag"]):
            return web.Response(status=304, headers=headers)
    document: dict[str, Any] = {"data": resource_object(resource)}
    if resource.included:
        document["included"] = [resource_object(each) for each in resource.included]
    return json_response(document, status, headers)


def page_response(request: web.Request, page: ResourcePage[Any]) -> web.Response:
    """Answer with a page of resources, its meta and its links."""
    pages = max(1, -(-page.total // page.per_page))
    meta = {"total": page.total, "page": page.page, "per_page": page.per_page, "total_pages": pages}
    links = {
        "self": _link(request, page, page.page),
        "next": _link(request, page, page.page + 1) if page.page < pages else None,
        "prev": _link(request, page, min(page.page - 1, pages)) if page.page > 1 else None,
    }
    data = [resource_object(item) for item in page.items]
    return json_response({"data": data, "meta": {**meta, **page.meta}, "links": links})


def json_response(
    content: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """Answer with a JSON:API document."""
    body = orjson.dumps(content)
    return web.Response(status=status, body=body, content_type=MEDIA_TYPE, headers=headers)


def _link(request: web.Request, page: ResourcePage[Any], number: int) -> str:
    query = {"page": str(number), "per_page": str(page.per_page)}
    return str(request.rel_url.update_query(query))


def _has(request: web.Request, tag: str) -> bool:
    known = request.headers.get("If-None-Match", "")
    return known.strip() == "*" or tag in [each.strip() for each in known.split(",")]
