"""The agents resource: a Person (Communication 2.4)."""

import json
from typing import Any

from tests.conformance.xapi.documents.client import AGENT, Client, broken
from tests.lrs.conftest import a_statement

PATH = "/xapi/agents"
ACCOUNT = {"account": {"homePage": "https://lms.example.com", "name": "7"}}


async def person(client: Client, agent: dict[str, Any]) -> Any:
    """GET a Person."""
    response = await client.send("GET", PATH, {"agent": agent})
    assert response.status == 200, await response.text()
    assert response.content_type == "application/json"
    return await response.json()


async def record(client: Client, *statements: dict[str, Any]) -> None:
    """POST statements."""
    response = await client.send("POST", "/xapi/statements", body=list(statements))
    assert response.status == 200, await response.text()


async def test_an_agent_whom_nobody_knows_is_a_person_all_the_same(client: Client) -> None:
    """XAPI-00236, 00237, 00245, 00247: only what was asked with comes back."""
    assert await person(client, AGENT) == {"objectType": "Person", "mbox": [AGENT["mbox"]]}
    assert await person(client, {**AGENT, "name": "Ada"}) == {
        "objectType": "Person",
        "name": ["Ada"],
        "mbox": [AGENT["mbox"]],
    }


async def test_each_identifier_is_a_list(client: Client) -> None:
    """XAPI-00239 to 00242, 00244, 00246: as it was asked with."""
    for agent in (
        {"mbox": "mailto:ada@example.com"},
        {"mbox_sha1sum": "ebd31e95054c018b10727ccffd2ef2ec3a016ee9"},
        {"openid": "https://ada.example.org/"},
        ACCOUNT,
    ):
        ((name, value),) = agent.items()
        assert await person(client, agent) == {"objectType": "Person", name: [value]}


async def test_a_person_has_the_names_that_statements_have_given_it(client: Client) -> None:
    """XAPI-00238, 00248: wherever in a statement the agent stands."""
    named = {**AGENT, "name": "Ada"}
    await record(
        client,
        a_statement(actor=named),
        a_statement(actor=ACCOUNT, object={**AGENT, "name": "A. Lovelace"}),
        a_statement(actor=ACCOUNT, context={"instructor": {**AGENT, "name": "Countess"}}),
        a_statement(
            actor={"objectType": "Group", "member": [{**AGENT, "name": "Member"}], "name": "Team"}
        ),
    )
    names = {"Ada", "A. Lovelace", "Countess", "Member"}
    assert set((await person(client, AGENT))["name"]) == names
    assert "name" not in await person(client, ACCOUNT)


async def test_what_is_no_agent_is_refused(client: Client) -> None:
    """XAPI-00243, 00249: missing, no JSON, a group, without or with two identifiers."""
    assert await broken(await client.send("GET", PATH)) == {"agent": "XAPI-00243"}
    for wrong in (
        "ada",
        "",
        {},
        [],
        {"objectType": "Group", "member": [AGENT]},
        {"mbox": "ada@example.com"},
        {**AGENT, **ACCOUNT},
        {"account": {"name": "7"}},
        {**AGENT, "extra": 1},
    ):
        response = await client.send("GET", PATH, {"agent": wrong})
        assert await broken(response) == {"agent": "XAPI-00249"}
    extra = await client.send("GET", PATH, {"agent": AGENT, "extra": "1"})
    assert await broken(extra) == {"extra": "XAPI-00324"}


async def test_only_get_and_head_are_there(client: Client) -> None:
    """Communication 2.4: nobody writes a Person."""
    for method in ("POST", "PUT", "DELETE"):
        response = await client.send(method, PATH, {"agent": json.dumps(AGENT)})
        assert response.status == 405
        assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
