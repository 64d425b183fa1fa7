"""/xapi/aggregate: questions over many statements, as a pipeline of a few safe stages."""

from typing import Any

import msgspec
import orjson
from aiohttp import web

from api.permissions import Permission
from api.rest.bodies import Body, Query
from api.rest.call import Call
from api.rest.route import RouteTable
from lrs.errors import Finding, InvalidPipeline

table = RouteTable(limit="analytics")

JSON = "application/json"
PATH = "/xapi/aggregate"
ERRORS = ("invalid_pipeline", "too_expensive")


class AggregateBody(Body):
    """The stages, in order."""

    pipeline: list[Any]


class AggregateQuery(Query):
    """The stages, as JSON."""

    pipeline: str


@table.route(
    "POST",
    PATH,
    permission=Permission.STATEMENTS_READ,
    errors=ERRORS,
    media=JSON,
    audited=False,
)
async def aggregate(call: Call, body: AggregateBody) -> web.Response:
    """Compute over the organization's statements by a pipeline."""
    try:
        return await _answer(call, body.pipeline)
    except InvalidPipeline as refusal:
        raise InvalidPipeline([_placed(each) for each in refusal.findings]) from refusal


@table.route("GET", PATH, permission=Permission.STATEMENTS_READ, errors=ERRORS, media=JSON)
async def aggregate_by_address(call: Call, query: AggregateQuery) -> web.Response:
    """Compute over the organization's statements by a pipeline in the address."""
    try:
        return await _answer(call, orjson.loads(query.pipeline))
    except orjson.JSONDecodeError as error:
        finding = Finding(detail=f"is not JSON: {error}", where="pipeline", kind="parameter")
        raise InvalidPipeline([finding]) from error
    except InvalidPipeline as refusal:
        findings = [_in_parameter(each) for each in refusal.findings]
        raise InvalidPipeline(findings) from refusal


async def _answer(call: Call, pipeline: Any) -> web.Response:
    found = await call.services.aggregation.run(call.organization_id, pipeline)
    return web.Response(body=orjson.dumps(msgspec.to_builtins(found)), content_type=JSON)


def _placed(finding: Finding) -> Finding:
    return msgspec.structs.replace(finding, where=f"/pipeline{finding.where}")


def _in_parameter(finding: Finding) -> Finding:
    detail = f"{finding.where} {finding.detail}".strip()
    return msgspec.structs.replace(finding, detail=detail, where="pipeline", kind="parameter")
