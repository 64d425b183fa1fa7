"""Signatures of statements, and certificates that go with them."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import orjson
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from lrs.attachments.declarations import SIGNATURE
from tests.lrs.conftest import Statement

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())

_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def token_of(
    payload: Any, algorithm: str = "RS256", *, key: Any = KEY, headers: dict[str, Any] | None = None
) -> bytes:
    """Return a JSON Web Signature; a payload that is no bytes is written as JSON."""
    written = payload if isinstance(payload, bytes) else orjson.dumps(payload)
    return jwt.PyJWS().encode(written, key, algorithm, headers or {}).encode()


def signed(statement: Statement, token: bytes, **properties: Any) -> Statement:
    """Return the statement with a signature as its last attachment."""
    signature = {
        "usageType": SIGNATURE,
        "display": {"en-US": "Signature"},
        "contentType": "application/octet-stream",
        "length": len(token),
        "sha2": hashlib.sha256(token).hexdigest(),
        **properties,
    }
    return {**statement, "attachments": [*statement.get("attachments", []), signature]}


def certificate(name: str, key: Key, issuer: str, issuer_key: Key) -> str:
    """Return a certificate of a key as an x5c header holds it."""
    built = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(issuer))
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(_BEGAN)
        .not_valid_after(_BEGAN + timedelta(days=365))
        .sign(issuer_key, hashes.SHA256())
    )
    return base64.b64encode(built.public_bytes(Encoding.DER)).decode()


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
