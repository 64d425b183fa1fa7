"""The routes: the list with its filters, one statement, and the live tail."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp_jinja2
from aiohttp import web

from api.errors import InvalidToken
from api.identity.authentication import authenticate
from api.pages.desk import Desk, at_desk
from api.pages.statements.filters import FIELDS, FURTHER, PATH, Filters, Search, search
from api.pages.statements.pages import Cursor, Page, find_page, read_time
from api.pages.statements.rows import Reader, curl, row
from api.pages.statements.tail import Places, Round, rounds
from api.pages.statements.verbs import RecentVerbs
from api.permissions import Permission
from api.services import SERVICES
from content.errors import NotFound
from lrs.statements.formats import accepted_languages
from lrs.timestamps import format_timestamp

table = web.RouteTableDef()

RECENT_VERBS = web.AppKey("recent_verbs", RecentVerbs)

PLACES = web.AppKey("places", Places)

TAIL = f"{PATH}/tail"
SIGN_OF_LIFE_ROUNDS = 15
CHECK_SECONDS = 15.0
FULL = "As many pages as this server can keep up to date are being followed. Resume later."
_STREAM = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@table.get(PATH)
async def browse(request: web.Request) -> web.Response:
    """Show the statements that match, newest first, a page of them."""
    desk = await at_desk(request, Permission.STATEMENTS_READ)
    reader = reader_of(request)
    _tidy(request, reader.filters)
    sought, cursor = search(reader.filters), Cursor.of(request.query)
    log = desk.services.log
    through = log.consistent_through
    page = Page()
    if not sought.problems:
        page = await find_page(log, desk.organization_id, sought, cursor)
    if cursor.newer and not page.newer:
        raise web.HTTPSeeOther(reader.filters.address())
    return desk.show(
        "statements.html",
        status=400 if sought.problems else 200,
        filters=reader.filters,
        problems=sought.problems,
        open_further=any(name in sought.problems or reader.filters.get(name) for name in FURTHER),
        rows=[row(each, reader) for each in page.statements],
        newer=_turned(reader.filters, "after", page.newer),
        older=_turned(reader.filters, "before", page.older),
        missing=page.missing,
        turned=cursor.turned,
        **await _choices(desk, reader),
        **_offers(reader, sought, cursor, through),
    )


@table.get(TAIL)
async def tail(request: web.Request) -> web.StreamResponse:
    """Send rows of what matches as it is recorded, as server-sent events.

    Each event's id is the time, in microseconds since 1970, through which all was sent. Where too
    many are sent to already, a single event says so: a page can't read the status of an answer.
    """
    desk = await at_desk(request, Permission.STATEMENTS_READ)
    sought = search(reader_of(request).filters)
    after = read_time(request.headers.get("Last-Event-ID") or request.query.get("after", ""))
    if sought.problems or after is None:
        raise web.HTTPBadRequest(reason="The filters are not right")
    response = web.StreamResponse(headers=_STREAM)
    with request.app[PLACES].take() as has_place:
        await response.prepare(request)
        if not has_place:
            await response.write(_event("full", after, FULL))
            return response
        organization_id = desk.organization_id
        found = rounds(desk.services.log, organization_id, sought.query, after)
        await _follow(request, response, found)
    return response


async def _follow(
    request: web.Request, response: web.StreamResponse, found: AsyncIterator[Round]
) -> None:
    """Send rounds until the reader has gone or may not read any more, or the server stops."""
    quiet, checked = SIGN_OF_LIFE_ROUNDS, time.monotonic()
    async for each in found:
        if time.monotonic() - checked >= CHECK_SECONDS:
            checked = time.monotonic()
            if not await _may_still_read(request):
                return
        quiet += 1
        if each.statements:
            await response.write(_event("statements", each.through, _rows(request, each)))
        elif quiet > SIGN_OF_LIFE_ROUNDS:
            quiet = 0
            await response.write(_event("through", each.through, str(each.through)))
        if request.app[SERVICES].lifecycle.stopping or request.transport is None:
            return


@table.get(PATH + "/{statement_id}")
async def show(request: web.Request) -> web.Response:
    """Show one statement, voided or not."""
    desk = await at_desk(request, Permission.STATEMENTS_READ)
    statement_id = desk.named("statement_id")
    statement = await desk.services.log.get(desk.organization_id, statement_id)
    if statement is None:
        raise NotFound("statement", statement_id)
    shown = row(statement, reader_of(request), whole=True)
    return desk.show("statement.html", row=shown)


def reader_of(request: web.Request) -> Reader:
    """Return for whom the request's rows are made."""
    return Reader(
        languages=accepted_languages(request.headers.get("Accept-Language")),
        now=datetime.now(UTC),
        origin=request.app[SERVICES].settings.public_origin,
        filters=Filters.of(request.query),
    )


def _tidy(request: web.Request, filters: Filters) -> None:
    """A form sends its empty fields, too: the address that is kept has none."""
    if any(not request.query[name].strip() for name in FIELDS if name in request.query):
        live = {"live": "1"} if request.query.get("live") else {}
        raise web.HTTPSeeOther(filters.address(**live))


def _turned(filters: Filters, way: str, cursor: int | None) -> str:
    return "" if cursor is None else filters.address(**{way: str(cursor)})


async def _choices(desk: Desk, reader: Reader) -> dict[str, Any]:
    recent = desk.request.app[RECENT_VERBS]
    verbs = await recent.of(desk.services.log, desk.organization_id)
    named = [(each.iri, each.words(reader.languages)) for each in verbs]
    return {"verbs": named, "verb_names": dict(named)}


def _offers(reader: Reader, sought: Search, cursor: Cursor, through: int) -> dict[str, Any]:
    """What can be done with what was found: watch it, or get it as a program does."""
    filters = reader.filters
    bounded = cursor.turned or sought.ids or sought.query.until is not None
    watched = not (sought.problems or bounded or sought.query.voided)
    as_xapi = not (sought.problems or sought.ids) and sought.query.voided is False
    return {
        "tail": filters.address(TAIL) if watched else "",
        "through": through,
        "curl": curl(reader.origin, sought.parameters) if as_xapi else "",
    }


async def _may_still_read(request: web.Request) -> bool:
    try:
        principal = await authenticate(request)
    except InvalidToken:
        return False
    return principal is not None and principal.may(Permission.STATEMENTS_READ)


def _rows(request: web.Request, found: Round) -> str:
    reader, gap = reader_of(request), ""
    if found.gap is not None:
        since, until = format_timestamp(found.gap.since), format_timestamp(found.gap.until)
        gap = reader.filters.address(since=since, until=until)
    rows = [row(each, reader) for each in found.statements]
    values = {"rows": rows, "gap": gap, "gap_stored": found.gap.until if found.gap else 0}
    return aiohttp_jinja2.render_string("statement_rows.html", request, values)


def _event(name: str, number: int, data: str) -> bytes:
    lines = "".join(f"data: {line}\n" for line in data.replace("\r", " ").split("\n"))
    return f"event: {name}\nid: {number}\n{lines}\n".encode()
