"""/admin/audit-log: who changed what, when, and what it was before and is after."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

import orjson
from aiohttp import web

from api.audit import AuditEntry, AuditQuery
from api.pages.admin.sections import page
from api.pages.asking import ASKED
from api.pages.desk import at_desk
from api.pages.wording import second
from api.permissions import Permission
from api.rest.route import Route
from content.people import people

table = web.RouteTableDef()

PATH = "/admin/audit-log"
EXPORT = "/api/v1/audit-log.csv"
PER_PAGE = 50
FILTERS = ("who", "action", "subject")
DAYS = ("from", "to")
SERVER = {
    "POST /admin/settings/mail-test": "Send a mail to oneself as a test",
    "erasure.asked": "Ask for a person to be erased",
    "erasure.erased": "A person was erased",
    "erasure.settled": "An erasure was looked through once more, and is done",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One attribute that a change concerns; "" for what was not there."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One change, as people read it."""

    id: str
    when: str
    who: str
    who_id: str
    action: str
    summary: str
    words: str
    subjects: Sequence[tuple[str, str]]
    whence: str
    agent: str
    differences: Sequence[Difference]


@table.get(PATH)
async def overview(request: web.Request) -> web.Response:
    """Show the entries that the filters leave, the newest first."""
    desk = await at_desk(request, Permission.AUDIT_READ)
    services, organization_id = desk.services, desk.organization_id
    chosen = {name: request.query.get(name, "").strip() for name in (*FILTERS, *DAYS)}
    problems, wanted = query_of(chosen, request.query.get("after"))
    entries: list[AuditEntry] = []
    more = False
    if not problems:
        entries, more = await services.audit.find(organization_id, wanted, PER_PAGE)
    ids = {each.who for each in entries if each.who}
    ids |= {subject for each in entries for subject in each.subjects}
    names = await people.names(services.content, organization_id, ids)
    summaries = summaries_of(request.app[ASKED].by_handler.values())
    kept = {name: value for name, value in chosen.items() if value}
    return page(
        desk,
        "audit_log.html",
        400 if problems else 200,
        entries=[row(each, names, summaries) for each in entries],
        chosen=chosen,
        problems=problems,
        filtered=bool(kept),
        export=f"{EXPORT}?{urlencode(_exported(wanted))}",
        older=f"{PATH}?{urlencode({**kept, 'after': entries[-1].id})}" if more else "",
        newest=f"{PATH}?{urlencode(kept)}" if "after" in request.query else "",
    )


def query_of(chosen: Mapping[str, str], after: str | None) -> tuple[dict[str, str], AuditQuery]:
    """What the filters mean, and what is wrong with them by name; days are in UTC."""
    problems: dict[str, str] = {}
    bounds: dict[str, datetime | None] = {}
    for name in DAYS:
        try:
            bounds[name] = _start_of(chosen[name]) if chosen[name] else None
        except (ValueError, OverflowError):
            problems[name] = "It must be a day such as 2027-01-31."
    until = bounds.get("to")
    given = {name: chosen[name] or None for name in FILTERS}
    return problems, AuditQuery(
        **given,
        since=bounds.get("from"),
        until=until + timedelta(days=1) if until else None,
        after=after,
    )


def summaries_of(routes: Iterable[Route]) -> dict[str, str]:
    """What each operation of the REST API does, by the name that the audit log has for it."""
    return {
        f"{each.method} {each.path}": each.summary.partition(";")[0].rstrip(".") for each in routes
    }


def row(entry: AuditEntry, names: Mapping[str, str], summaries: Mapping[str, str]) -> EntryRow:
    """An entry with the names of people and the words of operations, where they are known."""
    return EntryRow(
        id=entry.id,
        when=second(entry.at),
        who="The server" if entry.who is None else names.get(entry.who, entry.who),
        who_id=entry.who or "",
        action=entry.action,
        summary=summaries.get(entry.action) or SERVER.get(entry.action, ""),
        words=", ".join(f"{count} {name}" for name, count in entry.counts.items()),
        subjects=[(each, names.get(each, each)) for each in entry.subjects],
        whence=entry.address or "",
        agent=entry.user_agent or "",
        differences=differences(entry.before, entry.after),
    )


def differences(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> list[Difference]:
    """What differs, attribute by attribute."""
    was, became = before or {}, after or {}
    return [
        Difference(name, _value(was.get(name)), _value(became.get(name)))
        for name in dict.fromkeys((*was, *became))
    ]


def _value(value: Any) -> str:
    """A value as people write it; lists by line, "" for none."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def _start_of(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), UTC)


def _exported(wanted: AuditQuery) -> dict[str, str]:
    given = {
        "who": wanted.who,
        "action": wanted.action,
        "subject": wanted.subject,
        "since": wanted.since.isoformat() if wanted.since else None,
        "until": wanted.until.isoformat() if wanted.until else None,
    }
    return {name: value for name, value in given.items() if value}
