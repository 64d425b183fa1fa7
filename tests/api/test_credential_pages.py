"""The page of xAPI credentials: who may open it, and which requests it honours."""

from typing import Any

import pytest

from api.audit import AuditQuery
from api.pages.credentials import PATH, SCOPES
from api.services import Services
from content.people import people
from lrs.credentials import scopes
from tests.api.callers import ADMIN, PASSWORD, Client, add_person

FORM = {"name": "Tool", "scopes": "statements/write"}


def _own(client: Client) -> dict[str, str]:
    return {"Sec-Fetch-Site": "same-origin", "Origin": str(client.make_url("/")).rstrip("/")}


async def _cookie(client: Client, email: str, password: str) -> dict[str, str]:
    fields = {"email": email, "password": password}
    answer = await client.post("/sign-in", data=fields, headers=_own(client), allow_redirects=False)
    assert answer.status == 303
    client.session.cookie_jar.clear()
    return {"Cookie": f"lyceum_session={answer.cookies['lyceum_session'].value}"}


async def _names(services: Services) -> list[str]:
    found = await services.credentials.all(services.sessions.organization_id)
    return [each.name for each in found]


async def _post(client: Client, path: str, headers: dict[str, str], **fields: Any) -> Any:
    return await client.post(path, data=fields, headers=headers, allow_redirects=False)


async def test_every_scope_can_be_chosen() -> None:
    assert tuple(SCOPES) == scopes.SCOPES


async def test_only_administrators_open_it(services: Services, client: Client) -> None:
    await add_person(services, "officer@example.org", "compliance_officer", "instructor")
    officer = await _cookie(client, "officer@example.org", PASSWORD)
    headers = {**officer, **_own(client)}
    assert (await client.get(PATH, headers=headers)).status == 403
    before = await _names(services)
    for path in (PATH, f"{PATH}/any/rotate", f"{PATH}/any/revoke"):
        assert (await _post(client, path, headers, **FORM)).status == 403
    assert await _names(services) == before


@pytest.mark.parametrize(
    "foreign",
    [
        {},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-origin"},
    ],
)
async def test_a_foreign_pages_form_changes_nothing(
    services: Services, client: Client, foreign: dict[str, str]
) -> None:
    headers = {**await _cookie(client, *ADMIN), **foreign}
    (first,) = await services.credentials.all(services.sessions.organization_id)
    paths = (PATH, f"{PATH}/{first.id}/rotate", f"{PATH}/{first.id}/revoke")
    for path in paths:
        answer = await _post(client, path, headers, **FORM)
        assert answer.status == 303
        assert answer.headers["Location"].startswith("/sign-in")
    assert await services.credentials.all(services.sessions.organization_id) == [first]


async def test_a_secret_is_kept_by_no_cache_and_in_no_address(
    services: Services, client: Client
) -> None:
    headers = {**await _cookie(client, *ADMIN), **_own(client)}
    answer = await _post(client, PATH, headers, **FORM)
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert await _names(services) == ["First xAPI client", "Tool"]


async def test_who_made_rotated_and_revoked_one_is_in_the_audit_log(
    services: Services, client: Client
) -> None:
    headers = {**await _cookie(client, *ADMIN), **_own(client)}
    organization_id = services.sessions.organization_id
    assert (await _post(client, PATH, headers, **FORM)).status == 200
    _, made = await services.credentials.all(organization_id)
    for action in ("rotate", "revoke"):
        assert (await _post(client, f"{PATH}/{made.id}/{action}", headers)).status in (200, 303)
    assert (await _post(client, PATH, headers, name="")).status == 422
    entries, _ = await services.audit.find(organization_id, AuditQuery(), 10)
    assert [(each.action, each.subjects) for each in entries] == [
        ("POST /xapi/credentials/{credential_id}/revoke", (made.id,)),
        ("POST /xapi/credentials/{credential_id}/rotate", (made.id,)),
        ("POST /xapi/credentials", (made.id,)),
    ]
    administrator = await people.by_email(services.content, organization_id, ADMIN[0])
    assert administrator is not None
    assert {each.who for each in entries} == {administrator.id}


async def test_another_organizations_credential_is_not_there(
    services: Services, client: Client
) -> None:
    foreign = await services.credentials.create("another", "Theirs")
    headers = {**await _cookie(client, *ADMIN), **_own(client)}
    for action in ("rotate", "revoke"):
        answer = await _post(client, f"{PATH}/{foreign.id}/{action}", headers)
        assert answer.status == 404
    assert "Theirs" not in await (await client.get(PATH, headers=headers)).text()
    assert (await services.credentials.get("another", foreign.id)).revoked_at is None


@pytest.mark.parametrize("day", ["2020-01-01", "soon", "9999-12-31"])
async def test_a_last_day_that_cannot_be_is_told(
    services: Services, client: Client, day: str
) -> None:
    headers = {**await _cookie(client, *ADMIN), **_own(client)}
    answer = await _post(client, PATH, headers, **FORM, last_day=day)
    assert answer.status == 422
    assert 'id="expires_at-problem"' in await answer.text()
    assert len(await _names(services)) == 1
