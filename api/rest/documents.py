"""JSON:API documents: what a handler returns, and how it is written."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

import orjson
from aiohttp import web
from pydantic import BaseModel, ConfigDict

from api.rest.problems import MEDIA_TYPE
from api.rest.shape import SHAPE, Shape
from api.rest.versions import etag, expected_version, is_known

__all__ = ["etag", "expected_version"]


class Attributes(BaseModel):
    """The attributes of one type of resource, as they are sent."""

    model_config = ConfigDict(frozen=True, from_attributes=True, defer_build=True)

    type_name: ClassVar[str]
    relationship_types: ClassVar[Mapping[str, str]] = {}


A = TypeVar("A", bound=Attributes)


@dataclass(frozen=True)
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

    @cached_property
    def written(self) -> orjson.Fragment:
        """The attributes as JSON, made once for all who are answered with this resource."""
        return orjson.Fragment(self.attributes.model_dump_json())


@dataclass(frozen=True, slots=True)
class ResourcePage(Generic[A]):
    """One page of resources out of `total`; `meta` is added to the document's."""

    items: Sequence[Resource[A]]
    total: int
    page: int
    per_page: int
    meta: Mapping[str, Any] = field(default_factory=dict)
    included: "Sequence[Resource[Any]]" = ()


@dataclass(frozen=True, slots=True)
class CursorPage(Generic[A]):
    """A part of a list that grows without bound; `following` is the cursor of the next part."""

    items: Sequence[Resource[A]]
    following: str | None
    per_page: int
    meta: Mapping[str, Any] = field(default_factory=dict)
    included: "Sequence[Resource[Any]]" = ()


Answer = Resource[Any] | ResourcePage[Any] | CursorPage[Any]


def resources_of(answer: Answer) -> Sequence[Resource[Any]]:
    """The resources that an answer is about."""
    return [answer] if isinstance(answer, Resource) else answer.items


def with_included(answer: Answer, found: Sequence[Resource[Any]]) -> Answer:
    """The answer with more resources beside it, each once."""
    if not found:
        return answer
    known = {(each.attributes.type_name, each.id): each for each in [*answer.included, *found]}
    return replace(answer, included=tuple(known.values()))


def resource_object(resource: Resource[Any], shape: Shape | None = None) -> dict[str, Any]:
    """The resource object: type, id, attributes, relationships."""
    model = type(resource.attributes)
    kind = model.type_name
    only = shape.fields.get(kind) if shape else None
    shown: dict[str, Any] = {
        "type": kind,
        "id": resource.id,
        "attributes": resource.written if only is None else _narrowed(resource, only),
    }
    relationships = {
        name: {"data": {"type": model.relationship_types[name], "id": sought} if sought else None}
        for name, sought in resource.related.items()
        if only is None or name in only
    }
    if relationships:
        shown["relationships"] = relationships
    if resource.meta:
        shown["meta"] = dict(resource.meta)
    return shown


def _narrowed(resource: Resource[Any], names: Container[str]) -> dict[str, Any]:
    everything = resource.attributes.model_dump(mode="json")
    return {name: each for name, each in everything.items() if name in names}


def document_response(
    request: web.Request, resource: Resource[Any], status: int = 200
) -> web.Response:
    """Answer with one resource; 304 when the client has this very document."""
    document: dict[str, Any] = {"data": resource_object(resource, request.get(SHAPE))}
    return _response(request, {**document, **_beside(request, resource)}, status, resource.version)


def page_response(request: web.Request, page: ResourcePage[Any], status: int = 200) -> web.Response:
    """Answer with a page of resources, its meta and its links."""
    pages = max(1, -(-page.total // page.per_page))
    meta = {"total": page.total, "page": page.page, "per_page": page.per_page, "total_pages": pages}
    by_offset = "offset" in request.query or request.query.keys() & {"limit", "page"} == {"limit"}
    links = _offset_links(request, page) if by_offset else _page_links(request, page, pages)
    document = _data(request, page, {**meta, **page.meta}, links)
    return _response(request, document, status)


def cursor_response(request: web.Request, page: CursorPage[Any], status: int = 200) -> web.Response:
    """Answer with a part of a list, and the link to what comes after it."""
    following = {"page[after]": page.following} if page.following else None
    links = {"self": str(request.rel_url), "next": _link(request, following)}
    document = _data(request, page, {"per_page": page.per_page, **page.meta}, links)
    return _response(request, document, status)


def json_response(
    content: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """Answer with a JSON:API document."""
    body = orjson.dumps(content)
    return web.Response(status=status, body=body, content_type=MEDIA_TYPE, headers=headers)


def _response(
    request: web.Request, content: Mapping[str, Any], status: int, version: int | None = None
) -> web.Response:
    body = orjson.dumps(content)
    reading = request.method in ("GET", "HEAD")
    headers = {"ETag": etag(version, body)} if reading or version is not None else {}
    if reading and is_known(request, headers["ETag"]):
        return web.Response(status=304, headers=headers)
    return web.Response(status=status, body=body, content_type=MEDIA_TYPE, headers=headers)


def _data(
    request: web.Request,
    page: ResourcePage[Any] | CursorPage[Any],
    meta: Mapping[str, Any],
    links: Mapping[str, str | None],
) -> dict[str, Any]:
    data = [resource_object(item, request.get(SHAPE)) for item in page.items]
    return {"data": data, **_beside(request, page), "meta": meta, "links": links}


def _beside(request: web.Request, answer: Answer) -> dict[str, Any]:
    """What is included: always there when it was asked for, were it empty."""
    shape = request.get(SHAPE)
    if not answer.included and not (shape and shape.include):
        return {}
    return {"included": [resource_object(each, shape) for each in answer.included]}


def _page_links(request: web.Request, page: ResourcePage[Any], pages: int) -> dict[str, str | None]:
    def at(number: int) -> str | None:
        return _link(request, {"page": str(number), "per_page": str(page.per_page)})

    return {
        "self": at(page.page),
        "next": at(page.page + 1) if page.page < pages else None,
        "prev": at(min(page.page - 1, pages)) if page.page > 1 else None,
    }


def _offset_links(request: web.Request, page: ResourcePage[Any]) -> dict[str, str | None]:
    start, size = int(request.query.get("offset", 0)), page.per_page

    def at(offset: int) -> str | None:
        return _link(request, {"offset": str(offset), "limit": str(size)})

    return {
        "self": at(start),
        "next": at(start + size) if start + size < page.total else None,
        "prev": at(max(0, start - size)) if start > 0 else None,
    }


def _link(request: web.Request, query: Mapping[str, str] | None) -> str | None:
    return str(request.rel_url.update_query(query)) if query else None
