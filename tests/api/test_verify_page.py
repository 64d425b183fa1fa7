"""The page where a stranger verifies a certificate: what it says, and whether it is good."""

from datetime import timedelta
from typing import Any

import pytest

from api.services import Services
from api.store import now
from content import organizations
from content.certificates.certificates import Certificate
from content.organizations import OrganizationChanges
from tests.api.callers import Api, Client


async def issued(admin: Api, learner: Api, title: str) -> dict[str, Any]:
    course = await admin.make("/courses", title=title, status="published")
    me = (await learner.get("/auth/me"))["data"]["id"]
    return await admin.make("/certificates", user_id=me, course_id=course["id"], force_reason="x")


@pytest.fixture
async def certificate(admin: Api, learner: Api) -> dict[str, Any]:
    return await issued(admin, learner, "Fire & safety")


async def shown(client: Client, sought: str, **headers: str) -> tuple[int, str]:
    answer = await client.get(f"/verify/{sought}", headers=headers)
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status, await answer.text()


async def test_it_says_whether_a_certificate_is_good_and_no_more(
    certificate: dict[str, Any], admin: Api, client: Client, services: Services
) -> None:
    attributes = certificate["attributes"]
    code = attributes["verification_url"].rpartition("/")[2]
    number = attributes["certificate_number"]
    for sought in (code, number, number.lower()):
        status, text = await shown(client, sought)
        assert status == 200
        for said in ("genuine and valid", "Ada", "Fire &amp; safety", number):
            assert said in text
        for kept in ("ada@example.org", attributes["user_id"], certificate["id"]):
            assert kept not in text
    answer = await client.get("/verify", params={"certificate": number}, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, f"/verify/{number}")
    assert "Verify a certificate" in await (await client.get("/verify")).text()
    status, text = await shown(client, "%3Cscript%3E")
    assert status == 404
    assert "No certificate" in text
    assert "<script>" not in text

    expired = {"$set": {"expires_at": now() - timedelta(days=1)}}
    kept_certificates = services.content.of(Certificate).collection
    await kept_certificates.update_one({"_id": certificate["id"]}, expired)
    assert "was valid only until" in (await shown(client, code))[1]
    await kept_certificates.update_one({"_id": certificate["id"]}, {"$set": {"expires_at": None}})
    await admin.make(f"/certificates/{certificate['id']}/reissue")
    assert "A newer certificate was issued" in (await shown(client, code))[1]
    reason = {"reason": "Dishonesty"}
    await admin.call("POST", f"/certificates/{certificate['id']}/revoke", json=reason)
    text = (await shown(client, code))[1]
    assert "was taken back on" in text
    assert "Dishonesty" not in text


async def test_a_number_is_looked_up_where_the_host_leads(
    certificate: dict[str, Any], client: Client, services: Services
) -> None:
    store, first = services.content, services.sessions.organization_id
    draft = organizations.OrganizationDraft(name="Elsewhere", public_url="https://else.example")
    other = await organizations.create(store, draft)
    await organizations.update(store, other.id, OrganizationChanges(hosts=("else.example",)))
    await organizations.update(store, first, OrganizationChanges(hosts=("learn.example",)))
    number = certificate["attributes"]["certificate_number"]
    at_home, elsewhere = {"Host": "learn.example"}, {"Host": "else.example"}
    assert (await shown(client, number, **at_home))[0] == 200
    assert (await shown(client, number, **elsewhere))[0] == 404
    path = f"/api/v1/certificates/verify/{number}"
    assert (await client.get(path, headers=at_home)).status == 200
    assert (await client.get(path, headers=elsewhere)).status == 404
    named = {"organization_id": first}
    assert (await client.get(path, headers=elsewhere, params=named)).status == 200
