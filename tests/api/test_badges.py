"""Open Badges 3.0: a certificate that a stranger verifies by the issuer's published key alone."""

import hashlib
from typing import Any

import jwt
from lxml import etree

from tests.api.callers import Api, Client

OPEN_BADGES = "https://purl.imsglobal.org/ob/v3p0"
REQUIRED = {
    "OpenBadgeCredential": {"@context", "id", "type", "issuer", "validFrom", "credentialSubject"},
    "AchievementSubject": {"id", "type", "achievement", "identifier"},
    "Achievement": {"id", "type", "criteria", "description", "name"},
    "Profile": {"id", "type"},
}


async def test_a_stranger_verifies_a_badge_offline(
    admin: Api, learner: Api, client: Client
) -> None:
    """Open Badges 3.0, 8.2.5: the proof, and what its claims must agree with."""
    course = await admin.make("/courses", title="Fire & safety", status="published")
    me = (await learner.get("/auth/me"))["data"]["id"]
    wanted = {"user_id": me, "course_id": course["id"], "force_reason": "Taught live"}
    certificate = await admin.make("/certificates", **wanted)
    path = f"/certificates/{certificate['id']}"
    answer = await learner.call("GET", f"{path}/badge")
    assert answer.content_type == "application/vc+jwt"
    token = await answer.text()

    header = jwt.get_unverified_header(token)
    assert header.keys() == {"alg", "kid", "typ"}
    assert (header["alg"], header["typ"]) == ("RS256", "JWT")
    assert await (await client.get(_path(header["kid"]))).json() in await _keys(client, header)
    public = jwt.PyJWK(await (await client.get(_path(header["kid"]))).json())
    assert not {"d", "p", "q"} & public._jwk_data.keys()

    claims = jwt.decode(token, public, algorithms=["RS256"])
    _is_open_badge(claims)
    assert claims["iss"] == claims["issuer"]["id"]
    assert claims["jti"] == claims["id"]
    assert claims["sub"] == claims["credentialSubject"]["id"]
    attributes = certificate["attributes"]
    assert claims["validFrom"][:19] == attributes["issued_at"][:19]
    assert claims["credentialSubject"]["licenseNumber"] == attributes["certificate_number"]
    named, address = claims["credentialSubject"]["identifier"]
    assert (named["identityType"], named["identityHash"]) == ("name", "Ada")
    salted = f"ada@example.org{address['salt']}".encode()
    assert address["identityHash"] == f"sha256${hashlib.sha256(salted).hexdigest()}"
    assert "ada@example.org" not in str(claims)
    forged = token[:-8] + "AAAAAAAA"
    assert _refused(forged, public)

    shown = await (await learner.call("GET", f"{path}/badge?format=json")).json()
    assert {**claims, **shown} == claims
    picture = etree.fromstring(await (await learner.call("GET", f"{path}/badge?format=svg")).read())
    baked = picture.find(f"{{{OPEN_BADGES}}}credential")
    assert baked is not None
    assert jwt.decode(str(baked.get("verify")), public, algorithms=["RS256"]) == claims

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


async def _keys(client: Client, header: dict[str, Any]) -> list[dict[str, str]]:
    issuer = _path(header["kid"]).partition("/keys/")[0]
    found: list[dict[str, str]] = (await (await client.get(f"{issuer}/jwks")).json())["keys"]
    return found


def _is_open_badge(credential: dict[str, Any]) -> None:
    """What the schema of the AchievementCredential asks for, and the two contexts in order."""
    subject = credential["credentialSubject"]
    parts = {
        "OpenBadgeCredential": credential,
        "AchievementSubject": subject,
        "Achievement": subject["achievement"],
        "Profile": credential["issuer"],
    }
    for kind, part in parts.items():
        assert REQUIRED[kind] <= part.keys(), kind
        assert kind in part["type"], kind
    assert "VerifiableCredential" in credential["type"]
    first, second = credential["@context"]
    assert first == "https://www.w3.org/ns/credentials/v2"
    assert second.startswith("https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.")


def _refused(token: str, public: jwt.PyJWK) -> bool:
    try:
        jwt.decode(token, public, algorithms=["RS256"])
    except jwt.InvalidSignatureError:
        return True
    return False


def _path(address: str) -> str:
    return "/api/v1" + address.partition("/api/v1")[2]
