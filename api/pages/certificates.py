"""/admin/certificates: what was issued, taken back, and issued anew."""

from typing import Final

from aiohttp import web
from msgspec import Struct

from api.identity.principal import Principal
from api.pages.auditing import audited
from api.pages.paging import pages_of
from api.pages.redirection import onward
from api.pages.rendering import render
from api.pages.verification import Verdict, verdict
from api.pages.viewer import signed_in
from api.pages.wording import day
from api.permissions import Permission
from api.services import SERVICES
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
    principal = await signed_in(request, Permission.CERTIFICATES_WRITE)
    status, number = request.query.get("status", ""), request.query.get("number", "").strip()
    page = request.query.get("page", "1")
    filters = CertificateFilter(
        number=number.upper() or None, status=status if status in STATUSES else None
    )
    found = await certificates.find(
        request.app[SERVICES].content,
        principal.organization_id,
        filters,
        Paging(page=int(page) if page.isdecimal() else 0, per_page=A_PAGE, sort="-issued_at"),
    )
    return render(
        request,
        "certificates/issued.html",
        principal,
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
    principal = await signed_in(request, Permission.CERTIFICATES_WRITE)
    return await _shown(request, principal, await _certificate(request, principal))


@table.post(f"{PATH}/{{certificate_id}}/revoke")
async def revoke(request: web.Request) -> web.Response:
    """Take a certificate back."""
    principal = await signed_in(request, Permission.CERTIFICATES_WRITE)
    certificate = await _certificate(request, principal)
    reason = str((await request.post()).get("reason", ""))
    store, owner = request.app[SERVICES].content, principal.organization_id
    try:
        await certificates.revoke(store, owner, certificate.id, principal.person.id, reason)
    except (Conflict, RuleBroken) as error:
        problem = str(error) if isinstance(error, Conflict) else "Say why it is taken back."
        return await _shown(request, principal, certificate, problem)
    await audited(request, principal, "POST /certificates/{certificate_id}/revoke", certificate.id)
    return onward(f"{PATH}/{certificate.id}", f"{certificate.number} is revoked.")


@table.post(f"{PATH}/{{certificate_id}}/reissue")
async def reissue(request: web.Request) -> web.Response:
    """Issue a certificate anew, in the person's present name and the template's present design."""
    principal = await signed_in(request, Permission.CERTIFICATES_WRITE)
    certificate, services = await _certificate(request, principal), request.app[SERVICES]
    owner, by = principal.organization_id, principal.person.id
    try:
        made = await issuing.reissue(services.content, owner, certificate.id, by)
    except Conflict as error:
        return await _shown(request, principal, certificate, str(error))
    await services.outbox.tell(made)
    action = "POST /certificates/{certificate_id}/reissue"
    await audited(request, principal, action, certificate.id, made.id)
    told = f"{made.number} was issued in the place of {certificate.number}."
    return onward(f"{PATH}/{made.id}", told)


async def _certificate(request: web.Request, principal: Principal) -> Certificate:
    store, certificate_id = request.app[SERVICES].content, request.match_info["certificate_id"]
    return await certificates.get(store, principal.organization_id, certificate_id)


async def _shown(
    request: web.Request, principal: Principal, certificate: Certificate, problem: str = ""
) -> web.Response:
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
    return render(
        request,
        "certificates/certificate.html",
        principal,
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
