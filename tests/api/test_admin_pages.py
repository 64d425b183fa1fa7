"""The administration's pages: who may open them, and that a form does what REST does."""

from typing import Any

import pytest

from api.audit import AuditQuery
from api.pages.admin import jobs
from api.pages.admin.audit_log import differences
from api.pages.admin.identity_providers import rules_of
from api.pages.admin.roles import TITLES, WORDS
from api.pages.admin.sections import GROUPS
from api.permissions import ROLES, Permission
from api.services import Services
from api.user_import import read_lines
from api.works import WORKS
from content.errors import RuleBroken
from content.people import people
from content.people.people import PersonChanges
from tests.api.callers import ADMIN, PASSWORD, Client, add_person
from tests.api.test_credential_pages import _cookie, _own, _post

PAGES = (
    "/admin",
    "/admin/jobs",
    "/admin/audit-log",
    "/admin/people/new",
    "/admin/people/import",
    *(each.path for group in GROUPS for each in group),
)


def test_every_role_permission_and_kind_of_job_has_its_words() -> None:
    assert set(TITLES) == set(ROLES)
    assert set(WORDS) == set(Permission)
    assert set(jobs.WORKS) == set(WORKS)


async def test_learners_open_none_of_the_pages_and_officers_only_what_they_may(
    services: Services, client: Client
) -> None:
    await add_person(services, "ada@example.org", "learner")
    await add_person(services, "olga@example.org", "compliance_officer")
    learner = {**await _cookie(client, "ada@example.org", PASSWORD), **_own(client)}
    officer = {**await _cookie(client, "olga@example.org", PASSWORD), **_own(client)}
    for path in PAGES:
        assert (await client.get(path, headers=learner)).status == 403, path
    opened = {path for path in PAGES if (await client.get(path, headers=officer)).status == 200}
    own = await client.get("/admin/jobs", headers=officer)
    assert opened == {"/admin/people", "/admin/groups", "/admin/jobs", "/admin/audit-log"}
    assert "You have not asked for anything long yet" in await own.text()


async def test_a_form_of_another_page_changes_nothing(services: Services, client: Client) -> None:
    cookie = await _cookie(client, *ADMIN)
    foreign = {**cookie, "Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    form = {"name": "Eve", "email": "eve@example.org", "roles": "admin"}
    answer = await _post(client, "/admin/people/new", foreign, **form)
    assert answer.headers["Location"].startswith("/sign-in")
    organization_id = services.sessions.organization_id
    assert await people.by_email(services.content, organization_id, "eve@example.org") is None


async def test_a_change_is_told_in_the_audit_log_as_that_of_rest(
    services: Services, client: Client
) -> None:
    headers = {**await _cookie(client, *ADMIN), **_own(client)}
    organization_id = services.sessions.organization_id
    user_id = await add_person(services, "ada@example.org", "learner")
    person = await people.get(services.content, organization_id, user_id)
    form = {"name": "Ada", "email": person.email, "roles": "mentor", "version": person.version}
    answer = await _post(client, f"/admin/people/{user_id}", headers, **form)
    assert answer.status == 303
    (entry,), _ = await services.audit.find(organization_id, AuditQuery(subject=user_id), 10)
    assert (entry.action, entry.before, entry.after) == (
        "PATCH /users/{user_id}",
        {"roles": ["learner"]},
        {"roles": ["mentor"]},
    )


async def test_a_form_that_somebody_has_overtaken_is_shown_again(
    services: Services, client: Client
) -> None:
    headers = {**await _cookie(client, *ADMIN), **_own(client)}
    organization_id = services.sessions.organization_id
    user_id = await add_person(services, "ada@example.org", "learner")
    before = await people.get(services.content, organization_id, user_id)
    await people.update(
        services.content, organization_id, user_id, PersonChanges(department="Safety")
    )
    form = {"name": "A", "email": before.email, "roles": "learner", "version": before.version}
    answer = await _post(client, f"/admin/people/{user_id}", headers, **form)
    assert answer.status == 422
    assert "somebody has changed it meanwhile" in await answer.text()
    after = await people.get(services.content, organization_id, user_id)
    assert (after.name, after.department) == (before.name, "Safety")


async def test_erasing_needs_the_address_and_the_last_administrator_stays(
    services: Services, client: Client
) -> None:
    headers = {**await _cookie(client, *ADMIN), **_own(client)}
    organization_id = services.sessions.organization_id
    user_id = await add_person(services, "ada@example.org", "learner")
    path = f"/admin/people/{user_id}/erase"
    assert (await _post(client, path, headers, confirmation="ada")).status == 422
    assert await services.erasures.page(organization_id, 0, 10) == ([], 0)
    done = await _post(client, path, headers, confirmation="ADA@example.org")
    assert (done.status, done.headers["Location"]) == (303, "/admin/people")
    administrator = await people.by_email(services.content, organization_id, ADMIN[0])
    assert administrator is not None
    refused = await _post(client, f"/admin/people/{administrator.id}/deactivate", headers)
    assert refused.status == 422
    assert "Nobody else who is active is an administrator" in await refused.text()


async def test_a_failure_of_the_server_names_what_to_quote(
    services: Services, client: Client, monkeypatch: Any
) -> None:
    headers = {**await _cookie(client, *ADMIN), **_own(client)}

    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("api.pages.admin.home.health.checks", fail)
    answer = await client.get("/admin", headers=headers)
    said = await answer.text()
    assert answer.status == 500
    assert answer.headers["X-Request-Id"] in said
    assert "ZeroDivisionError" not in said


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_file_is_read_by_its_headings(delimiter: str) -> None:
    rows = (("Name", "E-mail", "Groups"), ("Ina", "ina@example.org", "a|b"), ("Tom", "", ""))
    text = "\n".join(delimiter.join(row) for row in rows)
    assert read_lines(b"\xef\xbb\xbf" + text.encode()) == [
        {"line": 2, "says": {"name": "Ina", "email": "ina@example.org", "groups": ["a", "b"]}},
        {"line": 3, "says": {"name": "Tom"}},
    ]


@pytest.mark.parametrize(
    "raw", [b"", b"name", b"nom\nIna", b"name\nIna,too much", b"name\n\xff", b'name\n"Ina']
)
def test_a_file_that_is_none_is_refused(raw: bytes) -> None:
    with pytest.raises(RuleBroken):
        read_lines(raw)


def test_what_was_changed_is_told_attribute_by_attribute() -> None:
    found = differences({"roles": ["learner"], "department": None}, {"roles": ["admin", "mentor"]})
    assert [(each.name, each.before, each.after) for each in found] == [
        ("roles", "learner", "admin, mentor"),
        ("department", "", ""),
    ]


def test_a_line_without_a_role_is_left_for_the_rule_to_refuse() -> None:
    assert rules_of(["staff = instructor", "a=b = mentor", "odd"]) == [
        {"value": "staff", "role": "instructor"},
        {"value": "a=b", "role": "mentor"},
        {"value": "odd", "role": ""},
    ]
