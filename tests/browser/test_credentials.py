"""The page of xAPI credentials in a real browser: by keyboard, by name, on a phone."""

from aiohttp import ClientSession, encode_basic_auth
from playwright.async_api import Page, expect

from tests.browser.pages import check
from tests.process import ADMIN_EMAIL, ADMIN_PASSWORD
from tests.served import Lyceum


async def _open(page: Page, lyceum: Lyceum) -> list[str]:
    """Sign in as administrator and open the page; the addresses that are asked are gathered."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{lyceum.url}/admin/credentials")
    await page.get_by_label("E-mail address").fill(ADMIN_EMAIL)
    await page.get_by_label("Password").fill(ADMIN_PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="xAPI credentials")).to_be_visible()
    return asked


async def _status(lyceum: Lyceum, key: str, secret: str) -> int:
    headers = {
        "X-Experience-API-Version": "1.0.3",
        "Authorization": encode_basic_auth(key, secret),
    }
    async with (
        ClientSession() as session,
        session.get(f"{lyceum.xapi}/statements", headers=headers) as answer,
    ):
        return answer.status


async def _secret(page: Page) -> tuple[str, str]:
    secret = page.get_by_role("region", name="The secret of")
    await expect(secret.get_by_role("heading")).to_be_focused()
    return (
        await secret.get_by_label("Key").input_value(),
        await secret.get_by_label("Secret", exact=True).input_value(),
    )


async def test_a_credential_is_made_rotated_and_revoked(lyceum: Lyceum, page: Page) -> None:
    asked = await _open(page, lyceum)
    await page.get_by_label("Name of the program").fill("Authoring tool")
    await page.get_by_label("Read every statement").check()
    await page.get_by_role("button", name="Make the credential").click()
    key, first = await _secret(page)
    assert await _status(lyceum, key, first) == 200
    row = page.get_by_role("row", name="Authoring tool")
    await expect(row).to_contain_text("statements/read/mine")
    await expect(row).to_contain_text("Never")

    await page.goto(f"{lyceum.url}/admin/credentials")
    assert first not in await page.content()
    await expect(row).not_to_contain_text("Never")
    await row.get_by_text("Rotate Authoring tool").click()
    await row.get_by_label("The present secret ends").select_option("in an hour")
    await row.get_by_role("button", name="Make a new secret").click()
    same, second = await _secret(page)
    assert (same, await _status(lyceum, key, first), await _status(lyceum, key, second)) == (
        key,
        200,
        200,
    )
    await expect(row).to_contain_text("The old secret ends")

    await row.get_by_text("Revoke Authoring tool").click()
    await row.get_by_role("button", name="Revoke for good").click()
    await expect(page.get_by_role("status")).to_have_text("“Authoring tool” is revoked.")
    await expect(row.locator("[data-status=revoked]")).to_be_visible()
    await expect(row.get_by_text("Rotate")).to_have_count(0)
    assert await _status(lyceum, key, second) == 401
    assert {url for url in asked if not url.startswith(lyceum.url)} == set()


async def test_everything_works_by_keyboard(lyceum: Lyceum, page: Page) -> None:
    await _open(page, lyceum)
    await page.get_by_label("Name of the program").focus()
    await page.keyboard.type("Simulator")
    await page.keyboard.press("Tab")
    await expect(page.get_by_label("Everything", exact=False).first).to_be_focused()
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    key, first = await _secret(page)
    summary = page.get_by_text("Rotate Simulator")
    await summary.focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    row = page.get_by_role("row", name="Simulator")
    await expect(row.get_by_label("The present secret ends")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    _, second = await _secret(page)
    assert (await _status(lyceum, key, first), await _status(lyceum, key, second)) == (401, 200)


async def test_what_is_wrong_is_told_at_its_field_and_nothing_written_is_lost(
    lyceum: Lyceum, page: Page
) -> None:
    await _open(page, lyceum)
    for each in await page.get_by_role("checkbox").all():
        await each.uncheck()
    await page.get_by_label("E-mail address that statements").fill("nobody")
    await page.get_by_role("button", name="Make the credential").click()
    await expect(page.get_by_role("alert")).to_be_focused()
    email = page.get_by_label("E-mail address that statements")
    await expect(email).to_have_value("nobody")
    await expect(email).to_have_accessible_description("It must be an e-mail address.")
    name = page.get_by_label("Name of the program")
    await expect(name).to_have_accessible_description("It must have 1 to 200 letters.")
    await expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)
    await expect(page.get_by_role("region", name="The secret of")).to_have_count(0)


async def test_every_state_is_for_everybody(lyceum: Lyceum, page: Page) -> None:
    await _open(page, lyceum)
    await check(page, "credentials")
    await page.get_by_label("Name of the program").fill("A program with quite a long name")
    await page.get_by_role("button", name="Make the credential").click()
    await _secret(page)
    await page.get_by_text("Rotate A program").click()
    await page.get_by_text("Revoke A program").click()
    await check(page, "credentials-secret")
    await page.get_by_role("button", name="Make the credential").click()
    await expect(page.get_by_role("alert")).to_be_focused()
    await check(page, "credentials-wrong")
