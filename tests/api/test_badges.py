"""Open Badges 3.0: a certificate that a stranger verifies by the issuer's published key alone."""

import asyncio
import hashlib
import io
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
from PIL import Image

from api.services import Services
from tests.api.callers import Api, Client
from tests.api.open_badge import CREDENTIAL
from tests.commands import lyceum

OPEN_BADGES = "https://purl.imsglobal.org/ob/v3p0"
CLEAR = (255, 255, 255, 0)
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
    assert attributes["badge_url"].endswith(f"/api/v1{path}/badge")
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
    drawn = Image.open(
        io.BytesIO(await (await learner.call("GET", f"{path}/badge?format=png")).read())
    )
    drawn.load()
    assert (drawn.format, drawn.size, drawn.getpixel((0, 0))) == ("PNG", (640, 640), CLEAR)
    assert (await _verified(client, drawn.info["openbadgecredential"]))[1] == claims

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


async def test_badges_that_an_older_key_signed_are_verified_until_it_is_withdrawn(
    admin: Api, client: Client, services: Services, mongodb_uri: str
) -> None:
    owner = services.sessions.organization_id
    me = (await admin.get("/auth/me"))["data"]["id"]
    course = await admin.make("/courses", title="Fire safety", status="published")
    wanted = {"user_id": me, "course_id": course["id"], "force_reason": "Taught live"}
    path = f"/certificates/{(await admin.make('/certificates', **wanted))['id']}/badge"

    async def signed() -> str:
        return str(await (await admin.call("GET", path)).text())

    async def told(*arguments: str) -> tuple[int, str, str]:
        database = ("--mongodb-uri", mongodb_uri, "--mongodb-database", services.database.name)
        return await asyncio.to_thread(lyceum, "badges", *arguments, *database)

    old = await signed()
    await asyncio.gather(*(services.badge_keys.rotate(owner) for _ in range(3)))
    code, said, _ = await told("rotate-key", "--organization", owner)
    assert (code, said.count("signs from now on")) == (0, 1)
    new = await signed()
    listed = [each.split("\t") for each in (await told("keys"))[1].splitlines()]
    assert [(each[0], each[3]) for each in listed] == [(owner, "verifies")] * 4 + [(owner, "signs")]
    first, last = [(await _verified(client, each))[0]["kid"] for each in (old, new)]
    assert [first, last] == [f"{first.rpartition('/')[0]}/{listed[at][1]}" for at in (0, -1)]

    code, _, said = await told("withdraw-key", listed[-1][1])
    assert (code, said) == (1, "Badges are signed by this key: rotate it first.\n")
    assert (await told("withdraw-key", listed[0][1]))[0] == 0
    assert (await client.get(_path(first))).status == 404
    assert len((await told("keys"))[1].splitlines()) == 4
    assert (await _verified(client, new))[0]["kid"] == last


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
