"""Signed statements (Data 2.6)."""

import pytest

from tests.lrs.conftest import a_statement
from tests.lrs.messages import Messenger, described, part
from tests.lrs.signing import EC_KEY, KEY, OTHER_KEY, certificate, signed, token_of

ALGORITHMS = ["RS256", "RS384", "RS512"]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
async def test_a_signed_statement_is_taken_and_given_with_its_signature(
    messenger: Messenger, algorithm: str
) -> None:
    """XAPI-00115, XAPI-00117: RS256, RS384 and RS512."""
    photo = b"a photo"
    statement = a_statement(attachments=[described(photo)])
    token = token_of(statement, algorithm)
    whole = signed(statement, token)
    await messenger.store(whole, part(token), part(photo))
    stored, parts = await messenger.get(statementId=statement["id"])
    assert stored["attachments"] == whole["attachments"]
    assert sorted(data for _, data in parts) == sorted([token, photo])


async def test_a_signature_comes_as_a_part(messenger: Messenger) -> None:
    """XAPI-00115: a fileUrl does not do."""
    statement = a_statement()
    whole = signed(statement, token_of(statement), fileUrl="https://example.com/signature")
    assert await messenger.refusal(whole) == {("/attachments/0", "XAPI-00115")}


async def test_a_signature_is_an_octet_stream(messenger: Messenger) -> None:
    """XAPI-00115: its contentType is application/octet-stream."""
    statement = a_statement()
    token = token_of(statement)
    whole = signed(statement, token, contentType="text/plain")
    assert await messenger.refusal(whole, part(token)) == {("/attachments/0", "XAPI-00115")}


async def test_a_signature_is_a_json_web_signature(messenger: Messenger) -> None:
    """XAPI-00115: anything else is refused."""
    for token in (b"", b"a.b", b"not a signature at all", token_of({})[:-400]):
        whole = signed(a_statement(), token)
        assert await messenger.refusal(whole, part(token)) == {("/attachments/0", "XAPI-00115")}


async def test_what_is_signed_is_the_statement(messenger: Messenger) -> None:
    """XAPI-00116: the payload is the statement, and JSON."""
    statement = a_statement()
    payloads = (b"{", b"[]", a_statement(), {**statement, "result": {"success": False}})
    for token in map(token_of, payloads):
        whole = signed(statement, token)
        assert await messenger.refusal(whole, part(token)) == {("/attachments/0", "XAPI-00116")}


async def test_other_algorithms_are_refused(messenger: Messenger) -> None:
    """XAPI-00117: neither HMAC nor elliptic curves, nor none at all."""
    statement = a_statement()
    for token in (
        token_of(statement, "HS256", key="a secret " * 8),
        token_of(statement, "ES256", key=EC_KEY),
        token_of(statement, "PS256"),
        token_of(statement, "none", key=None),
    ):
        whole = signed(statement, token)
        assert await messenger.refusal(whole, part(token)) == {("/attachments/0", "XAPI-00117")}


async def test_a_certificate_that_comes_along_is_used(messenger: Messenger) -> None:
    """XAPI-00117: the signature is checked with the x5c header, where there is one."""
    statement = a_statement()
    own = certificate("signer", KEY, "root", OTHER_KEY)
    root = certificate("root", OTHER_KEY, "root", OTHER_KEY)
    foreign = token_of(statement, headers={"x5c": [root]})
    whole = signed(statement, foreign)
    assert await messenger.refusal(whole, part(foreign)) == {("/attachments/0", "XAPI-00115")}
    token = token_of(statement, headers={"x5c": [own, root]})
    await messenger.store(signed(statement, token), part(token))


async def test_every_statement_of_a_batch_has_its_own_signature(messenger: Messenger) -> None:
    """XAPI-00116: and one that does not fit refuses them all."""
    statements = [a_statement(), a_statement()]
    tokens = [token_of(statement) for statement in statements]
    crossed = [signed(statements[0], tokens[1]), signed(statements[1], tokens[1])]
    told = await messenger.refusal(crossed, part(tokens[1]))
    assert told == {("/0/attachments/0", "XAPI-00116")}
    page, _ = await messenger.get()
    assert page["statements"] == []
    whole = [signed(each, token) for each, token in zip(statements, tokens, strict=True)]
    await messenger.store(whole, *map(part, tokens))
