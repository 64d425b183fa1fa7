"""Signing in and out, by token and by cookie, and what keeps guessers and content out."""

from datetime import timedelta
from typing import Any

import jwt
import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import make_mocked_request

from api.identity import tokens
from api.identity.cookies import NAME, session_cookie
from api.services import Services
from api.store import now
from tests.api.callers import ADMIN, PASSWORD, Api, Client, add_person, signed_in


async def _try(client: Client, email: str, password: str) -> ClientResponse:
    body = {"email": email, "password": password}
    return await client.post("/api/v1/auth/sign-in", json=body)


async def test_me_is_who_signed_in(admin: Api) -> None:
    me = await admin.get("/auth/me")
    assert me["data"]["attributes"]["email"] == ADMIN[0]
    assert "users.write" in me["data"]["meta"]["permissions"]


async def test_an_email_address_is_taken_in_any_case(client: Client, admin: Api) -> None:
    assert (await _try(client, " ADMIN@Example.org ", ADMIN[1])).status == 201


@pytest.mark.parametrize("email", [ADMIN[0], "nobody@example.org"])
async def test_unknown_people_and_wrong_passwords_look_alike(client: Client, email: str) -> None:
    answer = await _try(client, email, "not the password")
    assert answer.status == 401
    (error,) = (await answer.json())["errors"]
    assert error["code"] == "auth_required"
    assert error["detail"] == "The e-mail address or the password is not right."


async def test_guessing_is_stopped_even_when_the_next_guess_is_right(client: Client) -> None:
    statuses = [(await _try(client, ADMIN[0], f"guess {n}")).status for n in range(10)]
    assert statuses == [401] * 10
    answer = await _try(client, *ADMIN)
    assert answer.status == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60


async def test_a_right_password_forgets_the_wrong_ones(client: Client) -> None:
    for _ in range(2):
        for n in range(9):
            assert (await _try(client, ADMIN[0], f"guess {n}")).status == 401
        assert (await _try(client, *ADMIN)).status == 201


async def test_no_token_is_401_and_says_what_to_send(client: Client) -> None:
    answer = await client.get("/api/v1/auth/me")
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def _forged(services: Services, **changed: Any) -> str:
    key = changed.pop("key", services.sessions.key)
    claims = {
        "aud": "lms",
        "org": services.sessions.organization_id,
        "sub": "user_1",
        "sid": "session",
        "use": "access",
        "exp": now() + timedelta(minutes=5),
    }
    return jwt.encode({**claims, **changed}, key, algorithm="HS256")


@pytest.mark.parametrize(
    "changed",
    [
        {"key": b"another key of thirty-two bytes!"},
        {"aud": "content"},
        {"exp": now() - timedelta(seconds=1)},
        {"use": "browser"},
        {"sid": "a session that never was"},
    ],
    ids=lambda changed: next(iter(changed)),
)
async def test_a_token_that_is_not_good_is_refused(
    services: Services, client: Client, changed: dict[str, Any]
) -> None:
    headers = {"Authorization": f"Bearer {_forged(services, **changed)}"}
    answer = await client.get("/api/v1/auth/me", headers=headers)
    assert answer.status == 401
    assert (await answer.json())["errors"][0]["code"] == "auth_required"


async def test_after_signing_out_the_token_is_refused(admin: Api) -> None:
    assert (await admin.call("POST", "/auth/sign-out")).status == 204
    assert (await admin.call("GET", "/auth/me")).status == 401


async def test_a_refresh_token_works_once(client: Client) -> None:
    first = (await (await _try(client, *ADMIN)).json())["data"]["attributes"]
    body = {"refresh_token": first["refresh_token"]}
    second = await client.post("/api/v1/auth/refresh", json=body)
    assert second.status == 200
    fresh = (await second.json())["data"]["attributes"]["access_token"]
    headers = {"Authorization": f"Bearer {fresh}"}
    assert (await client.get("/api/v1/auth/me", headers=headers)).status == 200
    assert (await client.post("/api/v1/auth/refresh", json=body)).status == 401


async def test_a_new_password_ends_every_session(
    services: Services, client: Client, admin: Api
) -> None:
    person_id = await add_person(services, "bo@example.org", "learner")
    bo = await signed_in(client, "bo@example.org", PASSWORD)
    body = {"password": "quite another one"}
    assert (await admin.call("POST", f"/users/{person_id}/password", json=body)).status == 204
    assert (await bo.call("GET", "/auth/me")).status == 401
    await signed_in(client, "bo@example.org", "quite another one")


async def test_an_inactive_person_is_shut_out_at_once(
    services: Services, client: Client, admin: Api
) -> None:
    person_id = await add_person(services, "bo@example.org", "learner")
    bo = await signed_in(client, "bo@example.org", PASSWORD)
    changed = await admin.call("PATCH", f"/users/{person_id}", json={"status": "inactive"})
    assert changed.status == 200
    assert (await bo.call("GET", "/auth/me")).status == 401
    assert (await _try(client, "bo@example.org", PASSWORD)).status == 401


def _request(method: str, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return make_mocked_request(
        method, "/", {"Cookie": f"{NAME}=token", "Host": "127.0.0.1:8080", **named}
    )


OWN = "http://127.0.0.1:8080"
CONTENT = "http://127.0.0.1:8081"


@pytest.mark.parametrize(
    ("method", "headers", "honoured"),
    [
        ("GET", {"Sec_Fetch_Site": "same-origin"}, True),
        ("GET", {"Sec_Fetch_Site": "none"}, True),
        ("GET", {"Sec_Fetch_Site": "same-site"}, False),
        ("GET", {"Sec_Fetch_Site": "cross-site"}, False),
        ("GET", {}, False),
        ("POST", {"Sec_Fetch_Site": "same-origin", "Origin": OWN}, True),
        ("POST", {"Sec_Fetch_Site": "same-origin", "Origin": CONTENT}, False),
        ("POST", {"Sec_Fetch_Site": "same-origin"}, False),
        ("POST", {"Sec_Fetch_Site": "same-site", "Origin": CONTENT}, False),
        ("POST", {"Sec_Fetch_Site": "same-origin", "Origin": "null"}, False),
    ],
)
def test_the_cookie_counts_only_from_our_own_pages(
    method: str, headers: dict[str, str], honoured: bool
) -> None:
    assert (session_cookie(_request(method, **headers)) is not None) is honoured


@pytest.mark.parametrize(
    ("method", "mode", "destination", "honoured"),
    [
        ("GET", "navigate", "document", True),
        ("GET", "navigate", "iframe", False),
        ("GET", "cors", "empty", False),
        ("GET", "no-cors", "script", False),
        ("POST", "navigate", "document", False),
    ],
)
def test_a_link_from_elsewhere_opens_a_page_signed_in(
    method: str, mode: str, destination: str, honoured: bool
) -> None:
    headers = {"Sec_Fetch_Site": "same-site", "Origin": CONTENT}
    request = _request(method, Sec_Fetch_Mode=mode, Sec_Fetch_Dest=destination, **headers)
    assert (session_cookie(request) is not None) is honoured


def _own(client: Client) -> dict[str, str]:
    origin = str(client.make_url("/")).rstrip("/")
    return {"Sec-Fetch-Site": "same-origin", "Origin": origin}


async def _cookie(client: Client) -> dict[str, str]:
    form = {"email": ADMIN[0], "password": ADMIN[1], "next": "/somewhere"}
    answer = await client.post("/sign-in", data=form, headers=_own(client), allow_redirects=False)
    assert answer.status == 303
    assert answer.headers["Location"] == "/somewhere"
    cookie = answer.cookies[NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    client.session.cookie_jar.clear()
    return {"Cookie": f"{NAME}={cookie.value}"}


async def test_the_sign_in_page_begins_a_session_of_the_browser(client: Client) -> None:
    cookie = await _cookie(client)
    answer = await client.get("/api/v1/auth/me", headers={**cookie, **_own(client)})
    assert answer.status == 200
    foreign = {**cookie, "Sec-Fetch-Site": "same-site"}
    assert (await client.get("/api/v1/auth/me", headers=foreign)).status == 401


async def test_a_cookies_token_is_no_access_token(client: Client) -> None:
    token = (await _cookie(client))["Cookie"].partition("=")[2]
    headers = {"Authorization": f"Bearer {token}"}
    assert (await client.get("/api/v1/auth/me", headers=headers)).status == 401


async def test_the_cookie_is_renewed_while_it_is_used(services: Services, client: Client) -> None:
    cookie = await _cookie(client)
    key, sessions = services.sessions.key, services.sessions
    claims = tokens.read(key, cookie["Cookie"].partition("=")[2], "browser")
    old = tokens.issue(
        key,
        organization_id=claims.organization_id,
        person_id=claims.person_id,
        session_id=claims.session_id,
        use="browser",
        at=now(),
        lifetime=sessions.session_lifetime // 3,
    )
    headers = {**_own(client), "Cookie": f"{NAME}={old}"}
    answer = await client.get("/api/v1/auth/me", headers=headers)
    renewed = tokens.read(key, answer.cookies[NAME].value, "browser")
    assert renewed.expires_at > claims.expires_at - 60


async def test_the_sign_in_page_refuses_a_form_of_another_origin(client: Client) -> None:
    form = {"email": ADMIN[0], "password": ADMIN[1]}
    headers = {"Origin": CONTENT, "Sec-Fetch-Site": "same-site"}
    answer = await client.post("/sign-in", data=form, headers=headers, allow_redirects=False)
    assert answer.status == 403


@pytest.mark.parametrize("written", ["https://evil.example", "//evil.example", "/\\evil.example"])
async def test_signing_in_leads_to_no_other_server(client: Client, written: str) -> None:
    form = {"email": ADMIN[0], "password": ADMIN[1], "next": written}
    answer = await client.post("/sign-in", data=form, headers=_own(client), allow_redirects=False)
    assert answer.headers["Location"] == "/admin"


async def test_a_wrong_password_is_told_on_the_page(client: Client) -> None:
    form = {"email": "<b>@example.org", "password": "wrong"}
    answer = await client.post("/sign-in", data=form, headers=_own(client))
    page = await answer.text()
    assert answer.status == 401
    assert "The e-mail address or the password is not right." in page
    assert "<b>@" not in page
