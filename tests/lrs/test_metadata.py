"""What statements tell of activities and agents, kept beside the log (Communication 2.4, 2.5)."""

import asyncio
from typing import Any

import orjson

from lrs.log import StatementLog
from lrs.metadata import Metadata
from lrs.metadata.activities import canonical
from lrs.metadata.mentions import read_mentions
from tests.lrs.conftest import ORGANIZATION, a_statement

ACTIVITY = "https://example.com/activities/1"
ADA, ADA_KEY = {"mbox": "mailto:ada@example.com"}, "mbox:mailto:ada@example.com"
AUTHORITY = {"account": {"homePage": "https://lms.example.com", "name": "key"}}


def told(person: str, /, **definition: Any) -> dict[str, Any]:
    """Return a statement by a named agent that defines the activity."""
    return a_statement(
        actor={**ADA, "name": person}, object={"id": ACTIVITY, "definition": definition}
    )


async def record(log: StatementLog, *statements: dict[str, Any]) -> None:
    """Record statements."""
    await log.record(ORGANIZATION, statements, authority=AUTHORITY)


def test_mentions_are_found_everywhere_but_in_the_authority() -> None:
    """Data 2.4.4, 2.4.6: object, SubStatement, context, and the members of groups."""
    account = {"account": {"homePage": "https://lms.example.com", "name": "7"}, "name": "Seven"}
    statement = a_statement(
        actor={"objectType": "Group", "name": "Team", "member": [{**ADA, "name": "Ada"}]},
        object={
            "objectType": "SubStatement",
            "actor": account,
            "verb": {"id": "http://example.com/verbs/planned"},
            "object": {"id": ACTIVITY, "definition": {"type": "https://example.com/t"}},
        },
        context={
            "contextActivities": {"grouping": [{"id": "https://example.com/g"}]},
            "contextAgents": [{"agent": {"openid": "https://a.b/", "name": "Open"}}],
            "contextGroups": [{"group": {"objectType": "Group", "member": [ADA]}}],
        },
        authority={**AUTHORITY, "name": "Authoring tool"},
    )
    mentions = read_mentions(orjson.dumps(statement))
    assert [(each, definition != b"") for each, definition in mentions.activities] == [
        (ACTIVITY, True),
        ("https://example.com/g", False),
    ]
    assert mentions.agents == [
        (ADA_KEY, "Ada"),
        ("account:https://lms.example.com|7", "Seven"),
        ("openid:https://a.b/", "Open"),
    ]


def test_of_an_interactions_lists_the_last_told_holds() -> None:
    """Data 2.4.4.1: choices of two tellings mixed would be a third interaction."""
    first = b'{"choices": [{"id": "a"}], "name": {"en": "1"}}'
    second = b'{"choices": [{"id": "b"}]}'
    assert orjson.loads(canonical([first, second])) == {
        "choices": [{"id": "b"}],
        "name": {"en": "1"},
    }


async def test_what_another_server_has_recorded_is_known(database: Any, log: StatementLog) -> None:
    """XAPI-00254: what was never read, because a server ended, is found in the log."""
    await record(log, told("Ada", name={"en": "One"}), told("A. L.", name={"de": "Eins"}))
    fresh = Metadata(database, log)
    assert await fresh.definition(ORGANIZATION, ACTIVITY) == {"name": {"en": "One", "de": "Eins"}}
    assert sorted(await fresh.names(ORGANIZATION, ADA_KEY)) == ["A. L.", "Ada"]
    assert await fresh.definition("organization-2", ACTIVITY) is None
    assert await fresh.names("organization-2", ADA_KEY) == []


async def test_two_servers_that_learn_at_once_lose_nothing(
    database: Any, log: StatementLog
) -> None:
    """XAPI-00254: definitions are merged where another server was faster."""
    servers = [Metadata(database, log), Metadata(database, log)]
    await asyncio.gather(
        *(record(log, told(f"Ada {n}", name={f"en-x-{n}": str(n)})) for n in range(20))
    )
    for server in servers:
        definition = await server.definition(ORGANIZATION, ACTIVITY)
        assert definition is not None
        assert len(definition["name"]) == 20
        assert len(await server.names(ORGANIZATION, ADA_KEY)) == 20


async def test_an_agents_names_have_an_end(database: Any, log: StatementLog) -> None:
    """A client that makes up a name each time fills no document without end."""
    metadata = Metadata(database, log)
    for start in range(0, 150, 50):
        await record(log, *(told(f"Ada {n}") for n in range(start, start + 50)))
        await metadata.settled()
    assert 100 <= len(await metadata.names(ORGANIZATION, ADA_KEY)) < 200


async def test_an_erased_agent_has_no_names(database: Any, log: StatementLog) -> None:
    """What statements still tell is found again: they are erased first."""
    metadata = Metadata(database, log)
    await record(log, told("Ada", name={"en": "One"}))
    assert await metadata.names(ORGANIZATION, ADA_KEY) == ["Ada"]
    await database["statements"].delete_many({})
    await metadata.erase_agent(ORGANIZATION, ADA_KEY)
    assert await metadata.names(ORGANIZATION, ADA_KEY) == []
    assert await database["agents"].count_documents({}) == 0
    assert await metadata.definition(ORGANIZATION, ACTIVITY) == {"name": {"en": "One"}}
