"""A statement that waits becomes the document that is kept."""

from collections.abc import Sequence

import bson

from lrs.errors import Finding, TooLarge
from lrs.intake import NewStatement
from lrs.store import Document, document_id, result_document
from lrs.timestamps import format_timestamp

# MongoDB takes documents of 16 MiB; a statement's may grow by its targets' keys.
MOST_BYTES = 16 * 2**20 - 2**16
_SURELY_SMALL = MOST_BYTES // 4


def to_document(organization_id: str, statement: NewStatement, stored: int) -> Document:
    """Return the document of a statement that is stored at a time."""
    document: Document = {
        "_id": document_id(organization_id, statement.statement_id),
        "organization_id": organization_id,
        "stored": stored,
        "timestamp": stored if statement.timestamp is None else statement.timestamp,
        "actor": statement.actor,
        "verb": statement.verb,
        "activity": statement.activity,
        "registration": statement.registration,
        "authority": statement.authority,
        "keys": statement.keys,
        "voided": False,
        "raw": _raw(statement, stored),
    }
    if statement.target is not None:
        document["target"] = statement.target
    if statement.attachments:
        document["attachments"] = statement.attachments
    result = result_document(statement.result)
    if result:
        document["result"] = result
    return document


def _raw(statement: NewStatement, stored: int) -> bytes:
    time = format_timestamp(stored).encode()
    if statement.timestamp is None:
        return b'%b,"stored":"%b","timestamp":"%b",%b' % (
            statement.head,
            time,
            time,
            statement.tail,
        )
    return b'%b,"stored":"%b",%b' % (statement.head, time, statement.tail)


def refuse_too_large(organization_id: str, statements: Sequence[NewStatement]) -> None:
    """Go on only with statements whose documents MongoDB takes.

    Raises:
        TooLarge: some are too large; all of them are told.
    """
    findings = [
        Finding(
            detail=f"is too large to be stored: {size} bytes of at most {MOST_BYTES}",
            where=f"/{index}" if len(statements) > 1 else "",
            rule="size",
        )
        for index, each in enumerate(statements)
        if len(each.tail) > _SURELY_SMALL
        for size in (len(bson.encode(to_document(organization_id, each, 0))),)
        if size > MOST_BYTES
    ]
    if findings:
        raise TooLarge(findings)
