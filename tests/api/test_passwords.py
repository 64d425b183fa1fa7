"""Passwords: which are taken, changed by who knows them, reset by a link, and sessions ended."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from api.application import open_services
from api.errors import MailNotSent
from api.identity.password_rules import broken
from api.mail import Mail, mailer_of
from api.origins import lms_application
from api.services import Services
from api.settings import read_settings
from tests.api.callers import ADMIN, PASSWORD, Api, Client, add_person, signed_in
from tests.api.mailbox import Mailbox, mailbox
from tests.api.surfer import Surfer

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEXT = "quite another passphrase"
ADA = "ada@example.org"


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    """An SMTP server."""
    async with mailbox() as opened:
        yield opened


def _smtp(box: Mailbox, **flags: str) -> dict[str, str]:
    smtp = {"smtp_host": "127.0.0.1", "smtp_port": str(box.port), "smtp_security": "none"}
    return {**smtp, "smtp_from": "Lyceum <lms@example.org>", "rate_limits": "off", **flags}


@pytest.fixture
async def mailing(services: Services, box: Mailbox, tmp_path: Any) -> AsyncIterator[Client]:
    """A second server over the same database, which sends mail."""
    settings = read_settings({}, {"data": str(tmp_path), **_smtp(box)})
    async with (
        open_services(settings, services.database) as opened,
        TestClient(TestServer(lms_application(opened))) as client,
    ):
        yield client


@pytest.mark.parametrize(
    ("password", "taken"),
    [
        ("correct horse battery", True),
        ("ünïcödé pass", True),
        ("x7!kQ2_p", True),
        ("a" * 7, False),
        ("correct horse battery " * 7, False),
        ("password", False),
        ("P4ssw0rd!2026", False),
        ("12345678", False),
        ("abcdefghij", False),
        ("zzzzzzzzzz", False),
        ("qwertyuiop", False),
        ("iloveyou99", False),
        ("Lovelace1815", False),
        ("ada.lovelace@example.org", False),
        ("AdaLovelace!", False),
    ],
)
def test_a_password_is_long_uncommon_and_not_the_persons_name(password: str, taken: bool) -> None:
    assert (broken(password, "Ada Lovelace", "ada.lovelace@example.org") == []) is taken


async def test_nobody_is_given_a_password_that_breaks_a_rule(admin: Api) -> None:
    weak = {"name": "Ada", "email": ADA, "password": "password1"}
    answer = await admin.call("POST", "/users", json=weak)
    assert answer.status == 422
    assert (await answer.json())["errors"][0]["source"]["pointer"] == "/password"
    made = await admin.make("/users", **{**weak, "password": NEXT})
    path = f"/users/{made['id']}/password"
    assert (await admin.call("POST", path, json={"password": "Ada12345"})).status == 422


async def test_who_knows_the_password_changes_it(client: Client, learner: Api) -> None:
    async def change(current: str, password: str) -> int:
        body = {"current_password": current, "password": password}
        return (await learner.call("POST", "/auth/password", json=body)).status

    assert await change("wrong", NEXT) == 422
    assert await change(PASSWORD, "password1") == 422
    assert await change(PASSWORD, NEXT) == 204
    assert (await learner.call("GET", "/auth/me")).status == 401
    await signed_in(client, ADA, NEXT)


async def test_guessing_the_present_password_is_stopped(learner: Api) -> None:
    body = {"current_password": "wrong", "password": NEXT}
    tried = [(await learner.call("POST", "/auth/password", json=body)).status for _ in range(11)]
    assert tried == [422] * 10 + [429]


async def _ask(client: Client, email: str) -> int:
    return (await client.post("/api/v1/auth/password-reset", json={"email": email})).status


def _token(mail: Any) -> str:
    found = re.search(r"/reset-password\?token=(\S+)", mail.get_content())
    assert found
    return found[1]


async def _reset(client: Client, token: str, password: str = NEXT) -> int:
    body = {"token": token, "password": password}
    return (await client.put("/api/v1/auth/password-reset", json=body)).status


async def test_a_forgotten_password_is_reset_by_a_link_that_works_once(
    services: Services, mailing: Client, box: Mailbox, learner: Api
) -> None:
    assert await _ask(mailing, "ADA@example.org ") == 202
    mail = await box.next()
    assert (mail["To"], mail["From"]) == (ADA, "Lyceum <lms@example.org>")
    token = _token(mail)
    kept = [each async for each in services.database.password_resets.find()]
    assert token not in str(kept)
    assert await _reset(mailing, token, "password1") == 422
    assert await _reset(mailing, token) == 204
    assert await _reset(mailing, token) == 422
    assert (await learner.call("GET", "/auth/me")).status == 401
    await signed_in(mailing, ADA, NEXT)


async def test_an_administrator_mails_a_person_a_link_from_their_page(
    mailing: Client, box: Mailbox, admin: Api, learner: Api
) -> None:
    user_id = (await learner.get("/auth/me"))["data"]["id"]
    surfer = await Surfer.sign_in(mailing, *ADMIN)
    page = f"/admin/people/{user_id}"
    assert f"/compliance/people/{user_id}" in (await surfer.open(page)).page.xpath("//a/@href")
    assert (await surfer.send(f"{page}/reset-mail")).location == page
    mail = await box.next()
    assert mail["To"] == ADA
    assert await _reset(mailing, _token(mail)) == 204
    entries = (await admin.get(f"/audit-log?subject={user_id}"))["data"]
    assert "POST /auth/password-reset" in [each["attributes"]["action"] for each in entries]


async def test_nobody_learns_whose_address_is_known(
    services: Services, mailing: Client, box: Mailbox, learner: Api, admin: Api
) -> None:
    bo = await add_person(services, "bo@example.org", "learner")
    await admin.call("POST", f"/users/{bo}/deactivate")
    asked = [await _ask(mailing, each) for each in ("no@example.org", "bo@example.org", ADA)]
    assert asked == [202] * 3
    assert (await box.next())["To"] == ADA
    assert len(box.messages) == 1


async def test_an_address_is_not_flooded(mailing: Client, box: Mailbox, learner: Api) -> None:
    for count in (1, 2, 3):
        assert await _ask(mailing, ADA) == 202
        await box.next(count)
    assert await _ask(mailing, ADA) == 202
    assert await _ask(mailing, ADMIN[0]) == 202
    assert (await box.next(4))["To"] == ADMIN[0]


async def test_a_new_password_ends_the_links_and_an_old_one_expires(
    services: Services, client: Client, admin: Api
) -> None:
    ada = await add_person(services, ADA, "learner")
    path = f"/users/{ada}/reset-link"
    first, second = [(await admin.make(path))["attributes"]["url"] for _ in range(2)]
    await services.database.password_resets.update_one({}, {"$set": {"expires_at": _EPOCH}})
    assert await _reset(client, first.partition("token=")[2]) == 422
    assert await _reset(client, second.partition("token=")[2]) == 204
    third = (await admin.make(path))["attributes"]["url"]
    body = {"password": PASSWORD}
    assert (await admin.call("POST", f"/users/{ada}/password", json=body)).status == 204
    assert await _reset(client, third.partition("token=")[2]) == 422


async def test_without_a_mail_server_an_administrator_makes_the_link(
    client: Client, admin: Api, learner: Api
) -> None:
    answer = await client.post("/api/v1/auth/password-reset", json={"email": ADA})
    assert answer.status == 503
    assert (await answer.json())["errors"][0]["code"] == "mail_unavailable"
    assert "forgot-password" not in await (await client.get("/sign-in")).text()
    ada = (await learner.get("/auth/me"))["data"]["id"]
    assert (await learner.call("POST", f"/users/{ada}/reset-link")).status == 403


async def test_the_pages_ask_for_a_link_and_set_the_password(
    mailing: Client, box: Mailbox, learner: Api
) -> None:
    own = {"Origin": str(mailing.make_url("/")).rstrip("/")}
    assert "/forgot-password" in await (await mailing.get("/sign-in")).text()
    assert (await mailing.get("/forgot-password")).status == 200
    sent = await mailing.post("/forgot-password", data={"email": ADA}, headers=own)
    assert "a link is on its way" in await sent.text()
    token = _token(await box.next())
    shown = await mailing.get("/reset-password", params={"token": token})
    assert token in await shown.text()
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    form = {"token": token, "password": "password1"}
    weak = await mailing.post("/reset-password", data=form, headers=own)
    assert weak.status == 422
    assert "tried first" in await weak.text()
    form["password"] = NEXT
    foreign = {"Origin": "http://evil.example"}
    assert (await mailing.post("/reset-password", data=form, headers=foreign)).status == 403
    done = await mailing.post("/reset-password", data=form, headers=own, allow_redirects=False)
    assert done.headers["Location"] == "/sign-in"
    await signed_in(mailing, ADA, NEXT)


async def test_people_see_where_they_are_signed_in_and_end_it(
    client: Client, learner: Api, admin: Api
) -> None:
    body, agent = {"email": ADA, "password": PASSWORD}, {"User-Agent": "Phone 1.0"}
    answer = await client.post("/api/v1/auth/sign-in", json=body, headers=agent)
    phone = (await answer.json())["data"]
    sessions = (await learner.get("/my/sessions"))["data"]
    assert [each["attributes"]["current"] for each in sessions] == [False, True]
    assert sessions[0]["id"] == phone["id"]
    assert sessions[0]["attributes"]["user_agent"] == "Phone 1.0"
    assert sessions[0]["attributes"]["address"] == "127.0.0.1"
    assert (await admin.call("DELETE", f"/my/sessions/{phone['id']}")).status == 404
    assert (await learner.call("DELETE", f"/my/sessions/{phone['id']}")).status == 204
    bearer = {"Authorization": f"Bearer {phone['attributes']['access_token']}"}
    assert (await client.get("/api/v1/auth/me", headers=bearer)).status == 401
    assert (await learner.call("GET", "/auth/me")).status == 200


async def test_one_signs_out_everywhere_or_is_signed_out(
    client: Client, learner: Api, admin: Api
) -> None:
    other = await signed_in(client, ADA, PASSWORD)
    assert (await learner.call("DELETE", "/my/sessions")).status == 204
    statuses = [(await each.call("GET", "/auth/me")).status for each in (learner, other)]
    assert statuses == [401, 401]
    back = await signed_in(client, ADA, PASSWORD)
    ada = (await back.get("/auth/me"))["data"]["id"]
    assert (await admin.call("POST", f"/users/{ada}/sign-out")).status == 204
    assert (await back.call("GET", "/auth/me")).status == 401


async def test_a_message_goes_out_as_text_and_html(box: Mailbox) -> None:
    mailer = mailer_of(read_settings({}, _smtp(box)))
    assert mailer
    headers = {"List-Unsubscribe": "<https://example.org/u>"}
    await mailer.send(Mail(ADA, "Grüße", "Hallo Ada", "<p>Hallo Ada</p>", headers))
    mail = await box.next()
    assert mail["Subject"] == "Grüße"
    assert mail["List-Unsubscribe"] == "<https://example.org/u>"
    assert [each.get_content_type() for each in mail.iter_parts()] == ["text/plain", "text/html"]


async def test_what_is_not_sent_is_said(box: Mailbox) -> None:
    box.refusing = True
    flags = _smtp(box)
    for settings, mail in (
        (flags, Mail(ADA, "Hello", "Ada")),
        ({**flags, "smtp_port": "1"}, Mail(ADA, "Hello", "Ada")),
        ({**flags, "smtp_security": "starttls"}, Mail(ADA, "Hello", "Ada")),
        (flags, Mail(ADA, "Hello\nBcc: all@example.org", "Ada")),
    ):
        mailer = mailer_of(read_settings({}, settings))
        assert mailer
        with pytest.raises(MailNotSent):
            await mailer.send(mail)


def test_no_server_no_mailer() -> None:
    assert mailer_of(read_settings({}, {})) is None
