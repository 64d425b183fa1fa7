"""Voiding, and statements about statements (Data 2.3.2, Communication 2.1.3)."""

from itertools import permutations, product

from tests.conformance.xapi.client import Client
from tests.lrs.conftest import Statement, a_statement, voiding

VERB = "https://example.com/verbs/tried"


def about(target: Statement, **properties: object) -> Statement:
    """Return a statement about another."""
    return a_statement(object={"objectType": "StatementRef", "id": target["id"]}, **properties)


async def test_a_voided_statement_is_only_found_as_such(client: Client) -> None:
    """XAPI-00018, XAPI-00155 to XAPI-00158, XAPI-00163: in any order, in one batch or two."""
    for target_first, batch in product([True, False], repeat=2):
        target = a_statement()
        void = voiding(target["id"])
        sent = [target, void] if target_first else [void, target]
        for each in [sent] if batch else [[one] for one in sent]:
            await client.store(*each)
        assert await client.found(limit=1) == [void["id"]]
        assert (await client.send("GET", statementId=target["id"])).status == 404
        response = await client.send("GET", voidedStatementId=target["id"])
        assert (await response.json())["id"] == target["id"]
        assert (await client.send("GET", voidedStatementId=void["id"])).status == 404
        assert (await client.statement(void["id"]))["object"]["id"] == target["id"]


async def test_voiding_a_voiding_statement_has_no_effect(client: Client) -> None:
    """XAPI-00016: neither is the first one undone, in any order of arrival."""
    for order in permutations(range(3)):
        target = a_statement()
        void = voiding(target["id"])
        sent = [target, void, voiding(void["id"])]
        for at in order:
            await client.store(sent[at])
        assert (await client.send("GET", statementId=void["id"])).status == 200
        assert (await client.send("GET", voidedStatementId=target["id"])).status == 200


async def test_a_voided_statement_stays_voided_and_keeps_its_id(client: Client) -> None:
    """XAPI-00142: the same again is taken and stays hidden, another is refused."""
    target = a_statement()
    await client.store(target, voiding(target["id"]), voiding(target["id"]))
    assert await client.store(target) == [target["id"]]
    assert (await client.send("GET", statementId=target["id"])).status == 404
    await client.refusal({**target, "verb": {"id": VERB}}, 409)


async def test_an_upper_case_reference_voids(client: Client) -> None:
    """XAPI-00072: a UUID is the same in either case."""
    target = a_statement()
    await client.store(target, voiding(target["id"].upper()))
    assert (await client.send("GET", voidedStatementId=target["id"])).status == 200


async def test_what_refers_to_a_match_is_found_too(client: Client) -> None:
    """XAPI-00164: along a chain, in any order of arrival, and when the match is voided."""
    for at, order in enumerate(permutations(range(3))):
        verb = f"{VERB}/{at}"
        target = a_statement(verb={"id": verb})
        comment = about(target)
        chain = [target, comment, about(comment)]
        for place in order:
            await client.store(chain[place])
        assert {*await client.found(verb=verb)} == {each["id"] for each in chain}
        void = voiding(target["id"])
        await client.store(void)
        found = {*await client.found(verb=verb)}
        assert found == {chain[1]["id"], chain[2]["id"], void["id"]}


async def test_what_refers_to_a_match_matches_as_one_statement_or_not_at_all(
    client: Client,
) -> None:
    """Communication 2.1.3: never by some of its own values and some of its target's."""
    target, bob = a_statement(verb={"id": VERB}), {"mbox": "mailto:bob@example.com"}
    comment = about(target, actor=bob)
    await client.store(target, comment)
    assert await client.found(agent=bob, verb=VERB) == []
    broad = await client.found(agent=target["actor"], verb=VERB, related_agents=True)
    assert comment["id"] in broad


async def test_since_and_until_look_at_the_referring_statement(client: Client) -> None:
    """XAPI-00162, Communication 2.1.3: the target may be older than `since`."""
    target = a_statement(verb={"id": VERB})
    await client.store(target)
    stored = (await client.statement(target["id"]))["stored"]
    comment = about(target)
    await client.store(comment)
    assert await client.found(verb=VERB, since=stored) == [comment["id"]]
    assert await client.found(verb=VERB, until=stored) == [target["id"]]


async def test_a_reference_in_the_context_is_no_target(client: Client) -> None:
    """Communication 2.1.3: only a StatementRef that is the object counts."""
    target = a_statement(verb={"id": VERB})
    ref = {"objectType": "StatementRef", "id": target["id"]}
    await client.store(target, a_statement(context={"statement": ref}))
    assert await client.found(verb=VERB) == [target["id"]]


async def test_statements_that_refer_to_each_other_are_found(client: Client) -> None:
    """XAPI-00164: a circle has an end."""
    one = a_statement(verb={"id": VERB})
    other = about(one)
    one["object"] = {"objectType": "StatementRef", "id": other["id"]}
    selfish = a_statement(verb={"id": VERB})
    selfish["object"] = {"objectType": "StatementRef", "id": selfish["id"]}
    await client.store(one)
    await client.store(other)
    await client.store(selfish)
    assert {*await client.found(verb=VERB)} == {one["id"], other["id"], selfish["id"]}
