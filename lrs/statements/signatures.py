"""Signed statements: a JSON Web Signature whose payload is the statement (Data 2.6).

Where the signature brings its certificates it is verified with the first, and each is held
against the next, which certifies it. Whether the last is to be trusted, and whether they were
valid at the time, is for the reader of the statement to say.
"""

import base64
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import jwt
import orjson
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from lrs.attachments.declarations import SIGNATURE, SIGNATURE_CONTENT_TYPE, Attachment
from lrs.errors import BadRequest, Finding
from lrs.statements.identity import same_statement
from lrs.statements.intake import normalized, parse
from lrs.timestamps import parse_timestamp
from lrs.validation import check_statement
from lrs.versions import VERSIONS

ALGORITHMS = ("RS256", "RS384", "RS512")
MOST_CERTIFICATES = 10

_FORM, _PAYLOAD, _ALGORITHM = "XAPI-00115", "XAPI-00116", "XAPI-00117"
_UNREADABLE = "has a certificate in its x5c header that cannot be read"
_jws = jwt.PyJWS(algorithms=list(ALGORITHMS))


class _Refused(Exception):
    def __init__(self, detail: str, requirement: str) -> None:
        self.detail, self.requirement = detail, requirement


def check_signature(
    token: bytes, attachment: Attachment, statement: Mapping[str, Any], version: str
) -> list[Finding]:
    """Return what is wrong with a valid statement's signature, a JWS in compact serialization."""
    try:
        if attachment.content_type != SIGNATURE_CONTENT_TYPE:
            raise _Refused(f"must have the contentType {SIGNATURE_CONTENT_TYPE}", _FORM)
        payload = _verified_payload(token)
        _compare(_read_statement(payload, version), statement, attachment.sha2, version)
    except _Refused as refused:
        return [
            Finding(
                detail=refused.detail,
                where=attachment.pointer,
                rule="signature",
                requirement=refused.requirement,
            )
        ]
    return []


def _verified_payload(token: bytes) -> bytes:
    try:
        unverified = _jws.decode_complete(token, options={"verify_signature": False})
    except jwt.PyJWTError as error:
        raise _Refused(f"is not a JSON Web Signature: {error}", _FORM) from error
    header, payload = unverified["header"], unverified["payload"]
    if header.get("alg") not in ALGORITHMS:
        stated = str(header.get("alg"))[:20]
        raise _Refused(f'must use {", ".join(ALGORITHMS)}, not "{stated}"', _ALGORITHM)
    if not unverified["signature"]:
        raise _Refused("is a JSON Web Signature with an empty signature", _FORM)
    if "x5c" in header:
        _verify(token, _certified_key(header["x5c"]))
    if not isinstance(payload, bytes):
        raise _Refused("has no payload", _PAYLOAD)
    return payload


def _certified_key(chain: Any) -> RSAPublicKey:
    """Return the key of the first certificate of a chain (RFC 7515, 4.1.6)."""
    certificates = _certificates(chain)
    for certificate, issuer in pairwise(certificates):
        try:
            certificate.verify_directly_issued_by(issuer)
        except (InvalidSignature, UnsupportedAlgorithm, TypeError, ValueError) as error:
            detail = "has a certificate in its x5c header that the next one does not certify"
            raise _Refused(detail, _FORM) from error
    try:
        key = certificates[0].public_key()
    except (UnsupportedAlgorithm, ValueError) as error:
        raise _Refused(_UNREADABLE, _FORM) from error
    if not isinstance(key, RSAPublicKey):
        raise _Refused("has a certificate in its x5c header that is not for RSA", _ALGORITHM)
    return key


def _certificates(chain: Any) -> list[x509.Certificate]:
    if not isinstance(chain, list) or not 0 < len(chain) <= MOST_CERTIFICATES:
        detail = f"has an x5c header that is not a list of 1 to {MOST_CERTIFICATES} certificates"
        raise _Refused(detail, _FORM)
    try:
        return [
            x509.load_der_x509_certificate(base64.b64decode(each, validate=True)) for each in chain
        ]
    except (TypeError, ValueError, x509.InvalidVersion) as error:
        raise _Refused(_UNREADABLE, _FORM) from error


def _verify(token: bytes, key: RSAPublicKey) -> None:
    try:
        _jws.decode(token, key, algorithms=list(ALGORITHMS))
    except jwt.PyJWTError as error:
        raise _Refused("was not made with the key of the certificate in it", _FORM) from error


def _read_statement(payload: bytes, version: str) -> dict[str, Any]:
    try:
        signed = parse(payload)
    except BadRequest as error:
        raise _Refused(f"has a payload that {error.findings[0].detail}", _PAYLOAD) from error
    findings = check_statement(signed, version)
    if findings:
        first = findings[0]
        detail = f"has a payload that is not a valid statement: {first.where} {first.detail}"
        raise _Refused(detail, _PAYLOAD)
    return dict(signed)


def _compare(signed: dict[str, Any], statement: Mapping[str, Any], sha2: str, version: str) -> None:
    """The signed statement is the sent one, before this signature, or any, was added."""
    for name, read in (("id", str.lower), ("timestamp", parse_timestamp)):
        if name not in signed:
            continue
        if name not in statement:
            raise _Refused(f'has a payload with "{name}", sent without', _PAYLOAD)
        if read(signed[name]) != read(statement[name]):
            raise _Refused(f'signs a statement with another "{name}"', _PAYLOAD)
    if not _same_but_attachments(signed, statement, version):
        raise _Refused("signs another statement than the one it came with", _PAYLOAD)
    given = statement["attachments"]
    before = [each for each in given if each["sha2"].lower() != sha2]
    unsigned = [each for each in given if each["usageType"] != SIGNATURE]
    if signed.get("attachments", []) not in (before, unsigned):
        raise _Refused("signs other attachments than those that came with it", _PAYLOAD)


def _same_but_attachments(signed: Mapping[str, Any], sent: Mapping[str, Any], version: str) -> bool:
    alike = {"attachments": [], "version": VERSIONS[version].assigned}
    one, other = (orjson.dumps({**normalized(each), **alike}) for each in (signed, sent))
    return same_statement(one, other, with_timestamp=False)
