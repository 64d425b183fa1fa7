"""/users/import: many people at once, as JSON or CSV, each with an answer of its own."""

import csv
import io
from collections.abc import Mapping
from typing import Any, Literal

from aiohttp import web
from pydantic import BaseModel, Field, ValidationError

from api.permissions import Permission
from api.rest.bodies import Body, Query, invalid, raw_body, read_body
from api.rest.boundary import problem_of
from api.rest.call import Call
from api.rest.problems import Finding, ProblemRaised, refuse
from api.rest.profile import check_synced, sync
from api.rest.route import RouteTable
from api.rest.users import UserProperties
from content.errors import Conflict, RuleBroken, VersionMismatch
from content.people import provisioning
from content.people.people import PersonChanges

table = RouteTable(limit="uploads")

MOST = 5000
CSV = "text/csv"
_SEVERAL = ("roles", "groups")


class ImportedUser(UserProperties):
    """One person; what is not given stays where they are there already. The supervisor is named by
    id or by e-mail address, and is there before."""

    name: str = ""
    email: str = ""
    roles: tuple[str, ...] = ()
    status: str = ""
    supervisor_email: str = ""


class UserImport(Body):
    """The people, each checked by itself."""

    users: list[dict[str, Any]] = Field(min_length=1, max_length=MOST)


class ImportQuery(Query):
    """What to do with people who are there already: `update` or `refuse` them."""

    existing: Literal["update", "refuse"] = "update"


class ImportedItem(BaseModel):
    """What became of one person: created, updated, unchanged or failed, and why."""

    index: int
    status: str
    id: str | None = None
    errors: list[dict[str, Any]] = []


class ImportResult(BaseModel):
    """The answers in the order of the people, and how many there are of each kind."""

    results: list[ImportedItem]
    counts: dict[str, int]


@table.route("POST", "/users/import", permission=Permission.USERS_WRITE, upload=True)
async def import_users(call: Call, query: ImportQuery) -> ImportResult:
    """Add people or bring them up to date, found by external id or e-mail address."""
    rows = await _rows(call.request)
    results = [await _one(call, index, row, query) for index, row in enumerate(rows)]
    kinds = sorted({each.status for each in results})
    counts = {kind: sum(each.status == kind for each in results) for kind in kinds}
    return ImportResult(results=results, counts=counts)


async def _rows(request: web.Request) -> list[Mapping[str, Any]]:
    if request.content_type != CSV:
        return list((await read_body(request, UserImport)).users)
    try:
        text = (await raw_body(request)).decode("utf-8-sig")
        rows = [_row(each) for each in csv.DictReader(io.StringIO(text), strict=True)]
    except (UnicodeDecodeError, csv.Error) as error:
        finding = Finding(f"The body is not CSV in UTF-8: {error}")
        raise refuse(400, "validation_error", "The body is malformed", [finding]) from None
    if 1 <= len(rows) <= MOST:
        return rows
    finding = Finding(f"must have a heading and 1 to {MOST} rows")
    raise refuse(422, "validation_error", "The body breaks a rule", [finding])


def _row(written: Mapping[str | None, Any]) -> Mapping[str, Any]:
    """One row; an empty cell says nothing, several values have semicolons between them."""
    row: dict[str, Any] = {}
    for name, cell in written.items():
        if name is None:
            row["a column without a heading"] = cell
        elif cell and cell.strip():
            row[name.strip()] = _several(cell) if name.strip() in _SEVERAL else cell.strip()
    return row


def _several(cell: str) -> list[str]:
    return [each.strip() for each in cell.split(";") if each.strip()]


async def _one(call: Call, index: int, row: Mapping[str, Any], query: ImportQuery) -> ImportedItem:
    try:
        changes = await _changes(call, row)
        present = await check_synced(call, changes)
        if present is not None and query.existing == "refuse":
            raise Conflict("user_exists", f"{present.email} is there already.")
        made = await sync(call, changes, present)
    except (RuleBroken, Conflict, VersionMismatch, ProblemRaised) as error:
        return _failed(call, index, error)
    return ImportedItem(index=index, status=made.outcome, id=made.person.id)


async def _changes(call: Call, row: Mapping[str, Any]) -> PersonChanges:
    try:
        imported = ImportedUser.model_validate(row)
    except ValidationError as error:
        raise invalid(error, row, "") from None
    said = imported.model_dump(exclude_unset=True)
    if email := said.pop("supervisor_email", ""):
        own = call.services.content, call.organization_id
        said["supervisor_id"] = await provisioning.supervisor_id_of(*own, email)
    return PersonChanges(**said)


def _failed(call: Call, index: int, error: Exception) -> ImportedItem:
    problem = problem_of(error, call.request)
    errors = problem.document()["errors"] if problem else []
    return ImportedItem(index=index, status="failed", errors=errors)
