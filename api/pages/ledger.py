"""/ledger: how far the signed chain reaches, whether it still holds, and receipts of it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from api import audits
from api.pages.desk import at_desk
from api.pages.wording import ago, minute
from api.permissions import Permission
from api.rest.checkpoints import KIND
from api.services import Services
from content.documents import Paging
from content.jobs import jobs
from content.jobs.jobs import OVER, Job, JobFilter, JobFinding
from lrs.ledger import receipts
from lrs.ledger.links import Amendment, Batch, Key, SignedLink
from lrs.ledger.source import STATEMENTS
from lrs.ledger.store import Head
from lrs.timestamps import as_datetime

table = web.RouteTableDef()

PATH = "/ledger"
LINKS_SHOWN = 20
FINDINGS_SHOWN = 50
MOST_WAITING = 10_000
LABELS = {"checkpoint": "Checkpoint", "amendment": "Amendment", "key": "New key"}
LOGS = {"statements": "statements", "audit": "audit entries"}
WHAT = {
    "altered": "Altered",
    "removed": "Removed",
    "moved": "Moved in time",
    "inserted": "Put in later",
    "checkpoint_altered": "Checkpoint altered",
    "checkpoint_removed": "Checkpoint removed",
    "checkpoint_unlinked": "Chain broken",
    "key_lost": "Key lost",
    "foreign_key": "Signed by another key",
    "hashes_altered": "Hashes altered",
    "hashes_removed": "Hashes removed",
    "rolled_back": "Chain taken back",
    "not_the_receipts": "Chain written anew",
}


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link of the chain as a row."""

    number: int
    kind: str
    made: str
    says: str
    hash: str


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that is wrong: `href` leads to the statement, empty where it is none."""

    what: str
    where: str
    href: str
    detail: str


@dataclass(frozen=True, slots=True)
class Verified:
    """The last verification."""

    over: bool
    percent: int
    failed: bool
    when: str
    entries: int
    checkpoints: int
    amended: int
    count: int
    found: list[Found]


@table.get(PATH)
async def overview(request: web.Request) -> web.Response:
    """Show the chain, its last verification, and its latest links."""
    desk = await at_desk(request, Permission.AUDIT_READ)
    services, organization_id = desk.services, desk.organization_id
    ledger = services.ledger
    asked = request.query.get("before", "")
    before = int(asked) if asked.isdecimal() and len(asked) < 16 else None
    found = await ledger.store.latest(organization_id, before, LINKS_SHOWN + 1)
    head = await ledger.store.head(organization_id)
    return desk.show(
        "ledger.html",
        figures=await _figures(services, head, found[:1] if before is None else ()),
        verified=await _verified(services, organization_id),
        links=[_row(each) for each in found[:LINKS_SHOWN]],
        earlier=found[LINKS_SHOWN - 1].link.number if len(found) > LINKS_SHOWN else None,
        before=before,
        keys=await ledger.keys.every(organization_id),
        minute=minute,
    )


@table.post(PATH + "/verifications")
async def verify(request: web.Request) -> web.Response:
    """Begin a verification, unless one is under way."""
    desk = await at_desk(request, Permission.AUDIT_READ)
    services = desk.services
    last = await _last(services, desk.organization_id)
    if last is None or last.state in OVER:
        ours, person_id = desk.organization_id, desk.person.id
        job = await jobs.ask(services.content, ours, audits.WORK, {}, asked_by=person_id)
        await desk.audit("POST /audit/verifications", job.id)
    return desk.go(PATH)


@table.get(PATH + "/receipt")
async def receipt(request: web.Request) -> web.Response:
    """Send a receipt of the chain as a file."""
    desk = await at_desk(request, Permission.AUDIT_READ)
    found = await receipts.latest(desk.services.ledger, desk.organization_id)
    if found is None:
        raise web.HTTPNotFound(reason="No checkpoint has been made yet")
    name = f"receipt-{found.number}.json"
    return web.Response(
        body=receipts.write(found),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _figures(
    services: Services, head: Head | None, last: "list[SignedLink] | tuple[()]"
) -> list[tuple[str, str, str]]:
    if head is None or not last:
        return []
    statements, audit = head.extent(STATEMENTS), head.extent("audit")
    waiting = await services.ledger.sources[0].waiting(
        head.organization_id, statements.through, MOST_WAITING
    )
    age = ago(last[0].link.at, datetime.now(UTC))
    return [
        ("Last link of the chain", age.capitalize(), f"No. {head.number:,}"),
        ("Statements covered", f"{statements.total:,}", _waiting(waiting)),
        ("Audit entries covered", f"{audit.total:,}", "some minutes after each"),
    ]


def _waiting(count: int) -> str:
    if not count:
        return "all of them"
    many = f"more than {count:,}" if count >= MOST_WAITING else f"{count:,}"
    return f"{many} since then wait for the next"


async def _last(services: Services, organization_id: str) -> Job | None:
    latest = Paging(per_page=1, sort="-created_at")
    asked = JobFilter(work=audits.WORK)
    found = await jobs.find(services.content, organization_id, asked, latest)
    return found.items[0] if found.items else None


async def _verified(services: Services, organization_id: str) -> Verified | None:
    job = await _last(services, organization_id)
    if job is None:
        return None
    counts = job.result.counts if job.result else {}
    return Verified(
        over=job.state in OVER,
        percent=job.percent,
        failed=job.state in ("failed", "cancelled"),
        when=ago(job.finished_at or job.created_at, datetime.now(UTC)),
        entries=counts.get("entries", 0),
        checkpoints=counts.get("checkpoints", 0),
        amended=counts.get("amended", 0),
        count=job.finding_count,
        found=[_found(each) for each in job.findings[:FINDINGS_SHOWN]],
    )


def _found(finding: JobFinding) -> Found:
    kind, _, name = finding.where.partition("/")
    what = WHAT.get(finding.code, "Shown otherwise than recorded")
    named = f"{kind.removesuffix('s').capitalize()} {name}".strip()
    href = f"/statements/{name}" if kind == STATEMENTS and finding.code != "removed" else ""
    return Found(what, named, href, finding.detail)


def _row(signed: SignedLink) -> LinkRow:
    link, content = signed.link, signed.link.content
    says = "Signs all links after it"
    if isinstance(content, Key) and content.lost:
        says = "Signs all links after it, and itself: the key before was lost"
    if isinstance(content, Batch):
        log = LOGS.get(content.log, content.log)
        says = f"{content.count:,} {log} up to {minute(as_datetime(content.through))}"
    if isinstance(content, Amendment):
        log = LOGS.get(content.log, content.log)
        says = f"{len(content.entries):,} {log} erased or changed: {content.reason}"
    return LinkRow(link.number, LABELS[KIND[type(content)]], minute(link.at), says, signed.hash)
