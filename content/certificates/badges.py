"""Certificates as Open Badges 3.0: W3C Verifiable Credentials (2.0), signed as compact JWS.

The numbers of sections are those of the Open Badges Specification 3.0.
"""

import hashlib
import uuid
from datetime import UTC, datetime
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from msgspec import Struct

from content.certificates.certificates import Certificate
from content.store import Store

Json = dict[str, Any]

CONTEXT: Final = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
SCHEMA: Final = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)
NAMESPACE: Final = uuid.UUID("a1f6f0ab-9c55-5a8c-8f5e-0a0c1f1d5b77")
ALGORITHM: Final = "RS256"


class Issuer(Struct, frozen=True, kw_only=True):
    """Who issues: `address` is where the profile is, and the name of the issuer for ever."""

    address: str
    name: str
    url: str

    @property
    def revocations(self) -> str:
        """Where the revoked credentials are listed."""
        return f"{self.address}/revocations"

    def key(self, key_id: str) -> str:
        """Where a public key is."""
        return f"{self.address}/keys/{key_id}"


def profile(issuer: Issuer) -> Json:
    """The issuer's Profile (B.1.22)."""
    return {"id": issuer.address, "type": ["Profile"], "name": issuer.name, "url": issuer.url}


def credential_id(certificate_id: str) -> str:
    """The credential's name: the same each time, and it leads nobody to the person."""
    return uuid.uuid5(NAMESPACE, certificate_id).urn


def credential(certificate: Certificate, issuer: Issuer, email: str | None) -> Json:
    """The certificate as an OpenBadgeCredential (B.1.2), not signed yet."""
    valid_until = {"validUntil": _moment(certificate.expires_at)} if certificate.expires_at else {}
    return {
        "@context": list(CONTEXT),
        "id": credential_id(certificate.id),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": certificate.title,
        "issuer": profile(issuer),
        "validFrom": _moment(certificate.issued_at),
        **valid_until,
        "awardedDate": _moment(certificate.completed_at or certificate.issued_at),
        "credentialSubject": _subject(certificate, issuer, email),
        "credentialStatus": {"id": issuer.revocations, "type": "1EdTechRevocationList"},
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }


def signed(credential: Json, certificate: Certificate, private: RSAPrivateKey, kid: str) -> str:
    """The credential as VC-JWT (8.2): whoever has the public key verifies it without asking."""
    claims = {
        **credential,
        "iss": credential["issuer"]["id"],
        "jti": credential["id"],
        "nbf": int(certificate.issued_at.timestamp()),
        "sub": credential["credentialSubject"]["id"],
    }
    if certificate.expires_at is not None:
        claims["exp"] = int(certificate.expires_at.timestamp())
    return jwt.encode(claims, private, algorithm=ALGORITHM, headers={"kid": kid})


async def revocations(store: Store, organization_id: str, issuer: Issuer) -> Json:
    """The issuer's 1EdTechRevocationList: what was revoked or replaced, without a word on whom."""
    query = {
        "organization_id": organization_id,
        "$or": [{"revoked_at": {"$ne": None}}, {"replaced_by": {"$ne": None}}],
    }
    found = store.of(Certificate).collection.find(query, {"_id": 1}, sort=[("issued_at", 1)])
    return {
        "id": issuer.revocations,
        "issuer": issuer.address,
        "revokedCredential": [
            {"id": credential_id(each["_id"]), "revoked": True} async for each in found
        ],
    }


def _subject(certificate: Certificate, issuer: Issuer, email: str | None) -> Json:
    """The person by name and by the hash of an address (B.1.8), and the achievement (B.1.1)."""
    known = [_identity("name", certificate.recipient_name)]
    if email:
        known.append(_hashed("emailAddress", email, salt=certificate.code))
    noun = "course" if certificate.course_id else "learning path"
    about = certificate.course_id or certificate.path_id or certificate.id
    return {
        "id": uuid.uuid5(NAMESPACE, f"{certificate.id}/subject").urn,
        "type": ["AchievementSubject"],
        "identifier": known,
        "licenseNumber": certificate.number,
        "achievement": {
            "id": uuid.uuid5(NAMESPACE, f"{issuer.address}/{about}").urn,
            "type": ["Achievement"],
            "achievementType": "CertificateOfCompletion",
            "name": certificate.title,
            "description": f"The {noun} {certificate.title} of {certificate.issuer}.",
            "criteria": {"narrative": f"Completed the {noun} {certificate.title}."},
        },
    }


def _identity(kind: str, value: str) -> Json:
    return {
        "type": "IdentityObject",
        "hashed": False,
        "identityHash": value,
        "identityType": kind,
    }


def _hashed(kind: str, value: str, salt: str) -> Json:
    digest = hashlib.sha256((value + salt).encode()).hexdigest()
    hidden = {"hashed": True, "identityHash": f"sha256${digest}", "salt": salt}
    return {**_identity(kind, value), **hidden}


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
