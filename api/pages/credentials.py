"""/admin/credentials: the keys and secrets of xAPI clients."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from aiohttp import web

from api.pages.admin.sections import tabs_of
from api.pages.desk import Desk, at_desk
from api.pages.wording import Badge, badge, day, minute
from api.permissions import Permission
from lrs.credentials import CredentialRecord, IssuedCredential, scopes
from lrs.errors import Finding, RuleBroken

table = web.RouteTableDef()

PATH = "/admin/credentials"
SCOPES = {
    scopes.ALL: "Everything",
    scopes.READ_ALL: "Read everything",
    scopes.WRITE_STATEMENTS: "Record statements",
    scopes.READ_STATEMENTS: "Read every statement",
    scopes.READ_OWN_STATEMENTS: "Read the statements that it recorded",
    scopes.STATE: "Read and write state documents",
    scopes.DEFINE: "Define activities and people",
    scopes.PROFILE: "Read and write activity and agent profiles",
}
OVERLAPS = {"0": "at once", "3600": "in an hour", "86400": "in a day", "604800": "in a week"}


@dataclass(frozen=True, slots=True)
class CredentialRow:
    """A credential as a row."""

    id: str
    name: str
    key: str
    scopes: Sequence[str]
    badge: Badge
    created: str
    ends: str
    last_used: str
    overlap_ends: str
    revocable: bool


@dataclass(frozen=True, slots=True)
class CredentialForm:
    """What was written into the form; the scopes to begin with are those of the specification."""

    name: str = ""
    scopes: Sequence[str] = (scopes.WRITE_STATEMENTS, scopes.READ_OWN_STATEMENTS)
    email: str = ""
    last_day: str = ""
    problems: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Secret:
    """What is shown once: how a client gets in."""

    name: str
    endpoint: str
    key: str
    secret: str
    token: str


@table.get(PATH)
async def overview(request: web.Request) -> web.Response:
    """Show every credential, and the form of a new one."""
    desk = await at_desk(request, Permission.XAPI_CREDENTIALS)
    return await _page(desk)


@table.post(PATH)
async def create(request: web.Request) -> web.Response:
    """Make a credential and show its secret; or the form with all that is wrong in it."""
    desk = await at_desk(request, Permission.XAPI_CREDENTIALS)
    form = _read_form(await request.post())
    try:
        issued = await desk.services.credentials.create(
            desk.organization_id,
            form.name,
            scopes=form.scopes,
            authority=_authority(form),
            expires_at=_end_of(form.last_day),
        )
    except RuleBroken as refused:
        wrong = _with_problems(form, refused.findings)
        return await _page(desk, 422, form=wrong)
    await desk.audit("POST /xapi/credentials", issued.id)
    return await _issued(desk, issued)


@table.post(PATH + "/{credential_id}/rotate")
async def rotate(request: web.Request) -> web.Response:
    """Give a credential a new secret and show it."""
    desk = await at_desk(request, Permission.XAPI_CREDENTIALS)
    chosen = str((await request.post()).get("overlap", "0"))
    overlap = timedelta(seconds=int(chosen if chosen in OVERLAPS else "0"))
    credential_id = desk.named("credential_id")
    issued = await desk.services.credentials.rotate(
        desk.organization_id, credential_id, overlap=overlap
    )
    action = "POST /xapi/credentials/{credential_id}/rotate"
    await desk.audit(action, credential_id)
    return await _issued(desk, issued)


@table.post(PATH + "/{credential_id}/revoke")
async def revoke(request: web.Request) -> web.Response:
    """End a credential for good."""
    desk = await at_desk(request, Permission.XAPI_CREDENTIALS)
    credential_id = desk.named("credential_id")
    await desk.services.credentials.revoke(desk.organization_id, credential_id)
    action = "POST /xapi/credentials/{credential_id}/revoke"
    await desk.audit(action, credential_id)
    return web.Response(status=303, headers={"Location": f"{PATH}?revoked={credential_id}"})


def row(record: CredentialRecord, at: datetime) -> CredentialRow:
    """The credential as it stands at a moment."""
    status = record.status(at)
    overlap = record.overlap_ends_at
    return CredentialRow(
        id=record.id,
        name=record.name,
        key=record.key,
        scopes=record.scopes,
        badge=badge(status),
        created=day(record.created_at),
        ends="" if record.expires_at is None else minute(record.expires_at),
        last_used="" if record.last_used_at is None else minute(record.last_used_at),
        overlap_ends=minute(overlap) if overlap is not None and overlap > at else "",
        revocable=status != "revoked",
    )


async def _issued(desk: Desk, issued: IssuedCredential) -> web.Response:
    services = desk.services
    record = await services.credentials.get(desk.organization_id, issued.id)
    endpoint = f"{services.settings.public_origin}/xapi"
    secret = Secret(record.name, endpoint, issued.key, issued.secret, issued.token)
    response = await _page(desk, secret=secret)
    response.headers["Cache-Control"] = "no-store"
    return response


async def _page(
    desk: Desk,
    status: int = 200,
    *,
    form: CredentialForm | None = None,
    secret: Secret | None = None,
) -> web.Response:
    found = await desk.services.credentials.all(desk.organization_id)
    at = datetime.now(UTC)
    rows = [row(each, at) for each in found]
    rows.sort(key=lambda each: each.badge.status != "active")
    revoked = desk.request.query.get("revoked")
    return desk.show(
        "credentials.html",
        status,
        around=tabs_of(desk.principal, PATH),
        credentials=rows,
        revoked=next((each.name for each in rows if each.id == revoked), ""),
        form=form or CredentialForm(),
        scopes=SCOPES,
        overlaps=OVERLAPS,
        secret=secret,
        today=at.date().isoformat(),
    )


def _read_form(fields: Any) -> CredentialForm:
    return CredentialForm(
        name=str(fields.get("name", "")).strip(),
        scopes=[str(each) for each in fields.getall("scopes", ())],
        email=str(fields.get("email", "")).strip(),
        last_day=str(fields.get("last_day", "")),
    )


def _with_problems(form: CredentialForm, findings: Sequence[Finding]) -> CredentialForm:
    problems: dict[str, list[str]] = defaultdict(list)
    for finding in findings:
        problems[finding.where.split("/")[1]].append(finding.detail)
    if "authority" in problems and form.email:
        problems["authority"] = ["must be an e-mail address"]
    return CredentialForm(form.name, form.scopes, form.email, form.last_day, problems)


def _authority(form: CredentialForm) -> dict[str, Any] | None:
    if not form.email:
        return None
    return {"objectType": "Agent", "name": form.name, "mbox": f"mailto:{form.email}"}


def _end_of(last_day: str) -> datetime | None:
    """The end of a day in UTC; None for no day.

    Raises:
        RuleBroken: it is no day.
    """
    if not last_day:
        return None
    try:
        following = date.fromisoformat(last_day) + timedelta(days=1)
    except (ValueError, OverflowError):
        detail = "must be a day such as 2027-01-31"
        raise RuleBroken([Finding(detail=detail, where="/expires_at")]) from None
    return datetime.combine(following, time(), UTC)
