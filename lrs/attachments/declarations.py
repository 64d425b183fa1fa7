"""What statements say of their attachments, held against what came with them (Data 2.4.11)."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from lrs.errors import Finding

SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"
SIGNATURE_CONTENT_TYPE = "application/octet-stream"

_ALGORITHMS = {56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}


class Hash(Protocol):
    """What grows as bytes arrive and tells their hash at last."""

    def update(self, data: bytes, /) -> None: ...

    def hexdigest(self) -> str: ...


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """An attachment as a statement describes it; `pointer` is its place in the request's body.

    `sha2` is lower-case hexadecimal, and decides alone which bytes are meant: clients are known
    whose `length` counts something else. `is_signature` says whether it signs the statement
    (Data 2.6); in a SubStatement, which nobody has made, nothing does.
    """

    pointer: str
    content_type: str
    sha2: str
    has_url: bool
    is_signature: bool


def new_hash(sha2: str) -> Hash | None:
    """Return the hash function whose results look like this one; None where none does."""
    name = _ALGORITHMS.get(len(sha2))
    return hashlib.new(name) if name else None


def attachments_of(statement: Mapping[str, Any], pointer: str = "") -> Iterator[Attachment]:
    """Yield the attachments of a valid statement and of its SubStatement."""
    if "attachments" in statement:
        for index, each in enumerate(statement["attachments"]):
            yield _attachment(each, f"{pointer}/attachments/{index}", signs=True)
    thing = statement["object"]
    if "attachments" in thing:
        for index, each in enumerate(thing["attachments"]):
            yield _attachment(each, f"{pointer}/object/attachments/{index}", signs=False)


def _attachment(described: Mapping[str, Any], pointer: str, *, signs: bool) -> Attachment:
    return Attachment(
        pointer=pointer,
        content_type=described["contentType"],
        sha2=described["sha2"].lower(),
        has_url="fileUrl" in described,
        is_signature=signs and described["usageType"] == SIGNATURE,
    )


def missing(attachments: Sequence[Attachment], received: Collection[str]) -> list[Finding]:
    """Return which attachments should have come with the statements, and did not.

    `received` are the hashes of those that came.
    """
    return [
        Finding(
            detail="must come as a part of the same request, since it is a signature"
            if each.is_signature
            else "must have a fileUrl, or come as a part of the same request",
            where=each.pointer,
            rule="attachments",
            requirement="XAPI-00115" if each.is_signature else "XAPI-00129",
        )
        for each in attachments
        if each.sha2 not in received and (each.is_signature or not each.has_url)
    ]


def check_part(
    number: int, headers: Mapping[str, str], declared: Collection[str]
) -> tuple[str, list[Finding]]:
    """Return the hash that a part's headers name, and what is wrong with the headers."""
    findings = []
    encoding = headers.get("content-transfer-encoding", "")
    if encoding.lower() != "binary":
        findings.append(
            part_finding(
                number,
                "Content-Transfer-Encoding",
                f'must be binary, not "{encoding[:40]}"' if encoding else "is missing",
                "XAPI-00135",
            )
        )
    sha2 = headers.get("x-experience-api-hash", "").lower()
    if not sha2:
        findings.append(part_finding(number, "X-Experience-API-Hash", "is missing", "XAPI-00132"))
    elif sha2 not in declared:
        detail = f'is the sha2 of no attachment of the statements: "{sha2[:128]}"'
        findings.append(part_finding(number, "X-Experience-API-Hash", detail, "XAPI-00128"))
    return sha2, findings


def part_finding(number: int, header: str, detail: str, requirement: str) -> Finding:
    """Return what is wrong with a header of a part; the statements are part 1."""
    return Finding(
        detail=f"of part {number} {detail}",
        where=header,
        kind="header",
        rule="multipart",
        requirement=requirement,
    )
