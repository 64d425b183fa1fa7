"""/statements: put, post, get (Communication 2.1)."""

from collections.abc import Mapping, Sequence
from email.utils import format_datetime
from typing import Any

import msgspec
import orjson
from aiohttp import web

from lrs.agents import agent_key
from lrs.attachments.attached import with_attachments
from lrs.attachments.multipart import MULTIPART
from lrs.credentials import scopes
from lrs.errors import BadRequest, Finding, NotFound, TooLarge
from lrs.http.bodies import Room
from lrs.http.exchange import Exchange, Service, resource
from lrs.http.incoming import IncomingParts
from lrs.http.parameters import read_uuid
from lrs.http.requirements import Broken
from lrs.http.statement_parameters import (
    ALL,
    REQUIREMENTS,
    Presentation,
    SingleStatement,
    read_asked,
)
from lrs.log import RawPage
from lrs.metadata.mentions import activities_of
from lrs.query import Continuation, StatementQuery
from lrs.statement import StoredStatement
from lrs.statements.formats import accepted_languages, show
from lrs.statements.intake import admit, parse
from lrs.timestamps import as_datetime, as_microseconds

_PUT = {"statementId": Broken(missing="XAPI-00145", malformed="XAPI-00012")}


def routes(service: Service) -> list[web.RouteDef]:
    """Return the routes of the statements resource."""
    operations = {"GET": get, "POST": post, "PUT": put}
    return resource(service, "/statements", operations, consistent=True)


async def post(exchange: Exchange) -> web.Response:
    """Store one statement or a batch; the answer is their ids (Communication 2.1.2)."""
    exchange.require(scopes.WRITE_STATEMENTS)
    exchange.parameters(()).finish()
    with Room(exchange.service.bodies) as room:
        body, parts = await _read(exchange, room)
        if not isinstance(body, list):
            ids = await _append(exchange, [body], [""], parts)
        elif len(body) <= exchange.service.limits.batch:
            ids = await _append(exchange, body, None, parts)
        else:
            raise TooLarge(f"A batch may hold {exchange.service.limits.batch} statements.")
    return _json(orjson.dumps(ids))


async def put(exchange: Exchange) -> web.Response:
    """Store one statement under the id that the parameter gives (Communication 2.1.1)."""
    exchange.require(scopes.WRITE_STATEMENTS)
    read = exchange.parameters(_PUT, _PUT)
    statement_id = read.required("statementId", read_uuid)
    read.finish()
    with Room(exchange.service.bodies) as room:
        statement, parts = await _read(exchange, room)
        if isinstance(statement, dict):
            own = statement.setdefault("id", statement_id)
            if isinstance(own, str) and own.lower() != statement_id:
                detail = f'is not the statement\'s id, "{own[:60]}"'
                read.refuse("statementId", detail, "XAPI-00144")
                read.finish()
        await _append(exchange, [statement], [""], parts)
    return web.Response(status=204)


async def get(exchange: Exchange) -> web.Response:
    """Return one statement, or those that match (Communication 2.1.3)."""
    exchange.require(scopes.READ_OWN_STATEMENTS)
    asked, shown = read_asked(exchange.parameters(ALL, REQUIREMENTS))
    if isinstance(asked, SingleStatement):
        return await _single(exchange, asked, shown)
    return await _page(exchange, asked, shown)


async def _read(exchange: Exchange, room: Room) -> tuple[Any, IncomingParts | None]:
    """Return the JSON of the statements, and the parts that follow them."""
    content_type = exchange.request.content_type
    if content_type == "application/json":
        return parse(await exchange.body()), None
    if content_type == MULTIPART:
        parts = IncomingParts(exchange, room)
        return parse(await parts.statements()), parts
    raise BadRequest(
        [
            Finding(
                detail=f'must be application/json or {MULTIPART}, not "{content_type[:60]}"',
                where="Content-Type",
                kind="header",
                rule="content_type",
                requirement="XAPI-00127",
            )
        ]
    )


async def _append(
    exchange: Exchange,
    statements: list[Any],
    pointers: list[str] | None,
    parts: IncomingParts | None,
) -> list[str]:
    admitted = admit(
        statements,
        authority=exchange.credential.authority,
        version=exchange.version.number,
        pointers=pointers,
        parts_follow=parts is not None,
    )
    if scopes.DEFINE not in exchange.credential.scopes:
        for each in admitted:
            each.defines = False
    log, organization_id = exchange.service.log, exchange.organization_id
    if parts is None:
        return await log.append(organization_id, admitted)
    async with parts.attached(statements, admitted, pointers):
        return await log.append(organization_id, admitted)


async def _single(exchange: Exchange, asked: SingleStatement, shown: Presentation) -> web.Response:
    statement = await exchange.service.log.get(exchange.organization_id, asked.statement_id)
    if (
        statement is None
        or statement.voided != (asked.parameter == "voidedStatementId")
        or not _may_read(exchange, statement.raw)
    ):
        raise NotFound(
            [
                Finding(
                    detail=f"names no statement: {asked.statement_id}",
                    where=asked.parameter,
                    kind="parameter",
                    rule="parameters",
                    requirement="XAPI-00163",
                )
            ]
        )
    (body,) = await _show(exchange, [statement.raw], shown)
    response = await _multipart(exchange, body, [statement]) if shown.attachments else _json(body)
    response.headers["Last-Modified"] = format_datetime(statement.stored, usegmt=True)
    return response


async def _page(exchange: Exchange, query: StatementQuery, shown: Presentation) -> web.Response:
    query = _within_scope(exchange, query)
    page, stored = await _find(exchange, query, shown)
    statements = await _show(exchange, page.statements, shown)
    more = b""
    if page.cursor is not None:
        further = msgspec.structs.replace(query, cursor=page.cursor)
        link = Continuation(query=further, format=shown.format, attachments=shown.attachments)
        more = f"{exchange.service.prefix}/statements?more={link.link()}".encode()
    body = b'{"statements":[%b],"more":"%b"}' % (b",".join(statements), more)
    response = await _multipart(exchange, body, stored) if shown.attachments else _json(body)
    if page.latest is not None:
        response.headers["Last-Modified"] = format_datetime(as_datetime(page.latest), usegmt=True)
    return response


async def _find(
    exchange: Exchange, query: StatementQuery, shown: Presentation
) -> tuple[RawPage, list[StoredStatement]]:
    """Return a page, and its statements whole only where their attachments are asked for."""
    log = exchange.service.log
    if not shown.attachments:
        return await log.find_raw(exchange.organization_id, query), []
    page = await log.find(exchange.organization_id, query)
    raw = [each.raw for each in page.statements]
    latest = max((as_microseconds(each.stored) for each in page.statements), default=None)
    return RawPage(raw, latest, page.cursor), page.statements


async def _show(
    exchange: Exchange, statements: Sequence[bytes], shown: Presentation
) -> Sequence[bytes]:
    if shown.format == "exact":
        return statements
    definitions: Mapping[str, Any] = {}
    if shown.format == "canonical":
        metadata, organization_id = exchange.service.metadata, exchange.organization_id
        definitions = await metadata.definitions(organization_id, activities_of(statements))
    languages = accepted_languages(exchange.request.headers.get("Accept-Language"))
    return [show(raw, shown.format, languages, definitions) for raw in statements]


def _within_scope(exchange: Exchange, query: StatementQuery) -> StatementQuery:
    """A credential that may read only its own statements finds only those."""
    if scopes.READ_STATEMENTS in exchange.credential.scopes:
        return query
    return msgspec.structs.replace(query, authority=agent_key(exchange.credential.authority))


def _may_read(exchange: Exchange, raw: bytes) -> bool:
    if scopes.READ_STATEMENTS in exchange.credential.scopes:
        return True
    authority = orjson.loads(raw)["authority"]
    return agent_key(authority) == agent_key(exchange.credential.authority)


async def _multipart(
    exchange: Exchange, body: bytes, statements: Sequence[StoredStatement]
) -> web.Response:
    store = exchange.service.log.attachments
    writer = await with_attachments(store, exchange.organization_id, body, statements)
    headers = {"Content-Type": writer.content_type, "Content-Length": str(writer.length)}
    return web.Response(body=writer, headers=headers)


def _json(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/json")
