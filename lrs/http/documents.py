"""The document resources: State and Profiles (Communication 2.2, 2.3, 2.6, 2.7)."""

from collections.abc import Mapping
from email.utils import format_datetime

import msgspec
import orjson
from aiohttp import web

from lrs.credentials import scopes
from lrs.documents import Address, Content, StoredDocument, Subject
from lrs.documents.preconditions import Preconditions, read_preconditions
from lrs.documents.store import Kind
from lrs.errors import BadRequest, Finding, NotFound
from lrs.http import requirements
from lrs.http.exchange import Exchange, Operation, Service, resource
from lrs.http.parameters import (
    read_agent_key,
    read_iri,
    read_text,
    read_timestamp,
    read_uuid,
)
from lrs.http.requirements import Requirements
from lrs.timestamps import as_datetime

_UNKNOWN_TYPE = "application/octet-stream"


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """What tells the three document resources apart."""

    path: str
    kind: Kind
    scope: str
    parameters: frozenset[str]
    id_name: str
    requirements: Mapping[str, Requirements]
    can_delete_all: bool = False


STATE = Resource(
    path="/activities/state",
    kind="state",
    scope=scopes.STATE,
    parameters=frozenset({"activityId", "agent", "registration"}),
    id_name="stateId",
    requirements=requirements.STATE,
    can_delete_all=True,
)
ACTIVITY_PROFILE = Resource(
    path="/activities/profile",
    kind="activity_profile",
    scope=scopes.PROFILE,
    parameters=frozenset({"activityId"}),
    id_name="profileId",
    requirements=requirements.ACTIVITY_PROFILE,
)
AGENT_PROFILE = Resource(
    path="/agents/profile",
    kind="agent_profile",
    scope=scopes.PROFILE,
    parameters=frozenset({"agent"}),
    id_name="profileId",
    requirements=requirements.AGENT_PROFILE,
)


class Asked(msgspec.Struct, frozen=True):
    """What the parameters name: a subject, and one of its documents or those changed lately."""

    subject: Subject
    document_id: str | None
    since: int | None

    @property
    def address(self) -> Address:
        """The one document."""
        return Address(self.subject, self.document_id or "")


def routes(service: Service) -> list[web.RouteDef]:
    """Return the routes of the three document resources."""
    return [
        route
        for each in (STATE, ACTIVITY_PROFILE, AGENT_PROFILE)
        for route in resource(service, each.path, _operations(each))
    ]


def _operations(resource: Resource) -> Mapping[str, Operation]:
    async def get(exchange: Exchange) -> web.Response:
        exchange.require(resource.scope, scopes.READ_ALL)
        asked = read_asked(exchange, resource, needs_id=False, may_have_since=True)
        return await (_list if asked.document_id is None else _single)(exchange, asked)

    async def put(exchange: Exchange) -> web.Response:
        exchange.require(resource.scope)
        address = read_asked(exchange, resource, needs_id=True).address
        content, preconditions = await _content(exchange), _preconditions(exchange)
        documents, version = exchange.service.documents, exchange.version
        await documents.put(address, content, preconditions, version)
        return web.Response(status=204)

    async def post(exchange: Exchange) -> web.Response:
        exchange.require(resource.scope)
        address = read_asked(exchange, resource, needs_id=True).address
        content, preconditions = await _content(exchange), _preconditions(exchange)
        await exchange.service.documents.post(address, content, preconditions)
        return web.Response(status=204)

    async def delete(exchange: Exchange) -> web.Response:
        exchange.require(resource.scope)
        asked = read_asked(exchange, resource, needs_id=not resource.can_delete_all)
        if asked.document_id is None:
            await exchange.service.documents.delete_all(asked.subject)
        else:
            await exchange.service.documents.delete(asked.address, _preconditions(exchange))
        return web.Response(status=204)

    return {"GET": get, "PUT": put, "POST": post, "DELETE": delete}


def read_asked(
    exchange: Exchange, resource: Resource, *, needs_id: bool, may_have_since: bool = False
) -> Asked:
    """Return what the parameters name.

    Raises:
        BadRequest: some are missing, unknown or malformed; all of them are told.
    """
    allowed = resource.parameters | {resource.id_name}
    method = exchange.request.method
    broken = resource.requirements["GET" if method == "HEAD" else method]
    read = exchange.parameters(allowed | ({"since"} if may_have_since else set()), broken)
    subject = Subject(
        organization_id=exchange.organization_id,
        kind=resource.kind,
        agent=read.required("agent", read_agent_key) if "agent" in allowed else None,
        activity=read.required("activityId", read_iri) if "activityId" in allowed else None,
        registration=read("registration", read_uuid),
    )
    document_id = (read.required if needs_id else read)(resource.id_name, read_text)
    asked = Asked(subject, document_id, read("since", read_timestamp))
    if asked.document_id is not None and asked.since is not None:
        read.refuse("since", f"cannot stand beside {resource.id_name}", "XAPI-00324")
    read.finish()
    return asked


async def _content(exchange: Exchange) -> Content:
    content_type = exchange.request.headers.get("Content-Type", _UNKNOWN_TYPE)
    if not (content_type.isascii() and content_type.isprintable()):
        detail = "must be a media type, in ASCII"
        raise BadRequest(
            [Finding(detail=detail, where="Content-Type", kind="header", rule="content_type")]
        )
    return Content(await exchange.body(), content_type)


def _preconditions(exchange: Exchange) -> Preconditions:
    headers = exchange.request.headers
    return read_preconditions(headers.get("If-Match"), headers.get("If-None-Match"))


async def _single(exchange: Exchange, asked: Asked) -> web.Response:
    document = await exchange.service.documents.get(asked.address)
    if document is None:
        raise NotFound("There is no such document.")
    known = Preconditions(if_none_match=_preconditions(exchange).if_none_match)
    response = _as_it_came(document) if known.hold(document.tag) else web.Response(status=304)
    response.headers["ETag"] = f'"{document.tag}"'
    response.headers["Last-Modified"] = _http_date(document.modified)
    return response


def _as_it_came(document: StoredDocument) -> web.Response:
    """A document may be a page with scripts: a browser that opens it must not run them."""
    return web.Response(
        body=document.content.body,
        headers={
            "Content-Type": document.content.content_type,
            "Content-Security-Policy": "sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )


async def _list(exchange: Exchange, asked: Asked) -> web.Response:
    found = await exchange.service.documents.ids(asked.subject, asked.since)
    ids = list(dict.fromkeys(document_id for document_id, _ in found))
    response = web.Response(body=orjson.dumps(ids), content_type="application/json")
    if found:
        response.headers["Last-Modified"] = _http_date(found[-1][1])
    return response


def _http_date(microseconds: int) -> str:
    return format_datetime(as_datetime(microseconds), usegmt=True)
