"""Signing in by the button of an identity provider (OpenID Connect Core 1.0, 3.1; RFC 7636)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientSession

from tests.api.callers import Api, Client
from tests.api.issuer import AUDIENCE, Issuer, issuer
from tests.tasks import until

PAGES = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.fixture
async def idp() -> AsyncIterator[Issuer]:
    """An issuer with one RSA key."""
    async with issuer() as made:
        made.add_key("one")
        yield made


async def _offer(admin: Api, idp: Issuer, **settings: Any) -> str:
    known = {"name": "Company", "issuer": idp.url, "audience": AUDIENCE, "auto_provision": True}
    made = await admin.make("/identity-providers", **{**known, "sign_in": True, **settings})
    return str(made["id"])


async def _leave(client: Client, provider_id: str, onward: str = "/catalogue") -> tuple[str, str]:
    """Where the button leads, and the cookie that the browser holds."""
    path = f"/sign-in/providers/{provider_id}?next={onward}"
    answer = await client.get(path, allow_redirects=False)
    assert answer.status == 303
    cookie = answer.cookies["lyceum_sign_in"].value
    client.session.cookie_jar.clear()
    return answer.headers["Location"], f"lyceum_sign_in={cookie}"


async def _back(url: str) -> str:
    """The path that the provider sends the browser back to."""
    async with ClientSession() as browser, browser.get(url, allow_redirects=False) as answer:
        parts = urlsplit(answer.headers["Location"])
    assert parts.path == "/sign-in/callback"
    return f"{parts.path}?{parts.query}"


async def _arrive(client: Client, path: str, cookie: str) -> tuple[str, str]:
    """Where one is sent, and the session's cookie."""
    headers = {"Cookie": cookie, **PAGES}
    answer = await client.get(path, headers=headers, allow_redirects=False)
    assert answer.status == 303
    session = answer.cookies.get("lyceum_session")
    client.session.cookie_jar.clear()
    return answer.headers["Location"], session.value if session else ""


async def test_the_button_signs_in_and_goes_on_to_the_page_that_was_wanted(
    client: Client, admin: Api, idp: Issuer
) -> None:
    provider_id = await _offer(admin, idp)
    page = await (await client.get("/sign-in?next=/catalogue")).text()
    assert f'href="/sign-in/providers/{provider_id}?next=%2Fcatalogue' in page
    url, cookie = await _leave(client, provider_id)
    asked = {name: each[0] for name, each in parse_qs(urlsplit(url).query).items()}
    assert (asked["client_id"], asked["code_challenge_method"]) == (AUDIENCE, "S256")
    where, session = await _arrive(client, await _back(url), cookie)
    assert where == "/catalogue"
    headers = {"Cookie": f"lyceum_session={session}", **PAGES}
    shown = await client.get("/profile", headers=headers)
    assert "ada@example.org" in await shown.text()


async def test_only_those_that_are_offered_have_a_button(
    client: Client, admin: Api, idp: Issuer
) -> None:
    provider_id = await _offer(admin, idp, sign_in=False)
    assert provider_id not in await (await client.get("/sign-in")).text()
    assert (await client.get(f"/sign-in/providers/{provider_id}")).status == 404


async def test_an_answer_counts_once_and_only_in_the_browser_that_left(
    client: Client, admin: Api, idp: Issuer
) -> None:
    provider_id = await _offer(admin, idp)
    url, cookie = await _leave(client, provider_id)
    path = await _back(url)
    other = (await _leave(client, provider_id))[1]
    for held in ("", "lyceum_sign_in=forged", other):
        assert await _arrive(client, path, held) == ("/sign-in", "")
    assert await _arrive(client, "/sign-in/callback?error=access_denied", cookie) == (
        "/sign-in",
        "",
    )
    assert (await _arrive(client, path, cookie))[1]
    assert await _arrive(client, path, cookie) == ("/sign-in", "")


async def test_a_token_of_another_sign_in_is_refused(
    client: Client, admin: Api, idp: Issuer
) -> None:
    provider_id = await _offer(admin, idp)
    url, cookie = await _leave(client, provider_id)
    path = await _back(url)
    (granted,) = idp.granted.values()
    granted["nonce"] = "of another"
    assert await _arrive(client, path, cookie) == ("/sign-in", "")


async def test_a_provider_that_does_not_answer_is_said_on_the_sign_in_page(
    client: Client, admin: Api, idp: Issuer
) -> None:
    provider_id = await _offer(admin, idp, issuer="http://127.0.0.1:9/nobody")
    answer = await client.get(f"/sign-in/providers/{provider_id}")
    assert "Company does not answer now" in await answer.text()


async def test_it_goes_on_to_no_other_site(client: Client, admin: Api, idp: Issuer) -> None:
    provider_id = await _offer(admin, idp)
    url, cookie = await _leave(client, provider_id, "https://evil.example/")
    assert (await _arrive(client, await _back(url), cookie))[0] == "/"


async def test_somebody_without_a_password_signs_after_the_provider_has_asked_them_again(
    client: Client, admin: Api, idp: Issuer
) -> None:
    provider_id = await _offer(admin, idp, sign_in=True)
    course = await admin.make("/courses", title="Hygiene")
    asked = {"course_id": course["id"], "sign_off": "person"}
    requirement = await admin.make("/compliance/requirements", title="Hygiene", **asked)
    url, cookie = await _leave(client, provider_id)
    _, session = await _arrive(client, await _back(url), cookie)
    page = f"/my/requirements/{requirement['id']}"
    own = {"Cookie": f"lyceum_session={session}", **PAGES, "Sec-Fetch-Site": "same-origin"}
    confirm = f"/sign-in/providers/{provider_id}/confirm?next={page}"

    async def shown() -> str:
        return await (await client.get(page, headers=own)).text()

    async def has_form() -> bool:
        return f'href="{confirm}"' in await shown()

    async def sign(cookie: str) -> Any:
        headers = {
            **own,
            "Cookie": f"{own['Cookie']}; {cookie}",
            "Origin": str(client.make_url("")),
        }
        body = {"meaning": "I have read it."}
        return await client.post(
            f"{page}/sign-offs", data=body, headers=headers, allow_redirects=False
        )

    async def come_back() -> tuple[str, str]:
        leaving = await client.get(confirm, headers=own, allow_redirects=False)
        asked = parse_qs(urlsplit(leaving.headers["Location"]).query)
        assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
        held = f"lyceum_sign_in={leaving.cookies['lyceum_sign_in'].value}"
        path = await _back(leaving.headers["Location"])
        headers = {"Cookie": held, **PAGES}
        answer = await client.get(path, headers=headers, allow_redirects=False)
        client.session.cookie_jar.clear()
        proof = answer.cookies.get("lyceum_confirmed")
        return answer.headers["Location"], proof.value if proof else ""

    await until(has_form)
    assert "Your password" not in await shown()
    assert (await sign("")).status == 422
    for ago in (timedelta(hours=1), None):
        idp.signed_in_ago = ago
        assert await come_back() == ("/sign-in", "")
    idp.signed_in_ago = timedelta(0)
    where, proof = await come_back()
    assert where == page
    other = (await _arrive(client, *(await _again(client, provider_id))))[1]
    stolen = own | {"Cookie": f"lyceum_session={other}; lyceum_confirmed={proof}"}
    assert f'href="{confirm}"' in await (await client.get(page, headers=stolen)).text()
    assert (await sign(f"lyceum_confirmed={proof}")).status == 303
    (made,) = (await admin.get("/compliance/sign-offs"))["data"]
    assert made["attributes"]["authenticated_by"] == "identity_provider"


async def _again(client: Client, provider_id: str) -> tuple[str, str]:
    url, cookie = await _leave(client, provider_id)
    return await _back(url), cookie
