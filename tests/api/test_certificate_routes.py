"""Certificates over HTTP: issued, found, verified by anybody, revoked."""

from typing import Any

import pypdfium2
import pytest
from aiohttp import encode_basic_auth

from api.services import Services
from tests.api.callers import PASSWORD, Api, Client, add_person, signed_in
from tests.tasks import until

XAPI = encode_basic_auth("key", "secret")
FORCED = {"force_reason": "Taught live"}


async def code(caller: Api, method: str, path: str, **options: Any) -> tuple[int, str]:
    answer = await caller.call(method, path, **options)
    return answer.status, (await answer.json())["errors"][0]["code"]


@pytest.fixture
async def issued(admin: Api, learner: Api) -> dict[str, Any]:
    """A certificate of the learner's."""
    course = await admin.make("/courses", title="Fire", status="published")
    me = (await learner.get("/auth/me"))["data"]["id"]
    template = await admin.make(
        "/certificate-templates",
        name="Course Completion",
        html_template="<div class='cert'>{{student_name}} {{grade}}</div>",
        css_styles=".cert { color: navy }",
        variables=["student_name", "course_name", "grade"],
        valid_months=24,
    )
    body = {
        "user_id": me,
        "course_id": course["id"],
        "template_id": template["id"],
        "custom_fields": {"grade": "A", "distinction": True},
    }
    assert await code(admin, "POST", "/certificates", json=body) == (409, "not_completed")
    return await admin.make("/certificates", **body, **FORCED)


async def test_anybody_verifies_a_certificate(issued: dict[str, Any], client: Client) -> None:
    attributes = issued["attributes"]
    assert attributes["certificate_number"].endswith("-0000001")
    assert (attributes["status"], attributes["valid"]) == ("valid", True)
    assert attributes["custom_fields"] == {"grade": "A", "distinction": True}
    code_of_it = attributes["verification_url"].rpartition("/verify/")[2]
    by_code = f"/certificates/verify?code={code_of_it}"
    by_number = f"/certificates/verify/{attributes['certificate_number']}"
    for address in (by_code, by_number):
        answer = await client.get(f"/api/v1{address}")
        assert answer.status == 200, await answer.text()
        assert await answer.json() == {
            "valid": True,
            "certificate": {
                "certificate_number": attributes["certificate_number"],
                "recipient_name": "Ada",
                "course_name": "Fire",
                "issued_by": attributes["issued_by"],
                "issued_at": attributes["issued_at"],
                "expires_at": attributes["expires_at"],
                "status": "valid",
            },
        }
    for wrong in ("?code=x", "/CERT-2026-9999999", f"/{issued['id']}"):
        answer = await client.get(f"/api/v1/certificates/verify{wrong}")
        assert answer.status == 404
        assert (await answer.json())["errors"][0]["code"] == "certificate_not_found"
    elsewhere = await client.get(f"/api/v1{by_number}?organization_id=other")
    assert elsewhere.status == 404


async def test_a_statement_that_completes_a_course_leads_to_its_certificate(
    admin: Api, learner: Api
) -> None:
    settings = {"certificate_enabled": True, "self_enrollment": True}
    course = await admin.make("/courses", title="Fire", status="published", settings=settings)
    enrollment = await learner.make(f"/courses/{course['id']}/enroll")
    statement = {
        "actor": {"mbox": "mailto:ada@example.org"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": course["attributes"]["activity_id"]},
    }
    headers = {"X-Experience-API-Version": "1.0.3", "Authorization": XAPI}
    answer = await admin.client.post("/xapi/statements", json=statement, headers=headers)
    assert answer.status == 200, await answer.text()

    earned = {"verb": "http://id.tincanapi.com/verb/earned"}

    async def told() -> list[dict[str, Any]]:
        answer = await admin.client.get("/xapi/statements", params=earned, headers=headers)
        found: list[dict[str, Any]] = (await answer.json())["statements"]
        return found

    async def certified() -> bool:
        return bool(await told())

    await until(certified)
    (own,) = (await learner.get("/my/certificates"))["data"]
    assert own["relationships"]["enrollment"]["data"]["id"] == enrollment["id"]
    (statement,) = await told()
    assert statement["object"]["id"].endswith(f"/activities/certificates/{own['id']}")
    progress = f"/progress/{course['id']}/users/{own['attributes']['user_id']}"
    shown = (await learner.get(progress))["data"]["attributes"]
    assert shown["last_activity_at"] == shown["completed_at"]


async def test_learners_find_their_own(
    issued: dict[str, Any], admin: Api, learner: Api, services: Services, client: Client
) -> None:
    for path in ("/certificates", "/my/certificates", "/certificates?status=valid"):
        (own,) = (await learner.get(path))["data"]
        assert own["id"] == issued["id"]
    assert (await admin.get("/my/certificates"))["data"] == []
    number = issued["attributes"]["certificate_number"]
    (found,) = (await admin.get(f"/certificates?certificate_number={number}"))["data"]
    assert found["relationships"]["user"]["data"]["id"] == issued["attributes"]["user_id"]
    await add_person(services, "bo@example.org", "learner")
    bo = await signed_in(client, "bo@example.org", PASSWORD)
    path = f"/certificates/{issued['id']}"
    assert await code(bo, "GET", path) == (403, "forbidden")
    assert (await bo.get("/certificates"))["data"] == []
    assert (await learner.get(path))["data"]["attributes"] == issued["attributes"]
    assert await code(learner, "GET", "/certificate-templates") == (403, "forbidden")


async def test_a_certificate_is_issued_anew_and_revoked(
    issued: dict[str, Any], admin: Api, client: Client
) -> None:
    path = f"/certificates/{issued['id']}"
    body = {"custom_fields": {"grade": "B"}}
    new = await admin.make(f"{path}/reissue", **body)
    assert new["relationships"]["replaces"]["data"]["id"] == issued["id"]
    old = (await admin.get(path))["data"]["attributes"]
    assert (old["status"], old["valid"]) == ("replaced", False)
    assert await code(admin, "POST", f"{path}/reissue", json={}) == (409, "certificate_not_valid")

    revoke = f"/certificates/{new['id']}/revoke"
    assert await code(admin, "POST", revoke, json={"reason": " "}) == (422, "validation_error")
    reason = {"reason": "Academic dishonesty detected"}
    answer = await admin.call("POST", revoke, json=reason)
    assert (await answer.json())["data"]["attributes"]["revoked_reason"] == reason["reason"]
    assert await code(admin, "POST", revoke, json=reason) == (409, "already_revoked")
    number = new["attributes"]["certificate_number"]
    verified = await (await client.get(f"/api/v1/certificates/verify/{number}")).json()
    assert (verified["valid"], verified["certificate"]["status"]) == (False, "revoked")
    assert "dishonesty" not in str(verified)
    statuses = [
        len((await admin.get(f"/certificates?status={each}"))["data"])
        for each in ("valid", "expired", "revoked", "replaced")
    ]
    assert statuses == [0, 0, 1, 1]


async def test_templates_are_kept_and_changed(issued: dict[str, Any], admin: Api) -> None:
    (template,) = (await admin.get("/certificate-templates"))["data"]
    path = f"/certificate-templates/{template['id']}"
    changed = await admin.call("PATCH", path, json={"paper_size": "letter", "valid_months": None})
    attributes = (await changed.json())["data"]["attributes"]
    assert (attributes["paper_size"], attributes["valid_months"]) == ("letter", None)
    wrong = {"css_styles": "@import 'x'", "orientation": "up"}
    answer = await admin.call("PATCH", path, json=wrong)
    pointers = {each["source"]["pointer"] for each in (await answer.json())["errors"]}
    assert pointers == {"/css_styles", "/orientation"}
    assert (await admin.call("DELETE", path)).status == 204
    assert await code(admin, "GET", path) == (404, "certificate_template_not_found")
    again = await admin.make(f"/certificates/{issued['id']}/reissue")
    assert again["attributes"]["custom_fields"] == issued["attributes"]["custom_fields"]


async def test_a_certificate_is_printed_as_it_was_issued(
    issued: dict[str, Any], admin: Api, learner: Api, services: Services, client: Client
) -> None:
    path = f"/certificates/{issued['id']}/pdf"
    first = await learner.call("GET", path)
    assert (first.status, first.content_type) == (200, "application/pdf")
    assert issued["attributes"]["pdf_url"].endswith(f"/api/v1{path}")
    made = await first.read()
    assert "Ada A" in text_of(made)

    unchanged = {"If-None-Match": first.headers["ETag"]}
    assert (await learner.call("GET", path, headers=unchanged)).status == 304
    (template,) = (await admin.get("/certificate-templates"))["data"]
    changed = {"html_template": "<p>Other words for {{student_name}}</p>", "variables": None}
    await admin.call("PATCH", f"/certificate-templates/{template['id']}", json=changed)
    assert await (await learner.call("GET", path)).read() == made

    await admin.call("POST", f"/certificates/{issued['id']}/revoke", json={"reason": "Mistake"})
    assert "Revoked" in text_of(await (await admin.call("GET", path)).read())
    await add_person(services, "bo@example.org", "learner")
    bo = await signed_in(client, "bo@example.org", PASSWORD)
    assert await code(bo, "GET", path) == (403, "forbidden")


async def test_a_template_is_shown_before_it_is_kept(admin: Api) -> None:
    preview = "/certificate-templates/preview"
    for design in (await admin.get("/certificate-designs"))["data"]:
        look = {each: design["attributes"][each] for each in ("html_template", "css_styles")}
        shown = await admin.call("POST", preview, json=look)
        text = text_of(await shown.read())
        assert "Amelia Katherine Hartley" in text
        assert "{{" not in text
    body = {"html_template": "<h1>{{student_name}}</h1>", "student_name": "王小明"}
    picture = await admin.call("POST", f"{preview}?format=png&width=300", json=body)
    assert (await picture.read()).startswith(b"\x89PNG")
    wrong = {**body, "variables": ["course_name"], "css_styles": "@import 'x'", "paper_size": "B9"}
    answer = await admin.call("POST", preview, json=wrong)
    pointers = {each["source"]["pointer"] for each in (await answer.json())["errors"]}
    assert pointers == {"/html_template", "/css_styles", "/paper_size"}


def text_of(pdf: bytes) -> str:
    """What is written on the first page."""
    text: str = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()
    return text
