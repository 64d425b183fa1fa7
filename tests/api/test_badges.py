"""Open Badges 3.0: a certificate that a stranger verifies by the issuer's published key alone."""

import hashlib
import json
from base64 import urlsafe_b64decode
from datetime import datetime
from typing import Any

import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet, RSAKey
from jsonschema import Draft201909Validator
from lxml import etree

from tests.api.callers import Api, Client
from tests.api.open_badge import CREDENTIAL

OPEN_BADGES = "https://purl.imsglobal.org/ob/v3p0"
CLAIMS = {"iss", "jti", "nbf", "exp", "sub"}


async def test_a_stranger_verifies_a_badge_offline(
    admin: Api, learner: Api, client: Client
) -> None:
    """Open Badges 3.0, 8.2.5: the proof, and what its claims must agree with."""
    course = await admin.make("/courses", title="Fire & safety", status="published")
    me = (await learner.get("/auth/me"))["data"]["id"]
    template = await admin.make(
        "/certificate-templates", name="Yearly", html_template="{{student_name}}", valid_months=12
    )
    certificate = await admin.make(
        "/certificates",
        user_id=me,
        course_id=course["id"],
        template_id=template["id"],
        force_reason="Taught live",
    )
    path = f"/certificates/{certificate['id']}"
    answer = await learner.call("GET", f"{path}/badge")
    assert answer.content_type == "text/plain"
    token = await answer.text()

    header, claims = await _verified(client, token)
    assert header.keys() == {"alg", "kid", "typ"}
    assert (header["alg"], header["typ"]) == ("RS256", "JWT")
    credential = {name: value for name, value in claims.items() if name not in CLAIMS}
    assert [each.message for each in Draft201909Validator(CREDENTIAL).iter_errors(credential)] == []
    assert claims["iss"] == claims["issuer"]["id"]
    assert claims["jti"] == claims["id"]
    assert claims["sub"] == claims["credentialSubject"]["id"]
    assert datetime.fromisoformat(claims["validFrom"]).timestamp() == claims["nbf"]
    assert datetime.fromisoformat(claims["validUntil"]).timestamp() == claims["exp"]
    attributes = certificate["attributes"]
    assert claims["validFrom"][:19] == attributes["issued_at"][:19]
    assert claims["credentialSubject"]["licenseNumber"] == attributes["certificate_number"]
    named, address = claims["credentialSubject"]["identifier"]
    assert (named["identityType"], named["identityHash"]) == ("name", "Ada")
    salted = f"ada@example.org{address['salt']}".encode()
    assert address["identityHash"] == f"sha256${hashlib.sha256(salted).hexdigest()}"
    assert "ada@example.org" not in str(claims)
    with pytest.raises(BadSignatureError):
        await _verified(client, token[:-8] + "AAAAAAAA")

    shown = await (await learner.call("GET", f"{path}/badge?format=json")).json()
    assert shown == credential
    picture = etree.fromstring(await (await learner.call("GET", f"{path}/badge?format=svg")).read())
    baked = picture.find(f"{{{OPEN_BADGES}}}credential")
    assert baked is not None
    assert (await _verified(client, str(baked.get("verify"))))[1] == claims

    profile = await (await client.get(_path(claims["iss"]))).json()
    assert profile == claims["issuer"]
    revocations = _path(claims["credentialStatus"]["id"])
    assert (await (await client.get(revocations)).json())["revokedCredential"] == []
    await admin.call("POST", f"{path}/revoke", json={"reason": "By mistake"})
    listed = await (await client.get(revocations)).json()
    assert listed["revokedCredential"] == [{"id": claims["id"], "revoked": True}]
    assert listed["id"] == claims["credentialStatus"]["id"]
    gone = await learner.call("GET", f"{path}/badge")
    assert (gone.status, (await gone.json())["errors"][0]["code"]) == (409, "certificate_not_valid")


async def _verified(client: Client, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims, by the key in the issuer's set that the header names, which is the one
    that its `kid` leads to (8.2.5).
    """
    kid = json.loads(urlsafe_b64decode(token.partition(".")[0] + "=="))["kid"]
    document = await (await client.get(_path(kid.partition("/keys/")[0]) + "/jwks")).json()
    (key,) = (each for each in document["keys"] if each["kid"] == kid)
    assert await (await client.get(_path(kid))).json() == key
    assert not RSAKey.import_key(key).is_private
    verified = jwt.decode(token, KeySet.import_key_set(document), algorithms=["RS256"])
    return verified.header, verified.claims


def _path(address: str) -> str:
    return "/api/v1" + address.partition("/api/v1")[2]
