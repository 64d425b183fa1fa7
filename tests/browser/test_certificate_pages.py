"""An author's template, a certificate by it, and the stranger who verifies it."""

from datetime import timedelta
from typing import Any

import pypdfium2
from playwright.async_api import Browser, Page, expect

from content.certificates.certificates import Certificate
from content.identity import now
from tests.browser.pages import PHONE, check, sign_in
from tests.process import ADMIN_EMAIL, ADMIN_PASSWORD
from tests.served import Lyceum

PATIENCE = 30_000
TEMPLATES = "/admin/certificates/templates"
LOGO = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360"
    "f8cf50000003010180fb6c1e5c0000000049454e44ae426082"
)


async def test_a_template_is_written_with_its_page_beside_it_and_a_stranger_verifies(
    lyceum: Lyceum, page: Page, browser: Browser
) -> None:
    await sign_in(page, lyceum.url, ADMIN_EMAIL, ADMIN_PASSWORD)
    await page.goto(f"{lyceum.url}/admin/certificates")
    await check(page, "certificates-empty")
    await page.get_by_role("link", name="Templates", exact=True).first.click()
    await check(page, "templates-empty")
    await page.get_by_role("link", name="Begin with Classic").click()
    picture = page.get_by_role("img", name="A certificate made by the template")
    await expect(picture).to_be_visible()
    await check(page, "template-new")

    first = await picture.get_attribute("src")
    html = page.get_by_label("HTML")
    told = page.locator("#told")
    await html.fill(f"{await html.input_value()}<p>{{{{studnt_name}}}}</p>")
    await expect(told).to_contain_text("did you mean student_name?")
    await expect(picture).not_to_have_attribute("src", first or "", timeout=PATIENCE)
    await html.fill("<h1>{{student_name}}</h1> {{bad name}}")
    await expect(told).to_contain_text("is no name")
    await check(page, "template-wrong")
    await html.fill("<div>{{logo}}</div><h1>{{student_name}}</h1><p>{{course_name}}</p>{{qr_code}}")
    await expect(told).to_have_text("")
    await page.get_by_role("button", name="Keep the template").click()
    summary = page.get_by_role("alert")
    await expect(summary.get_by_role("link", name="Name")).to_be_visible()
    await page.get_by_label("Name", exact=True).fill("Fire wardens")
    await page.get_by_role("button", name="Keep the template").click()
    await expect(page.get_by_role("status").first).to_contain_text("is kept")

    logo = page.get_by_role("region", name="Logo")
    await logo.get_by_label("Picture").set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": LOGO}
    )
    await logo.get_by_role("button", name="Upload").click()
    await expect(page.get_by_role("status").first).to_contain_text("The logo is kept")
    await check(page, "template")
    await page.goto(f"{lyceum.url}{TEMPLATES}")

    await _without_a_script(lyceum, browser)

    certificate = await _issued(page, lyceum)
    await page.goto(f"{lyceum.url}/admin/certificates")
    await check(page, "certificates")
    await page.get_by_role("link", name=certificate["number"]).click()
    await check(page, "certificate")
    printed = await page.context.request.get(
        f"{lyceum.url}{certificate['pdf']}", headers=_own(lyceum)
    )
    assert "Administrator" in _text(await printed.body())

    stranger = await browser.new_page()
    await stranger.goto(f"{lyceum.url}/verify")
    await stranger.get_by_label("Code or number").fill(certificate["number"])
    await stranger.keyboard.press("Enter")
    await expect(stranger.get_by_role("heading", name="Valid")).to_be_visible()
    await check(stranger, "verify-valid")
    await _expire(lyceum, certificate["number"])
    await stranger.reload()
    await expect(stranger.get_by_role("heading", name="Expired")).to_be_visible()
    await check(stranger, "verify-expired")

    await page.get_by_label("Why").fill("By mistake")
    await page.get_by_role("button", name="Revoke it").click()
    await stranger.reload()
    await expect(stranger.get_by_role("heading", name="Revoked")).to_be_visible()
    await check(stranger, "verify-revoked")
    await stranger.goto(f"{lyceum.url}/verify/nonsense")
    await check(stranger, "verify-unknown")
    await stranger.close()


async def _without_a_script(lyceum: Lyceum, browser: Browser) -> None:
    """The button shows the page that comes of what is written."""
    context = await browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = await context.new_page()
    await sign_in(page, lyceum.url, ADMIN_EMAIL, ADMIN_PASSWORD)
    await page.goto(f"{lyceum.url}{TEMPLATES}/new")
    written = "<h1>{{student_name}}</h1><p>{{grade}}</p>"
    await page.get_by_label("HTML").fill(written)
    await page.get_by_role("button", name="Preview").click()
    await expect(page.get_by_role("img", name="A certificate made")).to_be_visible()
    await expect(page.locator("#told")).to_contain_text("Each certificate must give: grade")
    await expect(page.get_by_label("HTML")).to_have_value(written)
    await context.close()


async def _issued(page: Page, lyceum: Lyceum) -> dict[str, str]:
    """A certificate of the administrator's own."""
    api = page.context.request
    headers = _own(lyceum)

    async def make(path: str, **body: Any) -> Any:
        answer = await api.post(f"{lyceum.url}/api/v1{path}", data=body, headers=headers)
        assert answer.ok, await answer.text()
        return (await answer.json())["data"]

    me = await (await api.get(f"{lyceum.url}/api/v1/auth/me", headers=headers)).json()
    course = await make("/courses", title="Fire & safety", status="published")
    templates = f"{lyceum.url}/api/v1/certificate-templates"
    (template,) = (await (await api.get(templates, headers=headers)).json())["data"]
    made = await make(
        "/certificates",
        user_id=me["data"]["id"],
        course_id=course["id"],
        template_id=template["id"],
        force_reason="Taught live",
    )
    number = made["attributes"]["certificate_number"]
    return {"number": number, "pdf": f"/api/v1/certificates/{made['id']}/pdf"}


async def _expire(lyceum: Lyceum, number: str) -> None:
    """Let the years pass that a certificate is valid for."""
    kept = lyceum.services.content.of(Certificate).collection
    await kept.update_one({"number": number}, {"$set": {"expires_at": now() - timedelta(days=1)}})


def _own(lyceum: Lyceum) -> dict[str, str]:
    """As the server's own pages ask."""
    return {"Origin": lyceum.url, "Sec-Fetch-Site": "same-origin"}


def _text(pdf: bytes) -> str:
    text: str = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()
    return text
