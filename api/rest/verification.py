"""/certificates/verify: whether a certificate is good, for anybody who holds it."""

from datetime import datetime

from aiohttp import web
from pydantic import BaseModel, Field

from api.identity.tenants import organization_of
from api.rest.bodies import Query
from api.rest.call import Call
from api.rest.route import RouteTable
from api.services import SERVICES
from api.store import now
from content.certificates import certificates
from content.certificates.certificates import Certificate

table = RouteTable(limit="public")


class VerifiedCertificate(BaseModel):
    """What is written on the certificate, and whether it is valid, expired, revoked or replaced."""

    certificate_number: str
    recipient_name: str
    course_name: str
    issued_by: str
    issued_at: datetime
    expires_at: datetime | None
    status: str


class Verification(BaseModel):
    """Whether a certificate is good."""

    valid: bool
    certificate: VerifiedCertificate


class CodeQuery(Query):
    """The code of a certificate, from its verification address."""

    code: str = Field(min_length=1, max_length=100)


class NumberQuery(Query):
    """Whose number it is, where several organizations share a host name."""

    organization_id: str | None = Field(None, max_length=100)


@table.route("GET", "/certificates/verify", permission=None, errors=("certificate_not_found",))
async def verify_code(call: Call, query: CodeQuery) -> Verification:
    """Verify a certificate by its code."""
    return _verified(await certificates.by_code(call.services.content, query.code))


@table.route(
    "GET",
    "/certificates/verify/{certificate_number}",
    permission=None,
    errors=("certificate_not_found",),
)
async def verify_number(call: Call, certificate_number: str, query: NumberQuery) -> Verification:
    """Verify a certificate by its number."""
    found = await numbered(call.request, certificate_number, query.organization_id)
    return _verified(found)


async def numbered(request: web.Request, number: str, named: str | None = None) -> Certificate:
    """The certificate of a number: of the organization that is named, else of the host's, else of
    the server's first. Raises NotFound.
    """
    services = request.app[SERVICES]
    owner = await organization_of(request, named) or services.sessions.organization_id
    return await certificates.by_number(services.content, owner, number)


def _verified(certificate: Certificate) -> Verification:
    status = certificates.status_of(certificate, now())
    shown = VerifiedCertificate(
        certificate_number=certificate.number,
        recipient_name=certificate.recipient_name,
        course_name=certificate.title,
        issued_by=certificate.issuer,
        issued_at=certificate.issued_at,
        expires_at=certificate.expires_at,
        status=status,
    )
    return Verification(valid=status == certificates.VALID, certificate=shown)
