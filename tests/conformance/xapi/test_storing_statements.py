"""PUT and POST of statements: identity, batches, bodies (Communication 2.1.1, 2.1.2)."""

import json
import uuid
from typing import Any

import pytest

from tests.conformance.xapi.client import PATH, Client, findings
from tests.lrs.conftest import a_statement

JSON = {"Content-Type": "application/json"}


async def test_put_and_post_fill_in_what_the_sender_left_out(client: Client) -> None:
    """XAPI-00026, XAPI-00097, XAPI-00099, XAPI-00143, XAPI-00146: 204, or 200 with the ids."""
    without_id = a_statement(id=None)
    (posted,) = await client.store(without_id)
    put = str(uuid.uuid4())
    response = await client.send("PUT", without_id, statementId=put)
    assert (response.status, await response.read()) == (204, b"")
    for statement_id in (posted, put):
        got = await client.statement(statement_id)
        assert got["id"] == statement_id
        assert got["timestamp"] == got["stored"]
        assert got["authority"]["account"]["homePage"] == "https://lms.example.com"


async def test_stored_and_authority_of_the_sender_are_replaced(client: Client) -> None:
    """XAPI-00097, Data 2.4.9: they are checked, then set anew."""
    sent = a_statement(
        stored="2011-07-15T00:00:00Z", authority={"mbox": "mailto:mallory@example.com"}
    )
    (statement_id,) = await client.store(sent)
    got = await client.statement(statement_id)
    assert got["stored"] > "2020"
    assert "mbox" not in got["authority"]


async def test_put_wants_its_parameter_and_the_statements_own_id(client: Client) -> None:
    """XAPI-00144, XAPI-00145: a missing, malformed or different statementId is refused."""
    sent = a_statement()
    for parameters, requirement in (
        ({}, "XAPI-00145"),
        ({"statementId": "7"}, "XAPI-00012"),
        ({"statementId": str(uuid.uuid4())}, "XAPI-00144"),
    ):
        response = await client.send("PUT", sent, **parameters)
        assert response.status == 400
        assert findings(await response.json()) == {"statementId": requirement}
    response = await client.send("PUT", [sent], statementId=sent["id"])
    assert response.status == 400
    assert (await client.send("PUT", sent, statementId=sent["id"].upper())).status == 204


async def test_the_same_statement_again_changes_nothing(client: Client) -> None:
    """XAPI-00142: by PUT and POST, with other case and order of keys."""
    sent = a_statement(timestamp="2026-11-21T10:00:00Z")
    await client.store(sent)
    before = await client.statement(sent["id"])
    again = {**dict(reversed(sent.items())), "id": sent["id"].upper()}
    assert await client.store(again) == [sent["id"]]
    assert (await client.send("PUT", again, statementId=sent["id"])).status == 204
    assert await client.store(before) == [sent["id"]]
    assert await client.statement(sent["id"]) == before


async def test_another_statement_with_a_taken_id_conflicts(client: Client) -> None:
    """XAPI-00142: 409, and nothing of it or of its batch is kept."""
    sent = a_statement()
    await client.store(sent)
    before = await client.statement(sent["id"])
    other = {**sent, "verb": {"id": "http://example.com/other"}}
    assert (await client.send("PUT", other, statementId=sent["id"])).status == 409
    assert await client.refusal(other, 409) == {"/id": "XAPI-00142"}
    assert await client.refusal([a_statement(), other], 409) == {"/1/id": "XAPI-00142"}
    assert await client.found() == [sent["id"]]
    assert await client.statement(sent["id"]) == before


async def test_an_id_twice_in_a_batch_is_refused(client: Client) -> None:
    """XAPI-00142: even of equal statements, in either case of letters."""
    one = a_statement()
    for twin in (one, {**one, "id": one["id"].upper()}):
        assert await client.refusal([one, a_statement(), twin]) == {"/2/id": "XAPI-00142"}
    assert await client.found() == []


async def test_a_batch_is_stored_whole_or_not_at_all(client: Client) -> None:
    """XAPI-00326: every finding of every statement is told at once."""
    bad = a_statement(actor={"mbox": "ada@example.com"}, verb=None)
    told = await client.refusal([a_statement(), bad, a_statement(objecT={})])
    assert told == {"/1": "XAPI-00004", "/1/actor/mbox": "XAPI-00038", "/2/objecT": "XAPI-00008"}
    assert await client.found() == []


async def test_a_big_batch_is_stored_in_order(client: Client) -> None:
    """XAPI-00147: the ids come back in the order of the batch, and so do the statements."""
    batch = [a_statement() for _ in range(1200)]
    ids = await client.store(*batch)
    assert ids == [each["id"] for each in batch]
    seen: list[str] = []
    link = f"{PATH}?ascending=true&limit=0"
    while link:
        page = await (await client.send("GET", path=link)).json()
        seen += [each["id"] for each in page["statements"]]
        link = page["more"]
    assert seen == ids


async def test_an_empty_batch_is_stored(client: Client) -> None:
    """XAPI-00147: an array without statements holds nothing that is wrong."""
    response = await client.send("POST", [])
    assert (response.status, await response.json()) == (200, [])


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/form-data"])
async def test_a_body_of_another_content_type_is_refused(old: Client, content_type: str) -> None:
    """XAPI-00127."""
    response = await old.send("POST", a_statement(), headers={"Content-Type": content_type})
    assert response.status == 400


async def test_a_charset_beside_the_content_type_is_no_matter(client: Client) -> None:
    """XAPI-00127: the type is what counts, in any case."""
    for content_type in ("application/json; charset=utf-8", "Application/JSON;charset=UTF-8"):
        response = await client.send("POST", a_statement(), headers={"Content-Type": content_type})
        assert response.status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"\xff",
        b'"text"',
        b"7",
        b"null",
        b"[null]",
        b"[[]]",
        b"{}",
        b'{"result":{"score":{"raw":NaN}}}',
        b'{"result":{"score":{"raw":Infinity}}}',
        b'{"result":{"score":{"raw":1e999}}}',
        b'{"result":{"score":{"raw":01}}}',
        b'{"result":{"response":"\\ud800"}}',
        b'{"result":{"response":"\xed\xa0\x80"}}',
        b'{"result":{"response":"a\tb"}}',
        b"[" * 10_000 + b"]" * 10_000,
        b'{"object":' * 1000 + b"{}" + b"}" * 1000,
    ],
)
async def test_a_body_that_is_no_statement_is_refused(old: Client, body: bytes) -> None:
    """XAPI-00014, XAPI-00015: malformed JSON, other values, bad UTF-8, endless nesting."""
    response = await old.send("POST", body)
    assert response.status == 400
    assert all(findings(await response.json()).values())


@pytest.mark.parametrize(
    ("twice", "name"),
    [
        (b'"verb":{"id":"http://a.b/v"},"verb":{"id":"http://a.b/v"}', "verb"),
        (b'"verb":{"id":"http://a.b/v","id":"http://a.b/w"}', "id"),
        (b'"verb":{"id":"http://a.b/v","display":{"en":"a\\u003ab","en":"a"}}', "en"),
        (b'"verb":{"id":"http://a.b/v","i\\u0064":"http://a.b/w"}', "id"),
    ],
)
async def test_a_property_that_is_there_twice_is_refused(
    client: Client, twice: bytes, name: str
) -> None:
    """IEEE 9274.1.1, 4.2.1: even where the second is written with escapes."""
    body = b'{"actor":{"mbox":"mailto:a@b.c"},"object":{"id":"http://a.b/1"},%b}' % twice
    response = await client.send("POST", body)
    assert response.status == 400
    document = await response.json()
    assert f'"{name}" twice' in document["errors"][0]["detail"]
    assert findings(document) == {"": "XAPI-00014"}


UNICODE = 'naïve ☃ 試験 🦉 \U0010ffff \u202eعربي\u202c e\u0301 \u0000 \ufeff \u2028 \\ " / <b>'


async def test_text_of_any_script_comes_back_as_it_was_sent(client: Client) -> None:
    """XAPI-00015: emoji, right to left, combining characters, NUL; in values and names."""
    account = {"homePage": "https://example.com/ü", "name": UNICODE}
    sent = a_statement(
        actor={"account": account, "name": UNICODE},
        verb={"id": "http://example.com/verbs/試", "display": {"ja": UNICODE}},
        object={"id": "http://example.com/ü/🦉", "definition": {"name": {"ar": UNICODE}}},
        result={"response": UNICODE, "extensions": {"http://example.com/é": {UNICODE: UNICODE}}},
    )
    (statement_id,) = await client.store(sent)
    got = await client.statement(statement_id)
    for name in ("actor", "verb", "object", "result"):
        assert got[name] == sent[name]
    assert await client.found(agent={"account": account}) == [statement_id]
    assert await client.found(activity="http://example.com/ü/🦉") == [statement_id]
    assert await client.found(verb="http://example.com/verbs/試") == [statement_id]


NUMBERS = [
    0,
    -0.0,
    1.0,
    0.1,
    1e-300,
    5e-324,
    1.7976931348623157e308,
    2**53 + 1,
    2**63 - 1,
    -(2**63),
    2**64 - 1,
    3.4028234e38,
]


async def test_numbers_keep_their_precision(client: Client) -> None:
    """XAPI-00002: every double and every 64-bit integer comes back equal."""
    sent = a_statement(result={"extensions": {"http://a.b/x": NUMBERS}})
    (statement_id,) = await client.store(sent)
    got = await client.statement(statement_id)
    assert got["result"]["extensions"]["http://a.b/x"] == NUMBERS


async def test_null_and_empty_values_stay_in_extensions(client: Client) -> None:
    """XAPI-00001: null is allowed in extensions, at any depth."""
    values: list[Any] = [None, "", [], {}, [None], {"": None}, {"a.b": {"$c": [{}]}}]
    extensions = {f"http://a.b/{at}": value for at, value in enumerate(values)}
    sent = a_statement(
        object={"id": "http://a.b/1", "definition": {"extensions": extensions}},
        result={"extensions": extensions},
        context={"extensions": extensions},
    )
    (statement_id,) = await client.store(sent)
    got = await client.statement(statement_id)
    assert got["object"]["definition"]["extensions"] == extensions
    assert got["result"]["extensions"] == got["context"]["extensions"] == extensions


async def test_deep_extensions_are_returned_whole_or_refused(client: Client) -> None:
    """XAPI-00014: nesting never breaks the server."""
    for depth, status in ((100, 200), (900, 400)):
        deep: Any = 1
        for _ in range(depth):
            deep = [deep]
        sent = a_statement(result={"extensions": {"http://a.b/c": deep}})
        response = await client.send("POST", json.dumps(sent).encode())
        assert response.status == status
        if status == 200:
            assert (await client.statement(sent["id"]))["result"] == sent["result"]


async def test_unknown_parameters_are_refused(client: Client) -> None:
    """XAPI-00324, XAPI-00325: on PUT and POST too; one that differs in case is told apart."""
    sent = a_statement()
    assert await client.refusal(sent, colour="red") == {"colour": "XAPI-00324"}
    response = await client.send("PUT", sent, StatementID=sent["id"], statementid="x")
    assert findings(await response.json()) == {
        "StatementID": "XAPI-00325",
        "statementid": "XAPI-00325",
        "statementId": "XAPI-00145",
    }
    assert await client.found() == []
