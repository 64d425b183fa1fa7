"""A signature holds only for the statement that it came with, and only by its own certificate."""

from typing import Any

import pytest

from lrs.attachments.declarations import attachments_of
from lrs.statements.signatures import MOST_CERTIFICATES, check_signature
from tests.lrs.conftest import Statement, a_statement
from tests.lrs.messages import described
from tests.lrs.signing import EC_KEY, KEY, OTHER_KEY, certificate, signed, token_of

LEAF = certificate("leaf", KEY, "root", OTHER_KEY)
ROOT = certificate("root", OTHER_KEY, "root", OTHER_KEY)


def refusals(
    statement: Statement, token: bytes, version: str = "1.0.3", **properties: Any
) -> list[tuple[str, str | None]]:
    """Return what is said of a statement's signature, and the requirement."""
    sent = signed(statement, token, **properties)
    *_, signature = attachments_of(sent)
    findings = check_signature(token, signature, sent, version)
    assert all(each.where == signature.pointer for each in findings)
    return [(each.detail, each.requirement) for each in findings]


def refusal(statement: Statement, token: bytes, **properties: Any) -> tuple[str, str | None]:
    """Return the one thing that is said."""
    ((detail, requirement),) = refusals(statement, token, **properties)
    return detail, requirement


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
def test_a_signature_of_the_statement_holds(version: str, algorithm: str) -> None:
    statement = a_statement(timestamp="2026-11-21T10:00:00Z")
    assert refusals(statement, token_of(statement, algorithm), version) == []


@pytest.mark.parametrize("headers", [{}, {"x5c": [LEAF]}, {"x5c": [LEAF, ROOT]}])
def test_a_chain_of_certificates_holds(headers: dict[str, Any]) -> None:
    statement = a_statement()
    assert refusals(statement, token_of(statement, headers=headers)) == []


@pytest.mark.parametrize(
    ("chain", "told"),
    [
        ([ROOT], "not made with the key"),
        ([LEAF, LEAF], "the next one does not certify"),
        ([LEAF, certificate("root", EC_KEY, "root", EC_KEY)], "the next one does not certify"),
        ([certificate("leaf", EC_KEY, "root", OTHER_KEY)], "not for RSA"),
        (["bm90IGEgY2VydGlmaWNhdGU="], "cannot be read"),
        (["not base64"], "cannot be read"),
        (["\u00e9"], "cannot be read"),
        ([7], "cannot be read"),
        ([], "not a list of 1 to"),
        (LEAF, "not a list of 1 to"),
        (None, "not a list of 1 to"),
        ([LEAF] * (MOST_CERTIFICATES + 1), "not a list of 1 to"),
    ],
)
def test_a_chain_that_does_not_fit_is_refused(chain: Any, told: str) -> None:
    statement = a_statement()
    detail, _ = refusal(statement, token_of(statement, headers={"x5c": chain}))
    assert told in detail


@pytest.mark.parametrize(
    ("token", "told", "requirement"),
    [
        (b"", "is not a JSON Web Signature", "XAPI-00115"),
        (b"one.two", "is not a JSON Web Signature", "XAPI-00115"),
        (b"\xff\xfe.\x00.\x00", "is not a JSON Web Signature", "XAPI-00115"),
        (token_of({}).rpartition(b".")[0] + b".", "empty signature", "XAPI-00115"),
        (token_of({}, "HS256", key="a secret " * 8), 'not "HS256"', "XAPI-00117"),
        (token_of({}, "PS256"), 'not "PS256"', "XAPI-00117"),
        (token_of({}, "ES256", key=EC_KEY), 'not "ES256"', "XAPI-00117"),
        (token_of({}, "none", key=None), 'not "none"', "XAPI-00117"),
        (token_of(b"{"), "is not JSON", "XAPI-00116"),
        (token_of([]), "not a valid statement", "XAPI-00116"),
        (token_of({"verb": 1}), "not a valid statement", "XAPI-00116"),
    ],
)
def test_what_is_no_signature_of_a_statement_is_refused(
    token: bytes, told: str, requirement: str
) -> None:
    detail, named = refusal(a_statement(), token)
    assert told in detail
    assert named == requirement


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("id", "a1b2c3d4-0000-4000-8000-000000000001", 'another "id"'),
        ("timestamp", "2026-11-21T10:00:01Z", 'another "timestamp"'),
        ("actor", {"mbox": "mailto:eve@example.com"}, "another statement"),
        ("verb", {"id": "http://example.com/verbs/failed"}, "another statement"),
        ("object", {"id": "https://example.com/other"}, "another statement"),
        ("result", {"success": True}, "another statement"),
        ("attachments", [described(b"another")], "other attachments"),
    ],
)
def test_a_signature_of_another_statement_is_refused(
    version: str, name: str, value: Any, told: str
) -> None:
    statement = a_statement(timestamp="2026-11-21T10:00:00Z", attachments=[described(b"photo")])
    token = token_of({**statement, name: value})
    ((detail, requirement),) = refusals(statement, token, version)
    assert told in detail
    assert requirement == "XAPI-00116"


@pytest.mark.parametrize("name", ["id", "timestamp"])
def test_what_is_signed_must_be_sent(name: str) -> None:
    statement = a_statement(timestamp="2026-11-21T10:00:00Z")
    token = token_of(statement)
    del statement[name]
    assert refusal(statement, token) == (f'has a payload with "{name}", sent without', "XAPI-00116")


def test_a_signature_may_leave_to_the_server_what_the_server_gives() -> None:
    statement = a_statement()
    token = token_of(a_statement(id=None))
    assert refusals(statement, token) == []


def test_the_same_instant_in_another_zone_is_the_same_timestamp() -> None:
    statement = a_statement(timestamp="2026-11-21T10:00:00Z")
    token = token_of({**statement, "timestamp": "2026-11-21T12:00:00+02:00"})
    assert refusals(statement, token) == []


def test_a_second_signature_signs_the_statement_with_or_without_the_first() -> None:
    statement = a_statement(attachments=[described(b"photo")])
    once = signed(statement, token_of(statement))
    for payload in (statement, once):
        assert refusals(once, token_of(payload, key=OTHER_KEY)) == []


def test_the_content_type_must_be_octet_stream() -> None:
    statement = a_statement()
    detail, requirement = refusal(statement, token_of(statement), contentType="text/plain")
    assert "application/octet-stream" in detail
    assert requirement == "XAPI-00115"
