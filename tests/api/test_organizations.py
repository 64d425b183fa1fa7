"""Tenants of one server: added by operators alone, named where people sign in, apart for good."""

import asyncio
from typing import Any

from api.services import Services
from api.settings import read_settings
from api.tenants import add, all_of, make_operator
from content.organizations import OrganizationDraft
from content.people import people
from content.people.people import PersonDraft
from tests.api.callers import ADMIN, PASSWORD, Api, Client, add_person

PATH = "/organizations"
EVE = "eve@elsewhere.example"
NEXT = "quite another passphrase"


async def _tenant(client: Client, admin: Api, name: str, **said: Any) -> tuple[str, Api]:
    """A tenant's id, and its administrator, who has come by the link."""
    made = await admin.make(PATH, name=name, slug=name.lower(), **said)
    path = f"{PATH}/{made['id']}/administrators"
    person = await admin.make(path, name="Eve", email=EVE)
    token = person["meta"]["reset_link"].partition("token=")[2]
    body = {"token": token, "password": PASSWORD}
    assert (await client.put("/api/v1/auth/password-reset", json=body)).status == 204
    return made["id"], Api(client, await _signed_in(client, EVE, organization_id=made["id"]))


async def _try(client: Client, email: str, **options: Any) -> Any:
    headers = options.pop("headers", {})
    body = {"email": email, "password": PASSWORD, **options}
    return await client.post("/api/v1/auth/sign-in", json=body, headers=headers)


async def _signed_in(client: Client, email: str, **options: Any) -> dict[str, str]:
    answer = await _try(client, email, **options)
    assert answer.status == 201, await answer.text()
    token = (await answer.json())["data"]["attributes"]["access_token"]
    return {"Authorization": f"Bearer {token}"}


async def test_two_tenants_live_on_one_server_and_see_nothing_of_each_other(
    services: Services, client: Client, admin: Api
) -> None:
    _, eve = await _tenant(client, admin, "Elsewhere")
    ours = await admin.make("/courses", title="Ours")
    theirs = await eve.make("/courses", title="Theirs")
    assert (await eve.call("GET", f"/courses/{ours['id']}")).status == 404
    assert (await admin.call("GET", f"/courses/{theirs['id']}")).status == 404
    listed = (await eve.get("/users"))["data"]
    assert [each["attributes"]["email"] for each in listed] == [EVE]


async def test_only_operators_reach_beyond_their_organization(
    services: Services, client: Client, admin: Api
) -> None:
    _, eve = await _tenant(client, admin, "Elsewhere")
    me = (await eve.get("/auth/me"))["data"]
    assert "organizations" not in me["meta"]["permissions"]
    assert (await eve.call("GET", PATH)).status == 403
    role = {"role": "operator"}
    assert (await eve.call("POST", f"/users/{me['id']}/roles", json=role)).status == 403
    wide = {"name": "Key", "scopes": ["organizations"]}
    assert (await eve.call("POST", "/api-keys", json=wide)).status == 422
    listed = await admin.get(PATH)
    assert [each["attributes"]["name"] for each in listed["data"]] == ["Lyceum", "Elsewhere"]
    await add_person(services, "second@example.org", "admin")
    second = Api(client, await _signed_in(client, "second@example.org"))
    root = (await admin.get("/auth/me"))["data"]["id"]
    body = {"password": NEXT}
    assert (await second.call("POST", f"/users/{root}/password", json=body)).status == 403


async def test_an_organization_is_changed_and_its_names_are_its_own(
    client: Client, admin: Api
) -> None:
    one = await admin.make(PATH, name="One", slug="one", hosts=["one.example.org"])
    path = f"{PATH}/{one['id']}"
    changed = await admin.call("PATCH", path, json={"name": "First", "hosts": ["1.example.org"]})
    attributes = (await changed.json())["data"]["attributes"]
    assert (attributes["name"], attributes["slug"]) == ("First", "one")
    assert attributes["public_url"] == "http://127.0.0.1:8080"
    assert (await admin.get(path))["data"]["attributes"]["hosts"] == ["1.example.org"]
    for said, code in (
        ({"slug": "one"}, "slug_taken"),
        ({"hosts": ["1.example.org"]}, "host_taken"),
    ):
        answer = await admin.call("POST", PATH, json={"name": "Two", **said})
        assert answer.status == 409
        assert (await answer.json())["errors"][0]["code"] == code
    wrong = {"name": " ", "slug": "No", "hosts": ["*"], "public_url": "nowhere"}
    answer = await admin.call("POST", PATH, json=wrong)
    told = {each["source"]["pointer"] for each in (await answer.json())["errors"]}
    assert told == {"/name", "/slug", "/hosts/0", "/public_url"}


async def test_one_signs_in_by_slug_host_or_address_alone(
    services: Services, client: Client, admin: Api
) -> None:
    await _tenant(client, admin, "Elsewhere", hosts=["eve.example.org"])
    for options in ({}, {"organization_id": "elsewhere"}, {"headers": {"Host": "eve.example.org"}}):
        await _signed_in(client, EVE, **options)
    first = services.sessions.organization_id
    for options in ({"organization_id": first}, {"organization_id": "nowhere"}):
        assert (await _try(client, EVE, **options)).status == 401
    elsewhere = {"Host": "eve.example.org"}
    wrong_host = await client.post(
        "/api/v1/auth/sign-in",
        json={"email": ADMIN[0], "password": ADMIN[1]},
        headers=elsewhere,
    )
    assert wrong_host.status == 401


async def test_who_is_in_several_organizations_names_the_one_they_mean(
    services: Services, client: Client, admin: Api
) -> None:
    organization_id, _ = await _tenant(client, admin, "Elsewhere")
    first = services.sessions.organization_id
    draft = PersonDraft(name="Eve", email=EVE)
    person = await people.create(services.content, first, draft)
    await services.sessions.set_password(person, NEXT)
    await _signed_in(client, EVE)
    await services.sessions.set_password(person, PASSWORD)
    answer = await _try(client, EVE)
    assert answer.status == 409
    (error,) = (await answer.json())["errors"]
    assert error["code"] == "organization_required"
    assert set(error["meta"]["organization_ids"]) == {first, organization_id}
    for each in (first, "elsewhere"):
        await _signed_in(client, EVE, organization_id=each)


async def test_the_sign_in_page_lets_one_choose(
    services: Services, client: Client, admin: Api
) -> None:
    organization_id, _ = await _tenant(client, admin, "Elsewhere")
    await add_person(services, EVE, "learner")
    own = {"Origin": str(client.make_url("/")).rstrip("/")}
    form = {"email": EVE, "password": PASSWORD}
    asked = await client.post("/sign-in", data=form, headers=own)
    assert asked.status == 409
    assert f'<option value="{organization_id}">Elsewhere</option>' in await asked.text()
    form["organization"] = organization_id
    done = await client.post("/sign-in", data=form, headers=own, allow_redirects=False)
    assert done.status == 303
    page = await client.get("/sign-in", params={"organization": "elsewhere"})
    assert 'value="elsewhere"' in await page.text()


async def test_guessing_is_counted_over_all_organizations(
    services: Services, client: Client, admin: Api
) -> None:
    await _tenant(client, admin, "Elsewhere")
    named = ["elsewhere", services.sessions.organization_id, None] * 4
    tried = [
        (await _try(client, EVE, password="wrong guess", organization_id=each)).status
        for each in named[:11]
    ]
    assert tried == [401] * 10 + [429]


async def test_the_command_line_adds_tenants_and_operators(
    services: Services, client: Client, mongodb_uri: str
) -> None:
    flags = {"mongodb_uri": mongodb_uri, "mongodb_database": services.database.name}
    settings = read_settings({}, flags)
    draft = OrganizationDraft(name="Elsewhere", public_url="https://lms.example", slug="else")
    organization, link = await asyncio.to_thread(add, settings, draft, EVE)
    body = {"token": link.partition("token=")[2], "password": PASSWORD}
    assert (await client.put("/api/v1/auth/password-reset", json=body)).status == 204
    eve = Api(client, await _signed_in(client, EVE))
    assert (await eve.get("/settings"))["data"]["attributes"]["name"] == "Elsewhere"
    (entry,) = (await eve.get("/audit-log", params={"subject": organization.id}))["data"]
    assert entry["attributes"]["action"] == "organization.added"
    found = await asyncio.to_thread(all_of, settings)
    assert [each.slug for each in found] == ["", "else"]
    await add_person(services, "op@example.org", "learner")
    await asyncio.to_thread(make_operator, settings, "op@example.org")
    operator = Api(client, await _signed_in(client, "op@example.org"))
    assert (await operator.get(PATH))["meta"]["total"] == 2
