"""What a certificate is given out as: a document to print, and a badge signed by the issuer."""

import asyncio

from api.services import Services
from content import organizations
from content.certificates import badges, designs, filling
from content.certificates.badges import Issuer, Json
from content.certificates.certificates import Certificate
from content.people.people import Person
from content.printing import Printable


def verification_url(services: Services, certificate: Certificate) -> str:
    """Where anybody verifies the certificate."""
    return f"{services.settings.public_origin}/verify/{certificate.code}"


async def document(services: Services, certificate: Certificate, status: str) -> Printable:
    """The certificate to print, by its status."""
    owner, address = certificate.organization_id, verification_url(services, certificate)
    look = await designs.get(services.content, owner, certificate.design_id)
    return filling.printable(certificate, look, address, status)


async def issuer_of(services: Services, organization_id: str) -> Issuer:
    """The organization as an issuer. Raises NotFound."""
    organization = await organizations.get(services.content, organization_id)
    return Issuer(
        address=f"{services.settings.public_origin}/api/v1/issuers/{organization_id}",
        name=organization.name,
        url=organization.public_url,
    )


async def credential(services: Services, certificate: Certificate) -> Json:
    """The certificate as an Open Badge, not signed yet."""
    return await _credential(services, certificate, await _issuer(services, certificate))


async def token(services: Services, certificate: Certificate) -> str:
    """The same signed, as VC-JWT."""
    issuer = await _issuer(services, certificate)
    said = await _credential(services, certificate, issuer)
    key = await services.badge_keys.current(certificate.organization_id)
    private = services.badge_keys.private(key)
    return await asyncio.to_thread(badges.signed, said, certificate, private, issuer.key(key.id))


async def key_set(services: Services, organization_id: str) -> dict[str, list[dict[str, str]]]:
    """The keys that an issuer's badges are verified by, as JWKS (RFC 7517, 5)."""
    issuer = await issuer_of(services, organization_id)
    found = await services.badge_keys.every(organization_id)
    return {"keys": [each.jwk(issuer.key(each.id)) for each in found]}


async def _issuer(services: Services, certificate: Certificate) -> Issuer:
    return await issuer_of(services, certificate.organization_id)


async def _credential(services: Services, certificate: Certificate, issuer: Issuer) -> Json:
    owner, person_id = certificate.organization_id, certificate.person_id or ""
    person = await services.content.of(Person).find(owner, person_id)
    return badges.credential(certificate, issuer, person.email if person else None)
