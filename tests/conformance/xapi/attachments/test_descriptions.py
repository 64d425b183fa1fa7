"""What a statement says of its attachments (Data 2.4.11)."""

from typing import Any

import pytest

from tests.lrs.conftest import a_statement
from tests.lrs.messages import Messenger, described, findings

JSON = "application/json"
URL = "https://example.com/photo.jpg"
HASHES = {"SHA-224": 56, "SHA-256": 64, "SHA-384": 96, "SHA-512": 128}


async def refused(
    messenger: Messenger, *taken_away: str, **properties: Any
) -> set[tuple[str, str | None]]:
    """POST a statement with such an attachment; return what is said of it."""
    attachment = described(b"photo", **{"fileUrl": URL, **properties})
    for name in taken_away:
        del attachment[name]
    response = await messenger.session.post(
        "/xapi/statements",
        json=a_statement(attachments=[attachment]),
        headers={"X-Experience-API-Version": messenger.version},
    )
    return await findings(response)


@pytest.mark.parametrize(
    ("name", "requirement"),
    [
        ("length", "XAPI-00102"),
        ("sha2", "XAPI-00103"),
        ("contentType", "XAPI-00105"),
        ("display", "XAPI-00106"),
        ("usageType", "XAPI-00107"),
    ],
)
async def test_what_an_attachment_must_say(
    messenger: Messenger, name: str, requirement: str
) -> None:
    """XAPI-00102, 103, 105, 106, 107: length, sha2, contentType, display, usageType."""
    assert {found for _, found in await refused(messenger, name)} == {requirement}


@pytest.mark.parametrize(
    ("name", "value", "requirement"),
    [
        ("length", "5", "XAPI-00102"),
        ("length", 5.5, "XAPI-00102"),
        ("length", -1, "XAPI-00102"),
        ("sha2", "abc", "XAPI-00103"),
        ("sha2", "g" * 64, "XAPI-00103"),
        ("sha2", 7, "XAPI-00103"),
        ("sha2", "a" * 40, "XAPI-00103"),
        ("fileUrl", "photo.jpg", "XAPI-00104"),
        ("fileUrl", 7, "XAPI-00104"),
        ("contentType", "jpeg", "XAPI-00105"),
        ("contentType", "image/jpeg; name=\r\nX: y", "XAPI-00105"),
        ("contentType", 7, "XAPI-00105"),
        ("display", "A photo", "XAPI-00106"),
        ("usageType", "photo", "XAPI-00107"),
        ("usageType", 7, "XAPI-00107"),
    ],
)
async def test_what_an_attachment_must_not_say(
    messenger: Messenger, name: str, value: Any, requirement: str
) -> None:
    """XAPI-00102 to XAPI-00107: each property has its type."""
    ((where, found),) = await refused(messenger, **{name: value})
    assert where == f"/attachments/0/{name}"
    assert found == requirement


@pytest.mark.parametrize("digits", HASHES.values(), ids=HASHES)
async def test_each_hash_of_the_family_will_do(messenger: Messenger, digits: int) -> None:
    """XAPI-00103: SHA-224, 256, 384 and 512 are SHA-2."""
    attachment = described(b"photo", fileUrl=URL, sha2="a" * digits)
    await messenger.store(a_statement(attachments=[attachment]))


async def test_attachments_are_an_array(messenger: Messenger) -> None:
    """XAPI-00025: one attachment alone stands in an array, too."""
    statement = a_statement(attachments=described(b"photo", fileUrl=URL))
    told = await messenger.refusal(statement)
    assert {where for where, _ in told} == {"/attachments"}
