"""The statements resource over HTTP, on a real MongoDB (Communication 2.1)."""

import json
from typing import Any

import pytest
from aiohttp import encode_basic_auth
from aiohttp.test_utils import TestClient

from lrs.credentials import Credentials
from lrs.credentials.scopes import READ_OWN_STATEMENTS, WRITE_STATEMENTS
from tests.lrs.conftest import ORGANIZATION, Statement, a_statement, voiding

XAPI = TestClient[Any, Any]
PATH = "/xapi/statements"


def basic(key: str, secret: str) -> dict[str, str]:
    """Return the header of another credential."""
    return {"Authorization": encode_basic_auth(key, secret)}


async def post(xapi: XAPI, *statements: Statement) -> list[str]:
    """Post a batch, or one statement alone; return the ids."""
    body = statements[0] if len(statements) == 1 else list(statements)
    response = await xapi.post(PATH, json=body)
    assert response.status == 200, await response.text()
    ids: list[str] = await response.json()
    return ids


async def found(xapi: XAPI, **parameters: Any) -> list[str]:
    """Return the ids that a GET finds, in order."""
    texts = {
        name: json.dumps(value) if isinstance(value, dict | bool) else str(value)
        for name, value in parameters.items()
    }
    response = await xapi.get(PATH, params=texts)
    assert response.status == 200, await response.text()
    return [statement["id"] for statement in (await response.json())["statements"]]


async def test_post_answers_with_the_ids_in_order(xapi: XAPI) -> None:
    """XAPI-00145: POST answers 200 with the ids."""
    batch = [a_statement() for _ in range(20)]
    assert await post(xapi, *batch) == [each["id"] for each in batch]


async def test_put_answers_204_and_get_returns_what_was_put(xapi: XAPI) -> None:
    """XAPI-00026, XAPI-00097, XAPI-00099: id, stored, authority and version are filled in."""
    sent = a_statement(result={"response": "naïve ☃", "extensions": {"http://a.b/c": None}})
    response = await xapi.put(PATH, params={"statementId": sent["id"]}, json=sent)
    assert response.status == 204
    response = await xapi.get(PATH, params={"statementId": sent["id"]})
    got = await response.json()
    assert response.headers["Last-Modified"].endswith("GMT")
    assert got["result"] == sent["result"]
    assert got["version"] == "1.0.0"
    assert got["stored"] == got["timestamp"]
    assert got["authority"]["account"]["homePage"] == "https://lms.example.com"


async def test_put_of_the_same_statement_changes_nothing_and_a_different_one_conflicts(
    xapi: XAPI,
) -> None:
    """XAPI-00142: a statement is never modified by another with its id."""
    sent = a_statement()
    where = {"statementId": sent["id"]}
    assert (await xapi.put(PATH, params=where, json=sent)).status == 204
    before = await (await xapi.get(PATH, params=where)).json()
    assert (await xapi.put(PATH, params=where, json=sent)).status == 204
    other = {**sent, "verb": {"id": "http://example.com/other"}}
    conflict = await xapi.put(PATH, params=where, json=other)
    assert conflict.status == 409
    assert (await conflict.json())["errors"][0]["code"] == "conflict"
    assert await (await xapi.get(PATH, params=where)).json() == before


async def test_a_batch_with_one_bad_statement_leaves_nothing(xapi: XAPI) -> None:
    """XAPI-00326: a batch is all or nothing, and every finding is told with its place."""
    bad = a_statement(actor={"mbox": "ada@example.com"}, verb=None)
    response = await xapi.post(PATH, json=[a_statement(), bad, a_statement(objecT={})])
    assert response.status == 400
    errors = (await response.json())["errors"]
    assert {error["source"]["pointer"] for error in errors} == {"/1", "/1/actor/mbox", "/2/objecT"}
    assert {error["meta"]["requirement"] for error in errors} == {
        "XAPI-00004",
        "XAPI-00038",
        "XAPI-00008",
    }
    assert await found(xapi) == []


async def test_a_batch_with_one_conflict_leaves_nothing(xapi: XAPI) -> None:
    """XAPI-00326: a conflict refuses the whole batch."""
    taken = a_statement()
    await post(xapi, taken)
    response = await xapi.post(
        PATH, json=[a_statement(), {**taken, "verb": {"id": "http://example.com/other"}}]
    )
    assert response.status == 409
    assert (await response.json())["errors"][0]["source"] == {"pointer": "/1/id"}
    assert await found(xapi) == [taken["id"]]


async def test_an_id_twice_in_a_batch_is_refused(xapi: XAPI) -> None:
    """Communication 2.1.2: two statements of a batch cannot have one id."""
    one = a_statement()
    response = await xapi.post(PATH, json=[one, {**one, "id": one["id"].upper()}])
    assert response.status == 400


async def test_each_filter_finds_its_statements(xapi: XAPI) -> None:
    """XAPI-00175 to 00181: agent, verb, activity and registration."""
    agent = {"account": {"homePage": "https://lms.example.com", "name": "7"}}
    registration = "01234567-89ab-4def-8123-456789abcdef"
    wanted = a_statement(
        actor=agent,
        verb={"id": "http://example.com/verbs/tried"},
        object={"id": "https://example.com/activities/2"},
        context={"registration": registration.upper()},
    )
    await post(xapi, a_statement(), wanted, a_statement())
    only = [wanted["id"]]
    assert await found(xapi, agent=agent) == only
    assert await found(xapi, verb="http://example.com/verbs/tried") == only
    assert await found(xapi, activity="https://example.com/activities/2") == only
    assert await found(xapi, registration=registration) == only
    assert await found(xapi, agent=agent, verb="http://example.com/verbs/tried", limit=5) == only
    assert await found(xapi, agent=agent, verb="http://example.com/verbs/other") == []


async def test_related_agents_and_activities_look_everywhere(xapi: XAPI) -> None:
    """XAPI-00174, XAPI-00173: authority, instructor, team, members, contexts, SubStatements."""
    instructor = {"mbox": "mailto:grace@example.com"}
    inner = a_statement(
        id=None,
        objectType="SubStatement",
        actor={"mbox": "mailto:inner@example.com"},
        object={"id": "https://example.com/activities/inner"},
    )
    one = a_statement(
        context={
            "instructor": instructor,
            "contextActivities": {"parent": {"id": "https://example.com/activities/parent"}},
        }
    )
    two = a_statement(object=inner)
    await post(xapi, one, two)
    assert await found(xapi, agent=instructor) == []
    assert await found(xapi, agent=instructor, related_agents=True) == [one["id"]]
    assert await found(xapi, agent=inner["actor"], related_agents=True) == [two["id"]]
    for activity, statement in (("parent", one), ("inner", two)):
        iri = f"https://example.com/activities/{activity}"
        assert await found(xapi, activity=iri) == []
        assert await found(xapi, activity=iri, related_activities=True) == [statement["id"]]


async def test_members_of_a_group_are_found_as_agents(xapi: XAPI) -> None:
    """Communication 2.1.3: a group whose member matches counts as a match."""
    member = {"mbox": "mailto:member@example.com"}
    sent = a_statement(actor={"objectType": "Group", "member": [member]})
    await post(xapi, sent)
    assert await found(xapi, agent=member) == [sent["id"]]


async def test_since_until_ascending_and_limit(xapi: XAPI) -> None:
    """XAPI-00176 to 00178: since is excluded, until included; newest first."""
    ids = [(await post(xapi, a_statement()))[0] for _ in range(4)]
    stored = {
        each: (await (await xapi.get(PATH, params={"statementId": each})).json())["stored"]
        for each in ids
    }
    assert await found(xapi) == ids[::-1]
    assert await found(xapi, ascending=True) == ids
    assert await found(xapi, ascending=True, limit=2) == ids[:2]
    assert await found(xapi, ascending=True, since=stored[ids[1]]) == ids[2:]
    assert await found(xapi, ascending=True, until=stored[ids[1]]) == ids[:2]


@pytest.mark.parametrize("ascending", [True, False])
async def test_pages_follow_each_other_while_statements_arrive(xapi: XAPI, ascending: bool) -> None:
    """XAPI-00108, XAPI-00111: `more` leads through every statement once."""
    ids = await post(xapi, *(a_statement() for _ in range(7)))
    expected = ids if ascending else ids[::-1]
    seen: list[str] = []
    link = f"{PATH}?limit=3&ascending={str(ascending).lower()}"
    while link:
        page = await (await xapi.get(link)).json()
        seen += [statement["id"] for statement in page["statements"]]
        link = page["more"]
        if not ascending:
            await post(xapi, a_statement())
    assert seen == expected


@pytest.mark.parametrize(
    ("parameters", "wrong"),
    [
        ({"Verb": "http://a.b/c"}, {"Verb"}),
        ({"colour": "red"}, {"colour"}),
        ({"verb": "no iri", "limit": "-1", "since": "yesterday"}, {"verb", "limit", "since"}),
        ({"agent": "{"}, {"agent"}),
        ({"agent": '{"mbox":"ada"}'}, {"agent"}),
        ({"agent": '{"objectType":"Group","member":[{"mbox":"mailto:a@b.c"}]}'}, {"agent"}),
        ({"registration": "7"}, {"registration"}),
        ({"ascending": "yes"}, {"ascending"}),
        ({"format": "Exact"}, {"format"}),
        ({"statementId": "7"}, {"statementId"}),
        ({"statementId": "01234567-89ab-4def-8123-456789abcdef", "limit": "1"}, {"limit"}),
        ({"more": "nonsense"}, {"more"}),
    ],
)
async def test_malformed_parameters_are_refused_by_name(
    xapi: XAPI, parameters: dict[str, str], wrong: set[str]
) -> None:
    """XAPI-00012, XAPI-00324, XAPI-00325: every malformed parameter is told."""
    response = await xapi.get(PATH, params=parameters)
    assert response.status == 400
    errors = (await response.json())["errors"]
    assert {error["source"]["parameter"] for error in errors} == wrong


async def test_a_voided_statement_is_hidden_but_can_be_asked_for(xapi: XAPI) -> None:
    """XAPI-00018, XAPI-00155: voided statements leave the lists."""
    ids = await post(xapi, a_statement(), a_statement())
    gone, left = ids
    (void,) = await post(xapi, voiding(gone))
    assert await found(xapi, ascending=True) == [left, void]
    assert (await xapi.get(PATH, params={"statementId": gone})).status == 404
    assert (await xapi.get(PATH, params={"voidedStatementId": gone})).status == 200
    assert (await xapi.get(PATH, params={"voidedStatementId": left})).status == 404


async def test_voiding_works_before_its_target_arrives(xapi: XAPI) -> None:
    """Data 2.3.2: a voided statement may come later than the one that voids it."""
    target = a_statement()
    await post(xapi, voiding(target["id"]))
    await post(xapi, target)
    assert (await xapi.get(PATH, params={"voidedStatementId": target["id"]})).status == 200


async def test_voiding_within_one_batch(xapi: XAPI) -> None:
    """Data 2.3.2: target and voiding statement may share a batch."""
    target = a_statement()
    await post(xapi, target, voiding(target["id"]))
    assert (await xapi.get(PATH, params={"voidedStatementId": target["id"]})).status == 200


async def test_a_voiding_statement_cannot_be_voided(xapi: XAPI) -> None:
    """XAPI-00016: voiding a voiding statement has no effect."""
    target = a_statement()
    first = voiding(target["id"])
    await post(xapi, target, first, voiding(first["id"]))
    assert (await xapi.get(PATH, params={"statementId": first["id"]})).status == 200
    assert (await xapi.get(PATH, params={"voidedStatementId": target["id"]})).status == 200


@pytest.mark.parametrize("order", ["target first", "reference first"])
async def test_statements_that_refer_to_matching_ones_are_found(xapi: XAPI, order: str) -> None:
    """XAPI-00164: through a chain of references, in either order, voided or not."""
    target = a_statement(verb={"id": "http://example.com/verbs/tried"})
    comment = a_statement(object={"objectType": "StatementRef", "id": target["id"]})
    answer = a_statement(object={"objectType": "StatementRef", "id": comment["id"]})
    statements = [target, comment, answer]
    for each in statements if order == "target first" else reversed(statements):
        await post(xapi, each)
    verb = "http://example.com/verbs/tried"
    assert set(await found(xapi, verb=verb)) == {each["id"] for each in statements}
    await post(xapi, voiding(target["id"]))
    assert set(await found(xapi, verb=verb)) >= {comment["id"], answer["id"]}
    assert target["id"] not in await found(xapi, verb=verb)


async def test_a_reference_is_not_found_by_a_mixture_of_its_own_and_its_targets_values(
    xapi: XAPI,
) -> None:
    """Communication 2.1.3: the filters apply to one statement as a whole."""
    target = a_statement(verb={"id": "http://example.com/verbs/tried"})
    bob = {"mbox": "mailto:bob@example.com"}
    comment = a_statement(actor=bob, object={"objectType": "StatementRef", "id": target["id"]})
    await post(xapi, target, comment)
    assert await found(xapi, agent=bob, verb="http://example.com/verbs/tried") == []
    assert comment["id"] in await found(
        xapi, agent=target["actor"], verb="http://example.com/verbs/tried", related_agents=True
    )


async def test_formats(xapi: XAPI) -> None:
    """XAPI-00168 to 00172: ids, exact and canonical with Accept-Language."""
    sent = a_statement(
        actor={"mbox": "mailto:ada@example.com", "name": "Ada"},
        verb={"id": "http://example.com/v", "display": {"en-US": "tried", "de": "versuchte"}},
    )
    await post(xapi, sent)

    async def shown(form: str, languages: str = "de-AT, en;q=0.5") -> Any:
        response = await xapi.get(
            PATH, params={"format": form}, headers={"Accept-Language": languages}
        )
        return (await response.json())["statements"][0]

    assert (await shown("ids"))["actor"] == {"mbox": "mailto:ada@example.com"}
    assert (await shown("ids"))["verb"] == {"id": "http://example.com/v"}
    assert (await shown("exact"))["verb"] == sent["verb"]
    assert (await shown("canonical"))["verb"]["display"] == {"de": "versuchte"}
    assert (await shown("canonical", "en"))["verb"]["display"] == {"en-US": "tried"}


async def test_a_single_context_activity_is_returned_in_an_array(xapi: XAPI) -> None:
    """XAPI-00096: in a SubStatement as well."""
    around = {"contextActivities": {"parent": {"id": "https://example.com/p"}}}
    inner = a_statement(id=None, objectType="SubStatement", context=around)
    (statement_id,) = await post(xapi, a_statement(context=around, object=inner))
    got = await (await xapi.get(PATH, params={"statementId": statement_id})).json()
    listed = {"parent": [{"id": "https://example.com/p"}]}
    assert got["context"]["contextActivities"] == listed
    assert got["object"]["context"]["contextActivities"] == listed


async def test_every_answer_carries_version_and_consistent_through(xapi: XAPI) -> None:
    """XAPI-00330, XAPI-00158: errors too."""
    for response in (
        await xapi.get(PATH),
        await xapi.head(PATH),
        await xapi.get(PATH, params={"colour": "red"}),
        await xapi.get(PATH, headers=basic("no", "body")),
        await xapi.post(PATH, data=b"{", headers={"Content-Type": "application/json"}),
    ):
        assert response.headers["X-Experience-API-Version"] == "1.0.3"
        assert response.headers["X-Experience-API-Consistent-Through"].endswith("Z")


@pytest.mark.parametrize(
    ("version", "status"),
    [("1.0", 200), ("1.0.9", 200), ("2.0.0", 200), ("0.9.5", 400), ("1.1.0", 400), ("3", 400)],
)
async def test_versions_are_negotiated(xapi: XAPI, version: str, status: int) -> None:
    """XAPI-00331, XAPI-00333: 1.0.x and 2.0.x are spoken, others refused with 400."""
    response = await xapi.get(PATH, headers={"X-Experience-API-Version": version})
    assert response.status == status


async def test_a_wrong_secret_is_unauthorized(xapi: XAPI, credentials: Credentials) -> None:
    """XAPI-00334, XAPI-00335."""
    issued = await credentials.create(ORGANIZATION, "Other")
    for auth in (basic(issued.key, "wrong"), basic("nobody", "wrong")):
        response = await xapi.get(PATH, headers=auth)
        assert response.status == 401
        assert response.headers["WWW-Authenticate"].startswith("Basic")


async def test_scopes_are_enforced(speak: Any, xapi: XAPI, credentials: Credentials) -> None:
    """A credential writes and reads only what its scopes allow."""
    writer = await credentials.create(ORGANIZATION, "Writer", scopes=[WRITE_STATEMENTS])
    reader = await credentials.create(ORGANIZATION, "Reader", scopes=[READ_OWN_STATEMENTS])
    both = await credentials.create(
        ORGANIZATION, "Both", scopes=[WRITE_STATEMENTS, READ_OWN_STATEMENTS]
    )
    (foreign,) = await post(xapi, a_statement())
    assert (await xapi.get(PATH, headers=basic(writer.key, writer.secret))).status == 403
    response = await xapi.post(PATH, json=a_statement(), headers=basic(reader.key, reader.secret))
    assert response.status == 403
    auth = basic(both.key, both.secret)
    response = await xapi.post(PATH, json=a_statement(), headers=auth)
    (own,) = await response.json()
    page = await (await xapi.get(PATH, headers=auth)).json()
    assert [each["id"] for each in page["statements"]] == [own]
    response = await xapi.get(PATH, params={"statementId": foreign}, headers=auth)
    assert response.status == 404


async def test_another_organization_finds_nothing(xapi: XAPI, credentials: Credentials) -> None:
    """Each organization has its own log, ids included."""
    sent = a_statement()
    await post(xapi, sent)
    other = await credentials.create("organization-2", "Other")
    auth = basic(other.key, other.secret)
    page = await (await xapi.get(PATH, headers=auth)).json()
    assert page["statements"] == []
    response = await xapi.get(PATH, params={"statementId": sent["id"]}, headers=auth)
    assert response.status == 404
    changed = {**sent, "verb": {"id": "http://example.com/other"}}
    assert (await xapi.post(PATH, json=changed, headers=auth)).status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"7",
        b"[7]",
        b"null",
        b'{"actor":{"mbox":"mailto:a@b.c","mbox":"mailto:a@b.c"}}',
        b"[" * 10_000,
        b'{"a":' * 10_000,
    ],
)
async def test_bodies_that_are_no_statements_are_refused(xapi: XAPI, body: bytes) -> None:
    """XAPI-00014: bad JSON, duplicate keys and endless nesting get a 400."""
    response = await xapi.post(PATH, data=body, headers={"Content-Type": "application/json"})
    assert response.status == 400
    assert (await response.json())["errors"]


async def test_deep_extensions_are_refused_or_returned_whole(xapi: XAPI) -> None:
    """Nesting never breaks the server."""
    deep: Any = 1
    for _ in range(900):
        deep = [deep]
    sent = a_statement(result={"extensions": {"http://a.b/c": deep}})
    response = await xapi.post(PATH, json=sent)
    assert response.status == 400
