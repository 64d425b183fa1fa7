"""/statements: put, post, get (Communication 2.1)."""

from collections.abc import Mapping
from email.utils import format_datetime
from typing import Any

import msgspec
import orjson
from aiohttp import web

from lrs import scopes
from lrs.agents import agent_key
from lrs.errors import BadRequest, Finding, NotFound, TooLarge
from lrs.formats import accepted_languages, show
from lrs.http import parameters
from lrs.http.exchange import Exchange, Service, resource, single_parameters
from lrs.http.parameters import Presentation
from lrs.intake import admit, parse
from lrs.query import Continuation, StatementQuery
from lrs.timestamps import as_datetime

_STATEMENT_ID = frozenset({"statementId"})
_NONE: frozenset[str] = frozenset()


def routes(service: Service) -> list[web.RouteDef]:
    """Return the routes of the statements resource."""
    operations = {"GET": get, "POST": post, "PUT": put}
    return resource(service, "/statements", operations, consistent=True)


async def post(exchange: Exchange) -> web.Response:
    """Store one statement or a batch; the answer is their ids (Communication 2.1.2)."""
    exchange.require(scopes.WRITE_STATEMENTS)
    single_parameters(exchange.request, _NONE)
    body = await _read_json(exchange)
    if isinstance(body, list):
        if len(body) > exchange.service.limits.batch:
            raise TooLarge(f"A batch may hold {exchange.service.limits.batch} statements.")
        ids = await _append(exchange, body, None)
    else:
        ids = await _append(exchange, [body], [""])
    return _json(orjson.dumps(ids))


async def put(exchange: Exchange) -> web.Response:
    """Store one statement under the id that the parameter gives (Communication 2.1.1)."""
    exchange.require(scopes.WRITE_STATEMENTS)
    given = single_parameters(exchange.request, _STATEMENT_ID)
    if "statementId" not in given:
        raise BadRequest([_finding("statementId", "is missing")])
    statement_id = parameters.read_statement_id(given, "statementId", exchange.version.number)
    statement = await _read_json(exchange)
    if isinstance(statement, dict):
        own = statement.setdefault("id", statement_id)
        if isinstance(own, str) and own.lower() != statement_id:
            raise BadRequest([_finding("statementId", f'is not the statement\'s id, "{own[:60]}"')])
    await _append(exchange, [statement], [""])
    return web.Response(status=204)


async def get(exchange: Exchange) -> web.Response:
    """Return one statement, or those that match (Communication 2.1.3)."""
    exchange.require(scopes.READ_OWN_STATEMENTS)
    given = single_parameters(exchange.request, parameters.ALL)
    if "more" in given:
        _refuse_beside(given, frozenset({"more"}), "more")
        continuation = Continuation.read(given["more"])
        shown = Presentation(continuation.format, continuation.attachments)
        return await _page(exchange, continuation.query, shown)
    shown = parameters.read_presentation(given, exchange.version.number)
    for name in ("statementId", "voidedStatementId"):
        if name in given:
            other = {"statementId", "voidedStatementId"} - {name}
            _refuse_beside(given, parameters.SINGLE - other, name)
            return await _single(exchange, name, given, shown)
    return await _page(exchange, parameters.read_query(given, exchange.version.number), shown)


async def _read_json(exchange: Exchange) -> Any:
    if exchange.request.content_type != "application/json":
        raise BadRequest(
            [
                Finding(
                    detail=f'must be application/json, not "{exchange.request.content_type}"',
                    where="Content-Type",
                    kind="header",
                    rule="content_type",
                )
            ]
        )
    return parse(await exchange.body())


async def _append(
    exchange: Exchange, statements: list[Any], pointers: list[str] | None
) -> list[str]:
    admitted = admit(
        statements,
        authority=exchange.credential.authority,
        version=exchange.version.number,
        pointers=pointers,
    )
    return await exchange.service.log.append(exchange.organization_id, admitted)


async def _single(
    exchange: Exchange, name: str, given: Mapping[str, str], shown: Presentation
) -> web.Response:
    statement_id = parameters.read_statement_id(given, name, exchange.version.number)
    statement = await exchange.service.log.get(exchange.organization_id, statement_id)
    if (
        statement is None
        or statement.voided != (name == "voidedStatementId")
        or not _may_read(exchange, statement.raw)
    ):
        raise NotFound([_finding(name, f"names no statement: {statement_id}")])
    response = _json(_show(exchange, statement.raw, shown))
    response.headers["Last-Modified"] = format_datetime(statement.stored, usegmt=True)
    return response


async def _page(exchange: Exchange, query: StatementQuery, shown: Presentation) -> web.Response:
    query = _within_scope(exchange, query)
    page = await exchange.service.log.find_raw(exchange.organization_id, query)
    statements = page.statements
    if shown.format != "exact":
        statements = [_show(exchange, raw, shown) for raw in statements]
    more = b""
    if page.cursor is not None:
        further = msgspec.structs.replace(query, cursor=page.cursor)
        link = Continuation(query=further, format=shown.format, attachments=shown.attachments)
        more = f"{exchange.service.prefix}/statements?more={link.link()}".encode()
    response = _json(b'{"statements":[%b],"more":"%b"}' % (b",".join(statements), more))
    if page.latest is not None:
        response.headers["Last-Modified"] = format_datetime(as_datetime(page.latest), usegmt=True)
    return response


def _show(exchange: Exchange, raw: bytes, shown: Presentation) -> bytes:
    languages = accepted_languages(exchange.request.headers.get("Accept-Language"))
    return show(raw, shown.format, languages)


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


def _refuse_beside(given: Mapping[str, str], allowed: frozenset[str], name: str) -> None:
    findings = [_finding(other, f"cannot stand beside {name}") for other in given.keys() - allowed]
    if findings:
        raise BadRequest(sorted(findings, key=lambda finding: finding.where))


def _finding(name: str, detail: str) -> Finding:
    return Finding(detail=detail, where=name, kind="parameter", rule="parameters")


def _json(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/json")
