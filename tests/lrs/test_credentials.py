"""Credentials of xAPI clients: scopes, rotation, revocation, expiry, authority, last use."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import encode_basic_auth

from lrs.credentials import Credential, Credentials, IssuedCredential
from lrs.credentials.authority import AuthorityTemplate
from lrs.credentials.scopes import (
    ALL,
    PROFILE,
    READ_ALL,
    READ_OWN_STATEMENTS,
    READ_STATEMENTS,
    SCOPES,
    STATE,
    WRITE_STATEMENTS,
    expand,
)
from lrs.errors import NotFound, RuleBroken, Unauthorized
from tests.lrs.conftest import HOME_PAGE, ORGANIZATION, Speak, a_statement
from tests.tasks import until

OTHER = "organization-2"
SOON = timedelta(seconds=30)


def _basic(issued: IssuedCredential) -> str:
    return encode_basic_auth(issued.key, issued.secret)


async def _refused(credentials: Credentials, header: str | None) -> bool:
    try:
        await credentials.authenticate(header)
    except Unauthorized:
        return True
    return False


@pytest.fixture
def second_server(database: Any) -> Credentials:
    """Another server's view of the same credentials, which remembers nothing."""
    return Credentials(database, home_page=HOME_PAGE, remember_seconds=0)


async def test_basic_and_token_name_the_same_credential(credentials: Credentials) -> None:
    issued = await credentials.create(ORGANIZATION, "Tool")
    basic = await credentials.authenticate(_basic(issued))
    bearer = await credentials.authenticate(f"Bearer {issued.token}")
    assert basic == bearer
    assert basic.organization_id == ORGANIZATION


@pytest.mark.parametrize(
    "header",
    [None, "", "Basic", "Basic ?", "Basic bm9jb2xvbg==", "Bearer", "Bearer lrs_x", "Bearer a.b.c"],
)
async def test_a_header_that_is_none_is_refused(
    credentials: Credentials, header: str | None
) -> None:
    with pytest.raises(Unauthorized) as refused:
        await credentials.authenticate(header)
    assert refused.value.findings[0].where == "Authorization"


@pytest.mark.parametrize(
    ("scope", "includes"),
    [
        (ALL, set(SCOPES)),
        (READ_ALL, {READ_ALL, READ_STATEMENTS, READ_OWN_STATEMENTS}),
        (READ_STATEMENTS, {READ_STATEMENTS, READ_OWN_STATEMENTS}),
        (WRITE_STATEMENTS, {WRITE_STATEMENTS}),
        (STATE, {STATE}),
        (PROFILE, {PROFILE}),
    ],
)
def test_a_scope_includes_what_it_must_and_no_more(scope: str, includes: set[str]) -> None:
    assert expand([scope]) == includes


async def test_everything_wrong_with_a_new_credential_is_told_at_once(
    credentials: Credentials,
) -> None:
    with pytest.raises(RuleBroken) as refused:
        await credentials.create(
            ORGANIZATION,
            " ",
            scopes=["state", "everything", "state/read"],
            authority={"objectType": "Group", "mbox": "mailto:all@example.com"},
            expires_at=datetime(2020, 1, 1, tzinfo=UTC),
        )
    where = [finding.where for finding in refused.value.findings]
    assert where == ["/name", "/scopes", "/scopes", "/expires_at", "/authority"]


async def test_authority_is_the_account_of_the_key_unless_another_agent_is_given(
    credentials: Credentials,
) -> None:
    plain = await credentials.create(ORGANIZATION, "Tool")
    given = {"objectType": "Agent", "name": "Ops", "mbox": "mailto:ops@example.com"}
    chosen = await credentials.create(ORGANIZATION, "Other", authority=given)
    account = {"homePage": HOME_PAGE, "name": plain.key}
    assert (await credentials.authenticate(_basic(plain))).authority == {
        "objectType": "Agent",
        "name": "Tool",
        "account": account,
    }
    assert (await credentials.authenticate(_basic(chosen))).authority == given


async def test_the_old_secret_ends_with_the_rotation(
    credentials: Credentials, second_server: Credentials
) -> None:
    old = await credentials.create(ORGANIZATION, "Tool")
    await credentials.authenticate(_basic(old))
    await second_server.authenticate(_basic(old))
    new = await credentials.rotate(ORGANIZATION, old.id)
    assert new.key == old.key
    for server in (credentials, second_server):
        assert await _refused(server, _basic(old))
        assert (await server.authenticate(_basic(new))).key == old.key


async def test_the_old_secret_overlaps_for_the_chosen_time(
    credentials: Credentials, second_server: Credentials
) -> None:
    first = await credentials.create(ORGANIZATION, "Tool")
    second = await credentials.rotate(ORGANIZATION, first.id, overlap=timedelta(hours=1))
    for secret in (first, second):
        await second_server.authenticate(_basic(secret))
    record = await credentials.get(ORGANIZATION, first.id)
    assert record.overlap_ends_at is not None
    assert record.overlap_ends_at - record.rotated_at == timedelta(hours=1)
    third = await credentials.rotate(ORGANIZATION, first.id, overlap=timedelta(milliseconds=50))
    await until(lambda: _refused(second_server, _basic(first)))
    assert await _refused(second_server, _basic(second))
    await second_server.authenticate(_basic(third))


async def test_rotations_at_once_leave_one_secret_in_force(
    credentials: Credentials, second_server: Credentials
) -> None:
    issued = await credentials.create(ORGANIZATION, "Tool")
    rotate = (each.rotate(ORGANIZATION, issued.id) for each in (credentials, second_server) * 2)
    rotated = await asyncio.gather(*rotate)
    refused = [await _refused(second_server, _basic(each)) for each in rotated]
    assert refused.count(False) == 1


async def test_revoked_is_over_at_once_here_and_soon_on_others(
    credentials: Credentials, database: Any
) -> None:
    other = Credentials(database, home_page=HOME_PAGE, remember_seconds=0.05)
    issued = await credentials.create(ORGANIZATION, "Tool")
    for server in (credentials, other):
        await server.authenticate(_basic(issued))
    revoked = await credentials.revoke(ORGANIZATION, issued.id)
    assert revoked.status(datetime.now(UTC)) == "revoked"
    assert await _refused(credentials, _basic(issued))
    await until(lambda: _refused(other, _basic(issued)))
    assert (await credentials.revoke(ORGANIZATION, issued.id)).revoked_at == revoked.revoked_at
    with pytest.raises(RuleBroken):
        await credentials.rotate(ORGANIZATION, issued.id)


async def test_a_revocation_beats_a_request_that_is_on_its_way(credentials: Credentials) -> None:
    issued = await credentials.create(ORGANIZATION, "Tool")
    asked = asyncio.create_task(credentials.authenticate(_basic(issued)))
    await asyncio.sleep(0)
    await credentials.revoke(ORGANIZATION, issued.id)
    await asyncio.gather(asked, return_exceptions=True)
    assert await _refused(credentials, _basic(issued))


async def test_a_credential_ends_on_its_date(second_server: Credentials) -> None:
    end = datetime.now(UTC) + timedelta(seconds=4)
    issued = await second_server.create(ORGANIZATION, "Tool", expires_at=end)
    await second_server.authenticate(_basic(issued))
    await until(lambda: _refused(second_server, _basic(issued)))
    record = await second_server.get(ORGANIZATION, issued.id)
    assert record.status(datetime.now(UTC)) == "expired"


async def test_last_use_is_noted_once_a_minute_at_most(
    credentials: Credentials, second_server: Credentials
) -> None:
    issued = await credentials.create(ORGANIZATION, "Tool")
    assert (await credentials.get(ORGANIZATION, issued.id)).last_used_at is None

    async def noted() -> bool:
        return (await credentials.get(ORGANIZATION, issued.id)).last_used_at is not None

    await second_server.authenticate(_basic(issued))
    await until(noted)
    first = (await credentials.get(ORGANIZATION, issued.id)).last_used_at
    await second_server.authenticate(_basic(issued))
    again = await credentials.get(ORGANIZATION, issued.id)
    assert (again.last_used_at, again.version) == (first, 1)


async def test_one_question_for_many_requests_at_once(credentials: Credentials) -> None:
    issued = await credentials.create(ORGANIZATION, "Tool")
    asked = [credentials.authenticate(_basic(issued)) for _ in range(50)]
    assert len({id(each) for each in await asyncio.gather(*asked)}) == 1


async def test_another_organizations_credentials_are_not_there(credentials: Credentials) -> None:
    issued = await credentials.create(ORGANIZATION, "Tool")
    assert await credentials.all(OTHER) == []
    for work in (credentials.get, credentials.rotate, credentials.revoke):
        with pytest.raises(NotFound):
            await work(OTHER, issued.id)  # type: ignore[operator]
    await credentials.authenticate(_basic(issued))


async def test_secrets_are_nowhere_in_the_database(credentials: Credentials, database: Any) -> None:
    issued = await credentials.create(ORGANIZATION, "Tool")
    rotated = await credentials.rotate(ORGANIZATION, issued.id, overlap=SOON)
    kept = repr(await database.lrs_credentials.find_one({"_id": issued.id}))
    assert issued.secret not in kept
    assert rotated.secret not in kept


async def test_a_foreign_token_is_read_by_who_knows_it(database: Any) -> None:
    person = Credential(
        organization_id=ORGANIZATION,
        name="Ada",
        key="ada",
        scopes=expand([READ_ALL]),
        authority={"mbox": "mailto:ada@example.com"},
    )
    asked: list[str] = []

    async def read_token(token: str) -> Credential:
        asked.append(token)
        return person

    credentials = Credentials(database, home_page=HOME_PAGE, read_token=read_token)
    for _ in range(2):
        assert await credentials.authenticate("Bearer a.b.c") == person
    assert asked == ["a.b.c"]


async def test_a_template_makes_the_authority_of_a_new_credential(database: Any) -> None:
    template = AuthorityTemplate.written(
        '{"objectType": "Agent", "name": "{{ name }} via {{id}}",'
        ' "account": {"homePage": "{{home_page}}/clients", "name": "{{key}}"}}'
    )
    credentials = Credentials(database, home_page=HOME_PAGE, authority=template)
    name = 'Tool "7" {{key}}'
    issued = await credentials.create(ORGANIZATION, name)
    assert (await credentials.get(ORGANIZATION, issued.id)).authority == {
        "objectType": "Agent",
        "name": f"{name} via {issued.id}",
        "account": {"homePage": f"{HOME_PAGE}/clients", "name": issued.key},
    }


async def test_a_template_that_makes_no_agent_of_a_name_is_told(database: Any) -> None:
    template = AuthorityTemplate.written('{"mbox": "mailto:{{name}}@example.com"}')
    credentials = Credentials(database, home_page=HOME_PAGE, authority=template)
    await credentials.create(ORGANIZATION, "tool")
    with pytest.raises(RuleBroken) as refused:
        await credentials.create(ORGANIZATION, "two words")
    assert {each.where.split("/")[1] for each in refused.value.findings} == {"authority"}


async def test_mine_is_what_my_authority_recorded(speak: Speak, credentials: Credentials) -> None:
    mine = await credentials.create(
        ORGANIZATION, "Mine", scopes=[WRITE_STATEMENTS, READ_OWN_STATEMENTS]
    )
    other = await credentials.create(ORGANIZATION, "Other")
    clients = [await speak(mine), await speak(other)]
    sent = [a_statement(), a_statement()]
    for client, statement in zip(clients, sent, strict=True):
        assert (await client.post("/xapi/statements", json=statement)).status == 200
    found = await (await clients[0].get("/xapi/statements")).json()
    assert [each["id"] for each in found["statements"]] == [sent[0]["id"]]
    for statement, status in zip(sent, (200, 404), strict=True):
        answer = await clients[0].get("/xapi/statements", params={"statementId": statement["id"]})
        assert answer.status == status
    everything = await (await clients[1].get("/xapi/statements")).json()
    assert len(everything["statements"]) == 2
