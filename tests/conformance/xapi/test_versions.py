"""Which versions are spoken, and what 2.0 does otherwise (Communication 3.3; IEEE 9274.1.1)."""

from typing import Any

import pytest

from tests.conformance.xapi.client import VERSION, Client, findings
from tests.lrs.conftest import a_statement

ADA = {"objectType": "Agent", "mbox": "mailto:ada@example.com"}
GRACE = {"objectType": "Agent", "mbox": "mailto:grace@example.com"}
TYPE = "https://example.com/roles/mentor"
NO_VARIANT = "01234567-89ab-9def-0123-456789abcdef"


@pytest.mark.parametrize(
    ("named", "spoken"),
    [
        ("1.0", "1.0.3"),
        ("1.0.0", "1.0.3"),
        ("1.0.9", "1.0.3"),
        ("2.0", "2.0.0"),
        ("2.0.0", "2.0.0"),
        ("2.0.7", "2.0.0"),
    ],
)
async def test_a_patch_version_is_spoken_as_its_latest(
    old: Client, named: str, spoken: str
) -> None:
    """XAPI-00331, XAPI-00333: 1.0, 1.0.x, 2.0 and 2.0.x are taken and the latest patch named."""
    response = await old.speaking(named).send("GET")
    assert response.status == 200
    assert response.headers[VERSION] == spoken


@pytest.mark.parametrize(
    "named", ["", "0.9", "0.95", "1", "1.1", "1.1.0", "2.1.0", "3.0.0", "v2.0", "é\udcff"]
)
async def test_other_versions_are_refused(old: Client, named: str) -> None:
    """XAPI-00331: with 400 and the reason, whatever bytes the header holds."""
    response = await old.speaking(named).send("GET")
    assert response.status == 400
    assert findings(await response.json()) == {VERSION: "XAPI-00331"}


async def test_a_request_without_a_version_is_refused_as_one_of_0_9(xapi: Any) -> None:
    """XAPI-00321: only 0.9 had no header, and it is not spoken."""
    del xapi.session.headers[VERSION]
    response = await xapi.get("/xapi/statements")
    assert response.status == 400
    assert response.headers[VERSION] == "0.9"
    assert findings(await response.json()) == {VERSION: "XAPI-00331"}


@pytest.mark.parametrize(
    ("spoken", "own", "kept"),
    [
        ("1.0.3", None, "1.0.0"),
        ("1.0.3", "1.0", "1.0"),
        ("1.0.3", "1.0.9", "1.0.9"),
        ("2.0.0", None, "2.0.0"),
        ("2.0.0", "2.0.0", "2.0.0"),
        ("2.0.0", "2.0", "2.0"),
        ("2.0.0", "1.0.3", "1.0.3"),
    ],
)
async def test_a_statement_keeps_the_version_it_came_with(
    old: Client, spoken: str, own: str | None, kept: str
) -> None:
    """XAPI-00332: under either version; where it has none, the version's own is assigned."""
    (statement_id,) = await old.speaking(spoken).store(a_statement(version=own))
    for version in ("1.0.3", "2.0.0"):
        got = await old.speaking(version).statement(statement_id)
        assert got["version"] == kept


@pytest.mark.parametrize(
    ("spoken", "own"),
    [("1.0.3", "2.0.0"), ("1.0.3", "1.1.0"), ("1.0.3", "0.9"), ("2.0.0", "2.1.0"), ("2.0.0", "3")],
)
async def test_a_statement_of_a_version_that_is_not_spoken_is_refused(
    old: Client, spoken: str, own: str
) -> None:
    """XAPI-00101."""
    told = await old.speaking(spoken).refusal(a_statement(version=own))
    assert told == {"/version": "XAPI-00101"}


async def test_a_2_0_statement_is_shown_whole_to_a_1_0_3_client(new: Client) -> None:
    """XAPI-00330: a newer statement is not converted into an older form."""
    around = {"contextAgents": [{"objectType": "contextAgent", "agent": GRACE}]}
    (statement_id,) = await new.store(a_statement(context=around))
    got = await new.speaking("1.0.3").statement(statement_id)
    assert got["context"] == around


async def test_timestamps_are_returned_in_utc_in_2_0(new: Client) -> None:
    """IEEE 9274.1.1, 4.2.7: in a SubStatement too; the fraction stays."""
    inner = a_statement(
        id=None, objectType="SubStatement", timestamp="2026-01-01T00:30:00.1234567+01:00"
    )
    (statement_id,) = await new.store(
        a_statement(timestamp="2023-05-04T12:00:00-05:00", object=inner)
    )
    got = await new.statement(statement_id)
    assert got["timestamp"] == "2023-05-04T17:00:00Z"
    assert got["object"]["timestamp"] == "2025-12-31T23:30:00.1234567Z"


async def test_timestamps_are_returned_as_they_came_in_1_0_3(old: Client) -> None:
    """XAPI-00122: no precision is lost."""
    text = "2023-05-04T12:00:00.123456789-05:00"
    (statement_id,) = await old.store(a_statement(timestamp=text))
    assert (await old.statement(statement_id))["timestamp"] == text


@pytest.mark.parametrize(
    "timestamp", ["2023-05-04T12:00:00", "20230504T120000Z", "2023-05-04T12:00Z"]
)
async def test_only_2_0_asks_for_an_offset_and_the_extended_form(
    old: Client, new: Client, timestamp: str
) -> None:
    """XAPI-00123: ISO 8601, basic or extended, in 1.0.3; RFC 3339 in 2.0."""
    await old.store(a_statement(timestamp=timestamp))
    assert await new.refusal(a_statement(timestamp=timestamp)) == {"/timestamp": "XAPI-00123"}
    assert (await old.send("GET", since=timestamp)).status == 200
    assert (await new.send("GET", since=timestamp)).status == 400


async def test_only_1_0_3_asks_for_the_variant_of_a_uuid(old: Client, new: Client) -> None:
    """XAPI-00027: RFC 4122 variant 2 in 1.0.3; any UUID in standard form in 2.0."""
    assert await old.refusal(a_statement(id=NO_VARIANT)) == {"/id": "XAPI-00027"}
    assert await new.store(a_statement(id=NO_VARIANT)) == [NO_VARIANT]
    assert (await new.statement(NO_VARIANT))["id"] == NO_VARIANT


async def test_context_agents_and_groups_are_found_as_related_agents(new: Client) -> None:
    """IEEE 9274.1.1, 4.2.2.5: the group, and its members, in a SubStatement too."""
    club = {"objectType": "Group", "mbox": "mailto:club@example.com", "member": [ADA]}
    around = {
        "contextAgents": [
            {"objectType": "contextAgent", "agent": GRACE, "relevantTypes": [TYPE]},
            {"objectType": "contextAgent", "agent": {"openid": "https://example.com/ida"}},
        ],
        "contextGroups": [{"objectType": "contextGroup", "group": club, "relevantTypes": [TYPE]}],
    }
    someone = {"mbox": "mailto:someone@example.com"}
    inner = a_statement(id=None, objectType="SubStatement", actor=someone, context=around)
    ids = [
        *await new.store(a_statement(actor=someone, context=around)),
        *await new.store(a_statement(actor=someone, object=inner)),
    ]
    await new.store(a_statement(actor=someone))
    member = {"mbox": ADA["mbox"]}
    for agent in (GRACE, {"openid": "https://example.com/ida"}, club, member):
        assert await new.found(agent=agent) == []
        assert await new.found(agent=agent, related_agents=True) == ids[::-1]


@pytest.mark.parametrize(
    ("context", "where"),
    [
        ({"contextAgents": {}}, "/contextAgents"),
        ({"contextAgents": [{"agent": ADA}]}, "/contextAgents/0"),
        (
            {"contextAgents": [{"objectType": "Agent", "agent": ADA}]},
            "/contextAgents/0/objectType",
        ),
        ({"contextAgents": [{"objectType": "contextAgent"}]}, "/contextAgents/0"),
        (
            {"contextAgents": [{"objectType": "contextAgent", "agent": {"name": "Ada"}}]},
            "/contextAgents/0/agent",
        ),
        (
            {"contextAgents": [{"objectType": "contextAgent", "agent": ADA, "relevantTypes": []}]},
            "/contextAgents/0/relevantTypes",
        ),
        (
            {
                "contextAgents": [
                    {"objectType": "contextAgent", "agent": ADA, "relevantTypes": ["mentor"]}
                ]
            },
            "/contextAgents/0/relevantTypes/0",
        ),
        (
            {"contextGroups": [{"objectType": "contextGroup", "group": ADA}]},
            "/contextGroups/0/group/objectType",
        ),
        (
            {"contextGroups": [{"objectType": "contextGroup", "group": {"objectType": "Group"}}]},
            "/contextGroups/0/group",
        ),
        (
            {"contextGroups": [{"objectType": "contextGroup", "agent": ADA, "group": None}]},
            "/contextGroups/0/agent",
        ),
    ],
)
async def test_malformed_context_agents_and_groups_are_refused(
    new: Client, context: Any, where: str
) -> None:
    """IEEE 9274.1.1, 4.2.2.5: with the place of each mistake, in a SubStatement too."""
    assert f"/context{where}" in await new.refusal(a_statement(context=context))
    inner = a_statement(id=None, objectType="SubStatement", context=context)
    assert f"/object/context{where}" in await new.refusal(a_statement(object=inner))


async def test_context_agents_are_no_property_of_1_0_3(old: Client) -> None:
    """XAPI-00010."""
    told = await old.refusal(a_statement(context={"contextAgents": [], "contextGroups": []}))
    assert told == {
        "/context/contextAgents": "XAPI-00010",
        "/context/contextGroups": "XAPI-00010",
    }
