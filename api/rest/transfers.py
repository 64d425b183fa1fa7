"""/xapi/statements/export and /import: any number of statements, out and in.

An archive is a tar file of NDJSON and of the attachments that came with the statements.
"""

import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import IO, Any, Literal

import orjson
from aiohttp import web

from api.permissions import Permission
from api.rest.bodies import Query
from api.rest.call import Call
from api.rest.problems import Finding, refuse
from api.rest.route import RouteTable
from content.people import people
from lrs.http.exchange import CONSISTENT_THROUGH
from lrs.http.statement_parameters import read_export_query
from lrs.timestamps import format_timestamp
from lrs.transfers import export
from lrs.transfers.archive import Archive, as_tar
from lrs.transfers.columns import read_columns
from lrs.transfers.importing import STATUSES, Importer, Outcome
from lrs.transfers.lines import Line, read_lines
from lrs.transfers.tar import TarReader
from lrs.versions import LATEST

table = RouteTable()

NDJSON = "application/x-ndjson"
CSV = "text/csv"
TAR = "application/x-tar"
NDJSON_TYPES = (NDJSON, "application/ndjson", "application/jsonl", "application/json-lines")
ANSWERS_IN_MEMORY = 2**20
CHUNK_BYTES = 2**18


class ExportQuery(Query):
    """The filters of GET /statements, as the specification writes them; oldest first, always.

    `after` is the `stored` of the last statement that an earlier export brought: this one goes
    on behind it. `limit` is how many in all; without it every one.
    """

    agent: str | None = None
    verb: str | None = None
    activity: str | None = None
    registration: str | None = None
    related_activities: str | None = None
    related_agents: str | None = None
    since: str | None = None
    until: str | None = None
    limit: str | None = None
    after: str | None = None


class CSVQuery(ExportQuery):
    """The same, and the paths of the columns, separated by commas; `heading=false` leaves out
    the first line, for a file that goes on."""

    columns: str | None = None
    heading: bool = True


class ImportQuery(Query):
    """Under whose authority: `importer`, who sends it, or `keep`, the statement's own if it has
    one. `report` says which lines are answered: `all`, or the `problems` alone."""

    authority: Literal["importer", "keep"] = "importer"
    report: Literal["all", "problems"] = "all"


@table.route(
    "GET",
    "/xapi/statements/export",
    permission=Permission.STATEMENTS_READ,
    errors=("bad_request",),
    media=NDJSON,
    limit="exports",
)
async def export_ndjson(call: Call, query: ExportQuery) -> web.StreamResponse:
    """Export statements as NDJSON, one on a line, streamed."""
    found, headers = await _found(call, query)
    return await _stream(call.request, export.as_ndjson(found), NDJSON, "ndjson", headers)


@table.route(
    "GET",
    "/xapi/statements/export.csv",
    permission=Permission.STATEMENTS_READ,
    errors=("bad_request",),
    media=CSV,
    limit="exports",
)
async def export_csv(call: Call, query: CSVQuery) -> web.StreamResponse:
    """Export statements as CSV, streamed; each column is a path such as result.score.scaled."""
    columns = read_columns(query.columns)
    found, headers = await _found(call, query)
    rows = export.as_csv(found, columns, heading=query.heading)
    return await _stream(call.request, rows, CSV, "csv", headers)


@table.route(
    "GET",
    "/xapi/statements/export.tar",
    permission=Permission.STATEMENTS_READ,
    errors=("bad_request",),
    media=TAR,
    limit="exports",
)
async def export_tar(call: Call, query: ExportQuery) -> web.StreamResponse:
    """Export statements and the attachments that came with them as a tar archive, streamed."""
    found, headers = await _found(call, query)
    archive = as_tar(found, call.services.log.attachments, call.organization_id)
    return await _stream(call.request, archive, TAR, "tar", headers)


@table.route(
    "POST",
    "/xapi/statements/import",
    permission=Permission.STATEMENTS_WRITE,
    errors=("unsupported_media_type",),
    upload=True,
    takes=(*NDJSON_TYPES, TAR),
    idempotent=False,
    limit="uploads",
    media=NDJSON,
)
async def import_ndjson(call: Call, query: ImportQuery) -> web.StreamResponse:
    """Import NDJSON, or an archive of it and attachments; sending it again is harmless.

    Every line is answered.
    """
    if call.request.content_type not in (*NDJSON_TYPES, TAR):
        finding = Finding(f"must be {NDJSON} or {TAR}", "Content-Type", "header")
        raise refuse(415, "unsupported_media_type", "The media type is not taken", [finding])
    importer = Importer(
        call.services.log,
        call.organization_id,
        authority=people.xapi_agent(call.principal.person),
        keep_authority=query.authority == "keep",
    )
    lines = _lines(call)
    # A client may send all before it reads: answers wait on disk, not on its socket.
    with tempfile.SpooledTemporaryFile(ANSWERS_IN_MEMORY) as answers:
        async for outcomes in importer.outcomes(lines):
            answers.write(_answers(outcomes, query.report))
        answers.write(orjson.dumps({"summary": summary(importer)}) + b"\n")
        return await _stream(call.request, _from_start(answers), NDJSON, None, {})


def _lines(call: Call) -> AsyncIterator[Line]:
    content, settings = call.request.content, call.services.settings
    longest = settings.max_statements_body
    if call.request.content_type != TAR:
        return read_lines(content.iter_any(), longest)
    store, reader = call.services.log.attachments, TarReader(content.readany)
    archive = Archive(reader, store, call.organization_id, settings.max_attachment)
    return archive.lines(longest)


def summary(importer: Importer) -> dict[str, int]:
    """How many lines came to what."""
    return {
        "lines": importer.counts.total(),
        **{status: importer.counts[status] for status in STATUSES},
    }


async def _found(call: Call, query: ExportQuery) -> tuple[AsyncIterator[bytes], dict[str, str]]:
    """The statements, and what the answer says of them. Raises BadRequest."""
    filters = read_export_query(query.model_dump(exclude_none=True), LATEST)
    log = call.services.log
    through = await export.complete_through(log)
    headers = {CONSISTENT_THROUGH: format_timestamp(through)}
    return export.statements(log, call.organization_id, filters, through), headers


def _answers(outcomes: Sequence[Outcome], report: str) -> bytes:
    told = outcomes
    if report == "problems":
        told = [each for each in outcomes if each.status in ("conflict", "invalid")]
    return b"".join(orjson.dumps(answer(each)) + b"\n" for each in told)


def answer(outcome: Outcome) -> dict[str, Any]:
    """An outcome as it is told; `errors` only where the line was not taken."""
    told: dict[str, Any] = {
        "line": outcome.line,
        "status": outcome.status,
        "id": outcome.id,
    }
    if outcome.findings:
        told["errors"] = [
            {
                "detail": each.detail,
                "pointer": each.where,
                "rule": each.rule,
                "requirement": each.requirement,
            }
            for each in outcome.findings
        ]
    return told


async def _from_start(answers: IO[bytes]) -> AsyncGenerator[bytes]:
    answers.seek(0)
    while chunk := answers.read(CHUNK_BYTES):
        yield chunk


async def _stream(
    request: web.Request,
    parts: AsyncGenerator[bytes],
    media: str,
    extension: str | None,
    headers: dict[str, str],
) -> web.StreamResponse:
    """Send parts as they are made, the first of them made before the status goes out."""
    first = await anext(parts, b"")
    charset = "" if media == TAR else "; charset=utf-8"
    response = web.StreamResponse(headers={**headers, "Content-Type": media + charset})
    if extension:
        response.headers["Content-Disposition"] = f'attachment; filename="statements.{extension}"'
    response.headers["Vary"] = "Accept-Encoding"
    has_body = request.method != "HEAD"
    if has_body and "gzip" in request.headers.get("Accept-Encoding", "").lower():
        response.enable_compression(web.ContentCoding.gzip)
    await response.prepare(request)
    if has_body:
        async with aclosing(parts):
            await response.write(first)
            async for part in parts:
                await response.write(part)
    await response.write_eof()
    return response
