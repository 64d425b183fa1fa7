"""Statements with the bytes of their attachments (Communication 1.5)."""

import hashlib
from typing import Any

import pytest

from tests.lrs.conftest import a_statement
from tests.lrs.messages import (
    BOUNDARY,
    MULTIPART,
    PATH,
    Messenger,
    body_of,
    described,
    findings,
    part,
)

DATA = b"\xff\xd8 the bytes of a photo"
URL = "https://example.com/photo.jpg"


def photographed(**properties: Any) -> dict[str, Any]:
    """Return a statement with one attachment."""
    return a_statement(attachments=[described(DATA, **properties)])


async def test_a_body_is_json_or_multipart(messenger: Messenger) -> None:
    """XAPI-00127: any other content type is refused."""
    for content_type in ("multipart/form-data; boundary=x", "text/plain", "image/jpeg"):
        response = await messenger.send(body_of(photographed(), part(DATA)), content_type)
        assert await findings(response) == {("Content-Type", "XAPI-00127")}


async def test_a_part_belongs_to_an_attachment(messenger: Messenger) -> None:
    """XAPI-00128: parts that no statement describes are refused."""
    for statements in (a_statement(), photographed(), []):
        told = await messenger.refusal(statements, part(DATA), part(b"another"))
        assert ("X-Experience-API-Hash", "XAPI-00128") in told


async def test_an_attachment_has_a_url_or_a_part(messenger: Messenger) -> None:
    """XAPI-00129: in JSON alone and in multipart/mixed alike."""
    for body, content_type in (
        (body_of(photographed()), MULTIPART),
        (body_of(photographed(), part(b"another")), MULTIPART),
    ):
        told = await findings(await messenger.send(body, content_type))
        assert ("/attachments/0", "XAPI-00129") in told
    response = await messenger.session.post(
        PATH,
        json=[photographed(fileUrl=URL), photographed()],
        headers={"X-Experience-API-Version": messenger.version},
    )
    assert await findings(response) == {("/1/attachments/0", "XAPI-00129")}


async def test_a_url_may_stand_for_a_part_or_beside_it(messenger: Messenger) -> None:
    """XAPI-00129: with a fileUrl the part is the sender's choice."""
    alone, beside = photographed(fileUrl=URL), photographed(fileUrl=URL)
    await messenger.store(alone)
    await messenger.store(beside, part(DATA))
    assert [len((await messenger.get(statementId=each["id"]))[1]) for each in (alone, beside)] == [
        0,
        1,
    ]


async def test_the_boundary_is_named(messenger: Messenger) -> None:
    """XAPI-00130: the Content-Type names a boundary."""
    for content_type in ("multipart/mixed", "multipart/mixed; boundary=", "multipart/mixed; x=y"):
        response = await messenger.send(body_of(photographed(), part(DATA)), content_type)
        assert await findings(response) == {("Content-Type", "XAPI-00130")}


@pytest.mark.parametrize(
    "content_type",
    [
        f'Multipart/Mixed; charset=utf-8; boundary="{BOUNDARY}"',
        f"multipart/mixed;boundary={BOUNDARY}",
    ],
)
async def test_the_boundary_may_be_quoted(messenger: Messenger, content_type: str) -> None:
    """XAPI-00130: as RFC 2045 writes parameters."""
    response = await messenger.send(body_of(photographed(), part(DATA)), content_type)
    assert response.status == 200


async def test_the_boundary_stands_before_each_part(messenger: Messenger) -> None:
    """XAPI-00131: a body that its boundary does not divide is refused."""
    whole = body_of(photographed(), part(DATA))
    delimiter = f"--{BOUNDARY}".encode()
    for body in (
        whole.replace(delimiter, b"--another"),
        whole.replace(delimiter + b"--", b""),
        whole[: len(whole) // 2],
        b"",
    ):
        told = await findings(await messenger.send(body))
        assert {found for _, found in told} == {"XAPI-00131"}
    first_without = whole.removeprefix(delimiter)
    assert await findings(await messenger.send(first_without)) == {("Content-Type", "XAPI-00134")}


async def test_a_part_names_the_hash_of_its_bytes(messenger: Messenger) -> None:
    """XAPI-00132: the header is there, and the bytes have that hash."""
    nameless = part(DATA, X_Experience_API_Hash=None)
    other_bytes = (part(DATA)[0], DATA + b"!")
    for wrong in (nameless, other_bytes):
        told = await messenger.refusal(photographed(), wrong)
        assert ("X-Experience-API-Hash", "XAPI-00132") in told


@pytest.mark.parametrize("name", ["sha224", "sha256", "sha384", "sha512"])
async def test_each_hash_of_the_family_is_computed(messenger: Messenger, name: str) -> None:
    """XAPI-00132: the length of the hash tells which it is."""
    sha2 = hashlib.new(name, DATA).hexdigest()
    await messenger.store(photographed(sha2=sha2), part(DATA, X_Experience_API_Hash=sha2))
    told = await messenger.refusal(
        photographed(sha2=sha2), (part(DATA, X_Experience_API_Hash=sha2)[0], b"!")
    )
    assert ("X-Experience-API-Hash", "XAPI-00132") in told


async def test_the_hash_alone_tells_which_bytes_are_meant(messenger: Messenger) -> None:
    """XAPI-00102: the length is an integer; the conformance suite itself sends one that is off."""
    statement = photographed(length=2 * len(DATA))
    await messenger.store(statement, part(DATA))
    stored, [(headers, data)] = await messenger.get(statementId=statement["id"])
    assert data == DATA
    assert headers["content-length"] == str(len(DATA))
    assert stored["attachments"] == statement["attachments"]


async def test_all_statements_are_in_the_first_part(messenger: Messenger) -> None:
    """XAPI-00133: statements in a second part are no attachment."""
    second = ({"Content-Type": "application/json"}, b"[]")
    assert await messenger.refusal(photographed(fileUrl=URL), second)
    last = body_of(photographed(), part(DATA)).split(f"--{BOUNDARY}".encode())
    turned = f"--{BOUNDARY}".encode().join([last[0], last[2], last[1], last[3]])
    assert await findings(await messenger.send(turned)) == {("Content-Type", "XAPI-00134")}


async def test_the_first_part_is_json(messenger: Messenger) -> None:
    """XAPI-00134: its Content-Type says so."""
    body = body_of(photographed(), part(DATA), content_type="text/plain")
    assert await findings(await messenger.send(body)) == {("Content-Type", "XAPI-00134")}
    nothing = f"--{BOUNDARY}--\r\n".encode()
    assert await findings(await messenger.send(nothing)) == {("Content-Type", "XAPI-00134")}


async def test_a_part_is_binary(messenger: Messenger) -> None:
    """XAPI-00135: Content-Transfer-Encoding is there, and is binary."""
    for encoding in (None, "8bit", "base64", "quoted-printable"):
        told = await messenger.refusal(
            photographed(), part(DATA, Content_Transfer_Encoding=encoding)
        )
        assert ("Content-Transfer-Encoding", "XAPI-00135") in told


async def test_statements_without_attachments_may_come_as_multipart(messenger: Messenger) -> None:
    """XAPI-00136: a body of one part is a whole one."""
    statement = a_statement()
    await messenger.store([statement])
    stored, parts = await messenger.get(statementId=statement["id"])
    assert (stored["id"], parts) == (statement["id"], [])


@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_attachments_come_with_the_statements(messenger: Messenger, method: str) -> None:
    """XAPI-00167: attachments=true, for one statement and for those that match."""
    statement = photographed()
    query = {"statementId": statement["id"]} if method == "PUT" else {}
    response = await messenger.send(body_of(statement, part(DATA)), method=method, **query)
    assert response.status in (200, 204)
    for asked in ({"statementId": statement["id"]}, {"verb": statement["verb"]["id"]}, {}):
        answer, [(headers, data)] = await messenger.get(**asked)
        found = answer if asked.get("statementId") else answer["statements"][0]
        assert found["attachments"] == statement["attachments"]
        assert data == DATA
        assert headers["content-type"] == "image/jpeg"
        assert headers["content-transfer-encoding"] == "binary"
        assert headers["x-experience-api-hash"] == statement["attachments"][0]["sha2"]


async def test_a_voided_statement_has_its_attachments_still(messenger: Messenger) -> None:
    """XAPI-00167: beside voidedStatementId as well."""
    statement = photographed()
    await messenger.store(statement, part(DATA))
    voiding = a_statement(
        verb={"id": "http://adlnet.gov/expapi/verbs/voided"},
        object={"objectType": "StatementRef", "id": statement["id"]},
    )
    await messenger.store(voiding)
    _, [(_, data)] = await messenger.get(voidedStatementId=statement["id"])
    assert data == DATA


async def test_the_next_page_has_its_attachments_too(messenger: Messenger) -> None:
    """XAPI-00167: what `more` names keeps to attachments=true."""
    first, second = photographed(), a_statement(attachments=[described(b"second")])
    for statement, data in ((first, DATA), (second, b"second")):
        await messenger.store(statement, part(data))
    page, [(_, newest)] = await messenger.get(limit="1")
    assert newest == b"second"
    response = await messenger.session.get(
        page["more"], headers={"X-Experience-API-Version": messenger.version}
    )
    assert response.content_type == "multipart/mixed"
    body = await response.read()
    assert DATA in body
    assert first["id"].encode() in body


@pytest.mark.parametrize("query", [{}, {"attachments": "false"}])
async def test_attachments_stay_away_unless_they_are_asked_for(
    messenger: Messenger, query: dict[str, str]
) -> None:
    """XAPI-00161: the answer is JSON alone."""
    statement = photographed(fileUrl=URL)
    await messenger.store(statement, part(DATA))
    for asked in ({"statementId": statement["id"]}, {}):
        response = await messenger.session.get(
            PATH,
            params={**query, **asked},
            headers={"X-Experience-API-Version": messenger.version},
        )
        assert response.content_type == "application/json"
        answer = await response.json()
        found = answer if asked else answer["statements"][0]
        assert found["attachments"] == statement["attachments"]


async def test_attachments_is_a_boolean(messenger: Messenger) -> None:
    """XAPI-00167: anything else is refused."""
    headers = {"X-Experience-API-Version": messenger.version}
    for value in ("yes", "1", ""):
        response = await messenger.session.get(PATH, params={"attachments": value}, headers=headers)
        assert {where for where, _ in await findings(response)} == {"attachments"}
