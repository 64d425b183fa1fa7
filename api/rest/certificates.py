"""/certificates: issued, revoked, issued anew."""

from datetime import datetime
from typing import Annotated, Literal

import orjson
from aiohttp import web
from pydantic import Field

from api import awards
from api.permissions import Permission
from api.rest.bodies import Body, Draft, PageQuery, Query
from api.rest.call import Call
from api.rest.documents import Attributes, Resource, ResourcePage
from api.rest.lists import page_of, paging
from api.rest.route import RouteTable
from api.rest.serving import disposition
from api.services import Services
from api.store import now
from content.certificates import baking, certificates, issuing
from content.certificates.certificates import Certificate, CertificateFilter
from content.certificates.issuing import LONGEST_FIELD, MOST_FIELDS, CertificateDraft
from content.errors import Conflict

table = RouteTable(limit="certificates")

PATH = "/certificates/{certificate_id}"
Id = Annotated[str, Field(max_length=100)]
Value = Annotated[str, Field(max_length=LONGEST_FIELD)] | bool | Annotated[int, Field()] | float
CustomFields = Annotated[
    dict[str, Value],
    Field(max_length=MOST_FIELDS, examples=[{"grade": "A", "distinction": True}]),
]
Reason = Annotated[str, Field(min_length=1, max_length=LONGEST_FIELD)]


class CertificateAttributes(Attributes):
    """A certificate of a course or a learning path: valid, expired, revoked or replaced.

    `verification_url` is a page for anybody, `pdf_url` for whom the certificate is and for staff,
    and so is `badge_url`; None where it was revoked or replaced.
    """

    type_name = "certificate"
    relationship_types = {
        "user": "user",
        "course": "course",
        "learning_path": "learning_path",
        "enrollment": "enrollment",
        "certificate_template": "certificate_template",
        "replaces": "certificate",
        "replaced_by": "certificate",
    }

    certificate_number: str
    status: str
    valid: bool
    user_id: str | None
    course_id: str | None
    recipient_name: str
    title: str
    issued_by: str
    instructor_name: str
    custom_fields: dict[str, str | bool | int | float]
    score: float | None
    completed_at: datetime | None
    issued_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    revoked_reason: str | None
    forced_reason: str | None
    verification_url: str
    pdf_url: str
    badge_url: str | None


class NewCertificate(Draft):
    """Whom to certify which course or learning path.

    Without `template_id` the course's or path's own is taken. `force_reason` says why it is issued
    without a completion.
    """

    user_id: Id
    course_id: Id | None = None
    learning_path_id: Id | None = None
    template_id: Id | None = None
    custom_fields: CustomFields = Field(default_factory=dict)
    force_reason: Reason | None = None


class CertificateQuery(PageQuery):
    """Which certificates: valid, expired, revoked or replaced."""

    user_id: str | None = None
    course_id: str | None = None
    learning_path_id: str | None = None
    certificate_number: str | None = None
    status: str | None = None
    sort: str | None = None


class MyCertificatesQuery(PageQuery):
    """Which of them: valid, expired, revoked or replaced."""

    status: str | None = None


class BadgeQuery(Query):
    """Signed as JWT, as JSON to look at, or as a picture that has the signed one in it."""

    format: Literal["jwt", "json", "png", "svg"] = "jwt"


class Revocation(Body):
    """Why it is taken back."""

    reason: Reason


class Reissue(Body):
    """Other custom fields; without them those of the certificate that is replaced."""

    custom_fields: CustomFields | None = None


def verification_url(call: Call, certificate: Certificate) -> str:
    """Where anybody verifies the certificate."""
    return awards.verification_url(call.services, certificate)


def pdf_url(call: Call, certificate: Certificate) -> str:
    """Where the certificate is as PDF."""
    return f"{call.services.settings.public_origin}/api/v1/certificates/{certificate.id}/pdf"


def _badge_url(call: Call, certificate: Certificate, status: str) -> str | None:
    if status in (certificates.REVOKED, certificates.REPLACED):
        return None
    return f"{call.services.settings.public_origin}/api/v1/certificates/{certificate.id}/badge"


def certificate_resource(call: Call, certificate: Certificate) -> Resource[CertificateAttributes]:
    """The certificate as a resource."""
    status = certificates.status_of(certificate, now())
    attributes = CertificateAttributes(
        certificate_number=certificate.number,
        status=status,
        valid=status == certificates.VALID,
        user_id=certificate.person_id,
        course_id=certificate.course_id,
        recipient_name=certificate.recipient_name,
        title=certificate.title,
        issued_by=certificate.issuer,
        instructor_name=certificate.instructor_name,
        custom_fields=certificate.custom_fields,
        score=certificate.score,
        completed_at=certificate.completed_at,
        issued_at=certificate.issued_at,
        expires_at=certificate.expires_at,
        revoked_at=certificate.revoked_at,
        revoked_reason=certificate.revoked_reason,
        forced_reason=certificate.forced_reason,
        verification_url=verification_url(call, certificate),
        pdf_url=pdf_url(call, certificate),
        badge_url=_badge_url(call, certificate, status),
    )
    return Resource(certificate.id, attributes, _related(certificate), certificate.version)


@table.route("GET", "/certificates", permission=Permission.CERTIFICATES_READ_OWN, limit="reads")
async def list_certificates(
    call: Call, query: CertificateQuery
) -> ResourcePage[CertificateAttributes]:
    """List certificates; learners see their own."""
    filters = CertificateFilter(
        person_id=call.own_or(Permission.CERTIFICATES_READ, query.user_id),
        course_id=query.course_id,
        path_id=query.learning_path_id,
        number=query.certificate_number,
        status=query.status,
    )
    return await _page(call, query, filters, query.sort)


@table.route("GET", "/my/certificates", permission=Permission.CERTIFICATES_READ_OWN, limit="reads")
async def my_certificates(
    call: Call, query: MyCertificatesQuery
) -> ResourcePage[CertificateAttributes]:
    """List one's own certificates, the latest first."""
    filters = CertificateFilter(person_id=call.principal.person.id, status=query.status)
    return await _page(call, query, filters, "-issued_at")


@table.route(
    "POST",
    "/certificates",
    permission=Permission.CERTIFICATES_WRITE,
    status=201,
    errors=(
        "user_not_found",
        "course_not_found",
        "learning_path_not_found",
        "certificate_template_not_found",
        "not_completed",
        "certificate_exists",
    ),
)
async def issue_certificate(call: Call, body: NewCertificate) -> Resource[CertificateAttributes]:
    """Issue a certificate of a completed course or learning path."""
    draft = CertificateDraft(
        person_id=body.user_id,
        course_id=body.course_id,
        path_id=body.learning_path_id,
        template_id=body.template_id,
        custom_fields=body.custom_fields,
        force_reason=body.force_reason,
        issued_by=call.principal.person.id,
    )
    issued = await issuing.issue(call.services.content, call.organization_id, draft)
    await call.services.outbox.tell(issued)
    return certificate_resource(call, issued)


@table.route(
    "GET",
    PATH,
    permission=Permission.CERTIFICATES_READ_OWN,
    errors=("certificate_not_found",),
    limit="reads",
)
async def get_certificate(call: Call, certificate_id: str) -> Resource[CertificateAttributes]:
    """Show a certificate."""
    return certificate_resource(call, await readable_certificate(call, certificate_id))


@table.route(
    "GET",
    f"{PATH}/pdf",
    permission=Permission.CERTIFICATES_READ_OWN,
    errors=("certificate_not_found", "printing_busy", "printing_failed", "printing_unavailable"),
    media="application/pdf",
)
async def certificate_pdf(call: Call, certificate_id: str) -> web.Response:
    """Give out a certificate as PDF; one that was taken back says so across the page."""
    certificate = await readable_certificate(call, certificate_id)
    return await pdf_answer(call, certificate)


@table.route(
    "GET",
    f"{PATH}/badge",
    permission=Permission.CERTIFICATES_READ_OWN,
    errors=(
        "certificate_not_found",
        "certificate_not_valid",
        "printing_busy",
        "printing_failed",
        "printing_unavailable",
    ),
    media="text/plain",
    other_media=("application/vc+ld+json", "image/png", "image/svg+xml"),
)
async def certificate_badge(call: Call, certificate_id: str, query: BadgeQuery) -> web.Response:
    """Give out a certificate as an Open Badge 3.0 that is verified by the issuer's key alone."""
    certificate = await readable_certificate(call, certificate_id)
    status = certificates.status_of(certificate, now())
    if status in (certificates.REVOKED, certificates.REPLACED):
        raise Conflict("certificate_not_valid", f"The certificate is {status}.")
    return await badge_answer(call.services, certificate, query.format)


async def badge_answer(services: Services, certificate: Certificate, form: str) -> web.Response:
    """The badge: signed (`jwt`), to look at (`json`), or signed within a picture (`png`, `svg`)."""
    name = f"{certificate.number}.{form}"
    headers = {"Content-Disposition": disposition(name, inline=False), "Cache-Control": "private"}
    if form == "json":
        body = orjson.dumps(await awards.credential(services, certificate))
        return web.Response(body=body, content_type="application/vc+ld+json", headers=headers)
    token = await awards.token(services, certificate)
    if form == "png":
        drawn = await services.press.picture(
            baking.printable(certificate), baking.WIDTH, clear=True
        )
        baked = baking.png(drawn, token)
        return web.Response(body=baked, content_type="image/png", headers=headers)
    if form == "svg":
        picture = baking.svg(certificate, token)
        return web.Response(text=picture, content_type="image/svg+xml", headers=headers)
    return web.Response(text=token, content_type="text/plain", headers=headers)


async def readable_certificate(call: Call, certificate_id: str) -> Certificate:
    """The certificate, for whom it is and for staff. Raises NotFound, or 403."""
    store = call.services.content
    found = await certificates.get(store, call.organization_id, certificate_id)
    if found.person_id != call.principal.person.id:
        call.require(Permission.CERTIFICATES_READ)
    return found


async def pdf_answer(call: Call, certificate: Certificate) -> web.Response:
    """The certificate as PDF, or 304 where it is as it was."""
    status = certificates.status_of(certificate, now())
    etag = f"{certificate.version}-{status}"
    headers = {"ETag": f'"{etag}"', "Cache-Control": "private, no-cache"}
    if any(each.value == etag for each in call.request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    document = await awards.document(call.services, certificate, status)
    headers["Content-Disposition"] = disposition(f"{certificate.number}.pdf", inline=True)
    made = await call.services.press.pdf(document)
    return web.Response(body=made, content_type="application/pdf", headers=headers)


@table.route(
    "POST",
    f"{PATH}/revoke",
    permission=Permission.CERTIFICATES_WRITE,
    errors=("certificate_not_found", "already_revoked"),
)
async def revoke_certificate(
    call: Call, certificate_id: str, body: Revocation
) -> Resource[CertificateAttributes]:
    """Take a certificate back; its number is not given again."""
    store, by = call.services.content, call.principal.person.id
    revoked = await certificates.revoke(
        store, call.organization_id, certificate_id, by, body.reason
    )
    return certificate_resource(call, revoked)


@table.route(
    "POST",
    f"{PATH}/reissue",
    permission=Permission.CERTIFICATES_WRITE,
    status=201,
    errors=("certificate_not_found", "certificate_not_valid", "user_not_found"),
)
async def reissue_certificate(
    call: Call, certificate_id: str, body: Reissue
) -> Resource[CertificateAttributes]:
    """Issue a certificate anew in the person's present name; the old one is replaced by it."""
    services, by = call.services, call.principal.person.id
    issued = await issuing.reissue(
        services.content, call.organization_id, certificate_id, by, body.custom_fields
    )
    await services.outbox.tell(issued)
    return certificate_resource(call, issued)


async def _page(
    call: Call, query: PageQuery, filters: CertificateFilter, sort: str | None
) -> ResourcePage[CertificateAttributes]:
    store, page = call.services.content, paging(query, sort)
    found = await certificates.find(store, call.organization_id, filters, page)
    return page_of(found, lambda each: certificate_resource(call, each))


def _related(certificate: Certificate) -> dict[str, str | None]:
    return {
        "user": certificate.person_id,
        "course": certificate.course_id,
        "learning_path": certificate.path_id,
        "enrollment": certificate.enrollment_id,
        "certificate_template": certificate.template_id,
        "replaces": certificate.replaces,
        "replaced_by": certificate.replaced_by,
    }
