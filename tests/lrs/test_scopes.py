"""Every scope at every resource: what it opens and what it does not (Communication 4.2)."""

from typing import Any, cast

import pytest
from aiohttp import web

from lrs.credentials import Credentials
from lrs.credentials.scopes import (
    ALL,
    DEFINE,
    PROFILE,
    READ_ALL,
    READ_OWN_STATEMENTS,
    READ_STATEMENTS,
    SCOPES,
    STATE,
    WRITE_STATEMENTS,
)
from lrs.http import routes
from lrs.log import StatementLog
from lrs.metadata import Metadata
from lrs.verification import Verification
from tests.lrs.conftest import ORGANIZATION, Speak, a_statement, voiding

ACTIVITY = "https://example.com/activities/1"
RECORD = {ALL, WRITE_STATEMENTS}
FIND = {ALL, READ_ALL, READ_STATEMENTS, READ_OWN_STATEMENTS}
LOOK_UP = {ALL, READ_ALL, READ_STATEMENTS, PROFILE, DEFINE}


def _documents(scope: str) -> dict[str, set[str]]:
    writing = {ALL, scope}
    return {"GET": writing | {READ_ALL}, "PUT": writing, "POST": writing, "DELETE": writing}


OPENED = {
    "/about": {"GET": set(SCOPES)},
    "/statements": {"GET": FIND, "PUT": RECORD, "POST": RECORD},
    "/activities": {"GET": LOOK_UP},
    "/agents": {"GET": LOOK_UP},
    "/activities/state": _documents(STATE),
    "/activities/profile": _documents(PROFILE),
    "/agents/profile": _documents(PROFILE),
}


def test_every_resource_that_is_served_says_which_scopes_open_it() -> None:
    nothing = cast("Any", None)
    served = routes(nothing, nothing, nothing, nothing)
    paths = {each.path for each in served if isinstance(each, web.RouteDef)}
    assert paths == {f"/xapi{path}" for path in OPENED}


@pytest.mark.parametrize(
    ("method", "path"),
    [(method, path) for path in OPENED for method in ("GET", "PUT", "POST", "DELETE")],
)
async def test_a_resource_is_opened_by_its_scopes_alone(
    speak: Speak, credentials: Credentials, method: str, path: str
) -> None:
    opened = set()
    for scope in SCOPES:
        client = await speak(await credentials.create(ORGANIZATION, scope, scopes=[scope]))
        answer = await client.request(method, f"/xapi{path}")
        assert answer.status < 500
        if answer.status not in (403, 405):
            opened.add(scope)
    assert opened == OPENED[path].get(method, set())


async def test_scopes_add_up(speak: Speak, credentials: Credentials) -> None:
    both = [WRITE_STATEMENTS, READ_OWN_STATEMENTS]
    client = await speak(await credentials.create(ORGANIZATION, "Tool", scopes=both))
    assert (await client.post("/xapi/statements", json=a_statement())).status == 200
    assert (await client.get("/xapi/statements")).status == 200


async def test_a_refusal_names_the_credential_and_the_scope(
    speak: Speak, credentials: Credentials
) -> None:
    issued = await credentials.create(ORGANIZATION, "Reader", scopes=[READ_STATEMENTS])
    answer = await (await speak(issued)).post("/xapi/statements", json=a_statement())
    assert answer.status == 403
    (error,) = (await answer.json())["errors"]
    assert "Reader" in error["detail"]
    assert WRITE_STATEMENTS in error["detail"]


async def test_an_organization_finds_nothing_of_another(
    speak: Speak, credentials: Credentials
) -> None:
    ours = await speak(await credentials.create(ORGANIZATION, "Ours"))
    theirs = await speak(await credentials.create("organization-2", "Theirs"))
    statement = a_statement()
    assert (await ours.post("/xapi/statements", json=statement)).status == 200
    one = {"statementId": statement["id"]}
    assert (await theirs.get("/xapi/statements", params=one)).status == 404
    assert (await (await theirs.get("/xapi/statements")).json())["statements"] == []
    assert (await theirs.post("/xapi/statements", json=voiding(statement["id"]))).status == 200
    assert (await ours.get("/xapi/statements", params=one)).status == 200


async def test_the_same_id_is_another_statement_in_another_organization(
    speak: Speak, credentials: Credentials
) -> None:
    ours = await speak(await credentials.create(ORGANIZATION, "Ours"))
    theirs = await speak(await credentials.create("organization-2", "Theirs"))
    one = a_statement()
    other = {**one, "verb": {"id": "http://example.com/verbs/other"}}
    for client, statement in ((ours, one), (theirs, other)):
        assert (await client.post("/xapi/statements", json=statement)).status == 200
    for client, statement in ((ours, one), (theirs, other)):
        found = await client.get("/xapi/statements", params={"statementId": one["id"]})
        assert (await found.json())["verb"] == statement["verb"]


async def test_a_link_to_more_leads_into_the_own_organization_alone(
    speak: Speak, credentials: Credentials
) -> None:
    ours = await speak(await credentials.create(ORGANIZATION, "Ours"))
    theirs = await speak(await credentials.create("organization-2", "Theirs"))
    await ours.post("/xapi/statements", json=[a_statement(), a_statement()])
    more = (await (await ours.get("/xapi/statements", params={"limit": "1"})).json())["more"]
    assert len((await (await ours.get(more)).json())["statements"]) == 1
    assert (await (await theirs.get(more)).json())["statements"] == []


def _told(**definition: Any) -> dict[str, Any]:
    return a_statement(
        actor={"mbox": "mailto:grace@example.com", "name": definition["name"]["en"]},
        object={"id": ACTIVITY, "definition": definition},
    )


async def test_without_define_a_statement_is_kept_and_defines_nothing(
    speak: Speak, credentials: Credentials, database: Any
) -> None:
    """The statement is returned as it was sent; its activity and agent are what they were."""
    both = [WRITE_STATEMENTS, READ_STATEMENTS]
    reporting = await speak(await credentials.create(ORGANIZATION, "Content", scopes=both))
    defining = await speak(await credentials.create(ORGANIZATION, "Author", scopes=[*both, DEFINE]))
    first, defined, later = (_told(name={"en": each}) for each in ("First", "Known", "Later"))
    agent = {"agent": '{"mbox": "mailto:grace@example.com"}'}

    async def record(client: Any, statement: dict[str, Any]) -> tuple[Any, Any]:
        """Record a statement; return what is known of its activity and its agent."""
        answer = await client.post("/xapi/statements", json=statement)
        assert answer.status == 200, await answer.text()
        activity = await client.get("/xapi/activities", params={"activityId": ACTIVITY})
        person = await client.get("/xapi/agents", params=agent)
        return (await activity.json()).get("definition"), (await person.json()).get("name")

    assert await record(reporting, first) == (None, None)
    known = ({"name": {"en": "Known"}}, ["Known"])
    assert await record(defining, defined) == known
    assert await record(reporting, later) == known
    another = Metadata(database, StatementLog(database))
    await database.activities.delete_many({})
    assert await another.definition(ORGANIZATION, ACTIVITY) == {"name": {"en": "Known"}}
    sent = await reporting.get("/xapi/statements", params={"statementId": later["id"]})
    assert (await sent.json())["object"] == later["object"]
    assert [each async for each in Verification(database).run()] == []
