"""GET of statements: one, those that match, page by page, in each form (Communication 2.1.3)."""

import json
import uuid
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from tests.conformance.xapi.client import CONSISTENT_THROUGH, PATH, VERSION, Client, findings
from tests.lrs.conftest import Statement, a_statement
from tests.lrs.whole import WHOLE

ADA = {"mbox": "mailto:ada@example.com"}
GRACE = {"account": {"homePage": "https://example.com", "name": "grace"}}
TEAM = {"objectType": "Group", "openid": "https://example.com/team", "member": [GRACE]}
VERB = "https://example.com/verbs/tried"
ACTIVITY = "https://example.com/activities/2"
REGISTRATION = str(uuid.uuid4())


def inner(**properties: Any) -> Statement:
    """Return a SubStatement."""
    return a_statement(id=None, objectType="SubStatement", **properties)


def around(role: str) -> dict[str, Any]:
    """Return a context with one activity."""
    return {"contextActivities": {role: [{"id": ACTIVITY}]}}


EXACT: list[tuple[dict[str, Any], Statement]] = [
    ({"agent": GRACE}, {"actor": GRACE}),
    ({"agent": GRACE}, {"actor": {"objectType": "Group", "member": [ADA, GRACE]}}),
    ({"agent": GRACE}, {"actor": TEAM}),
    ({"agent": TEAM}, {"actor": TEAM}),
    ({"agent": GRACE}, {"object": {"objectType": "Agent", **GRACE}}),
    ({"agent": GRACE}, {"object": TEAM}),
    ({"verb": VERB}, {"verb": {"id": VERB}}),
    ({"activity": ACTIVITY}, {"object": {"id": ACTIVITY}}),
    ({"registration": REGISTRATION}, {"context": {"registration": REGISTRATION}}),
    ({"registration": REGISTRATION.upper()}, {"context": {"registration": REGISTRATION}}),
]
BROAD: list[tuple[dict[str, Any], Statement]] = [
    ({"agent": GRACE}, {"context": {"instructor": GRACE}}),
    ({"agent": GRACE}, {"context": {"team": TEAM}}),
    ({"agent": GRACE}, {"object": inner(actor=GRACE)}),
    ({"agent": GRACE}, {"object": inner(object={"objectType": "Agent", **GRACE})}),
    ({"agent": GRACE}, {"object": inner(context={"team": TEAM})}),
    *(
        ({"activity": ACTIVITY}, {"context": around(role)})
        for role in ("parent", "grouping", "category", "other")
    ),
    ({"activity": ACTIVITY}, {"object": inner(object={"id": ACTIVITY})}),
    ({"activity": ACTIVITY}, {"object": inner(context=around("other"))}),
]


async def _newest(client: Client) -> str:
    """Store a statement that matches nothing; return when it was stored."""
    (statement_id,) = await client.store(a_statement())
    stored: str = (await client.statement(statement_id))["stored"]
    return stored


async def test_a_filter_finds_what_matches(client: Client) -> None:
    """XAPI-00164, XAPI-00178 to XAPI-00181: that, and nothing else."""
    for parameters, matching in EXACT:
        since, sent = await _newest(client), a_statement(**matching)
        await client.store(a_statement(), sent, a_statement())
        assert await client.found(**parameters, since=since) == [sent["id"]], parameters


async def test_a_broad_filter_looks_all_over_the_statement(client: Client) -> None:
    """XAPI-00176, XAPI-00177: only where related_agents or related_activities asks for it."""
    for parameters, matching in BROAD:
        since, sent = await _newest(client), a_statement(**matching)
        await client.store(a_statement(), sent)
        broad = "related_agents" if "agent" in parameters else "related_activities"
        for asked, found in (({}, []), ({broad: False}, []), ({broad: True}, [sent["id"]])):
            assert await client.found(**parameters, **asked, since=since) == found, matching


async def test_filters_apply_together(client: Client) -> None:
    """XAPI-00164: a statement matches all of them or is not found."""
    both = a_statement(actor=GRACE, verb={"id": VERB})
    await client.store(a_statement(actor=GRACE), a_statement(verb={"id": VERB}), both)
    assert await client.found(agent=GRACE, verb=VERB) == [both["id"]]
    assert await client.found(agent=GRACE, verb=VERB, activity=ACTIVITY) == []


async def test_order_limit_since_and_until(client: Client) -> None:
    """XAPI-00166, XAPI-00173 to XAPI-00175: by `stored`; since is excluded, until included."""
    ids = [(await client.store(a_statement()))[0] for _ in range(4)]
    stored = [(await client.statement(each))["stored"] for each in ids]
    assert stored == sorted(set(stored))
    assert await client.found() == ids[::-1]
    assert await client.found(ascending=True) == ids
    assert await client.found(ascending=True, limit=2) == ids[:2]
    assert await client.found(limit=1) == ids[3:]
    assert await client.found(limit=0) == ids[::-1]
    assert await client.found(ascending=True, since=stored[1]) == ids[2:]
    assert await client.found(ascending=True, until=stored[1]) == ids[:2]
    assert await client.found(since=stored[0], until=stored[2]) == ids[2:0:-1]
    assert await client.found(since=stored[3]) == []


async def test_nothing_found_is_no_error(client: Client) -> None:
    """XAPI-00109, XAPI-00113, XAPI-00149, XAPI-00154, XAPI-00159, XAPI-00165."""
    response = await client.send("GET", verb="https://example.com/never")
    assert response.content_type == "application/json"
    assert await response.json() == {"statements": [], "more": ""}


async def test_more_leads_to_every_statement_once(client: Client) -> None:
    """XAPI-00108, XAPI-00110, XAPI-00111, XAPI-00114: filters, order and form go with it."""
    batch = [a_statement(actor=ADA | {"name": "Ada"}, verb={"id": VERB}) for _ in range(5)]
    await client.store(*batch, a_statement())
    page = await (await client.send("GET", verb=VERB, limit=2, format="ids", ascending=True)).json()
    seen = page["statements"]
    while page["more"]:
        first, again = [
            await (await client.send("GET", path=page["more"])).json() for _ in range(2)
        ]
        assert first == again
        assert set(first) == {"statements", "more"}
        assert 0 < len(first["statements"]) <= 2
        seen, page = seen + first["statements"], first
    assert [each["id"] for each in seen] == [each["id"] for each in batch]
    assert all(each["actor"] == {"mbox": ADA["mbox"]} for each in seen)


@pytest.mark.parametrize("ascending", [True, False])
async def test_pages_follow_each_other_while_statements_arrive(
    client: Client, ascending: bool
) -> None:
    """XAPI-00108, XAPI-00111: what was there is on one page each, whatever comes meanwhile."""
    ids = await client.store(*(a_statement() for _ in range(7)))
    seen: list[str] = []
    link = f"{PATH}?limit=3&ascending={json.dumps(ascending)}"
    while link:
        page = await (await client.send("GET", path=link)).json()
        seen += [each["id"] for each in page["statements"]]
        link = page["more"]
        if not ascending:
            await client.store(a_statement())
    assert seen == (ids if ascending else ids[::-1])


@pytest.mark.parametrize("name", ["statementId", "voidedStatementId"])
async def test_one_statement_stands_alone(client: Client, name: str) -> None:
    """XAPI-00150, XAPI-00151: beside it only `attachments` and `format`."""
    beside = {
        "agent": ADA,
        "verb": VERB,
        "activity": ACTIVITY,
        "registration": REGISTRATION,
        "related_activities": True,
        "related_agents": True,
        "since": "2026-11-21T10:00:00Z",
        "until": "2026-11-21T10:00:00Z",
        "limit": 1,
        "ascending": True,
        {"statementId": "voidedStatementId"}.get(name, "statementId"): str(uuid.uuid4()),
    }
    for other, value in beside.items():
        response = await client.send("GET", **{name: str(uuid.uuid4()), other: value})
        assert response.status == 400, other
        assert set(findings(await response.json()).values()) <= {"XAPI-00150", "XAPI-00151"}
    response = await client.send("GET", **{name: str(uuid.uuid4()), "format": "exact"})
    assert response.status == 404


MALFORMED = {
    "statementId": ["", "7"],
    "voidedStatementId": ["", "7"],
    "agent": ["", "ada", "{}", "[]", '{"mbox":"ada"}', '{"objectType":"Group","member":[]}'],
    "verb": ["", "tried", "//a.b"],
    "activity": ["", "a b:c"],
    "registration": ["", "7", REGISTRATION[1:]],
    "related_activities": ["", "yes", "True", "1"],
    "related_agents": ["", "no"],
    "since": ["", "yesterday", "2026-11-21", "2026-02-30T10:00:00Z", "2026-11-21T10:00:00-00:00"],
    "until": ["", "7"],
    "limit": ["", "-1", "1.5", "x", "\uff11"],
    "attachments": ["", "both"],
    "ascending": ["", "up"],
    "format": ["", "Exact", "full"],
    "more": ["", "x", "gA"],
}


async def test_a_malformed_parameter_is_refused(client: Client) -> None:
    """XAPI-00012: by the rules for the same type in a statement."""
    for name, values in MALFORMED.items():
        for value in values:
            response = await client.send("GET", **{name: value})
            assert response.status == 400, (name, value)
            assert [*findings(await response.json())] == [name]


async def test_unknown_repeated_and_miswritten_parameters_are_refused(client: Client) -> None:
    """XAPI-00324, XAPI-00325: all are told."""
    response = await client.send("GET", path=f"{PATH}?Limit=1&colour=red&verb=a:b&verb=a:b")
    assert response.status == 400
    assert findings(await response.json()) == {
        "Limit": "XAPI-00325",
        "colour": "XAPI-00324",
        "verb": "XAPI-00324",
    }


async def test_all_that_is_wrong_with_the_parameters_is_told_at_once(client: Client) -> None:
    """XAPI-00012, XAPI-00151, XAPI-00324: names, forms and filters, whatever else is wrong."""
    wrong = {"colour": "red", "format": "full", "limit": "-1", "since": "yesterday"}
    response = await client.send("GET", **wrong, verb=VERB)
    assert response.status == 400
    malformed = dict.fromkeys(wrong, "XAPI-00012") | {"colour": "XAPI-00324"}
    assert findings(await response.json()) == malformed
    response = await client.send("GET", **wrong, verb=VERB, statementId="7")
    assert findings(await response.json()) == {
        "colour": "XAPI-00324",
        "format": "XAPI-00012",
        "statementId": "XAPI-00012",
        "limit": "XAPI-00151",
        "since": "XAPI-00151",
        "verb": "XAPI-00151",
    }


async def test_a_great_limit_asks_for_as_many_as_a_page_holds(client: Client) -> None:
    """XAPI-00173: any whole number is one."""
    ids = await client.store(a_statement(), a_statement())
    for limit in ("999999999", "10000000000", "9" * 5000):
        assert await client.found(ascending=True, limit=limit) == ids


async def test_head_answers_as_get_without_a_body(client: Client) -> None:
    """XAPI-00125, XAPI-00126: in every header, errors as well."""
    (statement_id,) = await client.store(a_statement())
    for parameters in ({}, {"statementId": statement_id}, {"statementId": "7"}):
        got, head = [await client.send(method, **parameters) for method in ("GET", "HEAD")]
        assert (head.status, await head.read()) == (got.status, b"")
        changing = {"Date", CONSISTENT_THROUGH}
        assert {*head.headers.items()} ^ {*got.headers.items()} <= {
            item
            for response in (got, head)
            for item in response.headers.items()
            if item[0] in changing
        }


async def test_every_answer_says_how_far_it_is_complete(client: Client) -> None:
    """XAPI-00153, XAPI-00160, XAPI-00330: whatever its status, and with the version."""
    (statement_id,) = await client.store(a_statement())
    stored, through = (await client.statement(statement_id))["stored"], ""
    while through < stored:
        for parameters in ({}, {"statementId": statement_id}, {"statementId": "7"}, {"x": "y"}):
            response = await client.send("GET", **parameters)
            assert response.headers[VERSION] == client.version
            assert response.headers[CONSISTENT_THROUGH] >= through
            through = response.headers[CONSISTENT_THROUGH]
            assert through.endswith("Z")
    for method, body, headers in (
        ("HEAD", None, {}),
        ("POST", b"{", {}),
        ("GET", None, {"Authorization": "Basic bm86Ym9keQ=="}),
    ):
        response = await client.send(method, body, headers=headers)
        assert response.headers[VERSION] == client.version
        assert response.headers[CONSISTENT_THROUGH] >= through


async def test_last_modified_is_when_it_was_stored(client: Client) -> None:
    """Communication 2.1.3: of one statement, and of the latest on a page."""
    (statement_id,) = await client.store(a_statement())
    stored = (await client.statement(statement_id))["stored"]
    for parameters in ({"statementId": statement_id}, {}):
        response = await client.send("GET", **parameters)
        modified = parsedate_to_datetime(response.headers["Last-Modified"])
        assert modified.strftime("%Y-%m-%dT%H:%M:%S") == stored[:19]


async def test_exact_returns_what_was_sent(client: Client) -> None:
    """XAPI-00096, XAPI-00170: every property; context activities are listed."""
    await client.store(WHOLE)
    got = await client.statement(WHOLE["id"], format="exact")
    context = {**WHOLE["context"], "contextActivities": got["context"]["contextActivities"]}
    assert context["contextActivities"]["parent"] == [{"id": "http://a.b/p"}]
    for name in {*WHOLE} - {"context", "stored", "authority", "timestamp"}:
        assert got[name] == WHOLE[name]
    assert got["context"] == context


async def test_a_single_context_activity_is_returned_in_an_array(client: Client) -> None:
    """XAPI-00096: in a SubStatement as well."""
    single = {"contextActivities": {"parent": {"id": ACTIVITY}}}
    sent = a_statement(context=single, object=inner(context=single))
    await client.store(sent)
    got = await client.statement(sent["id"])
    for part in (got, got["object"]):
        assert part["context"] == around("parent")


async def test_ids_identifies_and_says_no_more(client: Client) -> None:
    """XAPI-00169, XAPI-00171: agents, groups, verbs and activities, wherever they stand."""
    anonymous = {"objectType": "Group", "name": "x", "member": [GRACE | {"name": "Grace"}]}
    told = {
        "actor": TEAM | {"name": "Team"},
        "verb": {"id": VERB, "display": {"en": "tried"}},
        "context": {"instructor": anonymous, **around("parent")},
    }
    thing = {"id": ACTIVITY, "definition": {"name": {"en": "x"}}}
    sent = a_statement(**told, object=inner(**told, object=thing))
    await client.store(sent)
    got = await client.statement(sent["id"], format="ids")
    for part in (got, got["object"]):
        assert part["actor"] == {"objectType": "Group", "openid": TEAM["openid"]}
        assert part["verb"] == {"id": VERB}
        assert part["context"]["instructor"] == {"objectType": "Group", "member": [GRACE]}
        assert part["context"]["contextActivities"]["parent"] == [{"id": ACTIVITY}]
    assert got["object"]["object"] == {"id": ACTIVITY}


LANGUAGES = {"en-US": "color", "en-GB": "colour", "de": "Farbe", "zh-Hant-TW": "顏色"}


WANTED = [
    ("de", "de"),
    ("de-AT", "de"),
    ("en-GB, en;q=0.5", "en-GB"),
    ("en", "en-US"),
    ("fr, de;q=0.5, en;q=0.7", "en-US"),
    ("EN-gb", "en-GB"),
    ("zh-TW", "zh-Hant-TW"),
    ("fr", "en-US"),
    ("*", "en-US"),
    ("de;q=0, en-GB;q=0.1", "en-GB"),
    (";;q=x,", "en-US"),
]


async def test_canonical_speaks_one_language(client: Client) -> None:
    """XAPI-00168, XAPI-00172: the one that Accept-Language wants most, of every language map."""
    definition = {
        "name": LANGUAGES,
        "description": LANGUAGES,
        "interactionType": "choice",
        "choices": [{"id": "a", "description": LANGUAGES}],
    }
    sent = a_statement(
        verb={"id": VERB, "display": LANGUAGES}, object={"id": ACTIVITY, "definition": definition}
    )
    await client.store(sent)
    for accepted, tag in WANTED:
        headers = {"Accept-Language": accepted}
        got = await client.statement(sent["id"], format="canonical", headers=headers)
        only = {tag: LANGUAGES[tag]}
        shown = got["object"]["definition"]
        assert got["verb"]["display"] == shown["name"] == shown["description"] == only
        assert shown["choices"][0]["description"] == only
        exact = await client.statement(sent["id"], headers=headers)
        assert exact["verb"]["display"] == LANGUAGES
