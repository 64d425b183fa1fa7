"""/admin/certificates: what was issued, taken back, and issued anew."""

from typing import Final

from aiohttp import web
from msgspec import Struct

from api.pages.desk import Desk, at_desk
from api.pages.paging import pages_of
from api.pages.verification import Verdict, verdict
from api.pages.wording import day
from api.permissions import Permission
from api.store import now
from content.certificates import certificates, issuing
from content.certificates.certificates import STATUSES, Certificate, CertificateFilter
from content.documents import Paging
from content.errors import Conflict, RuleBroken

table = web.RouteTableDef()

PATH: Final = "/admin/certificates"
A_PAGE: Final = 30
LABELS: Final = {
    "valid": "Valid",
    "expired": "Expired",
    "revoked": "Revoked",
    "replaced": "Superseded",
}


class Row(Struct, frozen=True, kw_only=True):
    """A certificate as a row, with its status in words."""

    certificate: Certificate
    verdict: Verdict
    issued: str
    ends: str


@table.get(PATH)
async def overview(request: web.Request) -> web.Response:
    """Show the certificates, the latest first; all of one status, or the one of a number."""
    desk = await at_desk(request, Permission.CERTIFICATES_WRITE)
    status, number = request.query.get("status", ""), request.query.get("number", "").strip()
    page = request.query.get("page", "1")
    filters = CertificateFilter(
        number=number.upper() or None, status=status if status in STATUSES else None
    )
    found = await certificates.find(
        desk.store,
        desk.organization_id,
        filters,
        Paging(page=int(page) if page.isdecimal() else 0, per_page=A_PAGE, sort="-issued_at"),
    )
    return desk.show(
        "certificates/issued.html",
        rows=[_row(each) for each in found.items],
        total=found.total,
        pages=pages_of(request, found.page, found.total, A_PAGE),
        statuses=[("", "Every status"), *LABELS.items()],
        wanted=status,
        number=number,
    )


@table.get(f"{PATH}/{{certificate_id}}")
async def show(request: web.Request) -> web.Response:
    """Show a certificate, and what can be done with it."""
    desk = await at_desk(request, Permission.CERTIFICATES_WRITE)
    return await _shown(desk, await _certificate(desk))


@table.post(f"{PATH}/{{certificate_id}}/revoke")
async def revoke(request: web.Request) -> web.Response:
    """Take a certificate back."""
    desk = await at_desk(request, Permission.CERTIFICATES_WRITE)
    certificate = await _certificate(desk)
    reason = str((await request.post()).get("reason", ""))
    store, owner = desk.store, desk.organization_id
    try:
        await certificates.revoke(store, owner, certificate.id, desk.person.id, reason)
    except (Conflict, RuleBroken) as error:
        problem = str(error) if isinstance(error, Conflict) else "Say why it is taken back."
        return await _shown(desk, certificate, problem)
    await desk.audit("POST /certificates/{certificate_id}/revoke", certificate.id)
    return desk.go(f"{PATH}/{certificate.id}", f"{certificate.number} is revoked.")


@table.post(f"{PATH}/{{certificate_id}}/reissue")
async def reissue(request: web.Request) -> web.Response:
    """Issue a certificate anew, in the person's present name and the template's present design."""
    desk = await at_desk(request, Permission.CERTIFICATES_WRITE)
    certificate, services = await _certificate(desk), desk.services
    owner, by = desk.organization_id, desk.person.id
    try:
        made = await issuing.reissue(services.content, owner, certificate.id, by)
    except Conflict as error:
        return await _shown(desk, certificate, str(error))
    await services.outbox.tell(made)
    action = "POST /certificates/{certificate_id}/reissue"
    await desk.audit(action, certificate.id, made.id)
    told = f"{made.number} was issued in the place of {certificate.number}."
    return desk.go(f"{PATH}/{made.id}", told)


async def _certificate(desk: Desk) -> Certificate:
    store, certificate_id = desk.store, desk.named("certificate_id")
    return await certificates.get(store, desk.organization_id, certificate_id)


async def _shown(desk: Desk, certificate: Certificate, problem: str = "") -> web.Response:
    facts = [
        ("Number", certificate.number),
        ("For", certificate.title),
        ("Issued on", day(certificate.issued_at)),
        ("Completed on", day(certificate.completed_at)),
        ("Valid until", day(certificate.expires_at) or "no end"),
        ("Issued without completion because", certificate.forced_reason or ""),
        ("Revoked on", day(certificate.revoked_at)),
        ("Revoked because", certificate.revoked_reason or ""),
    ]
    return desk.show(
        "certificates/certificate.html",
        422 if problem else 200,
        certificate=certificate,
        verdict=verdict(certificate, now()),
        facts=facts,
        problem=problem,
    )


def _row(certificate: Certificate) -> Row:
    return Row(
        certificate=certificate,
        verdict=verdict(certificate, now()),
        issued=day(certificate.issued_at),
        ends=day(certificate.expires_at),
    )
