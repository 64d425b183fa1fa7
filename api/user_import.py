"""Many people from a file, as a job: a line that is refused is a finding, and no other stops."""

import csv
import io
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

from msgspec import ValidationError, convert

from api.permissions import ROLES
from api.services import Services
from content.errors import Conflict, ContentError, Refused, RuleBroken
from content.findings import Finding
from content.jobs.job_queue import Run
from content.jobs.jobs import JobFinding, JobResult
from content.people import provisioning
from content.people.people import Person, PersonChanges

WORK: Final = "users.import"
MOST: Final = 20_000
PORTION: Final = 100
SEVERAL: Final = ("roles", "groups")
BY_EMAIL: Final = "supervisor_email"
COLUMNS: Final = (*PersonChanges.__struct_fields__, BY_EMAIL)
KINDS: Final = ("created", "updated", "unchanged", "refused")


def read_lines(raw: bytes) -> list[dict[str, Any]]:
    """The lines of a CSV file in UTF-8, with the number of each and what it says by column.

    Headings are the attributes' names, in any case and with spaces or underscores; columns are
    parted by commas, semicolons or tabs.

    Raises:
        RuleBroken: it is no such file, has no lines or too many, or a heading is not known.
    """
    try:
        text = raw.decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text), strict=True, delimiter=_delimiter(text))
        names = [_attribute(each) for each in reader.fieldnames or ()]
        reader.fieldnames = names
        lines = [{"line": reader.line_num, "says": _says(each)} for each in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise RuleBroken([Finding(where="file", detail=f"is not CSV in UTF-8: {error}")]) from None
    broken = [
        Finding(where="file", detail=f"has the heading {each or 'of no name'}, which is not known")
        for each in names
        if each not in COLUMNS
    ]
    if not 1 <= len(lines) <= MOST:
        detail = f"must have a line of headings and 1 to {MOST:,} lines below it"
        broken.append(Finding(where="file", detail=detail))
    if broken:
        raise RuleBroken(broken)
    return lines


async def import_users(services: Services, run: Run) -> JobResult:
    """Add people or bring them up to date, found by external id or e-mail address.

    `held` are the permissions of who asked: nobody gives roles that are above them.
    """
    lines, held = run.given["lines"], frozenset(run.given["held"])
    checkpoint = run.job.checkpoint or {"through": 0, "counts": {}}
    through, counts = checkpoint["through"], Counter(checkpoint["counts"])
    while through < len(lines):
        portion = lines[through : through + PORTION]
        findings = []
        for each in portion:
            try:
                counts[await _one(services, run.job.organization_id, each["says"], held)] += 1
            except ContentError as error:
                counts["refused"] += 1
                findings.append(_finding(each["line"], error))
        through += len(portion)
        reached = {"through": through, "counts": dict(counts)}
        await run.advance(through, checkpoint=reached, findings=findings)
    told = {kind: counts[kind] for kind in KINDS}
    return JobResult(link="/admin/people", counts=told)


async def _one(
    services: Services, organization_id: str, says: Mapping[str, Any], held: Collection[str]
) -> str:
    """Add or change one person; return what became of them."""
    changes = _changes(await _supervised(services, organization_id, says))
    present = await provisioning.find_present(services.content, organization_id, changes)
    _check_reach(changes, present, held)
    done = await provisioning.provision(services.content, organization_id, changes, present)
    if done.person.status != "active":
        await services.sessions.end_all(done.person)
    return done.outcome


async def _supervised(
    services: Services, organization_id: str, says: Mapping[str, Any]
) -> Mapping[str, Any]:
    """What a line says, with the id of the supervisor who may be named by address."""
    said = dict(says)
    if email := said.pop(BY_EMAIL, None):
        own = services.content, organization_id
        said["supervisor_id"] = await provisioning.supervisor_id_of(*own, email)
    return said


def _changes(says: Mapping[str, Any]) -> PersonChanges:
    hired_on = says.get("hired_on")
    try:
        day = {"hired_on": date.fromisoformat(hired_on)} if hired_on else {}
        return convert({**says, **day}, PersonChanges)
    except (ValueError, ValidationError):
        detail = "must be a day such as 2027-01-31"
        raise RuleBroken([Finding(where="hired_on", detail=detail)]) from None


def _check_reach(changes: PersonChanges, present: Person | None, held: Collection[str]) -> None:
    wanted = changes.roles if isinstance(changes.roles, tuple) else ()
    roles = (*wanted, *(present.roles if present else ()))
    above = [each for each in roles if not ROLES.get(each, frozenset()) <= frozenset(held)]
    if above:
        raise Refused("forbidden", f"This needs all the permissions of {', '.join(above)}.")


def _finding(line: int, error: ContentError) -> JobFinding:
    detail = str(error)
    if isinstance(error, RuleBroken):
        detail = "; ".join(
            _said(each.where.partition("/")[0], each.detail) for each in error.findings
        )
    where = error.where if isinstance(error, Conflict) else ""
    return JobFinding(where=f"/lines/{line}", code=error.code, detail=_said(where, detail))


def _said(where: str, detail: str) -> str:
    return f"{where}: {detail}" if where else detail


def _delimiter(text: str) -> str:
    heading = text.partition("\n")[0]
    return max((",", ";", "\t"), key=heading.count)


def _attribute(heading: str) -> str:
    return heading.strip().lower().replace("-", "_").replace(" ", "_").replace("e_mail", "email")


def _says(row: Mapping[str | None, Any]) -> dict[str, Any]:
    """What a line says; an empty cell says nothing, several values have semicolons or | between."""
    said: dict[str, Any] = {}
    for name, cell in row.items():
        if name is None:
            raise csv.Error("a line has more cells than there are headings")
        if cell and cell.strip():
            said[name] = _several(cell) if name in SEVERAL else cell.strip()
    return said


def _several(cell: str) -> list[str]:
    return [each.strip() for each in cell.replace("|", ";").split(";") if each.strip()]
